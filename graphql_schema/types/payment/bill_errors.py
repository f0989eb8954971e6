"""Named errors of bills, of the accounts they come on, and of auto-pay."""

from __future__ import annotations

import strawberry

from app.domains.payment.bills import errors
from app.domains.payment.bills.asking import errors as asking
from app.domains.payment.bills.auto_pay import errors as auto_pay
from app.domains.payment.bills.billers import errors as billers
from app.domains.payment.bills.billers.model import Alphabet
from app.domains.payment.bills.bound import errors as bound
from app.domains.payment.bills.model import BillState
from app.domains.payment.bills.paying import errors as paying
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.common import Money


@outcome(billers.BillerUnknown)
@strawberry.type(description="No such biller, or it takes no bills any more.")
class BillerUnknown(UserError):
    pass


@outcome(billers.AccountNumberUnfit, alphabet=Alphabet)
@strawberry.type(description="A number that this biller cannot have given out.")
class AccountNumberUnfit(UserError):
    shortest: int
    longest: int
    alphabet: Alphabet


@outcome(bound.AccountNotFound)
@strawberry.type(description="No such account, or another holder: which of the two is not said.")
class AccountNotFound(UserError):
    pass


@outcome(bound.AlreadyBound)
@strawberry.type
class AlreadyBound(UserError):
    pass


@outcome(bound.TooManyAccounts)
@strawberry.type
class TooManyAccounts(UserError):
    most: int


@outcome(bound.BoundUnknown)
@strawberry.type(description="No such account among yours.")
class BoundUnknown(UserError):
    pass


@outcome(errors.BillUnknown)
@strawberry.type(description="Not there, or not of an account of yours: which of the two is not said.")
class BillUnknown(UserError):
    pass


@outcome(errors.BillNotPayable, state=BillState)
@strawberry.type(description="Paid, withdrawn, cleared (a part was paid, the rest is asked for no more) or superseded.")
class BillNotPayable(UserError):
    state: BillState


@outcome(errors.BillBeingPaid)
@strawberry.type(description="A payment of it is under way.")
class BillBeingPaid(UserError):
    pass


@outcome(asking.BillChanged)
@strawberry.type(description="It is another version than the one that was seen: read it again, as it stands now.")
class BillChanged(UserError):
    pass


@outcome(errors.BillWithdrawn)
@strawberry.type(description="The biller has taken it back.")
class BillWithdrawn(UserError):
    pass


@outcome(errors.BillerSilent)
@strawberry.type(description="The biller cannot be asked now: nothing was paid.")
class BillerSilent(UserError):
    pass


@outcome(errors.MoreThanOwed, remaining=Money.of)
@strawberry.type
class MoreThanOwed(UserError):
    remaining: Money


@outcome(errors.PartNotAllowed, remaining=Money.of)
@strawberry.type(description="It is paid whole.")
class PartNotAllowed(UserError):
    remaining: Money


@outcome(errors.PartTooSmall, least=Money.of)
@strawberry.type
class PartTooSmall(UserError):
    least: Money


@outcome(errors.TooManyBills)
@strawberry.type
class TooManyBills(UserError):
    most: int


@outcome(paying.BillRealNameNeeded)
@strawberry.type(description="From the wallet and on credit a bill is paid by who has verified his name.")
class BillRealNameNeeded(UserError):
    pass


@outcome(paying.BillMethodUnfit)
@strawberry.type
class BillMethodUnfit(UserError):
    pass


@outcome(auto_pay.AutoPayCapUnfit)
@strawberry.type(description="`most` in yuan.")
class AutoPayCapUnfit(UserError):
    most: int


@outcome(auto_pay.AutoPayUnknown)
@strawberry.type
class AutoPayUnknown(UserError):
    pass


@outcome(auto_pay.AutoPayNothingToSkip)
@strawberry.type
class AutoPayNothingToSkip(UserError):
    pass
