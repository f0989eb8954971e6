"""What a bill turns out to be when it is looked at again before it is paid."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome
from app.domains.payment.bills.model import Bill


@dataclass(eq=False)
class BillChanged(Outcome):
    """Another version than the one that was seen: `bill` is as it stands now."""

    bill: Bill
