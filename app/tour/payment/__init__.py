"""The part of the tour in which the citizen pays: one file a noun, in the order in which they need each other."""

from __future__ import annotations

from app.tour.journey import Step
from app.tour.payment.bills import Bills
from app.tour.payment.codes import ByCode
from app.tour.payment.credit import OnCredit
from app.tour.payment.giving import Giving
from app.tour.payment.payer import Payer, Tour
from app.tour.payment.putting_right import PuttingRight
from app.tour.payment.settling import DayAfter
from app.tour.payment.wallet import Filling

# Each takes the payer of the tour and gives its steps.
_PARTS: tuple[type[Tour], ...] = (Filling, Bills, ByCode, PuttingRight, OnCredit, Giving, DayAfter)


def paying(payer: Payer) -> list[tuple[str, Step]]:
    return [step for part in _PARTS for step in part(payer).steps()]
