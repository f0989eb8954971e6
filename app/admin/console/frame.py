"""The console as one application: starlette-admin's frame, our pages in it, our gate before it, and a strict policy.

starlette-admin gives menu, access checks per view, routes and the look (Tabler and Font Awesome, from its package). Its
own pages for tables need an ORM, inline scripts and offsets; ours replace them, and their routes are not mounted.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_admin import BaseAdmin, CustomView, DropDown

from app.admin.console.desk import viewer_of
from app.admin.console.faults import Faults
from app.admin.console.gate import Gate
from app.admin.console.pages import PageView
from app.admin.console.texts import Text, speak, spoken, told, word
from app.core.errors import Forbidden, PayloadTooLarge
from app.core.messages import CHINESE, ENGLISH, Locale, negotiate
from app.core.said import Said
from app.settings import Settings

_HERE = Path(__file__).resolve().parent
LANGUAGE_COOKIE = "rong_desk_language"
_FAULT = HTTPException(500)
_VERB = re.compile(r"[a-z-]{1,40}")
_CHOSEN: dict[str, Locale] = {"zh": CHINESE, "en": ENGLISH}
# Nothing runs that is not ours, nothing is asked of anybody else, nothing is framed or posted elsewhere.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class Group(DropDown):
    """A heading of the menu with the rooms under it; not shown to whom none of them is open."""

    def __init__(self, label: Text, views: Sequence[PageView]) -> None:
        super().__init__(menu_label=label.en, views=list(views))
        self.label = label
        self.pages = views


class Console(BaseAdmin):
    def __init__(self, settings: Settings, gate: Gate, index: CustomView, groups: Sequence[Group]) -> None:
        super().__init__(
            title="Rong desk",
            base_url="/admin",
            templates_dir=str(_HERE / "templates"),
            static_dir=str(_HERE / "static"),
            index_view=index,
            auth_provider=gate,
            secret_key="unused",  # noqa: S106  (for flash and CSRF cookies of starlette-admin, which we do without)
            timezone_config=None,
        )
        self._views.sort(key=lambda view: view is not index)
        for group in groups:
            self.add_view(group)
        self._dress(settings)
        rooms = {f"{view.here()}/": view.most_sent for group in groups for view in group.pages}
        larger = {path: most for path, most in rooms.items() if most > PageView.most_sent}
        self.middlewares[:0] = [Middleware(Manners, larger=larger), Middleware(Faults, templates=self.templates)]

    def mount_to(self, app: Starlette) -> None:
        """`/admin` itself leads to `/admin/`, said without a host that the caller wrote."""
        app.routes.append(Route("/admin", _to_the_start))
        super().mount_to(app)
        self.app.router.redirect_slashes = False

    def _dress(self, settings: Settings) -> None:
        """What every template may use."""
        facts: dict[str, Any] = {
            "t": told,
            "word": word,
            "language": spoken,
            "other_language": _other_language,
            "city": Text(settings.city, Said(*settings.city_names).within(ENGLISH)),
            "test_city": settings.development,
            "version": _version(),
        }
        cast(dict[str, Any], self.templates.env.globals).update(facts)

    # Steps of the frame that ours takes otherwise.

    def _collect_core_routes(self) -> list[Route]:
        return []

    def _init_csrf(self) -> None:
        """The gate asks for the session's own token."""

    def _init_flash(self) -> None:
        """What was done is said by the page that did it."""

    def _wrap_extra_route(self, custom_view: CustomView, handler: Any, templates: Any) -> Any:
        """As there; and that somebody was refused is recorded."""
        custom_view.templates = templates

        async def admitted(request: Request) -> Response:
            if not custom_view.is_accessible(request):
                assert isinstance(custom_view, PageView)
                asked = request.path_params
                verb, target = asked.get("action", "read"), asked.get("id", "")
                verb = verb if _VERB.fullmatch(verb) else "other"
                await custom_view.note(viewer_of(request), verb, target, admitted=False)
                raise Forbidden
            answer: Response = await handler(request)
            return answer

        return admitted

    async def _render_error(self, request: Request, exc: Exception = _FAULT) -> Response:
        """`Faults` answers it, as everything else that is raised."""
        raise exc


class Manners:
    """The language of the request, a bound for what it sends, and the headers of every answer. `larger`: the bound of
    those rooms, by their address, that take more than others.
    """

    def __init__(self, app: ASGIApp, larger: Mapping[str, int]) -> None:
        self._app = app
        self._larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        wanted = _CHOSEN.get(connection.query_params.get("lang", ""))
        speak(wanted or _kept(connection))

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                headers["content-language"] = spoken()
                if message["status"] == 200 and _for_good(connection):
                    headers["cache-control"] = "public, max-age=31536000, immutable"
                if wanted:
                    name = "zh" if wanted == CHINESE else "en"
                    headers.append(
                        "set-cookie",
                        f"{LANGUAGE_COOKIE}={name}; Path=/admin; Max-Age=31536000; SameSite=Lax; HttpOnly",
                    )
            await send(message)

        path = connection.url.path
        most = next((most for room, most in self._larger.items() if path.startswith(room)), PageView.most_sent)
        await self._app(scope, _bounded(receive, most), dressed)


def _for_good(connection: HTTPConnection) -> bool:
    """A file under an address that changes with it."""
    return connection.url.path.startswith("/admin/static/") and "v" in connection.query_params


def _bounded(receive: Receive, most: int) -> Receive:
    """Raises PayloadTooLarge when more is sent than any dialog holds."""
    sent = 0

    async def bounded() -> Message:
        nonlocal sent
        message = await receive()
        sent += len(message.get("body", b""))
        if sent > most:
            raise PayloadTooLarge(most)
        return message

    return bounded


def _kept(connection: HTTPConnection) -> Locale:
    chosen = _CHOSEN.get(connection.cookies.get(LANGUAGE_COOKIE, ""))
    return chosen or negotiate(connection.headers.get("accept-language"))


def _other_language(request: Request) -> str:
    """This page in the other language."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return "?" + urlencode([*kept, ("lang", "en" if spoken() == CHINESE else "zh")])


def _version() -> str:
    """A new style sheet or script has a new address, so that browsers never mix old and new."""
    files = sorted(path for path in (_HERE / "static").rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:10]


async def _to_the_start(request: Request) -> Response:
    return RedirectResponse("/admin/", 308)
