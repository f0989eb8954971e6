"""Stand-in for a neighbouring city with an Open311 door: GeoReport v2 as such cities have it, no more.

It knows no idempotency keys: what is posted twice is there twice, which `created` in its list of messages shows. It
hands out tokens, forgets, writes nonsense, lists everything double, or has no `updated_after`, as it is told at
`POST /control/neighbour/manners`; what happens to a request is said at `POST /control/neighbour/requests/{id}`.
Faults (slow, 500, answers lost) are set at `POST /control/neighbour/faults`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mocks.faults import Faults
from mocks.standin import Journal, StandIn, control_body

_SERVICES = {"001": "市政设施", "002": "环境卫生", "099": "其他"}
_AT = "/neighbour/open311/v2"
Work = Callable[[Request], Awaitable[Response]]


class Manners(BaseModel):
    """`tokens`: a token is given, which leads to a number when it was asked about so often. `closes_after`: seconds
    until it closes a request by itself. `malformed`: the next answers cannot be read, though the work is done.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tokens: int | None = Field(default=None, ge=0, le=100)
    closes_after: float | None = Field(default=None, ge=0)
    malformed: int = Field(default=0, ge=0)
    twice: bool = False
    updated_after: bool = True
    pages: bool = True
    refuse: str | None = None
    hidden: bool = False  # nothing is listed to anybody without the number


class News(BaseModel):
    model_config = ConfigDict(extra="forbid")

    status: str = Field(default="open", pattern="^(open|closed)$")
    status_notes: str = ""


class Held:
    """One request as it has it."""

    def __init__(self, number: str, form: Mapping[str, str], token: str | None) -> None:
        self.number = number
        self.form = dict(form)
        self.token = token
        self.asked = 0
        self.status, self.notes = "open", "已接收"
        self.made = self.changed = datetime.now(UTC)

    def row(self) -> dict[str, Any]:
        return {
            "service_request_id": self.number,
            "status": self.status,
            "status_notes": self.notes,
            "service_name": _SERVICES.get(self.form.get("service_code", ""), ""),
            "service_code": self.form.get("service_code"),
            "description": self.form.get("description"),
            "requested_datetime": self.made.isoformat(timespec="milliseconds"),
            "updated_datetime": self.changed.isoformat(timespec="milliseconds"),
            "address": self.form.get("address_string"),
            "lat": float(self.form["lat"]) if self.form.get("lat") else None,
            "long": float(self.form["long"]) if self.form.get("long") else None,
        }


class NeighbourCity(StandIn):
    name = "neighbour"

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key
        self.manners = Manners()
        self.held: Journal[Held] = Journal()
        self.posted = 0

    def routes(self) -> list[Route]:
        return [
            self._at("/requests.{format}", self._file, "POST"),
            self._at("/requests.{format}", self._list),
            self._at("/requests/{number}.{format}", self._list),
            self._at("/tokens/{token}.{format}", self._token),
            self._at("/services.{format}", self._services),
            Route("/control/neighbour/manners", self._behave, methods=["POST"]),
            Route("/control/neighbour/requests/{number}", self._moves, methods=["POST"]),
            Route("/control/neighbour/messages", self._shown, methods=["GET"]),
            Route("/control/neighbour/messages", self._forget, methods=["DELETE"]),
        ]

    def refusal(self, faults: Faults) -> Response:
        return Response("<html>Bad Gateway</html>", faults.status or 503, media_type="text/html")

    def _at(self, path: str, work: Work, method: str = "GET") -> Route:
        async def endpoint(request: Request) -> Response:
            self.calls.append(path)
            return await self.switch.guard(lambda: self._answered(work, request), self.refusal)

        return Route(_AT + path, endpoint, methods=[method])

    async def _answered(self, work: Work, request: Request) -> Response:
        answer = await work(request)
        if not self.manners.malformed:
            return answer
        self.manners = self.manners.model_copy(update={"malformed": self.manners.malformed - 1})
        bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><service_requests><request>&b;</unclosed>'
        return Response(bomb, answer.status_code, media_type="text/xml")

    async def _file(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        if form.get("api_key") != self._key:
            return self._errors(request, 403, "Invalid api_key received -- can't proceed with create_request.")
        if form.get("service_code") not in _SERVICES:
            return self._errors(request, 404, "service_code not found")
        if self.manners.refuse:
            return self._errors(request, 400, self.manners.refuse)
        self.posted += 1
        number = f"N{self.posted:06d}"
        token = f"T{self.posted:06d}" if self.manners.tokens is not None else None
        self.held.put(number, Held(number, form, token))
        told = {"token": token} if token else {"service_request_id": number}
        return self._requests(request, [{**told, "service_notice": "", "account_id": None}])

    async def _list(self, request: Request) -> Response:
        asked = request.query_params
        wanted = request.path_params.get("number") or asked.get("service_request_id")
        found = [self._aged(one) for one in reversed(list(self.held.newest_first()))]
        if wanted:
            found = [one for one in found if one.number in wanted.split(",")]
        elif self.manners.hidden:
            found = []
        else:
            found = [one for one in found if self._within(one, asked)]
        rows = [one.row() for one in found if one.token is None or self._ready(one)]
        return self._requests(request, self._paged(rows * (2 if self.manners.twice else 1), asked))

    def _within(self, one: Held, asked: Mapping[str, str]) -> bool:
        since = one.made >= _moment(asked["start_date"]) if "start_date" in asked else True
        if not self.manners.updated_after or "updated_after" not in asked:
            return since
        return since and one.changed >= _moment(asked["updated_after"])

    def _paged(self, rows: list[dict[str, Any]], asked: Mapping[str, str]) -> list[dict[str, Any]]:
        if not self.manners.pages:
            return rows
        size = int(asked.get("page_size", "1000"))
        first = (int(asked.get("page", "1")) - 1) * size
        return rows[first : first + size]

    async def _token(self, request: Request) -> Response:
        token = request.path_params["token"]
        found = next((one for one in self.held.newest_first() if one.token == token), None)
        if found is None:
            return self._errors(request, 404, "token not found")
        found.asked += 1
        number = found.number if self._ready(found) else None
        return self._requests(request, [{"service_request_id": number, "token": token}])

    async def _services(self, request: Request) -> Response:
        rows = [{"service_code": code, "service_name": name, "type": "realtime"} for code, name in _SERVICES.items()]
        return self._written(request, "services", "service", rows)

    def _ready(self, one: Held) -> bool:
        return one.asked > (self.manners.tokens or 0)

    def _aged(self, one: Held) -> Held:
        after = self.manners.closes_after
        if after is not None and one.status == "open" and datetime.now(UTC) - one.made >= timedelta(seconds=after):
            one.status, one.notes, one.changed = "closed", "已派员处理完毕。", datetime.now(UTC)
        return one

    def _requests(self, request: Request, rows: list[dict[str, Any]]) -> Response:
        return self._written(request, "service_requests", "request", rows)

    def _errors(self, request: Request, status: int, words: str) -> Response:
        return self._written(request, "errors", "error", [{"code": status, "description": words}], status)

    def _written(
        self, request: Request, root: str, item: str, rows: list[dict[str, Any]], status: int = 200
    ) -> Response:
        if request.path_params["format"] == "json":
            return JSONResponse(rows, status)
        inner = "".join(f"<{item}>{''.join(map(_element, row, row.values()))}</{item}>" for row in rows)
        text = f'<?xml version="1.0" encoding="utf-8"?>\n<{root}>{inner}</{root}>'
        return Response(text, status, media_type="text/xml")

    async def _behave(self, request: Request) -> Response:
        self.manners = await control_body(request, Manners)
        return JSONResponse(self.manners.model_dump())

    async def _moves(self, request: Request) -> Response:
        news, found = await control_body(request, News), self.held.get(request.path_params["number"])
        if found is None:
            return JSONResponse({"error": "unknown"}, 404)
        found.status, found.notes, found.changed = news.status, news.status_notes, datetime.now(UTC)
        return JSONResponse(found.row())

    async def _shown(self, request: Request) -> Response:
        rows = [one.row() for one in self.held.newest_first()]
        return JSONResponse({"created": self.posted, "messages": rows})

    async def _forget(self, request: Request) -> Response:
        self.held.clear()
        self.manners, self.posted = Manners(), 0
        return Response(status_code=204)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _element(name: str, value: Any) -> str:
    return f"<{name}/>" if value is None else f"<{name}>{escape(str(value), quote=False)}</{name}>"
