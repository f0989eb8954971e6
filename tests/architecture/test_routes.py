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
    "/c/{number}": "what the code on a card's face leads to; it tells nothing of the card",
    "/q/{code}": "a municipal code's page",
    "/pages/{name}": "style and pictures of the pages",
    "/providers": "how to apply and to call, for everybody",
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
