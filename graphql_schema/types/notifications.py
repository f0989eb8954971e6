"""The inbox."""

from __future__ import annotations

from datetime import datetime

import strawberry

from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.common import Node, global_id
from notifications import errors, model


@strawberry.type
class Message(Node):
    event: str = strawberry.field(description="What happened, as a code: disclosure.made.")
    title: str
    body: str
    at: datetime
    read_at: datetime | None

    @classmethod
    def of(cls, message: model.Message, locale: str) -> Message:
        text = message.text(locale)
        return cls(
            id=global_id("Message", message.id),
            event=message.event,
            title=text.title,
            body=text.body,
            at=message.at,
            read_at=message.read_at,
        )


@strawberry.type
class MessageRead:
    inbox_message: Message


@strawberry.type
class PushTokenRegistered:
    device_id: strawberry.ID


@outcome(errors.MessageUnknown)
@strawberry.type
class MessageUnknown(UserError):
    pass


@outcome(errors.PushTokenInvalid)
@strawberry.type
class PushTokenInvalid(UserError):
    pass
