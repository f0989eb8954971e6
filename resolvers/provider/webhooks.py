"""Webhooks: a provider's endpoints, their secrets, and the log of what was sent."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from app.core.errors import BadInput
from app.core.paging import PageRequest
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    key_of,
    providers,
)
from graphql_schema.types.webhooks import (
    WebhookChanged,
    WebhookDelivery,
    WebhookDeliveryUnknown,
    WebhookEndpoint,
    WebhookNotActive,
    WebhookQueued,
    WebhookRegistered,
    WebhookRemoved,
    WebhookReplayed,
    WebhookRotationUnderway,
    WebhookSecretRotated,
    WebhookStateFixed,
    WebhookTargetRefused,
    WebhookTooMany,
    WebhookUnknown,
)
from notifications.webhooks.deliveries.model import DeliveryState
from notifications.webhooks.deliveries.service import Which
from notifications.webhooks.endpoints.model import SCOPE, EndpointChange, WebhookEvent

RegisterWebhookResult = Annotated[
    WebhookRegistered | WebhookTargetRefused | WebhookTooMany | IdempotencyConflict,
    strawberry.union("RegisterWebhookResult"),
]
ChangeWebhookResult = Annotated[
    WebhookChanged | WebhookUnknown | WebhookTargetRefused | IdempotencyConflict,
    strawberry.union("ChangeWebhookResult"),
]
RotateWebhookSecretResult = Annotated[
    WebhookSecretRotated | WebhookUnknown | WebhookRotationUnderway | IdempotencyConflict,
    strawberry.union("RotateWebhookSecretResult"),
]
SetWebhookStateResult = Annotated[
    WebhookChanged | WebhookUnknown | WebhookStateFixed | IdempotencyConflict,
    strawberry.union("SetWebhookStateResult"),
]
RemoveWebhookResult = Annotated[
    WebhookRemoved | WebhookUnknown | IdempotencyConflict, strawberry.union("RemoveWebhookResult")
]
PingWebhookResult = Annotated[
    WebhookQueued | WebhookUnknown | WebhookNotActive | IdempotencyConflict, strawberry.union("PingWebhookResult")
]
ReplayWebhookDeliveryResult = Annotated[
    WebhookQueued | WebhookDeliveryUnknown | WebhookNotActive | IdempotencyConflict,
    strawberry.union("ReplayWebhookDeliveryResult"),
]
ReplayWebhookResult = Annotated[
    WebhookReplayed | WebhookUnknown | WebhookNotActive | IdempotencyConflict, strawberry.union("ReplayWebhookResult")
]
_ours = providers(scope=SCOPE)


@strawberry.type
class WebhookQuery:
    @strawberry.field(
        metadata=_ours, description="The endpoints of this organisation (of its test mode, in test mode)."
    )
    async def webhook_endpoints(self, info: Info) -> list[WebhookEndpoint]:
        found = await info.context.services.webhooks.mine(info.context.viewer)
        return [WebhookEndpoint.of(endpoint) for endpoint in found]

    @strawberry.field(metadata=_ours, description="What was sent and what waits, newest event first; kept for 30 days.")
    async def webhook_deliveries(
        self,
        info: Info,
        endpoint_id: strawberry.ID,
        state: DeliveryState | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[WebhookDelivery]:
        endpoint, request = key_of(endpoint_id, "WebhookEndpoint"), PageRequest.of(first, after)
        page = await info.context.services.webhook_deliveries.log(info.context.viewer, endpoint, state, request)
        return connection(page, lambda delivery: delivery.event, WebhookDelivery.of)


@strawberry.type
class WebhookMutation:
    @strawberry.mutation(metadata=_ours, description="Be told of these events at this address.")
    async def register_webhook(
        self,
        info: Info,
        url: str,
        events: list[WebhookEvent],
        idempotency_key: IdempotencyKey,
        description: str = "",
    ) -> RegisterWebhookResult:
        done = await info.context.services.webhooks.register(
            info.context.viewer, url, events, description, idempotency_key
        )
        return WebhookRegistered.of(done)

    @strawberry.mutation(metadata=_ours, description="What is left out stays as it is.")
    async def change_webhook(
        self,
        info: Info,
        endpoint_id: strawberry.ID,
        idempotency_key: IdempotencyKey,
        url: str | None = strawberry.UNSET,
        events: list[WebhookEvent] | None = strawberry.UNSET,
        description: str | None = strawberry.UNSET,
    ) -> ChangeWebhookResult:
        endpoint, change = key_of(endpoint_id, "WebhookEndpoint"), _change(url, events, description)
        done = await info.context.services.webhooks.change(info.context.viewer, endpoint, change, idempotency_key)
        return WebhookChanged(endpoint=WebhookEndpoint.of(done))

    @strawberry.mutation(
        metadata=_ours,
        description="A new secret; the old one signs beside it for so many hours, at most 168. "
        "With 0 the old one ends at once.",
    )
    async def rotate_webhook_secret(
        self, info: Info, endpoint_id: strawberry.ID, idempotency_key: IdempotencyKey, overlap_hours: int = 24
    ) -> RotateWebhookSecretResult:
        endpoint = key_of(endpoint_id, "WebhookEndpoint")
        done = await info.context.services.webhooks.rotate(
            info.context.viewer, endpoint, overlap_hours, idempotency_key
        )
        return WebhookSecretRotated.of(done)

    @strawberry.mutation(metadata=_ours, description="Events wait until it is resumed, for 30 days.")
    async def pause_webhook(
        self, info: Info, endpoint_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> SetWebhookStateResult:
        endpoint = key_of(endpoint_id, "WebhookEndpoint")
        done = await info.context.services.webhooks.pause(info.context.viewer, endpoint, idempotency_key)
        return WebhookChanged(endpoint=WebhookEndpoint.of(done))

    @strawberry.mutation(metadata=_ours, description="After a pause, or after it was disabled because it failed.")
    async def resume_webhook(
        self, info: Info, endpoint_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> SetWebhookStateResult:
        endpoint = key_of(endpoint_id, "WebhookEndpoint")
        done = await info.context.services.webhooks.resume(info.context.viewer, endpoint, idempotency_key)
        return WebhookChanged(endpoint=WebhookEndpoint.of(done))

    @strawberry.mutation(metadata=_ours, description="What waits for it is dropped.")
    async def remove_webhook(
        self, info: Info, endpoint_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> RemoveWebhookResult:
        endpoint = key_of(endpoint_id, "WebhookEndpoint")
        await info.context.services.webhooks.remove(info.context.viewer, endpoint, idempotency_key)
        return WebhookRemoved(endpoint_id=endpoint_id)

    @strawberry.mutation(metadata=_ours, description="Send a `ping`, to see whether it arrives.")
    async def ping_webhook(
        self, info: Info, endpoint_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> PingWebhookResult:
        endpoint = key_of(endpoint_id, "WebhookEndpoint")
        done = await info.context.services.webhook_deliveries.ping(info.context.viewer, endpoint, idempotency_key)
        return WebhookQueued(delivery=WebhookDelivery.of(done))

    @strawberry.mutation(metadata=_ours, description="Send one again, under the `webhook-id` it had.")
    async def replay_webhook_delivery(
        self, info: Info, delivery_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> ReplayWebhookDeliveryResult:
        delivery = key_of(delivery_id, "WebhookDelivery")
        done = await info.context.services.webhook_deliveries.replay(info.context.viewer, delivery, idempotency_key)
        return WebhookQueued(delivery=WebhookDelivery.of(done))

    @strawberry.mutation(metadata=_ours, description="Send again what happened since then, in its order.")
    async def replay_webhook(
        self,
        info: Info,
        endpoint_id: strawberry.ID,
        since: datetime,
        idempotency_key: IdempotencyKey,
        which: Which = Which.FAILED,
    ) -> ReplayWebhookResult:
        endpoint = key_of(endpoint_id, "WebhookEndpoint")
        count = await info.context.services.webhook_deliveries.replay_since(
            info.context.viewer, endpoint, since, which, idempotency_key
        )
        return WebhookReplayed(count=count)


def _change(url: str | None, events: list[WebhookEvent] | None, description: str | None) -> EndpointChange:
    """Left out is unchanged; none of the three can be unset. Raises BadInput."""
    for name, value in (("url", url), ("events", events), ("description", description)):
        if value is None:
            raise BadInput(field=name)
    return EndpointChange(
        url=None if url is strawberry.UNSET else url,
        events=None if events is strawberry.UNSET else frozenset(events or ()),
        description=None if description is strawberry.UNSET else description,
    )
