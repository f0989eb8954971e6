"""What runs in a measured process: one of three apps, served as `rong api` serves, and watched from within.

    python -m benchmarks.served {hello,rong,plain} PORT CORE

`hello`: Starlette and nothing else. `rong`: the city as it is. `plain`: the same schemas, resolvers, services and
token check behind Strawberry's own ASGI app, as its documentation shows, without caches, middleware or limits.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL

from app.context import Context
from app.core.ids import new_id
from app.core.messages import negotiate
from app.core.viewer import Assurance, Role, Viewer
from app.domains.identity.sessions.model import Audience
from app.server import create_app
from app.settings import Settings
from app.wiring import City, build
from benchmarks.machine import resident_mb, stay_on
from graphql_schema.schema import citizen_schema, provider_schema

_BEAT = 0.005
FIGURES = "/bench/figures"


class Watched:
    """The app, and beside it a task that notices how late the event loop is; `FIGURES` tells, and starts anew."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._late: list[float] = []
        self._watch: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._watch is None:
            self._watch = asyncio.create_task(self._look(), name="loop watch")
        if scope["type"] == "http" and scope["path"] == FIGURES:
            await Response(orjson.dumps(self._figures()), media_type="application/json")(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _look(self) -> None:
        while True:
            due = time.perf_counter() + _BEAT
            await asyncio.sleep(_BEAT)
            self._late.append(time.perf_counter() - due)

    def _figures(self) -> dict[str, float]:
        late, self._late = self._late, []
        return {
            "cpu_s": time.process_time(),
            "memory_mb": resident_mb(),
            "stalls": sum(1 for one in late if one > 0.05),
            "longest_ms": max(late, default=0.0) * 1000,
        }


def hello() -> ASGIApp:
    async def greet(request: Request) -> Response:
        return JSONResponse({"hello": "world"})

    return Watched(Starlette(routes=[Route("/", greet)]))


def rong() -> ASGIApp:
    return Watched(create_app())


def plain() -> ASGIApp:
    city = build(Settings())

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await city.start()
        yield
        await city.stop()

    doors = [
        Mount("/graphql", _Plain(city, Audience.CITIZEN, citizen_schema)),
        Mount("/provider/graphql", _Plain(city, Audience.PROVIDER, provider_schema)),
    ]
    return Watched(Starlette(routes=doors, lifespan=lifespan))


class _Plain(GraphQL[Context, None]):
    """Strawberry's own app; the context is made by the same check of the same token."""

    def __init__(self, city: City, audience: Audience, schema: Any) -> None:
        super().__init__(schema, graphql_ide=None)
        self._city = city
        self._audience = audience

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        return plain_context(self._city, self._audience, request)


def plain_context(city: City, audience: Audience, connection: HTTPConnection) -> Context:
    token = connection.headers["authorization"].removeprefix("Bearer ")
    claims = city.services.sessions.read(token, audience)
    return Context(
        viewer=_viewer(city, audience, claims),
        locale=negotiate(connection.headers.get("accept-language")),
        request_id=new_id(),
        address=connection.client.host if connection.client else "unknown",
        services=city.services,
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
    )


def _viewer(city: City, audience: Audience, claims: dict[str, Any]) -> Viewer:
    if audience is Audience.CITIZEN:
        sub, sid, assurance = claims["sub"], claims["sid"], Assurance(claims["aal"])
        return Viewer(Role.CITIZEN, sub, sub, sid, assurance=assurance)
    organisation = city.services.organisations.tree.nodes[claims["org"]]
    scopes = frozenset(claims["scope"].split()) & organisation.scopes
    return Viewer(Role.PROVIDER_CLIENT, claims["sub"], organisation=organisation.code, scopes=scopes)


APPS: dict[str, Callable[[], ASGIApp]] = {"hello": hello, "rong": rong, "plain": plain}


def main(app: str, port: str, core: str) -> None:
    stay_on({int(core)} if core != "any" else set())
    uvicorn.run(
        APPS[app],
        factory=True,
        port=int(port),
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        log_level="warning",
        access_log=False,
        server_header=False,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
