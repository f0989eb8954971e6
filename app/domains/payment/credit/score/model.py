"""A score: what was counted of each published factor, the points that came of it, and what would raise it.

Whole numbers all along: the same facts under the same rules give the same score, and anybody can check it by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from app.core.said import Said
from app.domains.payment.credit.rules.model import (
    LEAST,
    MOST,
    FactorCode,
    FactorRule,
    Measure,
    RuleSet,
    Share,
)

# The version of what a citizen agrees to before anything of him is counted.
TERMS = 1
TERMS_TEXT = Said(
    "我同意市民信用按公布的因素计分：实名认证、按时缴费、按时还款、如约到场、志愿服务。此外什么都不计，尤其不计我说过什么、"
    "有何看法、认识谁。分数只用于我自己的信用额度，不告诉任何人。我可以随时撤回，未还清之前除外。",
    "I agree to be given a score from the published factors: verified identity, bills paid on time, credit repaid on "
    "time, appointments kept, volunteering. Nothing else counts, least of all what I say or think, or whom I know. The "
    "score is for my own credit line alone and is told to nobody. I can take this back whenever I owe nothing.",
)


NOTHING = Share()


@dataclass(frozen=True, slots=True)
class Counted:
    """All that goes into a score: a field for each published factor, by its code, and none besides."""

    identity: bool = False
    bills: Share = NOTHING
    dues: Share = NOTHING
    appointments: Share = NOTHING
    volunteering: int = 0

    def of(self, code: FactorCode) -> Share:
        """As a share: an amount or a yes is so many that went well."""
        found = getattr(self, code.value)
        return found if isinstance(found, Share) else Share(good=int(found))


@dataclass(frozen=True, slots=True)
class FactorScore:
    """`good` and `bad` are what was counted; `raises`: points of one more good one."""

    code: FactorCode
    weight: int
    points: int
    good: int
    bad: int
    months: int
    raises: int

    def explained(self) -> Said:
        """A line for people, of what was counted."""
        counted = _UNVERIFIED if self.code is FactorCode.IDENTITY and not self.good else _COUNTED[self.code]
        facts = {"good": self.good, "bad": self.bad, "months": self.months}
        return Said(counted.zh.format(**facts), counted.en.format(**facts))

    def raised_by(self) -> Said | None:
        """What would bring more points; None when it has them all."""
        if not self.raises:
            return None
        said = _RAISED[self.code]
        return Said(said.zh.format(points=self.raises), said.en.format(points=self.raises))


_COUNTED: Mapping[FactorCode, Said] = {
    FactorCode.IDENTITY: Said("已实名认证", "Your identity is verified"),
    FactorCode.BILLS: Said(
        "最近 {months} 个月：{good} 笔按时，{bad} 笔逾期", "In the last {months} months: {good} on time, {bad} late"
    ),
    FactorCode.DUES: Said(
        "最近 {months} 个月：{good} 笔按时还清，{bad} 笔逾期",
        "In the last {months} months: {good} repaid on time, {bad} late",
    ),
    FactorCode.APPOINTMENTS: Said(
        "最近 {months} 个月：{good} 次到场，{bad} 次未到", "In the last {months} months: {good} kept, {bad} missed"
    ),
    FactorCode.VOLUNTEERING: Said("最近 {months} 个月：{good} 次", "In the last {months} months: {good} times"),
}
_UNVERIFIED = Said("未实名认证", "Your identity is not verified")
_RAISED: Mapping[FactorCode, Said] = {
    FactorCode.IDENTITY: Said("完成实名认证：+{points} 分", "Verify your identity: +{points}"),
    FactorCode.BILLS: Said("再按时缴一笔：+{points} 分", "One more bill on time: +{points}"),
    FactorCode.DUES: Said("再按时还一笔：+{points} 分", "One more repayment on time: +{points}"),
    FactorCode.APPOINTMENTS: Said("再如约到场一次：+{points} 分", "One more appointment kept: +{points}"),
    FactorCode.VOLUNTEERING: Said("再志愿服务一次：+{points} 分", "Volunteer once more: +{points}"),
}


class Cause(StrEnum):
    """Why it was counted."""

    JOINED = "joined"
    MONTHLY = "monthly"
    ASKED = "asked"
    APPEAL = "appeal"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Points that an appeal brought, until the end of a day: an appeal never lowers a score."""

    appeal: str
    points: int
    until: date


@dataclass(frozen=True, slots=True)
class Reckoning:
    """One count: what came of which facts under which version of the rules."""

    value: int
    version: int
    factors: tuple[FactorScore, ...]
    adjusted: int
    at: datetime
    cause: Cause


@dataclass(frozen=True, slots=True)
class Score:
    """Of a citizen who agreed to these `terms`. `month` (YYYY-MM) is the one in which it was last counted."""

    citizen: str
    terms: int
    joined_at: datetime
    month: str
    reckoning: Reckoning
    adjustments: tuple[Adjustment, ...] = ()
    rev: int = 1

    @property
    def value(self) -> int:
        return self.reckoning.value

    def reckoned(self, reckoning: Reckoning, month: str) -> Score:
        return replace(self, reckoning=reckoning, month=month, rev=self.rev + 1)

    def adjusted(self, adjustment: Adjustment) -> Score:
        """One of each appeal."""
        others = tuple(one for one in self.adjustments if one.appeal != adjustment.appeal)
        return replace(self, adjustments=(*others, adjustment))

    def standing_on(self, day: date) -> tuple[Adjustment, ...]:
        return tuple(one for one in self.adjustments if one.until >= day)


@dataclass(frozen=True, slots=True)
class PastScore:
    """One line of the history."""

    id: str
    reckoning: Reckoning


def reckoned(
    counted: Counted, rules: RuleSet, adjustments: tuple[Adjustment, ...], at: datetime, cause: Cause
) -> Reckoning:
    """The score of these facts by these rules."""
    factors = tuple(_scored(rule, counted.of(rule.code)) for rule in rules.factors)
    adjusted = sum(one.points for one in adjustments)
    value = min(LEAST + sum(one.points for one in factors) + adjusted, MOST)
    return Reckoning(value, rules.version, factors, adjusted, at, cause)


def _scored(rule: FactorRule, counted: Share) -> FactorScore:
    points = _points(rule, counted)
    more = _points(rule, Share(counted.good + 1, counted.bad))
    return FactorScore(rule.code, rule.weight, points, counted.good, counted.bad, rule.months, more - points)


def _points(rule: FactorRule, counted: Share) -> int:
    match rule.measure:
        case Measure.YES:
            return rule.weight if counted.good else 0
        case Measure.SHARE:
            return rule.of_share(counted)
        case Measure.AMOUNT:
            return rule.of_amount(counted.good)


def months_before(day: date, months: int) -> date:
    """The same day so many months ago, or the last of that month."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    for last in range(day.day, 0, -1):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"
