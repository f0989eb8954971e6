"""A payee's bank account: proposed by one of the staff, in force when another has approved of it.

Whoever could change where a merchant's money goes alone could take it. A payee can be stopped: then what is owed to him
is held back, and carried over from day to day.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from app.core.errors import BadInput
from app.domains.payment.settlement.errors import PayeeAccountChanged, PayeeAccountMissing, PayeeNeedsAnother
from app.domains.payment.settlement.model import Payee

_DIGITS = range(8, 31)


@dataclass(frozen=True, slots=True)
class PayeeAccount:
    """`number` and `holder` are sealed where they are kept; staff see the last four digits. `id` names the proposal:
    who approves says which one was looked at.
    """

    number: str = field(repr=False)
    holder: str = field(repr=False)
    bank: str
    bank_en: str
    by: str
    at: datetime
    id: str
    approved_by: str | None = None

    @property
    def masked(self) -> str:
        return f"**** {self.number[-4:]}"


@dataclass(frozen=True, slots=True)
class PayeeProfile:
    """`account` is paid out to, `proposed` waits for approval; `stopped` says why nothing is paid out."""

    payee: Payee
    account: PayeeAccount | None = None
    proposed: PayeeAccount | None = None
    stopped: str | None = None

    @property
    def id(self) -> str:
        return self.payee.id

    def approved(self, by: str, proposal: str) -> PayeeProfile:
        """Raises PayeeAccountMissing, PayeeAccountChanged, PayeeNeedsAnother."""
        if self.proposed is None:
            raise PayeeAccountMissing
        if self.proposed.id != proposal:
            raise PayeeAccountChanged
        if self.proposed.by == by:
            raise PayeeNeedsAnother
        return replace(self, account=replace(self.proposed, approved_by=by), proposed=None)

    @property
    def hindrance(self) -> str:
        """Why nothing can be paid out; empty when it can."""
        if self.stopped is not None:
            return "STOPPED"
        return "" if self.account else "NO_ACCOUNT"


def parsed_number(raw: str) -> str:
    """Raises BadInput."""
    number = "".join(raw.split())
    if len(number) not in _DIGITS or not (number.isascii() and number.isdigit()):
        raise BadInput(field="number")
    return number


def parsed_holder(raw: str) -> str:
    """Raises BadInput."""
    holder = " ".join(raw.split())
    if not 2 <= len(holder) <= 80 or not holder.isprintable():
        raise BadInput(field="holder")
    return holder
