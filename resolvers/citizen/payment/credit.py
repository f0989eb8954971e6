"""Citizen credit, in person: rules, score, line, dues, repayments, appeals."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.money import Currency
from app.core.money import Money as Sum
from app.core.paging import PageRequest
from app.domains.payment.credit.rules.model import FactorCode
from graphql_schema.types.card_errors import NotVerified
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    Money,
    citizens,
    connection,
    everyone,
    key_of,
)
from graphql_schema.types.payment.code_errors import PinLocked, PinNeeded, PinNotSet, PinWrong
from graphql_schema.types.payment.credit import (
    CreditAppeal,
    CreditAppealMade,
    CreditCount,
    CreditDue,
    CreditLeft,
    CreditLine,
    CreditLineChanged,
    CreditRepaid,
    CreditRepayment,
    CreditScore,
    CreditScoreCounted,
    CreditStanding,
    CreditStatement,
    PublishedCreditRules,
)
from graphql_schema.types.payment.credit_errors import (
    CreditAppealExists,
    CreditAppealInvalid,
    CreditForAdultsOnly,
    CreditJoined,
    CreditLimitInvalid,
    CreditLineMissing,
    CreditLineOpen,
    CreditNotJoined,
    CreditScoreTooLow,
    CreditStillOwed,
    CreditTermsOutdated,
    NothingDue,
    RepaymentTooHigh,
)
from graphql_schema.types.payment.errors import (
    AccountClosed,
    AccountFrozen,
    AccountUnknown,
    InsufficientBalance,
    PaymentGatewayMissing,
)
from graphql_schema.types.payment.money import AmountInvalid, CurrencyWrong, MoneyInput

JoinCreditResult = Annotated[
    CreditScoreCounted | CreditTermsOutdated | NotVerified | CreditForAdultsOnly | CreditJoined | IdempotencyConflict,
    strawberry.union("JoinCreditResult"),
]
LeaveCreditResult = Annotated[
    CreditLeft | CreditNotJoined | CreditStillOwed | IdempotencyConflict, strawberry.union("LeaveCreditResult")
]
RecountCreditResult = Annotated[
    CreditScoreCounted | CreditNotJoined | IdempotencyConflict, strawberry.union("RecountCreditResult")
]
OpenCreditLineResult = Annotated[
    CreditLineChanged
    | CreditTermsOutdated
    | CreditNotJoined
    | CreditScoreTooLow
    | CreditLimitInvalid
    | CreditLineOpen
    | AmountInvalid
    | CurrencyWrong
    | PinNeeded
    | PinNotSet
    | PinWrong
    | PinLocked
    | IdempotencyConflict,
    strawberry.union("OpenCreditLineResult"),
]
CloseCreditLineResult = Annotated[
    CreditLineChanged | CreditLineMissing | CreditStillOwed | IdempotencyConflict,
    strawberry.union("CloseCreditLineResult"),
]
RepayCreditResult = Annotated[
    CreditRepaid
    | AmountInvalid
    | CurrencyWrong
    | NothingDue
    | RepaymentTooHigh
    | InsufficientBalance
    | AccountFrozen
    | AccountClosed
    | AccountUnknown
    | IdempotencyConflict,
    strawberry.union("RepayCreditResult"),
]
RepayCreditByGatewayResult = Annotated[
    CreditRepaid
    | AmountInvalid
    | CurrencyWrong
    | NothingDue
    | RepaymentTooHigh
    | PaymentGatewayMissing
    | IdempotencyConflict,
    strawberry.union("RepayCreditByGatewayResult"),
]
AppealCreditResult = Annotated[
    CreditAppealMade | CreditNotJoined | CreditAppealExists | CreditAppealInvalid | IdempotencyConflict,
    strawberry.union("AppealCreditResult"),
]


@strawberry.type
class CreditQuery:
    @strawberry.field(metadata=everyone(), description="The factors of the score, and which line comes of which score.")
    async def credit_rules(self, info: Info) -> PublishedCreditRules:
        rules = info.context.services.payment.credit.rules
        return PublishedCreditRules.of(await rules.in_force(), await rules.coming(), info.context.locale)

    @strawberry.field(metadata=citizens(), description="Null for who never agreed to be given a score.")
    async def credit_standing(self, info: Info) -> CreditStanding | None:
        found = await info.context.services.payment.credit.scores.mine(info.context.viewer)
        return CreditStanding.of(found, info.context.locale) if found else None

    @strawberry.field(metadata=citizens(), description="How one's score was counted so far, newest first.")
    async def credit_history(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[CreditCount]:
        context, request = info.context, PageRequest.of(first, after)
        page = await context.services.payment.credit.scores.history(context.viewer, request)
        return connection(page, lambda one: one.id, lambda one: CreditCount.of(one.reckoning, context.locale))

    @strawberry.field(metadata=citizens(), description="Null for who never had a line.")
    async def credit_line(self, info: Info) -> CreditLine | None:
        found = await info.context.services.payment.credit.lines.mine(info.context.viewer)
        return CreditLine.of(found) if found else None

    @strawberry.field(metadata=citizens(), description="What is owed at present.")
    async def credit_statement(self, info: Info) -> CreditStatement:
        services = info.context.services
        dues = services.payment.credit.dues
        return CreditStatement.of(await dues.statement(info.context.viewer), dues.today, services.organisations.tree)

    @strawberry.field(metadata=citizens(), description="Uses of the line, newest first: open ones, or settled ones.")
    async def credit_dues(
        self, info: Info, open: bool | None = None, first: int | None = None, after: str | None = None
    ) -> Connection[CreditDue]:
        services, request = info.context.services, PageRequest.of(first, after)
        page = await services.payment.credit.dues.mine(info.context.viewer, request, open_=open)
        return connection(page, lambda one: one.id, lambda one: CreditDue.of(one, services.organisations.tree))

    @strawberry.field(metadata=citizens(), description="One's repayments, newest first.")
    async def credit_repayments(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[CreditRepayment]:
        repayments, request = info.context.services.payment.credit.repayments, PageRequest.of(first, after)
        page = await repayments.mine(info.context.viewer, request)
        return connection(page, lambda one: one.id, CreditRepayment.of)

    @strawberry.field(metadata=citizens(), description="One of them, with the gateway's page while it waits.")
    async def credit_repayment(self, info: Info, repayment_id: strawberry.ID) -> CreditRepayment | None:
        repayments = info.context.services.payment.credit.repayments
        found = await repayments.one(info.context.viewer, key_of(repayment_id, "CreditRepayment"))
        return CreditRepayment.of(found) if found else None

    @strawberry.field(metadata=citizens(), description="One's appeals, newest first.")
    async def credit_appeals(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[CreditAppeal]:
        appeals, request = info.context.services.payment.credit.appeals, PageRequest.of(first, after)
        page = await appeals.mine(info.context.viewer, request)
        return connection(page, lambda one: one.id, CreditAppeal.of)


@strawberry.type
class CreditMutation:
    @strawberry.mutation(metadata=citizens(), description="Agree to be given a score; it is counted at once.")
    async def join_credit(self, info: Info, terms: int, idempotency_key: IdempotencyKey) -> JoinCreditResult:
        scores = info.context.services.payment.credit.scores
        made = await scores.join(info.context.viewer, terms, idempotency_key)
        return CreditScoreCounted(score=CreditScore.of(made, info.context.locale))

    @strawberry.mutation(metadata=citizens(), description="Take it back: score, history and line end.")
    async def leave_credit(self, info: Info, idempotency_key: IdempotencyKey) -> LeaveCreditResult:
        scores = info.context.services.payment.credit.scores
        return CreditLeft(left=await scores.leave(info.context.viewer, idempotency_key))

    @strawberry.mutation(metadata=citizens(), description="Count it anew, five times a day at most.")
    async def recount_credit(self, info: Info, idempotency_key: IdempotencyKey) -> RecountCreditResult:
        scores = info.context.services.payment.credit.scores
        made = await scores.recount(info.context.viewer, idempotency_key)
        return CreditScoreCounted(score=CreditScore.of(made, info.context.locale))

    @strawberry.mutation(
        metadata=citizens(),
        description="By agreement; `most` is a limit of one's own below what the score gives. By the payment PIN of "
        "who has one; for more than 1,000 yuan one has to have one.",
    )
    async def open_credit_line(
        self,
        info: Info,
        agreement: int,
        idempotency_key: IdempotencyKey,
        most: MoneyInput | None = None,
        pin: str | None = None,
    ) -> OpenCreditLineResult:
        lines, own = info.context.services.payment.credit.lines, most.read(Currency.CNY).fen if most else None
        made = await lines.open(info.context.viewer, agreement, own, idempotency_key, pin)
        return CreditLineChanged(state=made.state, limit=Money.of(Sum(made.fen)))

    @strawberry.mutation(metadata=citizens(), description="When nothing is owed or held.")
    async def close_credit_line(self, info: Info, idempotency_key: IdempotencyKey) -> CloseCreditLineResult:
        made = await info.context.services.payment.credit.lines.close(info.context.viewer, idempotency_key)
        return CreditLineChanged(state=made.state, limit=Money.of(Sum(made.fen)))

    @strawberry.mutation(metadata=citizens(), description="From the wallet: all or part of what is owed.")
    async def repay_credit(self, info: Info, amount: MoneyInput, idempotency_key: IdempotencyKey) -> RepayCreditResult:
        repayments, fen = info.context.services.payment.credit.repayments, amount.read(Currency.CNY).fen
        done = await repayments.by_wallet(info.context.viewer, fen, idempotency_key)
        return CreditRepaid(repayment=CreditRepayment.of(done))

    @strawberry.mutation(metadata=citizens(), description="By the payment gateway: it is paid at `payAt`.")
    async def repay_credit_by_gateway(
        self, info: Info, amount: MoneyInput, idempotency_key: IdempotencyKey
    ) -> RepayCreditByGatewayResult:
        repayments, fen = info.context.services.payment.credit.repayments, amount.read(Currency.CNY).fen
        begun = await repayments.by_gateway(info.context.viewer, fen, idempotency_key)
        return CreditRepaid(repayment=CreditRepayment.of(begun))

    @strawberry.mutation(metadata=citizens(), description="Say why a score, or one factor of it, is wrong.")
    async def appeal_credit(
        self, info: Info, reason: str, idempotency_key: IdempotencyKey, factor: FactorCode | None = None
    ) -> AppealCreditResult:
        appeals = info.context.services.payment.credit.appeals
        made = await appeals.appeal(info.context.viewer, factor, reason, idempotency_key)
        return CreditAppealMade(appeal=CreditAppeal.of(made))
