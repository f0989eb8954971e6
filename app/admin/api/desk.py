"""How an endpoint of the desk is written.

    router = desk_router("jobs")

    @router.post("/jobs/{job}/runs", status_code=201)
    async def run(job: Id, key: Key, desk: Annotated[Desk, allowed("run", *OPERATORS)]) -> Run:
        '''Run it now, whatever its schedule.'''
        return Run.model_validate(await desk.services.jobs.run(desk.viewer, job, key))

`allowed` names the verb and the roles that may: before anything of the request is read, the caller is made out (bearer
token, or cookie with CSRF token), the role is looked at, and `desk.<noun>.<verb>` is recorded in the audit with the
last id of the path as its target; a refused role is recorded too. Only then is the body read. A handler without
`allowed` does not start. What a service changes, and why, it records itself, in its own transaction.

Bodies are `Body`, answers are `Reply` models; a POST that makes something takes a `Key` (header Idempotency-Key).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Self, TypeVar

import structlog
from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from app.admin.sessions import COOKIE, CSRF_HEADER, DeskSessions
from app.context import Services
from app.core.errors import Forbidden, Outcome, Refusal
from app.core.ids import UUID
from app.core.mongo import is_unreachable
from app.core.paging import Page, encode_cursor
from app.core.traces import frames_of
from app.core.viewer import Viewer
from app.domains.identity.staff.model import StaffRole
from app.http.replies import internal_error
from app.wiring import City
from graphql_schema.endpoint.errors import UnsupportedMediaType

log = structlog.get_logger("rong.desk")

LARGEST = 65_536
ANY = (StaffRole.VIEWER, StaffRole.OPERATOR, StaffRole.AUDITOR, StaffRole.ADMINISTRATOR)
OPERATORS = (StaffRole.OPERATOR, StaffRole.ADMINISTRATOR)
AUDITORS = (StaffRole.AUDITOR, StaffRole.ADMINISTRATOR)
ADMINISTRATORS = (StaffRole.ADMINISTRATOR,)

_BEARER, _COOKIE, _CSRF = "bearer", "cookie", "csrf"
SECURITY_SCHEMES = {
    _BEARER: {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "For scripts: POST /session."},
    _COOKIE: {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "For browsers: POST /session/browser.",
    },
    _CSRF: {
        "type": "apiKey",
        "in": "header",
        "name": CSRF_HEADER,
        "description": "With the cookie, for all but GET: the `csrf` that the sign-in answered.",
    },
}
_SAFE = {"GET", "HEAD", "OPTIONS"}
_ID = re.compile(r"[0-9A-Za-z._:-]{1,80}")
T = TypeVar("T")
Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]

CitizenId = Annotated[str, Path(min_length=36, max_length=36, pattern=rf"^{UUID.pattern}$")]
Id = Annotated[str, Path(min_length=1, max_length=80, pattern=r"^[0-9A-Za-z._:-]+$")]
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=64,
        pattern=r"^[\x21-\x7e]+$",
        description="Made once for a wish and sent again with each repeat of it: a repeat is answered as the first.",
    ),
]
First = Annotated[int, Query(ge=1, le=100, description="How many rows.")]
After = Annotated[str | None, Query(max_length=200, description="The `next` of the page before.")]


class Body(BaseModel):
    """What is sent: known fields only."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Reply(BaseModel):
    """What is answered; may be made from an object with these attributes."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Rows(Reply, Generic[T]):
    """One page. `next` goes into `after` of the next one; null on the last."""

    items: list[T]
    next: str | None = None

    @classmethod
    def of(cls, page: Page[Any], show: Callable[[Any], T], key: Callable[[Any], str] = lambda row: str(row.id)) -> Self:
        """`key` is what the page is sorted by."""
        last = encode_cursor(key(page.items[-1])) if page.has_next else None
        return cls(items=[show(row) for row in page.items], next=last)


class Problem(BaseModel):
    """Every error: a code for the program, a text for the person, and what the error carries (`field`, `until`, …)."""

    model_config = ConfigDict(extra="allow")

    code: str = Field(examples=["BAD_INPUT"])
    message: str = Field(examples=["The value of “name” is not valid. Please check it and try again."])


_TOLD = {
    400: "A value of the wrong form (`field` names it), or what is no request at all",
    401: "Not signed in, or no longer",
    403: "Not with this role, or a cookie without its CSRF token",
    404: "Nothing at this address",
    405: "Not with this method",
    413: "The body is too large",
    415: "The body is not JSON",
    422: "A named outcome: nothing was changed",
    429: "Too often; `retry_after` in seconds",
    503: "Something this depends on does not answer; the same call may be tried again under its key",
}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": text} for status, text in _TOLD.items()
}


@dataclass(frozen=True, slots=True)
class Desk:
    """What a handler works with."""

    city: City
    viewer: Viewer

    @property
    def services(self) -> Services:
        return self.city.services


@dataclass(frozen=True, slots=True)
class Admission:
    """The verb of an endpoint, and who may. Called by FastAPI for what `DeskRoute` made out before.

    `about` names the part of the path that is a citizen's id: the record is then found by that person, too, and keeps
    nothing of the path but UUIDs. `most` is how many bytes its body may have.
    """

    verb: str
    roles: tuple[StaffRole, ...]
    about: str | None = None
    most: int = LARGEST

    def __call__(self, request: Request) -> Desk:
        desk: Desk = request.state.desk
        return desk

    async def admit(self, noun: str, request: Request) -> Desk:
        """Raises Unauthenticated, Forbidden."""
        city: City = request.app.state.city
        sessions: DeskSessions = request.app.state.sessions
        viewer = await sessions.viewer(request)
        may = bool(viewer.roles & {role.value for role in self.roles})
        action = f"desk.{noun}.{self.verb}"
        form = UUID if self.about else _ID
        subject = _id_in(request, self.about, form) if self.about else None
        await city.audit.record(viewer, action, _target(request, form), None, subject=subject, admitted=may)
        if not may:
            raise Forbidden
        return Desk(city, viewer)


def allowed(verb: str, *roles: StaffRole, about: str | None = None, most: int = LARGEST) -> Any:
    """The dependency that gives a handler its `Desk`; goes into `Annotated[Desk, …]`. The rest: see `Admission`."""
    return Depends(Admission(verb, roles, about, most))


def desk_router(noun: str) -> APIRouter:
    """A router whose endpoints are admitted, recorded and described as this module says."""
    return APIRouter(tags=[noun], route_class=DeskRoute, responses=_RESPONSES)


def opening(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """Marks the few endpoints that carry their own proof: the sign-in itself."""
    endpoint.opens_the_desk = True  # type: ignore[attr-defined]
    return endpoint


class DeskRoute(APIRoute):
    """Admits before it reads, answers every fault in the city's shape, and lets nothing be kept on the way."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **given: Any) -> None:
        super().__init__(path, endpoint, **given)
        self._noun = str(self.tags[0])
        if self._admission is None and not hasattr(endpoint, "opens_the_desk"):
            raise TypeError(f"{path}: an endpoint of the desk says who may, by `allowed`")
        self.openapi_extra = _described(self._admission, self.methods or set())

    @property
    def _admission(self) -> Admission | None:
        calls = (dependency.call for dependency in self.dependant.dependencies)
        return next((call for call in calls if isinstance(call, Admission)), None)

    def get_route_handler(self) -> Endpoint:
        answer, admission, takes_body = super().get_route_handler(), self._admission, self.body_field is not None

        async def handle(request: Request) -> Response:
            try:
                if admission is not None:
                    request.state.desk = await admission.admit(self._noun, request)
                if takes_body:
                    _demand_json(request)
                most = admission.most if admission else LARGEST
                response = await answer(Request(request.scope, _bounded(request.receive, most)))
            except (Outcome, Refusal, HTTPException, RequestValidationError):
                raise
            except Exception as error:
                if is_unreachable(error):
                    raise
                return _fault(request, error)
            response.headers.setdefault("cache-control", "no-store")
            return response

        return handle


def _fault(request: Request, error: Exception) -> Response:
    log.error("fault", traceback=frames_of(error))
    return internal_error(request)


def _bounded(receive: Receive, most: int) -> Receive:
    """The body, as far as it has no more bytes than that; beyond that HTTPException with 413 is raised."""
    read = 0

    async def bounded() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > most:
            raise HTTPException(413, str(most))
        return message

    return bounded


def _demand_json(request: Request) -> None:
    """Raises UnsupportedMediaType; a body of which nothing is said is taken for JSON."""
    said = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if said != "application/json":
        raise UnsupportedMediaType


def _target(request: Request, form: re.Pattern[str]) -> str:
    """The last id of the path: what is acted on."""
    return next((found for name in reversed(request.path_params) if (found := _id_in(request, name, form))), "-")


def _id_in(request: Request, name: str, form: re.Pattern[str]) -> str | None:
    """What is no id may be anything, somebody's phone too: it is not kept."""
    given = str(request.path_params.get(name, ""))
    return given if form.fullmatch(given) else None


def _described(admission: Admission | None, methods: set[str]) -> dict[str, Any]:
    """Which proofs open an endpoint, and for which roles; the sign-in needs none."""
    if admission is None:
        return {"security": []}
    by_cookie: dict[str, list[str]] = {_COOKIE: []} if methods <= _SAFE else {_COOKIE: [], _CSRF: []}
    return {"security": [{_BEARER: []}, by_cookie], "x-roles": said(admission.roles)}


def said(roles: Iterable[StaffRole]) -> list[str]:
    return sorted(role.value for role in roles)
