"""A merchant's side of paying by code."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.payment.merchants.service import MANAGE, TAKE
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    key_of,
    providers,
)
from graphql_schema.types.payment.code_errors import (
    LiveModeOnly,
    MerchantNotActive,
    MerchantStateFixed,
    MerchantUnknown,
    OrderClosed,
    OrderTaken,
    PayCodeExpired,
    PayCodeMalformed,
    PayCodeUnknown,
    PayCodeUsed,
    PaymentFailed,
    PointsNotTaken,
    ShiftNotOpen,
    ShiftOpenAlready,
)
from graphql_schema.types.payment.merchants import (
    Merchant,
    MerchantCode,
    MerchantCodeMade,
    MerchantOrder,
    MerchantPayment,
    PaymentCancelled,
    PaymentCollected,
    Shift,
    ShiftClosed,
    ShiftOpened,
    ShiftSummary,
    StaticCodeRenewed,
)
from graphql_schema.types.payment.money import AmountInvalid, CurrencyWrong, MoneyInput
from graphql_schema.types.payment.refunds import RefundTooLate

_Merchant = MerchantUnknown | MerchantNotActive
_Sale = _Merchant | AmountInvalid | CurrencyWrong | PointsNotTaken | OrderTaken | OrderClosed | LiveModeOnly
CollectPaymentResult = Annotated[
    PaymentCollected
    | PaymentFailed
    | PayCodeMalformed
    | PayCodeUnknown
    | PayCodeUsed
    | PayCodeExpired
    | _Sale
    | IdempotencyConflict,
    strawberry.union("CollectPaymentResult"),
]
CancelPaymentResult = Annotated[
    PaymentCancelled | RefundTooLate | LiveModeOnly | IdempotencyConflict, strawberry.union("CancelPaymentResult")
]
CreateMerchantCodeResult = Annotated[
    MerchantCodeMade | _Sale | IdempotencyConflict, strawberry.union("CreateMerchantCodeResult")
]
RenewStaticCodeResult = Annotated[
    StaticCodeRenewed | _Merchant | MerchantStateFixed | IdempotencyConflict, strawberry.union("RenewStaticCodeResult")
]
OpenShiftResult = Annotated[
    ShiftOpened | ShiftOpenAlready | _Merchant | IdempotencyConflict, strawberry.union("OpenShiftResult")
]
CloseShiftResult = Annotated[ShiftClosed | ShiftNotOpen | IdempotencyConflict, strawberry.union("CloseShiftResult")]


@strawberry.type
class ProviderMerchantQuery:
    @strawberry.field(metadata=providers(scope=TAKE), description="One's own profile. Null: no merchant.")
    async def merchant(self, info: Info) -> Merchant | None:
        found = await info.context.services.payment.merchants.mine(info.context.viewer)
        return Merchant.of(found) if found else None

    @strawberry.field(metadata=providers(scope=TAKE), description="How an order stands. Null: there is none.")
    async def query_payment(self, info: Info, order: str) -> MerchantOrder | None:
        found = await info.context.services.payment.collecting.query(info.context.viewer, order)
        return MerchantOrder.of(found) if found else None

    @strawberry.field(metadata=providers(scope=MANAGE), description="What was paid here, newest first.")
    async def merchant_payments(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[MerchantPayment]:
        request = PageRequest.of(first, after)
        page = await info.context.services.payment.collecting.payments(info.context.viewer, request)
        return connection(page, lambda one: one.id, MerchantPayment.of)

    @strawberry.field(metadata=providers(scope=TAKE), description="The caller's own open shift, with its totals.")
    async def my_shift(self, info: Info) -> Shift | None:
        shifts = info.context.services.payment.shifts
        found = await shifts.open_of(info.context.viewer)
        return Shift.of(found, await shifts.totals(found)) if found else None

    @strawberry.field(metadata=providers(scope=TAKE), description="Null: not there, or another cashier's.")
    async def shift(self, info: Info, shift_id: strawberry.ID) -> Shift | None:
        shifts = info.context.services.payment.shifts
        found = await shifts.one(info.context.viewer, key_of(shift_id, "Shift"))
        return Shift.of(found, await shifts.totals(found)) if found else None

    @strawberry.field(
        metadata=providers(scope=TAKE), description="One's own, newest first; of all for who manages payments."
    )
    async def shifts(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[ShiftSummary]:
        page = await info.context.services.payment.shifts.page(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.id, ShiftSummary.of)


@strawberry.type
class ProviderMerchantMutation:
    @strawberry.mutation(
        metadata=providers(scope=TAKE),
        description="Charge a code that a citizen shows, once. One order is charged once. What waits for the payer's "
        "confirmation ends within a minute: ask, or be told.",
    )
    async def collect_payment(
        self, info: Info, code: str, amount: MoneyInput, order: str, idempotency_key: IdempotencyKey
    ) -> CollectPaymentResult:
        collecting, viewer = info.context.services.payment.collecting, info.context.viewer
        return PaymentCollected(
            order=MerchantOrder.of(await collecting.collect(viewer, code, amount.read(), order, idempotency_key))
        )

    @strawberry.mutation(
        metadata=providers(scope=TAKE),
        description="Whatever became of an order, nothing is collected for it: what was paid goes back whole, and an "
        "order that never arrived is closed beforehand. What was paid longer than half an hour ago, not in the "
        "cashier's own open shift, is given back by who manages payments, as a refund is.",
    )
    async def cancel_payment(self, info: Info, order: str, idempotency_key: IdempotencyKey) -> CancelPaymentResult:
        done = await info.context.services.payment.collecting.cancel(info.context.viewer, order, idempotency_key)
        return PaymentCancelled(order=MerchantOrder.of(done))

    @strawberry.mutation(
        metadata=providers(scope=TAKE),
        description="A code to show, for one sale. It lives ten minutes, or fewer seconds (30 at least).",
    )
    async def create_merchant_code(
        self, info: Info, amount: MoneyInput, order: str, idempotency_key: IdempotencyKey, expires_in: int | None = None
    ) -> CreateMerchantCodeResult:
        paying, viewer = info.context.services.payment.merchant_payments, info.context.viewer
        made = await paying.make(viewer, amount.read(), order, expires_in, idempotency_key)
        return MerchantCodeMade(merchant_code=MerchantCode.of(made))

    @strawberry.mutation(metadata=providers(scope=MANAGE), description="Another static code; the one before ends.")
    async def renew_static_code(self, info: Info, idempotency_key: IdempotencyKey) -> RenewStaticCodeResult:
        now = await info.context.services.payment.merchants.renew_code(info.context.viewer, idempotency_key)
        return StaticCodeRenewed(merchant=Merchant.of(now))

    @strawberry.mutation(metadata=providers(scope=TAKE), description="Begin to take payments at a till.")
    async def open_shift(self, info: Info, till: str, idempotency_key: IdempotencyKey) -> OpenShiftResult:
        shift = await info.context.services.payment.shifts.begin(info.context.viewer, till, idempotency_key)
        return ShiftOpened(shift=Shift.of(shift, []))

    @strawberry.mutation(metadata=providers(scope=TAKE), description="End one's shift, and see what was taken.")
    async def close_shift(self, info: Info, idempotency_key: IdempotencyKey) -> CloseShiftResult:
        shifts = info.context.services.payment.shifts
        closed = await shifts.end(info.context.viewer, idempotency_key)
        return ShiftClosed(shift=Shift.of(closed, await shifts.totals(closed)))


@strawberry.type
class ProviderMerchantSubscription:
    @strawberry.subscription(
        metadata=providers(scope=TAKE), description="How an order stands: at once, and each time that changes."
    )
    async def payment_changed(self, info: Info, order: str) -> AsyncGenerator[MerchantOrder, None]:
        async with info.context.services.payment.collecting.live(info.context.viewer, order) as views:
            async for view in views:
                yield MerchantOrder.of(view)
