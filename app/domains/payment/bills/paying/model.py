"""What a citizen chooses to pay, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core.errors import BadInput
from app.domains.payment.bills.asking.errors import BillChanged
from app.domains.payment.bills.errors import BillUnknown, TooManyBills
from app.domains.payment.bills.model import Bill
from app.domains.payment.payments.model import Payment

MOST_BILLS = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """`version` is the one that was seen; `fen` a part of it, or None for all that remains."""

    bill: str
    version: int
    fen: int | None = None

    def of(self, bill: Bill) -> int:
        """How much is paid of this bill. Raises BillChanged, BillBeingPaid, and what stands in the way of a part."""
        if bill.terms.version != self.version:
            raise BillChanged(bill)
        fen = bill.remaining if self.fen is None else self.fen
        bill.demand_part(fen)
        return fen


@dataclass(frozen=True, slots=True)
class Paying:
    """A payment of a bill, and where it is paid when that is at the gateway (None there: ask again)."""

    payment: Payment
    pay_at: str | None = None


def demand_choices(choices: Sequence[Choice]) -> None:
    """Raises BadInput (none, or one twice), TooManyBills."""
    if not choices or len({one.bill for one in choices}) != len(choices):
        raise BadInput(field="bills")
    if len(choices) > MOST_BILLS:
        raise TooManyBills(MOST_BILLS)


def demand_all(choices: Sequence[Choice], bills: Mapping[str, Bill]) -> None:
    """Raises BillUnknown."""
    if any(choice.bill not in bills for choice in choices):
        raise BillUnknown
