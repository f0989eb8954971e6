"""Webhooks: endpoints, deliveries, and their named errors."""

from __future__ import annotations

from datetime import datetime

import strawberry

from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.common import Node, global_id
from notifications.channels import webhook as channel
from notifications.webhooks.deliveries import errors as delivery_errors
from notifications.webhooks.deliveries import model as deliveries
from notifications.webhooks.deliveries.service import Which
from notifications.webhooks.endpoints import errors, model
from notifications.webhooks.endpoints.service import SecretShown

strawberry.enum(model.WebhookEvent, name="WebhookEvent")
strawberry.enum(model.EndpointState, name="WebhookState")
strawberry.enum(model.DisabledReason, name="WebhookDisabledReason")
strawberry.enum(deliveries.DeliveryState, name="WebhookDeliveryState")
strawberry.enum(channel.WebhookOutcome, name="WebhookOutcome")
strawberry.enum(Which, name="WebhookReplayWhich")
strawberry.enum(errors.TargetFault, name="WebhookTargetFault")


@strawberry.type(description="Where this organisation is told, and of what.")
class WebhookEndpoint(Node):
    url: str
    description: str
    events: list[model.WebhookEvent]
    state: model.EndpointState
    disabled_reason: model.DisabledReason | None
    disabled_at: datetime | None
    failing_since: datetime | None = strawberry.field(description="Since when nothing got through; null: it goes well.")
    old_secret_until: datetime | None = strawberry.field(description="Until then the old secret signs too.")
    test_mode: bool
    made_at: datetime

    @classmethod
    def of(cls, endpoint: model.Endpoint) -> WebhookEndpoint:
        return cls(
            id=global_id("WebhookEndpoint", endpoint.id),
            url=endpoint.url,
            description=endpoint.description,
            events=sorted(endpoint.events),
            state=endpoint.state,
            disabled_reason=endpoint.disabled_reason,
            disabled_at=endpoint.disabled_at,
            failing_since=endpoint.health.failing_since,
            old_secret_until=endpoint.old_until,
            test_mode=endpoint.test,
            made_at=endpoint.made_at,
        )


@strawberry.type
class WebhookAttempt:
    at: datetime
    outcome: channel.WebhookOutcome
    status: int | None = strawberry.field(description="The HTTP status; null when there was no answer.")
    milliseconds: int

    @classmethod
    def of(cls, attempt: deliveries.Attempt) -> WebhookAttempt:
        outcome = channel.WebhookOutcome(attempt.outcome)
        return cls(at=attempt.at, outcome=outcome, status=attempt.status, milliseconds=attempt.milliseconds)


@strawberry.type(description="One event on its way to one endpoint.")
class WebhookDelivery(Node):
    webhook_id: str = strawberry.field(description="What the receiver sees as `webhook-id`: the same for each attempt.")
    type: str
    body: str
    at: datetime = strawberry.field(description="When it happened.")
    state: deliveries.DeliveryState
    attempts: list[WebhookAttempt] = strawberry.field(description="The latest thirty, oldest first.")
    next_attempt_at: datetime | None = strawberry.field(
        description="Not before then; later when an earlier event of the same subject still waits."
    )

    @classmethod
    def of(cls, delivery: deliveries.Delivery) -> WebhookDelivery:
        waits = delivery.state is deliveries.DeliveryState.WAITING
        return cls(
            id=global_id("WebhookDelivery", delivery.id),
            webhook_id=delivery.event,
            type=delivery.type,
            body=delivery.body,
            at=delivery.at,
            state=delivery.state,
            attempts=[WebhookAttempt.of(attempt) for attempt in delivery.attempts],
            next_attempt_at=delivery.due_at if waits else None,
        )


@strawberry.type(description="The secret is shown this once.")
class WebhookRegistered:
    endpoint: WebhookEndpoint
    secret: str

    @classmethod
    def of(cls, shown: SecretShown) -> WebhookRegistered:
        return cls(endpoint=WebhookEndpoint.of(shown.endpoint), secret=shown.secret)


@strawberry.type(description="The new secret is shown this once.")
class WebhookSecretRotated:
    endpoint: WebhookEndpoint
    secret: str

    @classmethod
    def of(cls, shown: SecretShown) -> WebhookSecretRotated:
        return cls(endpoint=WebhookEndpoint.of(shown.endpoint), secret=shown.secret)


@strawberry.type
class WebhookChanged:
    endpoint: WebhookEndpoint


@strawberry.type
class WebhookRemoved:
    endpoint_id: strawberry.ID


@strawberry.type(description="It is queued; its delivery tells what became of it.")
class WebhookQueued:
    delivery: WebhookDelivery


@strawberry.type
class WebhookReplayed:
    count: int = strawberry.field(description="How many deliveries are queued again.")


@outcome(errors.WebhookTargetRefused)
@strawberry.type(description="The city does not call there.")
class WebhookTargetRefused(UserError):
    reason: errors.TargetFault


@outcome(errors.WebhookUnknown)
@strawberry.type
class WebhookUnknown(UserError):
    pass


@outcome(errors.WebhookTooMany)
@strawberry.type
class WebhookTooMany(UserError):
    limit: int


@outcome(errors.WebhookRotationUnderway)
@strawberry.type(description="Two secrets are valid: wait, or rotate with an overlap of 0.")
class WebhookRotationUnderway(UserError):
    until: datetime


@outcome(errors.WebhookNotActive, state=model.EndpointState)
@strawberry.type
class WebhookNotActive(UserError):
    state: model.EndpointState


@outcome(errors.WebhookStateFixed, state=model.EndpointState)
@strawberry.type(description="What the city's desk disabled, the desk enables.")
class WebhookStateFixed(UserError):
    state: model.EndpointState


@outcome(delivery_errors.WebhookDeliveryUnknown)
@strawberry.type
class WebhookDeliveryUnknown(UserError):
    pass
