"""Every address of the city is guarded, or stands in the list of open ones with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from app.server import create_app
from app.wiring import build
from tests.conftest import Fakes, settings_for
from tests.support.api import Api

OPEN = {
    "/": "where to begin",
    "/l/{number}": "what the code on a licence's face leads to; it tells nothing of the licence",
    "/c/{number}": "what the code on a card's face leads to; it tells nothing of the card",
    "/q/{code}": "a municipal code's page",
    "/board/{stop}": "an electronic stop board: public timetables",
    "/v/{link}": "a visitor's pass: the link is the proof",
    "/pages/{name}": "style and pictures of the pages",
    "/providers": "how to apply and to call, for everybody",
    "/app": "the phone app's page: it signs in by itself",
    "/app/operations.json": "the ids of the app's own operations",
    "/app/city.json": "the city's name; whom to try, in development",
    "/app/{path:path}": "the app's files",
    "/providers/applications/{number}/{secret}": "the link is the proof",
    "/oauth/token": "asks for the client's secret itself",
    "/.well-known/jwks.json": "published keys",
    "/.well-known/card-keys": "published keys",
    "/.well-known/card-status": "published list of barred cards",
    "/.well-known/audit-keys": "published keys",
    "/.well-known/audit-head": "published head of the audit chain",
    "/.well-known/audit-heads": "published heads of the audit chain",
    "/media/cards/{card:str}.{format:str}": "signed links",
    "/media/exports/{export:str}.zip": "signed links",
    "/media/licences/{licence:str}.{ending:str}": "signed links",
    "/.well-known/licence-keys": "published keys",
    "/.well-known/licence-status": "published list of licences that hold no more",
    "/media/uploads/{upload:str}": "signed links, to send to and to fetch by",
    "/volunteer-certificates/{code}": "whoever holds a certificate checks it: masked facts only",
    "/media/volunteer-certificates/{number:str}.pdf": "signed links",
    "/receipts/{code}": "whoever holds a receipt checks it: masked facts only",
    "/media/receipts/{receipt:str}.pdf": "signed links",
    "/payment/statements/{first:str}_{last:str}.{form:str}": "signed links",
    "/calendar/{token:str}.ics": "the token is the proof",
    "/calendar/bookings/{booking:str}.ics": "signed links",
    **dict.fromkeys(
        ("/open311/discovery", "/open311/discovery.{format}"),
        "Open311: what is public; filing asks for an API key itself",
    ),
    **dict.fromkeys(
        ("/open311/v2/discovery", "/open311/v2/discovery.{format}"),
        "Open311: what is public; filing asks for an API key itself",
    ),
    **dict.fromkeys(
        ("/open311/v2/services", "/open311/v2/services.{format}"),
        "Open311: what is public; filing asks for an API key itself",
    ),
    **dict.fromkeys(
        ("/open311/v2/services/{code}", "/open311/v2/services/{code}.{format}"),
        "Open311: what is public; filing asks for an API key itself",
    ),
    **dict.fromkeys(
        ("/open311/v2/requests", "/open311/v2/requests.{format}"),
        "Open311: what is public; filing asks for an API key itself",
    ),
    **dict.fromkeys(
        ("/open311/v2/requests/{number}", "/open311/v2/requests/{number}.{format}"),
        "Open311: what is public; filing asks for an API key itself",
    ),
    **dict.fromkeys(
        ("/open311/v2/tokens/{token}", "/open311/v2/tokens/{token}.{format}"),
        "Open311: what is public; filing asks for an API key itself",
    ),
    "/open311/{rest:path}": "says that there is nothing",
    "/inbound/wechat": "WeChat's signature is the proof",
    "/inbound/qq": "QQ's signature is the proof",
    "/inbound/sms": "the gateway's signature is the proof",
    "/inbound/mail": "the gateway's signature is the proof",
    "/healthz": "no more than `up`",
    "/readyz": "no more than `ok`",
    "/metrics": "open in development, behind a token in production",
    "/admin": "leads to the console's first page",
    "/admin/login": "the sign-in itself",
    "/admin/login/password": "asks for the old password and a one-time code",
    "/admin/static": "style, script and pictures of the console",
    "/admin/api/session": "the sign-in itself",
    "/admin/api/session/refresh": "carries a refresh token",
    "/admin/api/session/browser": "the sign-in itself",
    "/admin/api/session/password": "asks for the old password and a one-time code itself",
    "/admin/api/openapi.json": "describes the endpoints, and holds nothing of anybody",
    "/graphql": "each operation is admitted by its audience (tests/graphql/test_access.py)",
    "/provider/graphql": "each operation is admitted by its audience (tests/graphql/test_access.py)",
}
OPEN_IN_DEVELOPMENT = {"/docs", "/docs/{path:path}", "/static/graphiql"}


def _flat(routes: list[BaseRoute], prefix: str = "") -> Iterator[tuple[str, Route | WebSocketRoute | Mount]]:
    for route in routes:
        if isinstance(route, Mount) and route.routes:
            yield from _flat(route.routes, prefix + route.path)
        elif isinstance(route, Mount | Route | WebSocketRoute):
            yield prefix + route.path, route


def _of(environment: str) -> dict[str, Route | WebSocketRoute | Mount]:
    settings = settings_for("mongodb://127.0.0.1:1", "none", environment=environment)
    return dict(_flat(create_app(city=build(settings, beyond=Fakes().outside)).routes))


@pytest.mark.parametrize("environment", ["production", "development"])
async def test_what_is_not_guarded_is_in_the_list(shared_api: Api, environment: str) -> None:
    allowed = OPEN.keys() | (OPEN_IN_DEVELOPMENT if environment == "development" else set())
    guarded = {path: route for path, route in _of(environment).items() if path not in allowed}
    assert len(guarded) >= 7
    for path, route in guarded.items():
        assert isinstance(route, Route), path
        address = re.sub(r"\{[^}]*\}", "x", path)
        for method in (route.methods or set()) - {"HEAD"}:
            answer = await shared_api.http.request(method, address, json={})
            assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHENTICATED"), (method, path)


async def test_production_has_no_page_for_developers() -> None:
    assert _of("production").keys() & OPEN_IN_DEVELOPMENT == set()
