"""What went back of one's payments, and contesting them."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.payment.disputes import model
from app.domains.payment.disputes.model import DisputeReason
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    citizens,
    connection,
    key_of,
)
from graphql_schema.types.payment.disputes import (
    DisputeAmountTooHigh,
    DisputeChanged,
    DisputeKept,
    DisputeNotPossible,
    DisputeOpen,
    DisputeTooLate,
    DisputeWordsMissing,
    PaymentDispute,
    PaymentDisputeStateWrong,
    PaymentDisputeUnknown,
)
from graphql_schema.types.payment.errors import PaymentUnknown
from graphql_schema.types.payment.money import AmountInvalid, MoneyInput
from graphql_schema.types.payment.refunds import Refund
from graphql_schema.types.uploads import UploadClaimed, UploadNotReady, UploadUnknown

MANAGE = "payments:manage"
_Files = UploadUnknown | UploadNotReady | UploadClaimed
_Step = PaymentDisputeUnknown | PaymentDisputeStateWrong | DisputeChanged | IdempotencyConflict
DisputePaymentResult = Annotated[
    DisputeKept
    | PaymentUnknown
    | DisputeNotPossible
    | DisputeTooLate
    | DisputeOpen
    | DisputeAmountTooHigh
    | DisputeWordsMissing
    | AmountInvalid
    | _Files
    | IdempotencyConflict,
    strawberry.union("DisputePaymentResult"),
]
ReplyToDisputeResult = Annotated[
    DisputeKept | DisputeWordsMissing | _Files | _Step, strawberry.union("ReplyToDisputeResult")
]
WithdrawDisputeResult = Annotated[DisputeKept | _Step, strawberry.union("WithdrawDisputeResult")]


def keys(files: list[strawberry.ID] | None) -> list[str]:
    return [key_of(file, "Upload") for file in files or ()]


async def kept(info: Info, one: model.Dispute) -> DisputeKept:
    services = info.context.services
    links = await services.payment.disputes.links(one)
    return DisputeKept(dispute=PaymentDispute.of(one, services.organisations.tree, links))


@strawberry.type
class DisputeQuery:
    @strawberry.field(metadata=citizens(ward_scope=MANAGE), description="What went back of a payment, oldest first.")
    async def refunds(self, info: Info, payment_id: strawberry.ID) -> list[Refund]:
        service, key = info.context.services.payment.refund_asking, key_of(payment_id, "Payment")
        return [Refund.of(one) for one in await service.of_mine(info.context.viewer, key)]

    @strawberry.field(metadata=citizens(ward_scope=MANAGE), description="Newest first, without what was said.")
    async def payment_disputes(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[PaymentDispute]:
        services = info.context.services
        page = await services.payment.disputes.mine(info.context.viewer, PageRequest.of(first, after))
        tree = services.organisations.tree
        return connection(page, lambda one: one.id, lambda one: PaymentDispute.of(one, tree))

    @strawberry.field(metadata=citizens(ward_scope=MANAGE), description="With all that was said.")
    async def payment_dispute(self, info: Info, dispute_id: strawberry.ID) -> PaymentDispute | None:
        service = info.context.services.payment.disputes
        found = await service.one(info.context.viewer, key_of(dispute_id, "PaymentDispute"))
        return (await kept(info, found)).dispute if found else None


@strawberry.type
class DisputeMutation:
    @strawberry.mutation(
        metadata=citizens(ward_scope=MANAGE),
        description="Contest a payment, or an amount of it: who was paid answers within seven days, or it goes back. "
        "`files` are up to five uploads of the purpose DISPUTE.",
    )
    async def dispute_payment(
        self,
        info: Info,
        payment_id: strawberry.ID,
        reason: DisputeReason,
        words: str,
        idempotency_key: IdempotencyKey,
        amount: MoneyInput | None = None,
        files: list[strawberry.ID] | None = None,
    ) -> DisputePaymentResult:
        service, key = info.context.services.payment.disputes, key_of(payment_id, "Payment")
        wanted = amount.read() if amount else None
        viewer = info.context.viewer
        return await kept(info, await service.open(viewer, key, wanted, reason, words, keys(files), idempotency_key))

    @strawberry.mutation(
        metadata=citizens(ward_scope=MANAGE), description="Once, within three days of the payee's answer."
    )
    async def reply_to_dispute(
        self,
        info: Info,
        dispute_id: strawberry.ID,
        words: str,
        idempotency_key: IdempotencyKey,
        files: list[strawberry.ID] | None = None,
    ) -> ReplyToDisputeResult:
        service, key = info.context.services.payment.disputes, key_of(dispute_id, "PaymentDispute")
        return await kept(info, await service.reply(info.context.viewer, key, words, keys(files), idempotency_key))

    @strawberry.mutation(metadata=citizens(ward_scope=MANAGE), description="Until it is decided.")
    async def withdraw_dispute(
        self, info: Info, dispute_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> WithdrawDisputeResult:
        service, key = info.context.services.payment.disputes, key_of(dispute_id, "PaymentDispute")
        return await kept(info, await service.withdraw(info.context.viewer, key, idempotency_key))
