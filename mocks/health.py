"""A stand-in for the hospitals' records: FHIR R4 over HTTP, searched by patient, in bundles of a few entries a page.

`POST /fhir/Patient/_search` by identifier, `GET /fhir/{Encounter,Observation,Immunization,MedicationRequest}?patient=`.
`POST /control/health/mischief` makes it misbehave (see `Mischief`), `POST /control/health/doses` gives somebody a dose.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mocks import health_values as values
from mocks.city import PEOPLE, person_by_id_number
from mocks.faults import Faults
from mocks.people import Person
from mocks.standin import Endpoint, StandIn, bearer_is, control_body, refuse

_PAGE = 8
_RESOURCES = frozenset({"Encounter", "Observation", "Immunization", "MedicationRequest"})
_BY_PATIENT = {values.patient_id(person): person for person in PEOPLE}


class Kind(StrEnum):
    NONE = "none"
    ANOTHER_PATIENT = "another_patient"  # resources of somebody else among one's own
    ANOTHER_PERSON = "another_person"  # a patient of another number
    BROKEN_JSON = "broken_json"
    WRONG_TYPE = "wrong_type"  # resources of another type than was asked for
    NOT_A_BUNDLE = "not_a_bundle"
    ELSEWHERE = "elsewhere"  # the next page lies at another host
    ENDLESS = "endless"  # there is always a next page


class Mischief(BaseModel):
    kind: Kind = Kind.NONE


class Dose(BaseModel):
    id_number: str
    code: str = Field(min_length=1, max_length=20)
    name: str = Field(min_length=1, max_length=60)
    on: date | None = None


class Health(StandIn):
    name = "health"

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key
        self._mischief = Kind.NONE
        self._given: dict[str, list[dict[str, Any]]] = {}

    def routes(self) -> list[Route]:
        return [
            self.under_fault("/fhir/Patient/_search", self._keyed(self._patients)),
            Route("/fhir/{resource}", self._guarded(self._keyed(self._resources)), methods=["GET"]),
        ]

    def control_routes(self) -> list[Route]:
        return [
            *super().control_routes(),
            Route("/control/health/mischief", self._misbehave, methods=["POST"]),
            Route("/control/health/doses", self._give, methods=["POST"]),
        ]

    def refusal(self, faults: Faults) -> Response:
        return refuse(faults.status or 503, "RECORDS_ERROR", "refused on request", retry_after=faults.retry_after)

    def _guarded(self, work: Endpoint) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            self.calls.append(request.url.path)
            return await self.switch.guard(lambda: work(request), self.refusal)

        return endpoint

    def _keyed(self, work: Endpoint) -> Endpoint:
        async def keyed(request: Request) -> Response:
            if not bearer_is(request, self._key):
                return refuse(401, "INVALID_API_KEY", "unknown API key")
            if self._mischief is Kind.BROKEN_JSON:
                return Response(b'{"resourceType": "Bundle", "entry": [', media_type="application/fhir+json")
            if self._mischief is Kind.NOT_A_BUNDLE:
                return JSONResponse({"resourceType": "OperationOutcome", "issue": []})
            return await work(request)

        return keyed

    async def _patients(self, request: Request) -> Response:
        asked = parse_qs((await request.body()).decode("utf-8", "replace")).get("identifier", [""])[0]
        system, _, number = asked.partition("|")
        person = person_by_id_number(number) if system == values.ID_NUMBERS else None
        if self._mischief is Kind.ANOTHER_PERSON and person is not None:
            person = next(one for one in PEOPLE if one.id_number != number)
        return _bundle([values.patient(person)] if person else [])

    async def _resources(self, request: Request) -> Response:
        resource, asked = request.path_params["resource"], request.query_params
        person = _BY_PATIENT.get(asked.get("patient", ""))
        if resource not in _RESOURCES or person is None:
            return refuse(404, "NOT_FOUND", "no such resource or patient")
        rows = self._rows(resource, person)
        first = int(asked.get("page", "0")) * _PAGE
        more = first + _PAGE < len(rows) or self._mischief in (Kind.ENDLESS, Kind.ELSEWHERE)
        following = self._next(request, first // _PAGE + 1) if more else None
        return _bundle(rows[first : first + _PAGE], following)

    def _rows(self, resource: str, person: Person) -> list[dict[str, Any]]:
        if self._mischief is Kind.ANOTHER_PATIENT:
            other = next(one for one in PEOPLE if one.key != person.key and values.of(resource, one))
            return [*values.of(resource, person), *values.of(resource, other)[:1]]
        if self._mischief is Kind.WRONG_TYPE:
            return [values.patient(person)]
        given = self._given.get(person.key, []) if resource == "Immunization" else []
        return [*reversed(given), *values.of(resource, person)]

    def _next(self, request: Request, page: int) -> str:
        if self._mischief is Kind.ELSEWHERE:
            return "http://records.example/fhir/Observation?page=1"
        kept = {name: value for name, value in request.query_params.items() if name != "page"}
        return str(request.url.replace_query_params(**kept, page=page))

    async def _misbehave(self, request: Request) -> Response:
        self._mischief = (await control_body(request, Mischief)).kind
        return JSONResponse({"kind": self._mischief.value})

    async def _give(self, request: Request) -> Response:
        given = await control_body(request, Dose)
        person = person_by_id_number(given.id_number)
        if person is None:
            return refuse(404, "UNKNOWN_PATIENT", "the hospitals know nobody of this number")
        known = [
            one for one in self._rows("Immunization", person) if one["vaccineCode"]["coding"][0]["code"] == given.code
        ]
        made = values.dose(person, len(known) + 1, given.code, given.name, given.on or values.today())
        self._given.setdefault(person.key, []).append(made)
        return JSONResponse(made, 201)


def _bundle(rows: list[dict[str, Any]], following: str | None = None) -> Response:
    links = [{"relation": "next", "url": following}] if following else []
    entries = [{"resource": row, "search": {"mode": "match"}} for row in rows]
    body = {"resourceType": "Bundle", "type": "searchset", "total": len(rows), "link": links, "entry": entries}
    return JSONResponse(body, media_type="application/fhir+json")
