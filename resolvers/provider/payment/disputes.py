"""Giving back what was paid, and answering disputes."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.payment.disputes import model
from app.domains.payment.disputes.answering.service import SCOPE
from app.domains.payment.disputes.model import DisputeState
from app.domains.payment.refunds.model import RefundReason
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    key_of,
    providers,
)
from graphql_schema.types.payment.disputes import (
    DisputeChanged,
    DisputeKept,
    DisputeWordsMissing,
    PaymentDispute,
    PaymentDisputeStateWrong,
    PaymentDisputeUnknown,
)
from graphql_schema.types.payment.errors import PaymentGatewayMissing, PaymentUnknown
from graphql_schema.types.payment.money import AmountInvalid, MoneyInput
from graphql_schema.types.payment.refunds import (
    PaymentNotRefundable,
    PaymentRefunded,
    Refund,
    RefundTooHigh,
    RefundTooLate,
)
from graphql_schema.types.uploads import UploadClaimed, UploadNotReady, UploadUnknown

_Files = UploadUnknown | UploadNotReady | UploadClaimed
_Step = PaymentDisputeUnknown | PaymentDisputeStateWrong | DisputeChanged | IdempotencyConflict
RefundPaymentResult = Annotated[
    PaymentRefunded
    | PaymentUnknown
    | PaymentNotRefundable
    | RefundTooHigh
    | RefundTooLate
    | PaymentGatewayMissing
    | AmountInvalid
    | IdempotencyConflict,
    strawberry.union("RefundPaymentResult"),
]
AcceptDisputeResult = Annotated[DisputeKept | PaymentGatewayMissing | _Step, strawberry.union("AcceptDisputeResult")]
AnswerDisputeResult = Annotated[
    DisputeKept | DisputeWordsMissing | _Files | _Step, strawberry.union("AnswerDisputeResult")
]


async def kept(info: Info, one: model.Dispute) -> DisputeKept:
    services = info.context.services
    links = await services.payment.disputes.links(one)
    return DisputeKept(dispute=PaymentDispute.of(one, services.organisations.tree, links))


@strawberry.type
class ProviderDisputeQuery:
    @strawberry.field(metadata=providers(scope=SCOPE), description="What your organisation gave back, newest first.")
    async def refunds(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[Refund]:
        service = info.context.services.payment.refund_asking
        page = await service.of_payee(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.id, Refund.of)

    @strawberry.field(
        metadata=providers(scope=SCOPE),
        description="Payments to your organisation that are contested, newest first, without what was said.",
    )
    async def payment_disputes(
        self,
        info: Info,
        states: list[DisputeState] | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[PaymentDispute]:
        services = info.context.services
        page = await services.payment.dispute_answers.page(
            info.context.viewer, states or (), PageRequest.of(first, after)
        )
        tree = services.organisations.tree
        return connection(page, lambda one: one.id, lambda one: PaymentDispute.of(one, tree))

    @strawberry.field(metadata=providers(scope=SCOPE), description="With all that was said.")
    async def payment_dispute(self, info: Info, dispute_id: strawberry.ID) -> PaymentDispute | None:
        service = info.context.services.payment.dispute_answers
        found = await service.one(info.context.viewer, key_of(dispute_id, "PaymentDispute"))
        return (await kept(info, found)).dispute if found else None


@strawberry.type
class ProviderDisputeMutation:
    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Give back a payment, or an amount of it, to where it came from; the fee comes back in proportion. "
        "All refunds together never exceed what was paid.",
    )
    async def refund_payment(
        self,
        info: Info,
        payment_id: strawberry.ID,
        reason: RefundReason,
        idempotency_key: IdempotencyKey,
        amount: MoneyInput | None = None,
    ) -> RefundPaymentResult:
        service, key = info.context.services.payment.refund_asking, key_of(payment_id, "Payment")
        wanted = amount.read() if amount else None
        refund = await service.by_payee(info.context.viewer, key, wanted, reason, idempotency_key)
        return PaymentRefunded(refund=Refund.of(refund))

    @strawberry.mutation(metadata=providers(scope=SCOPE), description="What is contested goes back.")
    async def accept_dispute(
        self, info: Info, dispute_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> AcceptDisputeResult:
        service, key = info.context.services.payment.dispute_answers, key_of(dispute_id, "PaymentDispute")
        return await kept(info, await service.accept(info.context.viewer, key, idempotency_key))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Within seven days, with what speaks against it; the city's desk decides then.",
    )
    async def answer_dispute(
        self,
        info: Info,
        dispute_id: strawberry.ID,
        words: str,
        idempotency_key: IdempotencyKey,
        files: list[strawberry.ID] | None = None,
    ) -> AnswerDisputeResult:
        service, key = info.context.services.payment.dispute_answers, key_of(dispute_id, "PaymentDispute")
        uploads = [key_of(file, "Upload") for file in files or ()]
        return await kept(info, await service.answer(info.context.viewer, key, words, uploads, idempotency_key))
