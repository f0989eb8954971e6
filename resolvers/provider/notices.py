"""A provider tells single citizens something, and reads what became of it."""

from __future__ import annotations

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
from graphql_schema.types.notices import (
    FactMissing,
    FactUnfit,
    FactUnknown,
    Notice,
    NoticeFact,
    NoticeRecipient,
    NoticeReport,
    NoticeSent,
    NoticeUnknown,
    NoticeWithdrawn,
    RecipientUnknown,
    TemplateNotApproved,
)
from graphql_schema.types.templates import TemplateUnknown
from notifications.preferences.model import Urgency

_MOST_FACTS = 20
SendNoticeResult = Annotated[
    NoticeSent
    | RecipientUnknown
    | TemplateUnknown
    | TemplateNotApproved
    | FactMissing
    | FactUnknown
    | FactUnfit
    | IdempotencyConflict,
    strawberry.union("SendNoticeResult"),
]
WithdrawNoticeResult = Annotated[
    NoticeWithdrawn | NoticeUnknown | IdempotencyConflict, strawberry.union("WithdrawNoticeResult")
]


@strawberry.type
class ProviderNoticeQuery:
    @strawberry.field(metadata=providers(scope="notify"), description="What you told citizens, newest first.")
    async def notices(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[Notice]:
        page = await info.context.services.notices.mine(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda notice: notice.id, Notice.of)

    @strawberry.field(metadata=providers(scope="notify"), description="One of yours, and what became of it so far.")
    async def notice(self, info: Info, notice_id: strawberry.ID) -> NoticeReport | None:
        found = await info.context.services.notices.one(info.context.viewer, key_of(notice_id, "Notice"))
        return NoticeReport.of(found) if found else None


@strawberry.type
class ProviderNoticeMutation:
    @strawberry.mutation(
        metadata=providers(scope="notify"),
        description="Tell one citizen, in the words of an approved template. Needs the scope notify; URGENT (rings in "
        "quiet hours) needs notify:urgent, LEGAL (cannot be turned off) notify:legal.",
    )
    async def send_notice(
        self,
        info: Info,
        to: NoticeRecipient,
        template: str,
        facts: list[NoticeFact],
        idempotency_key: IdempotencyKey,
        urgency: Urgency = Urgency.NORMAL,
    ) -> SendNoticeResult:
        values = {fact.name: fact.value for fact in facts}
        if not len(values) == len(facts) <= _MOST_FACTS:
            raise BadInput(field="facts")
        service, viewer = info.context.services.notices, info.context.viewer
        return NoticeSent(
            notice=Notice.of(await service.send(viewer, to.parsed(), template, values, urgency, idempotency_key))
        )

    @strawberry.mutation(
        metadata=providers(scope="notify"),
        description="What was not sent yet, is not; what was, stays in the inbox.",
    )
    async def withdraw_notice(
        self, info: Info, notice_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> WithdrawNoticeResult:
        context, key = info.context, key_of(notice_id, "Notice")
        withdrawn = await context.services.notices.withdraw(context.viewer, key, idempotency_key)
        return NoticeWithdrawn(notice=Notice.of(withdrawn))
