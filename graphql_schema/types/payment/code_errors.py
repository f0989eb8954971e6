"""Named errors of merchants and of paying by code."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.domains.payment.collecting import errors as collecting
from app.domains.payment.collecting.model import FailureReason
from app.domains.payment.merchant_codes import errors as merchant_codes
from app.domains.payment.merchants import errors as merchants
from app.domains.payment.merchants.model import Category, MerchantState
from app.domains.payment.pay_codes import errors as pay_codes
from app.domains.payment.pins import errors as pins
from app.domains.payment.points.partners import errors as partners
from app.domains.payment.shifts import errors as shifts
from app.domains.payment.spending import errors as spending
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.common import Money

strawberry.enum(MerchantState)
strawberry.enum(Category, name="MerchantCategory", description="By the codes of ISO 18245.")
strawberry.enum(FailureReason, name="PaymentFailureReason", description="What a merchant may know of a failure.")


@outcome(merchants.MerchantUnknown)
@strawberry.type(description="The organisation takes no payments.")
class MerchantUnknown(UserError):
    pass


@outcome(merchants.MerchantNotActive, state=MerchantState)
@strawberry.type(description="The merchant takes no payments for now, or none any more.")
class MerchantNotActive(UserError):
    state: MerchantState


@outcome(merchants.MerchantStateFixed, state=MerchantState)
@strawberry.type(description="The merchant was changed meanwhile, or is closed for good.")
class MerchantStateFixed(UserError):
    state: MerchantState


@outcome(pay_codes.PayCodeMalformed)
@strawberry.type(description="Not eighteen digits of this city.")
class PayCodeMalformed(UserError):
    pass


@outcome(pay_codes.PayCodeUnknown)
@strawberry.type(description="Never given, or a newer one took its place.")
class PayCodeUnknown(UserError):
    pass


@outcome(pay_codes.PayCodeExpired)
@strawberry.type(description="It was shown longer than a minute ago: ask for a fresh one.")
class PayCodeExpired(UserError):
    pass


@outcome(pay_codes.PayCodeUsed)
@strawberry.type(description="It was charged before, with success or without: ask for a fresh one.")
class PayCodeUsed(UserError):
    pass


@outcome(collecting.OrderTaken)
@strawberry.type(description="The order number was used before. Ask how that order stands.")
class OrderTaken(UserError):
    pass


@outcome(collecting.OrderClosed)
@strawberry.type(description="The order was cancelled: nothing is collected for it any more.")
class OrderClosed(UserError):
    pass


@outcome(collecting.PaymentFailed, reason=FailureReason)
@strawberry.type(description="The charge failed, and the code is spent.")
class PaymentFailed(UserError):
    reason: FailureReason


@outcome(collecting.LiveModeOnly)
@strawberry.type(description="In test mode no money moves.")
class LiveModeOnly(UserError):
    pass


@outcome(merchant_codes.MerchantCodeMalformed)
@strawberry.type(description="No merchant's code of this city.")
class MerchantCodeMalformed(UserError):
    pass


@outcome(merchant_codes.MerchantCodeUnknown)
@strawberry.type(description="Never given, or replaced since.")
class MerchantCodeUnknown(UserError):
    pass


@outcome(merchant_codes.MerchantCodeExpired)
@strawberry.type(description="Its time is over: ask the merchant for a fresh one.")
class MerchantCodeExpired(UserError):
    pass


@outcome(merchant_codes.MerchantCodeUsed)
@strawberry.type(description="It was paid before.")
class MerchantCodeUsed(UserError):
    pass


@outcome(merchant_codes.MerchantCodeAmount, amount=lambda found: Money.of(found) if found else None)
@strawberry.type(description="The amount is the code's; of a static code the payer says it.")
class MerchantCodeAmount(UserError):
    amount: Money | None


@outcome(partners.PointsNotTaken)
@strawberry.type(description="The merchant takes no points.")
class PointsNotTaken(UserError):
    pass


@outcome(spending.SpendingLimitReached, limit=Money.of, remaining=Money.of)
@strawberry.type(
    description="The limit of the day for payments of this kind; where `pinHelps` it is higher with the PIN."
)
class SpendingLimitReached(UserError):
    limit: Money
    remaining: Money
    pin_helps: bool


@outcome(pins.PinTooWeak)
@strawberry.type(description="Six digits that are easily guessed, or told by the phone or the ID number.")
class PinTooWeak(UserError):
    pass


@outcome(pins.PinNotSet)
@strawberry.type(description="No payment PIN was chosen yet.")
class PinNotSet(UserError):
    pass


@outcome(pins.PinNeeded)
@strawberry.type(description="There is a payment PIN, and this is not done without it.")
class PinNeeded(UserError):
    pass


@outcome(pins.PinExists)
@strawberry.type(description="A payment PIN was chosen: change it, or reset it.")
class PinExists(UserError):
    pass


@outcome(pins.PinWrong)
@strawberry.type
class PinWrong(UserError):
    remaining: int


@outcome(pins.PinLocked)
@strawberry.type(description="Too many tries.")
class PinLocked(UserError):
    until: datetime


@outcome(pins.PinResetRefused)
@strawberry.type(description="The phone's code or the ID number are not the owner's.")
class PinResetRefused(UserError):
    pass


@outcome(shifts.ShiftOpenAlready)
@strawberry.type(description="A cashier has one shift at a time.")
class ShiftOpenAlready(UserError):
    pass


@outcome(shifts.ShiftNotOpen)
@strawberry.type(description="No shift is open.")
class ShiftNotOpen(UserError):
    pass
