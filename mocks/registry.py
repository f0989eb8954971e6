"""A stand-in for the civil registry: is this name that ID number's, what does the person look like, who is kin.

Knows the seeded city's people, and anybody added at `POST /control/registry/people`.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from pydantic import BaseModel, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mocks import city
from mocks.faults import Faults
from mocks.people import Kin, is_well_formed, kinship
from mocks.portrait import portrait
from mocks.standin import StandIn, bearer_is, control_body, refuse


class _Check(BaseModel):
    name: str = Field(min_length=1, max_length=100)
    id_number: str
    request_id: str = Field(min_length=1, max_length=128)


class _RelationQuestion(BaseModel):
    guardian_id_number: str
    ward_id_number: str
    request_id: str = Field(default="-", max_length=128)


class _NewPerson(BaseModel):
    """`parents` and `spouse` are ID numbers of people the registry knows."""

    name: str = Field(min_length=1, max_length=100)
    id_number: str
    household: str | None = None
    division: str | None = None
    parents: tuple[str, ...] = ()
    spouse: str | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    household: str
    division: str


def _seeded_entries() -> dict[str, _Entry]:
    homes = {household.key: household for household in city.HOUSEHOLDS}
    return {
        person.id_number: _Entry(person.name, f"H-{person.household}", homes[person.household].division)
        for person in city.PEOPLE
    }


def _seeded_kin() -> dict[str, Kin]:
    number = {person.key: person.id_number for person in city.PEOPLE}
    return {
        person.id_number: Kin(
            tuple(number[parent] for parent in person.parents),
            number[person.spouse] if person.spouse else None,
        )
        for person in city.PEOPLE
    }


class CivilRegistry(StandIn):
    name = "registry"

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key
        self._entries = _seeded_entries()
        self._kin = _seeded_kin()

    def routes(self) -> list[Route]:
        return [
            self.under_fault("/registry/checks", self._check),
            self.under_fault("/registry/relations", self._relation),
            Route("/control/registry/people", self._add, methods=["POST"]),
            Route("/control/registry/portraits/{id_number}.jpg", self._portrait, methods=["GET"]),
        ]

    def refusal(self, faults: Faults) -> Response:
        return refuse(faults.status or 503, "REGISTRY_ERROR", "refused on request", retry_after=faults.retry_after)

    async def _check(self, request: Request) -> Response:
        if not bearer_is(request, self._key):
            return refuse(401, "INVALID_API_KEY", "unknown API key")
        try:
            check = _Check.model_validate_json(await request.body())
        except ValidationError:
            return refuse(400, "INVALID_REQUEST", "name, id_number and request_id are needed")
        if not is_well_formed(check.id_number):
            return refuse(400, "INVALID_ID_NUMBER", "not an identity number by GB 11643")
        return JSONResponse({"request_id": check.request_id} | await self._answer(check))

    async def _answer(self, check: _Check) -> dict[str, object]:
        entry = self._entries.get(check.id_number)
        if entry is None or entry.name != check.name:
            return {"matched": False}
        photo = await run_in_threadpool(portrait, check.id_number)
        return {
            "matched": True,
            "photo": base64.b64encode(photo).decode(),
            "household": entry.household,
            "division": entry.division,
        }

    async def _relation(self, request: Request) -> Response:
        if not bearer_is(request, self._key):
            return refuse(401, "INVALID_API_KEY", "unknown API key")
        try:
            asked = _RelationQuestion.model_validate_json(await request.body())
        except ValidationError:
            return refuse(400, "INVALID_REQUEST", "guardian_id_number and ward_id_number are needed")
        guardian, ward = asked.guardian_id_number, asked.ward_id_number
        known = guardian in self._kin and ward in self._kin
        relation = kinship(guardian, ward, self._kin) if known else None
        return JSONResponse({"request_id": asked.request_id, "relation": relation})

    async def _add(self, request: Request) -> Response:
        person = await control_body(request, _NewPerson)
        if not is_well_formed(person.id_number):
            raise HTTPException(422, "not an identity number by GB 11643")
        if not {*person.parents, *filter(None, [person.spouse])} <= self._kin.keys():
            raise HTTPException(422, "parents and spouse must be known to the registry")
        self._enter(person)
        return JSONResponse({"id_number": person.id_number}, 201)

    def _enter(self, person: _NewPerson) -> None:
        number = person.id_number
        household = person.household or f"H-{hashlib.sha256(number.encode()).hexdigest()[:8]}"
        division = person.division or f"{number[:6]}000000"
        self._entries[number] = _Entry(person.name, household, division)
        self._kin[number] = Kin(person.parents, person.spouse)
        if person.spouse:
            self._kin[person.spouse] = Kin(self._kin[person.spouse].parents, number)

    async def _portrait(self, request: Request) -> Response:
        number = request.path_params["id_number"]
        if number not in self._entries:
            raise HTTPException(404)
        return Response(await run_in_threadpool(portrait, number), media_type="image/jpeg")
