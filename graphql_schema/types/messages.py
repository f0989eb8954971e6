"""The inbox, and why a message came."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.core.messages import message as catalog_text
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.common import Node, global_id
from notifications.channels.base import TargetKind
from notifications.deliveries import model as deliveries
from notifications.devices.errors import PushTokenInvalid as PushTokenInvalidError
from notifications.messages import errors, model
from notifications.messages import service as messages
from notifications.preferences import model as preferences

strawberry.enum(
    TargetKind,
    name="PushTokenKind",
    description="How FCM names the app on a phone: a registration token, or an installation id.",
)
strawberry.enum(preferences.Urgency, name="Urgency")
strawberry.enum(preferences.How, name="DeliveryPlanKind", description="At once, at a moment, with the digest, or not.")
strawberry.enum(deliveries.ChannelName, name="DeliveryChannel")
strawberry.enum(deliveries.DeliveryState, name="DeliveryState")


@strawberry.type
class Message(Node):
    event: str = strawberry.field(description="What happened, as a code: disclosure.made.")
    source: str = strawberry.field(description="A topic of the city (card), or org:CODE of the provider it is from.")
    urgency: preferences.Urgency
    title: str
    body: str
    at: datetime
    read_at: datetime | None

    @classmethod
    def of(cls, told: messages.Told) -> Message:
        message, texts = told.message, told.texts
        return cls(
            id=global_id("Message", message.id),
            event=message.event,
            source=message.source,
            urgency=message.urgency,
            title=texts.title,
            body=texts.body,
            at=message.at,
            read_at=message.read_at,
        )


@strawberry.type(description="What was decided for one channel when the message came.")
class DeliveryPlan:
    kind: preferences.How
    at: datetime | None

    @classmethod
    def of(cls, plan: preferences.Plan) -> DeliveryPlan:
        return cls(kind=plan.how, at=plan.at)


@strawberry.type
class DeliveryReason:
    code: str
    text: str


@strawberry.type(description="How the message was to reach one person: the subject, or a guardian of his.")
class MessageRouting:
    to_guardian: bool
    push: DeliveryPlan
    sms: DeliveryPlan
    reasons: list[DeliveryReason]

    @classmethod
    def of(cls, routing: model.Routing, subject: str, locale: str) -> MessageRouting:
        decision = routing.decision
        reasons = [
            DeliveryReason(code=one.name, text=catalog_text(f"REASON_{one.name}", locale)) for one in decision.reasons
        ]
        return cls(
            to_guardian=routing.recipient != subject,
            push=DeliveryPlan.of(decision.push),
            sms=DeliveryPlan.of(decision.sms),
            reasons=reasons,
        )


@strawberry.type(description="What became of a message at one phone or number: facts with their times.")
class Delivery:
    channel: deliveries.ChannelName
    state: deliveries.DeliveryState
    at: datetime
    delivered_at: datetime | None
    read_at: datetime | None
    bounced_at: datetime | None

    @classmethod
    def of(cls, delivery: deliveries.Delivery) -> Delivery:
        return cls(
            channel=delivery.channel,
            state=delivery.state,
            at=delivery.at,
            delivered_at=delivery.delivered_at,
            read_at=delivery.read_at,
            bounced_at=delivery.bounced_at,
        )


@strawberry.type
class TemplateVersion:
    code: str
    version: int
    organisation: str | None = strawberry.field(description="Whose words these are; null: the city's.")


@strawberry.type(description="From what a message came, by which rule and choice it came so, and what became of it.")
class MessageOrigin:
    event: str
    source: str
    urgency: preferences.Urgency
    template: TemplateVersion
    routings: list[MessageRouting]
    deliveries: list[Delivery]

    @classmethod
    def of(cls, why: messages.Why, locale: str) -> MessageOrigin:
        message, ref = why.message, why.message.template
        return cls(
            event=message.event,
            source=message.source,
            urgency=message.urgency,
            template=TemplateVersion(code=ref.code, version=ref.version, organisation=ref.owner),
            routings=[MessageRouting.of(one, message.citizen, locale) for one in message.routings],
            deliveries=[Delivery.of(one) for one in why.deliveries],
        )


@strawberry.type
class MessageRead:
    inbox_message: Message


@strawberry.type
class AllMessagesRead:
    count: int = strawberry.field(description="How many were unread.")


@strawberry.type
class MessagesConfirmed:
    count: int = strawberry.field(description="How many pushes that was the first word of.")


@strawberry.type
class PushTokenRegistered:
    device_id: strawberry.ID


@outcome(errors.MessageUnknown)
@strawberry.type
class MessageUnknown(UserError):
    pass


@outcome(PushTokenInvalidError)
@strawberry.type
class PushTokenInvalid(UserError):
    pass
