"""The rules of the score, as they are published: which factors count, for how much, over how long, and what follows.

Nothing but the factors of `FactorCode` is ever counted, and the desk cannot add one: it may weigh them anew. A change
is a new version, proposed by one and approved by another, and published at least a week before it is in force.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from app.core.said import Said
from app.domains.payment.credit.rules.errors import (
    CreditRulesInvalid,
    CreditRulesNeedAnother,
    CreditRulesSettled,
)

# A score lies between these; all factors together weigh what lies between them.
LEAST, MOST = 350, 950
WHOLE = MOST - LEAST
PUBLISHED_BEFORE = timedelta(days=7)
_MOST_MONTHS, _MOST_PRIOR, _MOST_TIMES = 36, 50, 100
_MOST_LIMIT = 2_000_000  # fen


class FactorCode(StrEnum):
    """All that is ever counted. Neither what somebody said or thinks nor whom he knows is among it."""

    IDENTITY = "identity"
    BILLS = "bills"
    DUES = "dues"
    APPOINTMENTS = "appointments"
    VOLUNTEERING = "volunteering"


class Measure(StrEnum):
    YES = "yes"  # all or nothing
    SHARE = "share"  # how many of all went well
    AMOUNT = "amount"  # so many times, up to what is full


MEASURES: Mapping[FactorCode, Measure] = {
    FactorCode.IDENTITY: Measure.YES,
    FactorCode.BILLS: Measure.SHARE,
    FactorCode.DUES: Measure.SHARE,
    FactorCode.APPOINTMENTS: Measure.SHARE,
    FactorCode.VOLUNTEERING: Measure.AMOUNT,
}
NAMES: Mapping[FactorCode, Said] = {
    FactorCode.IDENTITY: Said("实名认证", "Verified identity"),
    FactorCode.BILLS: Said("按时缴费", "Bills paid on time"),
    FactorCode.DUES: Said("按时还款", "Credit repaid on time"),
    FactorCode.APPOINTMENTS: Said("如约到场", "Appointments kept"),
    FactorCode.VOLUNTEERING: Said("志愿服务", "Volunteering"),
}
ABOUT: Mapping[FactorCode, Said] = {
    FactorCode.IDENTITY: Said("姓名已在户籍登记处核对。", "Your name was checked at the civil registry."),
    FactorCode.BILLS: Said(
        "您在应用里缴的账单是否在到期日前缴纳；没有在应用里缴的不计。",
        "Whether the bills that you paid in the app were paid by their due day; what you pay elsewhere does not count.",
    ),
    FactorCode.DUES: Said("信用支付是否在还款日前还清。", "Whether what you paid by credit was repaid by its due day."),
    FactorCode.APPOINTMENTS: Said(
        "约好的时间是否到场；按时取消的不计。",
        "Whether you came to what you had booked. What was cancelled in time does not count.",
    ),
    FactorCode.VOLUNTEERING: Said(
        "经组织确认的志愿服务次数。只加分，不参加不扣分。",
        "How often you volunteered, as the organiser confirmed. It only adds: nobody loses by not volunteering.",
    ),
}


@dataclass(frozen=True, slots=True)
class Share:
    """How many went well, and how many did not."""

    good: int = 0
    bad: int = 0


@dataclass(frozen=True, slots=True)
class FactorRule:
    """`weight` in points. `months` is how far back is looked (0: as it is now). Of a share: somebody of whom nothing is
    known has `start` percent, which weigh like `prior` cases. Of an amount: `full` times bring all points.
    """

    code: FactorCode
    weight: int
    months: int = 0
    start: int = 0
    prior: int = 0
    full: int = 0

    @property
    def measure(self) -> Measure:
        return MEASURES[self.code]

    def of_share(self, share: Share) -> int:
        """Points, rounded down."""
        cases = self.prior + share.good + share.bad
        return self.weight * (self.start * self.prior + 100 * share.good) // (100 * cases) if cases else 0

    def of_amount(self, times: int) -> int:
        return self.weight * min(max(times, 0), self.full) // self.full if self.full else 0

    def checked(self) -> FactorRule:
        """Raises CreditRulesInvalid."""
        share, amount = self.measure is Measure.SHARE, self.measure is Measure.AMOUNT
        bounds = {
            "weight": 0 <= self.weight <= WHOLE,
            "months": (1 if share or amount else 0) <= self.months <= (_MOST_MONTHS if share or amount else 0),
            "start": 0 <= self.start <= (100 if share else 0),
            "prior": (1 if share else 0) <= self.prior <= (_MOST_PRIOR if share else 0),
            "full": (1 if amount else 0) <= self.full <= (_MOST_TIMES if amount else 0),
        }
        for name, kept in bounds.items():
            if not kept:
                raise CreditRulesInvalid(f"{self.code.value}.{name}")
        return self


@dataclass(frozen=True, slots=True)
class Band:
    """From this score on a line may be of so many fen."""

    score: int
    fen: int


class RulesState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One version. It is in force from `since` on when it is approved. Version 1 is the city's first, which nobody
    of the desk wrote: `by` is empty then.
    """

    version: int
    factors: tuple[FactorRule, ...]
    bands: tuple[Band, ...]
    since: date
    state: RulesState = RulesState.APPROVED
    reason: str = ""
    by: str = ""
    at: datetime | None = None
    settled_by: str | None = None
    settled_at: datetime | None = field(default=None)

    def rule(self, code: FactorCode) -> FactorRule:
        return next(one for one in self.factors if one.code is code)

    def limit_of(self, score: int) -> int:
        """How many fen a line of somebody with this score may have; 0 below the lowest band."""
        return max((band.fen for band in self.bands if band.score <= score), default=0)

    @property
    def least_for_a_line(self) -> int:
        """The lowest score that is given a line."""
        return min((band.score for band in self.bands if band.fen), default=MOST + 1)

    def checked(self, today: date) -> RuleSet:
        """Raises CreditRulesInvalid."""
        if sorted(one.code for one in self.factors) != sorted(FactorCode):
            raise CreditRulesInvalid("factors")
        for one in self.factors:
            one.checked()
        if sum(one.weight for one in self.factors) != WHOLE:
            raise CreditRulesInvalid("weights")
        if not _rising(self.bands):
            raise CreditRulesInvalid("bands")
        if self.since < today + PUBLISHED_BEFORE:
            raise CreditRulesInvalid("since")
        if not 2 <= len(self.reason) <= 500:
            raise CreditRulesInvalid("reason")
        return self

    def approved(self, by: str, at: datetime, today: date) -> RuleSet:
        """Raises CreditRulesSettled, CreditRulesNeedAnother, CreditRulesInvalid (its day has come too near)."""
        self._demand_open()
        if by == self.by:
            raise CreditRulesNeedAnother
        if self.since < today + PUBLISHED_BEFORE:
            raise CreditRulesInvalid("since")
        return replace(self, state=RulesState.APPROVED, settled_by=by, settled_at=at)

    def withdrawn(self, by: str, at: datetime) -> RuleSet:
        """Raises CreditRulesSettled."""
        self._demand_open()
        return replace(self, state=RulesState.WITHDRAWN, settled_by=by, settled_at=at)

    def _demand_open(self) -> None:
        if self.state is not RulesState.PROPOSED:
            raise CreditRulesSettled


def _rising(bands: tuple[Band, ...]) -> bool:
    """Each later band asks for a higher score and gives more."""
    within = all(LEAST <= one.score <= MOST and 0 <= one.fen <= _MOST_LIMIT for one in bands)
    pairs = pairwise(bands)
    return bool(bands) and within and all(low.score < high.score and low.fen < high.fen for low, high in pairs)


FIRST = RuleSet(
    version=1,
    factors=(
        FactorRule(FactorCode.IDENTITY, 150),
        FactorRule(FactorCode.BILLS, 180, months=24, start=40, prior=5),
        FactorRule(FactorCode.DUES, 150, months=24, start=40, prior=5),
        FactorRule(FactorCode.APPOINTMENTS, 70, months=12, start=40, prior=5),
        FactorRule(FactorCode.VOLUNTEERING, 50, months=12, full=10),
    ),
    bands=(Band(600, 50_000), Band(680, 150_000), Band(760, 300_000), Band(840, 500_000)),
    since=date(2026, 1, 1),
)
