"""Stand-ins for the systems of departments that handle applications themselves: one for each name in the address.

Each takes an application once, whatever the number of tries, and then goes through it: accepted, in review, granted,
delivered, a step after some time, told to the address the application came with. What somebody wrote decides otherwise:
补正 has it returned once for correction, 不受理 has it refused, 不予 has it rejected.

Faults of the calls are set at `POST /control/departments/faults` for all, and at
`POST /control/departments/{system}/faults` for one; how its stories are told (slow, twice, out of order, not at all,
wrongly, under a forged signature) at `POST /control/departments/stories`; what it took is forgotten by
`POST /control/departments/forgotten`.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mocks.department_stories import Matter, Stories, StoryFaults
from mocks.faults import Faults, FaultSwitch
from mocks.standin import Endpoint, Journal, StandIn, bearer_is, control_body, refuse

_PAGE = 200


class _Application(BaseModel):
    """As the city tells it. `errand`: `submit`, `answer-1`, `withdraw`."""

    model_config = ConfigDict(extra="allow")

    errand: str = Field(pattern=r"^(submit|withdraw|answer-[0-9]{1,3})$")
    number: str = Field(min_length=1, max_length=64)
    item: str
    unit: str
    answers: dict[str, Any] = {}
    report_to: str = ""


class _Question(BaseModel):
    number: str


class _Numbers(BaseModel):
    numbers: list[str] = Field(max_length=1_000)


class _Since(BaseModel):
    since: AwareDatetime
    after: str = ""


class Departments(StandIn):
    name = "departments"

    def __init__(self, key: str, callback_key: str) -> None:
        super().__init__()
        self._key = key
        self._each: defaultdict[str, FaultSwitch] = defaultdict(FaultSwitch)
        self.matters: Journal[Matter] = Journal()
        self.stories = Stories(callback_key)

    def routes(self) -> list[Route]:
        return [
            self._at("applications", self._take),
            self._at("status", self._status),
            self._at("known", self._known),
            self._at("list", self._list),
            Route("/control/departments/messages", self._shown, methods=["GET"]),
            Route("/control/departments/messages", self._forget, methods=["DELETE"]),
            Route("/control/departments/stories", self._tell_so, methods=["POST"]),
            Route("/control/departments/forgotten", self._forget_some, methods=["POST"]),
            Route("/control/departments/{system}/faults", self._set_own_faults, methods=["POST"]),
        ]

    def refusal(self, faults: Faults) -> Response:
        return refuse(faults.status or 503, "DEPARTMENT_ERROR", "refused on request", retry_after=faults.retry_after)

    async def aclose(self) -> None:
        await self.stories.aclose()

    def _at(self, path: str, work: Endpoint) -> Route:
        """Behind the key, the faults of all departments, and those of this one."""

        async def keyed(request: Request) -> Response:
            if not bearer_is(request, self._key):
                return refuse(401, "INVALID_API_KEY", "unknown API key")
            try:
                return await work(request)
            except ValidationError:
                return refuse(400, "INVALID_REQUEST", f"not what {path} is asked with")

        async def own(request: Request) -> Response:
            switch = self._each[request.path_params["system"]]
            return await switch.guard(lambda: keyed(request), self.refusal)

        return self.under_fault(f"/departments/{{system}}/{path}", own)

    async def _take(self, request: Request) -> Response:
        told = _Application.model_validate_json(await request.body())
        system, key = request.path_params["system"], request.headers.get("idempotency-key", "")
        matter = self.matters.get(f"{system}/{told.number}")
        if matter is None:
            if told.errand != "submit":
                return refuse(409, "UNKNOWN_APPLICATION", "nothing was submitted under this number")
            matter = Matter(system, told.number, told.item, told.unit, told.report_to)
            self.matters.put(f"{system}/{told.number}", matter)
        matter.tries[key] = matter.tries.get(key, 0) + 1
        if told.errand not in matter.errands:
            matter.errands[told.errand] = datetime.now(UTC).isoformat()
            self.stories.goes_on(matter, told.errand, " ".join(map(str, told.answers.values())))
        return JSONResponse({"number": matter.number, "reference": matter.reference}, 201)

    async def _status(self, request: Request) -> Response:
        asked = _Question.model_validate_json(await request.body())
        matter = self.matters.get(f"{request.path_params['system']}/{asked.number}")
        if matter is None:
            return refuse(404, "UNKNOWN_APPLICATION", "no application of this number")
        steps = [step.told() for step in matter.steps]
        told = {"number": matter.number, "reference": matter.reference, "errands": list(matter.errands)}
        return JSONResponse({**told, "steps": steps})

    async def _known(self, request: Request) -> Response:
        asked, system = _Numbers.model_validate_json(await request.body()), request.path_params["system"]
        found = [matter for number in asked.numbers if (matter := self.matters.get(f"{system}/{number}"))]
        return _lines(found)

    async def _list(self, request: Request) -> Response:
        asked, system = _Since.model_validate_json(await request.body()), request.path_params["system"]
        of_it = (one for one in self.matters.newest_first() if one.system == system and one.number > asked.after)
        recent = [one for one in of_it if one.since >= asked.since.astimezone(UTC).isoformat()]
        return _lines(sorted(recent, key=lambda one: one.number)[:_PAGE])

    async def _shown(self, request: Request) -> Response:
        system = request.query_params.get("system", "")
        return JSONResponse(
            {"messages": [one.shown() for one in self.matters.newest_first() if system in ("", one.system)]}
        )

    async def _forget(self, request: Request) -> Response:
        self.matters.clear()
        self.stories.faults = StoryFaults()
        self._each.clear()
        return Response(status_code=204)

    async def _forget_some(self, request: Request) -> Response:
        """As if a disk had died between two back-ups."""
        numbers = set((await control_body(request, _Numbers)).numbers)
        kept = [one for one in reversed(list(self.matters.newest_first())) if one.number not in numbers]
        self.matters.clear()
        for one in kept:
            self.matters.put(f"{one.system}/{one.number}", one)
        return Response(status_code=204)

    async def _tell_so(self, request: Request) -> Response:
        self.stories.faults = await control_body(request, StoryFaults)
        return JSONResponse(self.stories.faults.model_dump())

    async def _set_own_faults(self, request: Request) -> Response:
        switch = self._each[request.path_params["system"]]
        switch.set(await control_body(request, Faults))
        return JSONResponse(switch.faults.model_dump())


def _lines(matters: list[Matter]) -> Response:
    return JSONResponse({"applications": [{"number": one.number, "seq": len(one.steps)} for one in matters]})
