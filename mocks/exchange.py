"""A stand-in for the city's data exchange: what departments know of the seeded people, asked one person at a time.

`POST /exchange/{set}/queries` gives values, `POST /exchange/{set}/holdings` only says for which fields there are any.
Of somebody who is not of the seeded city, or under another name, nothing is known.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mocks import city, exchange_values
from mocks.faults import Faults
from mocks.people import Person
from mocks.standin import Endpoint, StandIn, bearer_is, refuse


class _Question(BaseModel):
    name: str = Field(min_length=1, max_length=100)
    id_number: str = Field(min_length=1, max_length=18)
    fields: list[str] = Field(min_length=1, max_length=40)
    purpose: str | None = None
    request_id: str | None = None


def data_sets() -> dict[str, Any]:
    """What is offered, to whom, and what some have agreed to: `set`, `access`, `consent`."""
    return tomllib.loads(files("mocks").joinpath("data", "data_sets.toml").read_text(encoding="utf-8"))


class Exchange(StandIn):
    name = "exchange"

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key
        self._fields = {one["code"]: {field[0] for field in one["fields"]} for one in data_sets()["set"]}

    def routes(self) -> list[Route]:
        return [
            self.under_fault("/exchange/{set}/queries", self._keyed(self._answer)),
            self.under_fault("/exchange/{set}/holdings", self._keyed(self._holdings)),
        ]

    def refusal(self, faults: Faults) -> Response:
        return refuse(faults.status or 503, "EXCHANGE_ERROR", "refused on request", retry_after=faults.retry_after)

    def _keyed(self, work: Endpoint) -> Endpoint:
        async def keyed(request: Request) -> Response:
            if not bearer_is(request, self._key):
                return refuse(401, "INVALID_API_KEY", "unknown API key")
            if request.path_params["set"] not in self._fields:
                return refuse(404, "UNKNOWN_DATA_SET", "no department offers this")
            return await work(request)

        return keyed

    async def _answer(self, request: Request) -> Response:
        values = await self._values(request)
        if values is None:
            return refuse(400, "INVALID_REQUEST", "name, id_number and fields are needed")
        return JSONResponse({"values": values, "as_of": datetime.now(UTC).isoformat()})

    async def _holdings(self, request: Request) -> Response:
        values = await self._values(request)
        if values is None:
            return refuse(400, "INVALID_REQUEST", "name, id_number and fields are needed")
        return JSONResponse({"fields": sorted(values)})

    async def _values(self, request: Request) -> dict[str, list[dict[str, str]]] | None:
        """None when the question cannot be read."""
        try:
            asked = _Question.model_validate_json(await request.body())
        except ValidationError:
            return None
        data_set = request.path_params["set"]
        person = city.person_by_id_number(asked.id_number)
        if person is None or person.name != asked.name:
            return {}
        known = ((field, self._value(data_set, field, person)) for field in asked.fields)
        return {field: value for field, value in known if value}

    def _value(self, data_set: str, field: str, person: Person) -> list[dict[str, str]]:
        if field not in self._fields[data_set]:
            return []
        return exchange_values.of(f"{data_set}.{field}", person)
