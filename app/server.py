"""The ASGI app: routes, middleware, lifespan. No rules live here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from app import pages
from app.core.errors import Outcome, Refusal
from app.core.mongo import DatabaseFault
from app.core.said import Said
from app.core.texts import dictionaries
from app.domains.identity.sessions.model import Audience
from app.http import calendar, certificates, health, media, receipts, uploads, wellknown
from app.http.callbacks import SmsReports
from app.http.departments import DepartmentNews
from app.http.inbound import routes as inbound
from app.http.middleware import RequestLog
from app.http.oauth import TokenEndpoint
from app.http.open311.routes import Open311Door
from app.http.payment import GatewayNotices, statement_routes
from app.http.replies import on_database_fault, on_http, on_outcome, on_refusal
from app.logs import configure_logs
from app.pages.asset import asset_routes
from app.pages.board import board_routes
from app.pages.certificate import certificate_routes
from app.pages.missing import with_page
from app.pages.receipt import receipt_routes
from app.pages.visitor import visitor_routes
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
from virtual_card import face
from virtual_card.licences import faces as licences

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
        city.studio.warm(licences.warm)
        try:
            yield
        finally:
            await city.stop()

    handlers = {
        DatabaseFault: on_database_fault,
        Refusal: on_refusal,
        Outcome: on_outcome,
        HTTPException: with_page(Said(*settings.city_names), on_http),
    }
    app = Starlette(
        routes=_routes(city),
        middleware=[Middleware(RequestLog, count=city.tallies.count)],
        exception_handlers=handlers,
        lifespan=lifespan,
    )
    if settings.desk:
        _serve_desk(app, city)
    # A redirect would be made with whatever host the caller wrote.
    app.router.redirect_slashes = False
    return instrumented(app, settings)


def read_ahead(settings: Settings) -> None:
    """What all processes of a machine hold alike, for one that forks them: nothing of this city's own."""
    for name in ("citizen", "provider"):
        trusted_documents(name)
    if settings.desk:
        _desk()
    dictionaries.load()
    face.warm()
    licences.warm()


def _serve_desk(app: Starlette, city: City) -> None:
    desk_api, console, sessions_of = _desk()
    sessions = sessions_of(city)
    app.router.routes.append(Mount("/admin/api", desk_api(city, sessions)))
    console(city, sessions).mount_to(app)


def _desk() -> tuple[Any, Any, Any]:
    """The console, and its endpoints. Fifty megabytes with what they import: who serves citizens only does without."""
    from app.admin.api import desk_api  # noqa: PLC0415
    from app.admin.console import console  # noqa: PLC0415
    from app.admin.sessions import DeskSessions  # noqa: PLC0415

    return desk_api, console, DeskSessions


def _routes(city: City) -> list[BaseRoute]:
    routes: list[BaseRoute] = [
        *_graphql(city),
        Route("/oauth/token", TokenEndpoint(city.services.clients).__call__, methods=["POST"]),
        *wellknown.routes(city),
        *media.routes(city.services.cards, city.services.exports),
        *media.of_licences(city.services.licence_documents),
        *uploads.routes(city.services.uploads),
        *calendar.routes(city.services.appointments.feeds),
        *health.routes(city),
        *_others_speak(city),
        *_papers(city),
        *asset_routes(Said(*city.settings.city_names), city.services.voice.asset_page),
        *board_routes(Said(*city.settings.city_names), city.services.life.transit, city.clock),
        *visitor_routes(Said(*city.settings.city_names), city.services.community.neighbourhood.gates.showing),
        *pages.routes(
            city.settings,
            city.services.onboarding,
            trusted_documents("provider").ids(),
            trusted_documents("citizen").ids(),
        ),
    ]
    if city.settings.development:
        routes.append(Mount("/static/graphiql", graphiql.assets()))
    return routes


def _others_speak(city: City) -> list[BaseRoute]:
    """Where systems of others bring their news: reports, cases, texts, mail, payments."""
    return [
        *Open311Door(
            city.services.voice.open311,
            city.services.voice.open311_filing,
            city.services.organisations.name_of,
            city.base_url,
        ).routes(),
        *SmsReports(city.services.deliveries, city.settings.sms_callback_key, city.clock).routes(),
        *DepartmentNews(
            city.services.government.handovers, city.settings.departments_callback_key, city.clock
        ).routes(),
        *inbound.routes(city.services.voice.inbound, city.settings, city.clock),
        *GatewayNotices(
            city.services.payment.orders,
            city.services.payment.gateway_refunds,
            city.services.payment.payouts,
            city.settings.gateway_notice_key,
            city.clock,
        ).routes(),
    ]


def _papers(city: City) -> list[BaseRoute]:
    """What people show to others, and where it is checked."""
    bills, hours = city.services.payment.bills.receipts, city.services.community.volunteering.certificates
    return [
        *receipts.routes(bills),
        *receipt_routes(Said(*city.settings.city_names), bills),
        *certificates.routes(hours),
        *certificate_routes(Said(*city.settings.city_names), hours),
        *statement_routes(city.services.payment.wallet.statements),
    ]


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
def trusted_documents(name: str) -> TrustedDocuments:
    """Reading and validating them takes a while, and gives the same each time."""
    return TrustedDocuments(citizen_schema if name == "citizen" else provider_schema, OPERATIONS / name)


def _door(city: City, name: str, audience: Audience) -> GraphQLEndpoint:
    schema = citizen_schema if audience is Audience.CITIZEN else provider_schema
    check_audiences(schema)
    return GraphQLEndpoint(
        schema,
        trusted_documents(name),
        Viewers(city, audience).context,
        metrics=_METRICS.of(name),
        development=city.settings.development,
        origins=city.settings.origins,
    )
