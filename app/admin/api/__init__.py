"""`/admin/api`: what the ops desk can do, described at `/admin/api/openapi.json` (OpenAPI 3.1).

To add endpoints for a noun: write `app/admin/api/<noun>.py` with `router = desk_router("<noun>")` (see `desk.py`, which
tells how an endpoint is written), import it here and put it into ROUTERS. Every endpoint then asks for its roles, is
recorded in the audit, answers errors in the city's shape and stands in the description; the tests in
`tests/http/test_desk.py` fail until the new endpoints are entered in their table.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.admin.api import (
    answers,
    appointments,
    assets,
    audit,
    billers,
    bills,
    broadcasts,
    calendar,
    cards,
    care,
    case_categories,
    case_time,
    cases,
    catalogue,
    channels,
    citizens,
    clients,
    conversations,
    credit,
    culture,
    dashboards,
    deliveries,
    disclosures,
    dispatch,
    emergencies,
    estate_votes,
    estates,
    family_visits,
    gateway,
    handovers,
    health,
    indicators,
    jobs,
    keys,
    ledger,
    licences,
    merchants,
    neighbours,
    onboarding,
    open311,
    organisations,
    outbox,
    patrols,
    payment_disputes,
    payments,
    places,
    points,
    queues,
    reconciliation,
    red_packets,
    refunds,
    rides,
    rights,
    risk,
    scenes,
    service_applications,
    session,
    settlements,
    shared_data,
    shops,
    staff,
    surroundings,
    templates,
    transit,
    volunteers,
    webhooks,
)
from app.admin.api.desk import LARGEST, SECURITY_SCHEMES
from app.admin.sessions import DeskSessions
from app.core.errors import BadInput, Outcome, PayloadTooLarge, Refusal
from app.core.mongo import DatabaseFault
from app.http.replies import on_database_fault, on_http, on_outcome, on_refusal, told
from app.wiring import City

ROUTERS = (
    session.router,
    staff.router,
    organisations.router,
    clients.router,
    conversations.router,
    answers.router,
    onboarding.router,
    cards.router,
    licences.router,
    citizens.router,
    disclosures.router,
    handovers.router,
    open311.router,
    neighbours.router,
    shared_data.router,
    rights.router,
    keys.router,
    ledger.router,
    templates.router,
    broadcasts.router,
    deliveries.router,
    outbox.router,
    volunteers.router,
    webhooks.router,
    dashboards.router,
    appointments.router,
    queues.router,
    service_applications.router,
    dispatch.router,
    estates.router,
    shops.router,
    care.router,
    estate_votes.router,
    family_visits.router,
    cases.router,
    case_categories.router,
    case_time.router,
    assets.router,
    patrols.router,
    channels.router,
    calendar.router,
    jobs.router,
    audit.router,
    catalogue.router,
    indicators.router,
    billers.router,
    bills.router,
    credit.router,
    culture.router,
    refunds.router,
    payment_disputes.router,
    risk.router,
    merchants.router,
    payments.router,
    reconciliation.router,
    gateway.router,
    settlements.router,
    points.router,
    scenes.router,
    transit.router,
    health.router,
    surroundings.router,
    emergencies.router,
    places.router,
    red_packets.router,
    rides.router,
)

_ABOUT = "The ops desk. Each call is recorded in the audit; an error has a code, and a text in the language asked for."


def desk_api(city: City, sessions: DeskSessions) -> FastAPI:
    """The sub-app to be mounted at /admin/api."""
    app = DeskApi(
        title="Rong ops desk",
        version="1",
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        strict_content_type=False,
        exception_handlers={
            DatabaseFault: on_database_fault,
            Refusal: on_refusal,
            Outcome: on_outcome,
            HTTPException: _on_http,
            RequestValidationError: _on_bad_input,
        },
    )
    app.state.city, app.state.sessions = city, sessions
    for router in ROUTERS:
        app.router.routes.extend(router.routes)
    return app


class DeskApi(FastAPI):
    """FastAPI, with the ways to sign in added to its description."""

    def openapi(self) -> dict[str, Any]:
        described = super().openapi()
        described["servers"] = [{"url": "/admin/api"}]
        described.setdefault("components", {})["securitySchemes"] = SECURITY_SCHEMES
        return described


async def _on_http(request: Request, error: Exception) -> Response:
    """No such address or method; a body that is too large, or that cannot be read."""
    assert isinstance(error, HTTPException)
    if error.status_code == PayloadTooLarge.status:
        most = int(error.detail) if error.detail.isdigit() else LARGEST
        return told(request, PayloadTooLarge(most), PayloadTooLarge.status)
    if error.status_code == BadInput.status:
        return told(request, BadInput(field="body"), BadInput.status)
    if error.status_code == 405:
        return await on_http(request, HTTPException(405, headers={"allow": _methods_at(request)}))
    return await on_http(request, error)


def _methods_at(request: Request) -> str:
    """All that this address takes, of whichever of its routes (RFC 9110, 15.5.6)."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    routes = (route for router in ROUTERS for route in router.routes if isinstance(route, Route))
    return ", ".join(sorted({m for route in routes if route.path_regex.match(path) for m in route.methods or ()}))


async def _on_bad_input(request: Request, error: Exception) -> Response:
    """The first value at fault, by the name under which it was sent."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = () if first["type"] == "json_invalid" else first["loc"][1:]
    return told(request, BadInput(field=".".join(map(str, place))[:100] or "body"), BadInput.status)
