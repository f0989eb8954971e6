"""The inbox and the phone's registration for pushes."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from graphql_schema.types.common import Connection, Info, citizens, connection, global_id, key_of
from graphql_schema.types.notifications import (
    Message,
    MessageRead,
    MessageUnknown,
    PushTokenInvalid,
    PushTokenRegistered,
)

RegisterPushTokenResult = Annotated[PushTokenRegistered | PushTokenInvalid, strawberry.union("RegisterPushTokenResult")]
MarkMessageReadResult = Annotated[MessageRead | MessageUnknown, strawberry.union("MarkMessageReadResult")]


@strawberry.type
class NotificationQuery:
    @strawberry.field(metadata=citizens(ward_scope="inbox:read"), description="Newest first.")
    async def inbox(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[Message]:
        context = info.context
        page = await context.services.notifications.inbox(context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.id, lambda one: Message.of(one, context.locale))

    @strawberry.field(metadata=citizens(ward_scope="inbox:read"), description="Counted up to 99.")
    async def unread_count(self, info: Info) -> int:
        return await info.context.services.notifications.unread(info.context.viewer)


@strawberry.type
class NotificationMutation:
    @strawberry.mutation(
        metadata=citizens(), description="Reach this signed-in phone under this FCM token. Repeating is safe."
    )
    async def register_push_token(self, info: Info, token: str) -> RegisterPushTokenResult:
        context = info.context
        device = await context.services.notifications.register_device(context.viewer, token, context.locale)
        return PushTokenRegistered(device_id=global_id("Device", device.session))

    @strawberry.mutation(metadata=citizens(), description="Repeating is safe: the first time counts.")
    async def mark_message_read(self, info: Info, message_id: strawberry.ID) -> MarkMessageReadResult:
        context, key = info.context, key_of(message_id, "Message")
        read = await context.services.notifications.mark_read(context.viewer, key)
        return MessageRead(inbox_message=Message.of(read, context.locale))


@strawberry.type
class NotificationSubscription:
    @strawberry.subscription(metadata=citizens(ward_scope="inbox:read"))
    async def message_added(self, info: Info) -> AsyncGenerator[Message, None]:
        context = info.context
        async with context.services.notifications.live(context.viewer) as messages:
            async for message in messages:
                yield Message.of(message, context.locale)
