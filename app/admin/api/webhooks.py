"""Webhooks of providers: their endpoints, what was sent, sending again, and closing an endpoint."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime, Field

from app.admin.api.desk import ANY, OPERATORS, After, Body, Desk, First, Id, Key, Reply, Rows, allowed, desk_router
from app.core.paging import PageRequest
from notifications.channels.webhook import WebhookOutcome
from notifications.webhooks.deliveries.model import Delivery, DeliveryState
from notifications.webhooks.deliveries.service import Which
from notifications.webhooks.endpoints.model import DisabledReason, Endpoint, EndpointState, WebhookEvent

router = desk_router("webhooks")


class Reason(Body):
    reason: str = Field(min_length=2, max_length=500)


class Since(Body):
    since: AwareDatetime
    which: Which = Which.FAILED


class EndpointShown(Reply):
    """`failing_since`: nothing got through since then."""

    id: str
    organisation: str
    test: bool
    url: str
    description: str
    events: list[WebhookEvent]
    state: EndpointState
    disabled_reason: DisabledReason | None
    disabled_at: datetime | None
    failing_since: datetime | None
    failures: int
    made_at: datetime


class AttemptShown(Reply):
    """`status` is null when there was no answer."""

    at: datetime
    outcome: WebhookOutcome
    status: int | None
    milliseconds: int


class WebhookDeliveryShown(Reply):
    """`event` is the `webhook-id` that the receiver sees. `due_at` counts while it waits."""

    id: str
    endpoint: str
    event: str
    type: str
    at: datetime
    state: DeliveryState
    due_at: datetime
    attempts: list[AttemptShown]


class Replayed(Reply):
    """How many deliveries are queued again."""

    count: int


@router.get("/webhooks")
async def page(
    desk: Annotated[Desk, allowed("list", *ANY)], first: First = 20, after: After = None
) -> Rows[EndpointShown]:
    """Of all providers, the newest first."""
    return Rows[EndpointShown].of(await desk.services.webhooks.page(PageRequest.of(first, after)), _shown)


@router.get("/webhooks/{endpoint}")
async def look(endpoint: Id, desk: Annotated[Desk, allowed("look", *ANY)]) -> EndpointShown:
    """One endpoint; its secrets are shown to nobody."""
    return _shown(await desk.services.webhooks.find(endpoint))


@router.get("/webhooks/{endpoint}/deliveries")
async def log(
    endpoint: Id,
    desk: Annotated[Desk, allowed("log", *ANY)],
    state: Annotated[DeliveryState | None, Query(description="Only those in this state.")] = None,
    first: First = 20,
    after: After = None,
) -> Rows[WebhookDeliveryShown]:
    """What was sent there and what waits, the newest event first; kept for 30 days, also of a removed endpoint."""
    found = await desk.services.webhook_deliveries.log_of(endpoint, state, PageRequest.of(first, after))
    return Rows[WebhookDeliveryShown].of(found, _delivery, lambda one: str(one.event))


@router.put("/webhooks/{endpoint}/disabled")
async def disable(endpoint: Id, body: Reason, desk: Annotated[Desk, allowed("disable", *OPERATORS)]) -> EndpointShown:
    """Nothing is sent there until the desk enables it; what waits is kept as dead, to be replayed."""
    return _shown(await desk.services.webhooks.disable_by_desk(desk.viewer, endpoint, body.reason))


@router.put("/webhooks/{endpoint}/enabled")
async def enable(endpoint: Id, body: Reason, desk: Annotated[Desk, allowed("enable", *OPERATORS)]) -> EndpointShown:
    """Also one that was disabled because it failed."""
    return _shown(await desk.services.webhooks.enable_by_desk(desk.viewer, endpoint, body.reason))


@router.post("/webhooks/{endpoint}/replays", status_code=201)
async def replay_since(
    endpoint: Id, body: Since, key: Key, desk: Annotated[Desk, allowed("replay_since", *OPERATORS)]
) -> Replayed:
    """Send again what happened since then, in its order, under the ids it had."""
    service = desk.services.webhook_deliveries
    return Replayed(count=await service.replay_since_by_desk(desk.viewer, endpoint, body.since, body.which, key))


@router.post("/webhooks/{endpoint}/deliveries/{delivery}/replays", status_code=201)
async def replay(
    endpoint: Id, delivery: Id, key: Key, desk: Annotated[Desk, allowed("replay", *OPERATORS)]
) -> WebhookDeliveryShown:
    """Send one again, under the id it had; one that waits is left as it is."""
    return _delivery(await desk.services.webhook_deliveries.replay_by_desk(desk.viewer, endpoint, delivery, key))


def _shown(endpoint: Endpoint) -> EndpointShown:
    return EndpointShown(
        id=endpoint.id,
        organisation=endpoint.organisation,
        test=endpoint.test,
        url=endpoint.url,
        description=endpoint.description,
        events=sorted(endpoint.events),
        state=endpoint.state,
        disabled_reason=endpoint.disabled_reason,
        disabled_at=endpoint.disabled_at,
        failing_since=endpoint.health.failing_since,
        failures=endpoint.health.failures,
        made_at=endpoint.made_at,
    )


def _delivery(one: Delivery) -> WebhookDeliveryShown:
    return WebhookDeliveryShown.model_validate(one)
