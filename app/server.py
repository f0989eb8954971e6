"""The ASGI app: routes, middleware, lifespan. No rules live here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from app import pages
from app.admin.api import desk_api
from app.admin.console import console
from app.admin.sessions import DeskSessions
from app.core.errors import Outcome, Refusal
from app.core.mongo import DatabaseFault
from app.domains.identity.sessions.model import Audience
from app.http import health, media, wellknown
from app.http.callbacks import SmsReports
from app.http.middleware import RequestLog
from app.http.oauth import TokenEndpoint
from app.http.replies import on_database_fault, on_http, on_outcome, on_refusal
from app.logs import configure_logs
from app.settings import Settings
from app.telemetry import instrumented
from app.viewers import Viewers
from app.wiring import City, build
from graphql_schema.endpoint import graphiql
from graphql_schema.endpoint.audience import check_audiences
from graphql_schema.endpoint.http import GraphQLEndpoint
from graphql_schema.endpoint.metrics import Metrics
from graphql_schema.endpoint.trusted import TrustedDocuments
from graphql_schema.schema import citizen_schema, provider_schema

OPERATIONS = Path(__file__).resolve().parent.parent / "graphql_schema" / "operations"
_METRICS = Metrics()


def create_app(settings: Settings | None = None, city: City | None = None) -> Starlette:
    """The app of one API process, for uvicorn's `--factory`. Settings come from the environment when not given."""
    settings = settings or (city.settings if city else Settings())
    configure_logs(settings)
    city = city or build(settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await city.start()
        city.studio.warm()
        try:
            yield
        finally:
            await city.stop()

    handlers = {
        DatabaseFault: on_database_fault,
        Refusal: on_refusal,
        Outcome: on_outcome,
        HTTPException: on_http,
    }
    sessions = DeskSessions(city)
    app = Starlette(
        routes=_routes(city, sessions),
        middleware=[Middleware(RequestLog, count=city.tallies.count)],
        exception_handlers=handlers,
        lifespan=lifespan,
    )
    console(city, sessions).mount_to(app)
    # A redirect would be made with whatever host the caller wrote.
    app.router.redirect_slashes = False
    return instrumented(app, settings)


def _routes(city: City, sessions: DeskSessions) -> list[BaseRoute]:
    routes: list[BaseRoute] = [
        *_graphql(city),
        Route("/oauth/token", TokenEndpoint(city.services.clients).__call__, methods=["POST"]),
        *wellknown.routes(city),
        *media.routes(city.services.cards, city.services.exports),
        *health.routes(city),
        *SmsReports(city.services.deliveries, city.settings.sms_callback_key, city.clock).routes(),
        Mount("/admin/api", desk_api(city, sessions)),
        *pages.routes(city.settings, city.services.onboarding, _trusted("provider").ids()),
    ]
    if city.settings.development:
        routes.append(Mount("/static/graphiql", graphiql.assets()))
    return routes


def _graphql(city: City) -> list[BaseRoute]:
    citizen = _door(city, "citizen", Audience.CITIZEN)
    provider = _door(city, "provider", Audience.PROVIDER)
    return [
        Route("/graphql", citizen),
        WebSocketRoute("/graphql", citizen),
        Route("/provider/graphql", provider),
        WebSocketRoute("/provider/graphql", provider),
    ]


@cache
def _trusted(name: str) -> TrustedDocuments:
    """Reading and validating them takes a while, and gives the same each time."""
    return TrustedDocuments(citizen_schema if name == "citizen" else provider_schema, OPERATIONS / name)


def _door(city: City, name: str, audience: Audience) -> GraphQLEndpoint:
    schema = citizen_schema if audience is Audience.CITIZEN else provider_schema
    check_audiences(schema)
    return GraphQLEndpoint(
        schema,
        _trusted(name),
        Viewers(city, audience).context,
        metrics=_METRICS.of(name),
        development=city.settings.development,
        origins=city.settings.origins,
    )
