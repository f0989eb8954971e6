"""What can stand in the way of a bill.

Outcome
├── BillUnknown         no such bill, or not one of an account of yours
├── BillTermsUnfit      what the biller says cannot stand: `field` says where
├── VersionConflict     this version was told before, with other content
├── BelowPaid           less than what is paid already
├── BillNotPayable      paid, withdrawn or superseded: `state` says which
├── BillBeingPaid       a payment is under way
├── BillWithdrawn       the biller has taken it back
├── BillerSilent        the biller cannot be asked now: nothing was paid
├── MoreThanOwed        more than what remains
├── PartNotAllowed      it is paid whole
├── PartTooSmall        a part is `least` or more
└── TooManyBills        so many at once are not paid
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome
from app.core.money import Money


class BillUnknown(Outcome):
    pass


@dataclass(eq=False)
class BillTermsUnfit(Outcome):
    field: str


class VersionConflict(Outcome):
    pass


@dataclass(eq=False)
class BelowPaid(Outcome):
    paid: Money


@dataclass(eq=False)
class BillNotPayable(Outcome):
    state: str


class BillBeingPaid(Outcome):
    pass


class BillWithdrawn(Outcome):
    pass


class BillerSilent(Outcome):
    pass


@dataclass(eq=False)
class MoreThanOwed(Outcome):
    remaining: Money


@dataclass(eq=False)
class PartNotAllowed(Outcome):
    remaining: Money


@dataclass(eq=False)
class PartTooSmall(Outcome):
    least: Money


@dataclass(eq=False)
class TooManyBills(Outcome):
    most: int
