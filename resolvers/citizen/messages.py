"""The inbox, why a message came, and the phone's registration for pushes."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from app.core.errors import BadInput
from app.core.paging import PageRequest
from graphql_schema.types.common import Connection, Info, citizens, connection, global_id, key_of
from graphql_schema.types.messages import (
    AllMessagesRead,
    Message,
    MessageOrigin,
    MessageRead,
    MessagesConfirmed,
    MessageUnknown,
    PushTokenInvalid,
    PushTokenRegistered,
)
from notifications.channels.base import PushTarget, TargetKind
from notifications.messages.service import MOST_CONFIRMED

RegisterPushTokenResult = Annotated[PushTokenRegistered | PushTokenInvalid, strawberry.union("RegisterPushTokenResult")]
MarkMessageReadResult = Annotated[MessageRead | MessageUnknown, strawberry.union("MarkMessageReadResult")]
MarkAllMessagesReadResult = Annotated[AllMessagesRead | MessageUnknown, strawberry.union("MarkAllMessagesReadResult")]
ConfirmMessagesResult = Annotated[MessagesConfirmed | MessageUnknown, strawberry.union("ConfirmMessagesResult")]


@strawberry.type
class MessageQuery:
    @strawberry.field(metadata=citizens(ward_scope="inbox:read"), description="Newest first.")
    async def inbox(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[Message]:
        context = info.context
        page = await context.services.messages.inbox(context.viewer, PageRequest.of(first, after), context.locale)
        return connection(page, lambda told: told.message.id, Message.of)

    @strawberry.field(metadata=citizens(ward_scope="inbox:read"), description="Counted up to 99.")
    async def unread_count(self, info: Info) -> int:
        return await info.context.services.messages.unread(info.context.viewer)

    @strawberry.field(
        metadata=citizens(ward_scope="inbox:read"),
        description="Why a message came and how: event, rule, the choice that decided, what became of it.",
    )
    async def why_did_i_get_this(self, info: Info, message_id: strawberry.ID) -> MessageOrigin | None:
        context, key = info.context, key_of(message_id, "Message")
        why = await context.services.messages.why(context.viewer, key)
        return MessageOrigin.of(why, context.locale) if why else None


@strawberry.type
class MessageMutation:
    @strawberry.mutation(
        metadata=citizens(),
        description="Reach this signed-in phone under this FCM token or installation id. Repeating is safe.",
    )
    async def register_push_token(
        self, info: Info, token: str, kind: TargetKind = TargetKind.TOKEN
    ) -> RegisterPushTokenResult:
        context = info.context
        device = await context.services.devices.register(context.viewer, PushTarget(kind, token), context.locale)
        return PushTokenRegistered(device_id=global_id("Device", device.session))

    @strawberry.mutation(
        metadata=citizens(ward_scope="inbox:read"), description="Repeating is safe: the first time counts."
    )
    async def mark_message_read(self, info: Info, message_id: strawberry.ID) -> MarkMessageReadResult:
        context, key = info.context, key_of(message_id, "Message")
        read = await context.services.messages.mark_read(context.viewer, key, context.locale)
        return MessageRead(inbox_message=Message.of(read))

    @strawberry.mutation(
        metadata=citizens(ward_scope="inbox:read"), description="All that are there now. Repeating is safe."
    )
    async def mark_all_messages_read(self, info: Info) -> MarkAllMessagesReadResult:
        return AllMessagesRead(count=await info.context.services.messages.mark_all_read(info.context.viewer))

    @strawberry.mutation(
        metadata=citizens(ward_scope="inbox:read"),
        description="This phone has shown these pushes (inbox_id in their data): no SMS is sent for them. At most 100; "
        "repeating is safe, and what is not yours is passed over.",
    )
    async def confirm_messages(self, info: Info, message_ids: list[strawberry.ID]) -> ConfirmMessagesResult:
        if not 1 <= len(message_ids) <= MOST_CONFIRMED:
            raise BadInput(field="messageIds")
        keys = [key_of(message_id, "Message") for message_id in message_ids]
        return MessagesConfirmed(count=await info.context.services.messages.confirm(info.context.viewer, keys))


@strawberry.type
class MessageSubscription:
    @strawberry.subscription(metadata=citizens(ward_scope="inbox:read"))
    async def message_added(self, info: Info) -> AsyncGenerator[Message, None]:
        context = info.context
        async with context.services.messages.live(context.viewer, context.locale) as messages:
            async for told in messages:
                yield Message.of(told)

    @strawberry.subscription(
        metadata=citizens(ward_scope="inbox:read"), description="How many are unread: now, and after each change."
    )
    async def unread_count_changed(self, info: Info) -> AsyncGenerator[int, None]:
        context = info.context
        async with context.services.messages.live_unread(context.viewer) as counts:
            async for count in counts:
                yield count
