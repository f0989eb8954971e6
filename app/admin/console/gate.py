"""The console's gate: who comes in by the desk's cookie, the page to sign in at, and the way out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette_admin.auth import AdminUser, BaseAuthProvider

from app.admin.console.faults import text_of
from app.admin.console.pages import LOOK_AGAIN
from app.admin.console.texts import told
from app.admin.sessions import DeskSessions, origin_of
from app.core.errors import Outcome, Refusal, RongError, Unauthenticated
from app.domains.identity.staff.errors import PasswordChangeNeeded
from app.domains.identity.staff.service import StaffService

LOGIN = "/admin/login"
_OPEN = ("/admin/static/", LOGIN)
_NO_STORE = {"cache-control": "no-store"}


class Gate(BaseAuthProvider):
    """What starlette-admin asks of a provider, answered by the desk's sessions."""

    def __init__(self, sessions: DeskSessions, staff: StaffService) -> None:
        super().__init__(login_path="/login", logout_path="/logout")
        self.sessions = sessions
        self._staff = staff

    async def authenticate(self, request: Request) -> AdminUser | None:
        """Raises Forbidden: a write without its CSRF token, or from another site."""
        try:
            viewer = await self.sessions.viewer(request, by_hand=LOOK_AGAIN not in request.headers)
        except Unauthenticated:
            return None
        known = await self._staff.in_office(viewer.acting())
        request.state.viewer, request.state.csrf = viewer, self.sessions.csrf_of(request)
        request.state.name = known.name if known else ""
        return AdminUser(username=request.state.name)

    def get_middleware(self) -> Middleware:
        return Middleware(_Guard, gate=self)

    def get_routes(self, templates: Jinja2Templates) -> list[Route]:
        door = _Door(self.sessions, self._staff, templates)
        return [
            Route(self.login_path, door.show, name="login"),
            Route(self.login_path, door.enter, methods=["POST"], name="enter"),
            Route(f"{self.login_path}/password", door.change, methods=["POST"], name="password"),
            Route(self.logout_path, door.leave, methods=["POST"], name="logout"),
        ]


class _Guard:
    """Nothing but style sheets and the sign-in page is reached without a session."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self._app = app
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_OPEN):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        if await self._gate.authenticate(request) is None:
            await _asked_in(request)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _asked_in(request: Request) -> Response:
    """A page leads to the sign-in and back; what a page asks for in the background is told why it is not answered."""
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(f"{LOGIN}?next={quote(request.url.path)}", 303, headers=_NO_STORE)
    error = Unauthenticated()
    return JSONResponse({"code": error.code, "message": text_of(error)}, error.status, headers=_NO_STORE)


class _Door:
    def __init__(self, sessions: DeskSessions, staff: StaffService, templates: Jinja2Templates) -> None:
        self._sessions = sessions
        self._staff = staff
        self._templates = templates

    async def show(self, request: Request) -> Response:
        return self._page(request, request.query_params)

    async def enter(self, request: Request) -> Response:
        said = await _said(request)
        try:
            opened = await self._sessions.open(said["login"], said["password"], said["code"], request)
        except PasswordChangeNeeded as error:
            return self._page(request, said, fault=text_of(error), status=422, changing=True)
        except (Outcome, Refusal) as error:
            return self._refused(request, said, error)
        answer = RedirectResponse(_ours(said["next"]), 303, headers=_NO_STORE)
        self._sessions.attach(answer, opened)
        return answer

    async def change(self, request: Request) -> Response:
        """A password of one's own, in place of the one that somebody else gave; then one signs in with it."""
        said = await _said(request)
        given = (said["login"], said["password"], said["code"], said["new"])
        try:
            self._sessions.demand_own_page(request)
            await self._staff.change_password(None, *given, origin_of(request))
        except (Outcome, Refusal) as error:
            return self._refused(request, said, error, changing=True)
        done = told(
            "密码已更换，请用新密码和新的动态验证码登录。", "Changed: sign in with the new password and another code."
        )
        return self._page(request, said, done=done)

    async def leave(self, request: Request) -> Response:
        answer = JSONResponse({"go": LOGIN}, headers=_NO_STORE)
        await self._sessions.close(request, answer)
        return answer

    def _refused(
        self, request: Request, said: Mapping[str, str], error: RongError, *, changing: bool = False
    ) -> Response:
        status = error.status if isinstance(error, Refusal) else 422
        return self._page(request, said, fault=text_of(error), status=status, changing=changing)

    def _page(self, request: Request, said: Mapping[str, str], *, status: int = 200, **facts: Any) -> Response:
        shown = {"fault": "", "done": "", "changing": False, "title": "", **facts}
        shown |= {"login": said.get("login", ""), "next": _ours(said.get("next", ""))}
        return self._templates.TemplateResponse(request, "login.html", shown, status, headers=_NO_STORE)


async def _said(request: Request) -> dict[str, str]:
    """The form's entries. What is too long is cut: it cannot be right."""
    form = await request.form(max_fields=10)
    said = {name: str(form.get(name, ""))[:200] for name in ("login", "password", "code", "new", "next")}
    return said | {"login": said["login"].strip()[:100], "code": said["code"].replace(" ", "")[:10]}


def _ours(address: str) -> str:
    """A place of the console, and no other: the address came with the request."""
    inside = address.startswith("/admin/") and not address.startswith(LOGIN) and address.isprintable()
    return address if inside and "\\" not in address else "/admin/"
