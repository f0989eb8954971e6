"""Paying by code: one's own code, a merchant's, answering a charge, the PIN."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from app.domains.payment.payments.model import Method
from graphql_schema.types.common import IdempotencyConflict, IdempotencyKey, Info, citizens, key_of
from graphql_schema.types.identity_errors import IdNumberInvalid, OtpNoLongerValid, OtpWrong, RealNameNeeded
from graphql_schema.types.payment.code_errors import (
    MerchantCodeAmount,
    MerchantCodeExpired,
    MerchantCodeMalformed,
    MerchantCodeUnknown,
    MerchantCodeUsed,
    MerchantNotActive,
    MerchantUnknown,
    PaymentFailed,
    PinExists,
    PinLocked,
    PinNotSet,
    PinResetRefused,
    PinTooWeak,
    PinWrong,
    PointsNotTaken,
    SpendingLimitReached,
)
from graphql_schema.types.payment.codes import (
    MerchantPaid,
    PayCode,
    PayCodeShown,
    PaymentConfirmed,
    PaymentDeclined,
    PayPin,
    PayPinSet,
    ScannedMerchantCode,
    SpendingToday,
)
from graphql_schema.types.payment.errors import (
    AccountClosed,
    AccountFrozen,
    AccountUnknown,
    InsufficientBalance,
    MethodNotPossible,
    PayerBlocked,
    PaymentNotOpen,
    PaymentRefused,
    PaymentTooLate,
    PaymentUnknown,
)
from graphql_schema.types.payment.money import AmountInvalid, CurrencyWrong, MoneyInput
from graphql_schema.types.payment.payments import Payment

_Pin = PinNotSet | PinWrong | PinLocked
_Means = InsufficientBalance | AccountFrozen | AccountClosed | AccountUnknown | PaymentRefused | PayerBlocked
CreatePayCodeResult = Annotated[
    PayCodeShown | RealNameNeeded | _Pin | IdempotencyConflict, strawberry.union("CreatePayCodeResult")
]
ConfirmPaymentResult = Annotated[
    PaymentConfirmed
    | PaymentUnknown
    | PaymentNotOpen
    | PaymentTooLate
    | SpendingLimitReached
    | PaymentFailed
    | PaymentRefused
    | PayerBlocked
    | _Pin
    | IdempotencyConflict,
    strawberry.union("ConfirmPaymentResult"),
]
DeclinePaymentResult = Annotated[
    PaymentDeclined | PaymentUnknown | PaymentNotOpen | IdempotencyConflict, strawberry.union("DeclinePaymentResult")
]
PayMerchantResult = Annotated[
    MerchantPaid
    | AmountInvalid
    | CurrencyWrong
    | MerchantCodeMalformed
    | MerchantCodeUnknown
    | MerchantCodeUsed
    | MerchantCodeExpired
    | MerchantCodeAmount
    | MerchantUnknown
    | MerchantNotActive
    | PointsNotTaken
    | RealNameNeeded
    | MethodNotPossible
    | SpendingLimitReached
    | _Means
    | _Pin
    | IdempotencyConflict,
    strawberry.union("PayMerchantResult"),
]
ChoosePayPinResult = Annotated[
    PayPinSet | RealNameNeeded | PinTooWeak | PinExists | IdempotencyConflict, strawberry.union("ChoosePayPinResult")
]
ChangePayPinResult = Annotated[
    PayPinSet | PinTooWeak | _Pin | IdempotencyConflict, strawberry.union("ChangePayPinResult")
]
ResetPayPinResult = Annotated[
    PayPinSet
    | RealNameNeeded
    | IdNumberInvalid
    | OtpWrong
    | OtpNoLongerValid
    | PinResetRefused
    | PinTooWeak
    | PinNotSet
    | IdempotencyConflict,
    strawberry.union("ResetPayPinResult"),
]


@strawberry.type
class CodeQuery:
    @strawberry.field(metadata=citizens(), description="Charges that ask for an answer now, newest first.")
    async def payments_to_confirm(self, info: Info) -> list[Payment]:
        services = info.context.services
        found = await services.payment.confirming.waiting(info.context.viewer)
        return [Payment.of(one, services.organisations.tree) for one in found]

    @strawberry.field(metadata=citizens(), description="What a merchant's code says. Null when it cannot be paid.")
    async def merchant_code(self, info: Info, text: str) -> ScannedMerchantCode | None:
        found = await info.context.services.payment.merchant_payments.look(info.context.viewer, text)
        return ScannedMerchantCode.of(found, info.context.locale) if found else None

    @strawberry.field(metadata=citizens(), description="Limits of payments by code, and what is left of them today.")
    async def spending_today(self, info: Info) -> SpendingToday:
        return SpendingToday.of(await info.context.services.payment.merchant_payments.today(info.context.viewer))

    @strawberry.field(metadata=citizens(), description="Whether a payment PIN was chosen.")
    async def pay_pin(self, info: Info) -> PayPin:
        return PayPin.of(await info.context.services.payment.pins.state(info.context.viewer))


@strawberry.type
class CodeMutation:
    @strawberry.mutation(
        metadata=citizens(),
        description="A code to show at a till, for a minute and one charge. With the PIN the higher limit counts.",
    )
    async def create_pay_code(
        self, info: Info, idempotency_key: IdempotencyKey, method: Method = Method.WALLET, pin: str | None = None
    ) -> CreatePayCodeResult:
        code = await info.context.services.payment.pay_codes.show(info.context.viewer, method, pin, idempotency_key)
        return PayCodeShown(pay_code=PayCode.of(code))

    @strawberry.mutation(metadata=citizens(), description="Agree to a charge of the code one showed, within a minute.")
    async def confirm_payment(
        self, info: Info, payment_id: strawberry.ID, idempotency_key: IdempotencyKey, pin: str | None = None
    ) -> ConfirmPaymentResult:
        services, key = info.context.services, key_of(payment_id, "Payment")
        done = await services.payment.confirming.confirm(info.context.viewer, key, pin, idempotency_key)
        return PaymentConfirmed(payment=Payment.of(done, services.organisations.tree))

    @strawberry.mutation(metadata=citizens(), description="Refuse a charge of the code one showed.")
    async def decline_payment(
        self, info: Info, payment_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> DeclinePaymentResult:
        services, key = info.context.services, key_of(payment_id, "Payment")
        done = await services.payment.confirming.decline(info.context.viewer, key, idempotency_key)
        return PaymentDeclined(payment=Payment.of(done, services.organisations.tree))

    @strawberry.mutation(
        metadata=citizens(), description="Pay by a code that a merchant shows. Of a static code the amount is said."
    )
    async def pay_merchant(
        self,
        info: Info,
        code: str,
        idempotency_key: IdempotencyKey,
        amount: MoneyInput | None = None,
        method: Method = Method.WALLET,
        pin: str | None = None,
    ) -> PayMerchantResult:
        services, said = info.context.services, amount.read() if amount else None
        done = await services.payment.merchant_payments.pay(
            info.context.viewer, code, said, method, pin, idempotency_key
        )
        return MerchantPaid(payment=Payment.of(done, services.organisations.tree))

    @strawberry.mutation(metadata=citizens(), description="The first payment PIN: six digits.")
    async def choose_pay_pin(self, info: Info, pin: str, idempotency_key: IdempotencyKey) -> ChoosePayPinResult:
        state = await info.context.services.payment.pins.choose(info.context.viewer, pin, idempotency_key)
        return PayPinSet(pay_pin=PayPin.of(state))

    @strawberry.mutation(metadata=citizens(), description="Another payment PIN, by the one before.")
    async def change_pay_pin(
        self, info: Info, pin: str, new_pin: str, idempotency_key: IdempotencyKey
    ) -> ChangePayPinResult:
        state = await info.context.services.payment.pins.change(info.context.viewer, pin, new_pin, idempotency_key)
        return PayPinSet(pay_pin=PayPin.of(state))

    @strawberry.mutation(
        metadata=citizens(),
        description="Another payment PIN when the one before was forgotten: by a code to one's own phone (requestOtp) "
        "and the ID number.",
    )
    async def reset_pay_pin(
        self, info: Info, id_number: str, challenge: str, code: str, pin: str, idempotency_key: IdempotencyKey
    ) -> ResetPayPinResult:
        pins = info.context.services.payment.pins
        state = await pins.reset(info.context.viewer, id_number, challenge, code, pin, idempotency_key)
        return PayPinSet(pay_pin=PayPin.of(state))


@strawberry.type
class CodeSubscription:
    @strawberry.subscription(metadata=citizens(), description="One's own payments, as they begin and change.")
    async def payment_changed(self, info: Info) -> AsyncGenerator[Payment, None]:
        services = info.context.services
        async with services.payment.watched_payments.of_payer(info.context.viewer) as payments:
            async for one in payments:
                yield Payment.of(one, services.organisations.tree)
