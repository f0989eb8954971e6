"""Bills of a citizen: binding accounts, reading, paying, auto-pay, receipts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import strawberry

from app.core.money import Currency
from app.core.paging import PageRequest
from app.domains.payment.bills import model
from app.domains.payment.bills.auto_pay.model import Run
from app.domains.payment.bills.billers.model import BillKind
from app.domains.payment.bills.store import turn_of
from app.domains.payment.payments.model import Method
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    Money,
    Node,
    citizens,
    connection,
    everyone,
    key_of,
)
from graphql_schema.types.payment.bill_errors import (
    AccountNotFound,
    AccountNumberUnfit,
    AlreadyBound,
    AutoPayCapUnfit,
    AutoPayNothingToSkip,
    AutoPayUnknown,
    BillBeingPaid,
    BillChanged,
    BillerSilent,
    BillerUnknown,
    BillMethodUnfit,
    BillNotPayable,
    BillRealNameNeeded,
    BillUnknown,
    BillWithdrawn,
    BoundUnknown,
    MoreThanOwed,
    PartNotAllowed,
    PartTooSmall,
    TooManyAccounts,
    TooManyBills,
)
from graphql_schema.types.payment.bills import (
    AutoPay,
    AutoPayAllowed,
    AutoPayEnded,
    AutoPayRun,
    AutoPaySkipped,
    Bill,
    BillChoiceInput,
    Biller,
    BillerAccount,
    BillerAccountKept,
    BillerAccountUnbound,
    BillPayment,
    BillReceipt,
    BillsOwed,
    BillsPaid,
    BillsRefreshed,
    Seen,
)
from graphql_schema.types.payment.code_errors import PinLocked, PinNeeded, PinNotSet, PinWrong
from graphql_schema.types.payment.errors import (
    AccountClosed,
    AccountFrozen,
    AccountUnknown,
    InsufficientBalance,
    MethodNotPossible,
    PayerBlocked,
    PaymentGatewayMissing,
    PaymentRefused,
)
from graphql_schema.types.payment.money import AmountInvalid, CurrencyWrong, MoneyInput

MANAGE = "payments:manage"
BindBillerAccountResult = Annotated[
    BillerAccountKept
    | BillerUnknown
    | AccountNumberUnfit
    | AccountNotFound
    | AlreadyBound
    | TooManyAccounts
    | BillerSilent
    | IdempotencyConflict,
    strawberry.union("BindBillerAccountResult"),
]
LabelBillerAccountResult = Annotated[
    BillerAccountKept | BoundUnknown | IdempotencyConflict, strawberry.union("LabelBillerAccountResult")
]
UnbindBillerAccountResult = Annotated[
    BillerAccountUnbound | BoundUnknown | IdempotencyConflict, strawberry.union("UnbindBillerAccountResult")
]
RefreshBillsResult = Annotated[BillsRefreshed | IdempotencyConflict, strawberry.union("RefreshBillsResult")]
_Refused = AmountInvalid | CurrencyWrong | PaymentRefused | PayerBlocked | PaymentGatewayMissing
_Ledger = InsufficientBalance | AccountFrozen | AccountClosed | AccountUnknown | MethodNotPossible
PayBillsResult = Annotated[
    BillsPaid
    | TooManyBills
    | BillMethodUnfit
    | BillRealNameNeeded
    | BillerUnknown
    | BillUnknown
    | BillChanged
    | BillWithdrawn
    | BillerSilent
    | BillNotPayable
    | BillBeingPaid
    | MoreThanOwed
    | PartNotAllowed
    | PartTooSmall
    | PinNeeded
    | PinNotSet
    | PinWrong
    | PinLocked
    | _Refused
    | _Ledger
    | IdempotencyConflict,
    strawberry.union("PayBillsResult"),
]
AllowAutoPayResult = Annotated[
    AutoPayAllowed
    | BillRealNameNeeded
    | AutoPayCapUnfit
    | BoundUnknown
    | AmountInvalid
    | CurrencyWrong
    | PinNeeded
    | PinNotSet
    | PinWrong
    | PinLocked
    | IdempotencyConflict,
    strawberry.union("AllowAutoPayResult"),
]
EndAutoPayResult = Annotated[
    AutoPayEnded | BoundUnknown | AutoPayUnknown | IdempotencyConflict, strawberry.union("EndAutoPayResult")
]
SkipAutoPayResult = Annotated[
    AutoPaySkipped | BillUnknown | AutoPayNothingToSkip | BillBeingPaid | IdempotencyConflict,
    strawberry.union("SkipAutoPayResult"),
]


async def seen(info: Info, bills: Sequence[model.Bill] = ()) -> Seen:
    """What is needed to say accounts, and these bills, in words."""
    rooms, viewer = info.context.services.payment.bills, info.context.viewer
    bound = await rooms.bound.labels(viewer)
    allowed = await rooms.auto_pay.mine(viewer)
    runs: dict[str, Run] = await rooms.auto_pay.runs_of(allowed, bills) if allowed else {}
    return Seen(await rooms.billers.known(), bound, allowed, runs, rooms.reading.today(), info.context.locale)


@strawberry.type
class BillsQuery:
    @strawberry.field(metadata=everyone(), description="Who sends bills in this city, by code; of one kind, or all.")
    async def billers(self, info: Info, kind: BillKind | None = None) -> list[Biller]:
        found = await info.context.services.payment.bills.billers.active(kind)
        return [Biller.of(one, info.context.locale) for one in found]

    @strawberry.field(metadata=citizens(ward_scope=MANAGE), description="What you have bound, the newest first.")
    async def biller_accounts(self, info: Info) -> list[BillerAccount]:
        found = await info.context.services.payment.bills.bound.mine(info.context.viewer)
        known = await seen(info)
        return [known.account(bound, account) for bound, account in found]

    @strawberry.field(
        metadata=citizens(ward_scope=MANAGE),
        description="Of the accounts you have bound: what can be paid with the soonest due first, or, with `over`, "
        "what is paid or taken back with the latest first.",
    )
    async def bills(
        self,
        info: Info,
        over: bool = False,
        kind: BillKind | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[Bill]:
        reading, request = info.context.services.payment.bills.reading, PageRequest.of(first, after)
        page = await reading.mine(info.context.viewer, request, payable=not over, kind=kind)
        return connection(page, turn_of, (await seen(info, page.items)).bill)

    @strawberry.field(metadata=citizens(ward_scope=MANAGE))
    async def bill(self, info: Info, bill_id: strawberry.ID) -> Bill | None:
        reading = info.context.services.payment.bills.reading
        found = await reading.one(info.context.viewer, key_of(bill_id, "Bill"))
        return (await seen(info, [found])).bill(found) if found else None

    @strawberry.field(metadata=citizens(ward_scope=MANAGE), description="How much can be paid, all together.")
    async def bills_owed(self, info: Info) -> BillsOwed:
        count, owed = await info.context.services.payment.bills.reading.owed(info.context.viewer)
        return BillsOwed(count=count, amount=Money.of(owed))

    @strawberry.field(
        metadata=citizens(ward_scope=MANAGE), description="A payment of a bill, with where it is paid at the gateway."
    )
    async def bill_payment(self, info: Info, payment_id: strawberry.ID) -> BillPayment | None:
        services, key = info.context.services, key_of(payment_id, "Payment")
        found = await services.payment.bills.paying.pay_at(info.context.viewer, key)
        return BillPayment.of(found, services.organisations.tree) if found else None

    @strawberry.field(metadata=citizens(ward_scope=MANAGE), description="Of what you paid, the newest first.")
    async def bill_receipts(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[BillReceipt]:
        receipts, locale = info.context.services.payment.bills.receipts, info.context.locale
        page = await receipts.mine(info.context.viewer, PageRequest.of(first, after))
        back = await receipts.refunds_of(page.items)
        return connection(page, lambda one: one.id, lambda one: BillReceipt.of(one, back[one.id], receipts, locale))

    @strawberry.field(metadata=citizens(ward_scope=MANAGE))
    async def bill_receipt(self, info: Info, receipt_id: strawberry.ID) -> BillReceipt | None:
        receipts = info.context.services.payment.bills.receipts
        found = await receipts.one(info.context.viewer, key_of(receipt_id, "BillReceipt"))
        return BillReceipt.of(found.receipt, found.refunded, receipts, info.context.locale) if found else None


@strawberry.type
class BillsMutation:
    @strawberry.mutation(
        metadata=citizens(ward_scope=MANAGE),
        description="Bind an account by its number and its holder's name. A family may bind one account, each by "
        "himself. Tries are counted.",
    )
    async def bind_biller_account(
        self, info: Info, biller: str, number: str, holder: str, idempotency_key: IdempotencyKey, label: str = ""
    ) -> BindBillerAccountResult:
        service, viewer = info.context.services.payment.bills.bound, info.context.viewer
        bound, account = await service.bind(viewer, biller, number, holder, label, idempotency_key)
        return BillerAccountKept(account=(await seen(info)).account(bound, account))

    @strawberry.mutation(metadata=citizens(ward_scope=MANAGE), description="Give it another word of your own.")
    async def label_biller_account(
        self, info: Info, account_id: strawberry.ID, label: str, idempotency_key: IdempotencyKey
    ) -> LabelBillerAccountResult:
        service, key = info.context.services.payment.bills.bound, key_of(account_id, "BillerAccount")
        bound, account = await service.label(info.context.viewer, key, label, idempotency_key)
        return BillerAccountKept(account=(await seen(info)).account(bound, account))

    @strawberry.mutation(
        metadata=citizens(ward_scope=MANAGE), description="Let it go, and with it what is paid by itself."
    )
    async def unbind_biller_account(
        self, info: Info, account_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> UnbindBillerAccountResult:
        service, key = info.context.services.payment.bills.bound, key_of(account_id, "BillerAccount")
        await service.unbind(info.context.viewer, key, idempotency_key)
        return BillerAccountUnbound(id=account_id)

    @strawberry.mutation(
        metadata=citizens(ward_scope=MANAGE),
        description="Have the billers asked that are asked and were not a moment ago: the app does so on opening.",
    )
    async def refresh_bills(self, info: Info, idempotency_key: IdempotencyKey) -> RefreshBillsResult:
        rooms, locale = info.context.services.payment.bills, info.context.locale
        silent = await rooms.asking.refresh(info.context.viewer, idempotency_key)
        known = await rooms.billers.known() if silent else {}
        return BillsRefreshed(silent=[Biller.of(known[one], locale) for one in sorted(silent)])

    @strawberry.mutation(
        metadata=citizens(ward_scope=MANAGE),
        description="Pay one bill or up to twenty, whole or in part: all of them or none. Billers that are asked are "
        "asked again first.",
    )
    async def pay_bills(
        self,
        info: Info,
        bills: list[BillChoiceInput],
        method: Method,
        idempotency_key: IdempotencyKey,
        pin: str | None = None,
    ) -> PayBillsResult:
        services, choices = info.context.services, [one.parsed() for one in bills]
        paid = await services.payment.bills.paying.pay(info.context.viewer, choices, method, idempotency_key, pin)
        return BillsPaid(payments=[BillPayment.of(one, services.organisations.tree) for one in paid])

    @strawberry.mutation(
        metadata=citizens(ward_scope=MANAGE),
        description="Have the bills of an account paid by themselves: up to the cap each, from wallet or credit line, "
        "a day before they are due, after a notice three days before. What allows more than before wants the payment "
        "PIN of who has one; with a cap above 1,000 yuan one has to have one.",
    )
    async def allow_auto_pay(
        self,
        info: Info,
        account_id: strawberry.ID,
        cap: MoneyInput,
        method: Method,
        idempotency_key: IdempotencyKey,
        pin: str | None = None,
    ) -> AllowAutoPayResult:
        service, key = info.context.services.payment.bills.auto_pay, key_of(account_id, "BillerAccount")
        most = cap.read(Currency.CNY).fen
        allowed = await service.allow(info.context.viewer, key, most, method, idempotency_key, pin)
        return AutoPayAllowed(auto_pay=AutoPay.of(allowed))

    @strawberry.mutation(metadata=citizens(ward_scope=MANAGE), description="Nothing is paid by itself any more.")
    async def end_auto_pay(
        self, info: Info, account_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> EndAutoPayResult:
        service, key = info.context.services.payment.bills.auto_pay, key_of(account_id, "BillerAccount")
        await service.end(info.context.viewer, key, idempotency_key)
        return AutoPayEnded(account_id=account_id)

    @strawberry.mutation(
        metadata=citizens(ward_scope=MANAGE), description="Leave this one bill out of what is paid by itself."
    )
    async def skip_auto_pay(
        self, info: Info, bill_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> SkipAutoPayResult:
        service, key = info.context.services.payment.bills.auto_pay, key_of(bill_id, "Bill")
        return AutoPaySkipped(run=AutoPayRun.of(await service.skip(info.context.viewer, key, idempotency_key)))


async def bill_node(info: Info, key: str) -> Node | None:
    found = await info.context.services.payment.bills.reading.one(info.context.viewer, key)
    return (await seen(info, [found])).bill(found) if found else None


async def biller_account_node(info: Info, key: str) -> Node | None:
    found = await info.context.services.payment.bills.bound.one(info.context.viewer, key)
    return (await seen(info)).account(*found) if found else None


async def bill_receipt_node(info: Info, key: str) -> Node | None:
    receipts = info.context.services.payment.bills.receipts
    found = await receipts.one(info.context.viewer, key)
    return BillReceipt.of(found.receipt, found.refunded, receipts, info.context.locale) if found else None
