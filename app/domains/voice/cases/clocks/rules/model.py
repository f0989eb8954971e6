"""How long a case may take by its kind (12345 办理时限), as ops may change it.

A change is a new version. A clock that runs goes on by the version it began with, which it names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from app.domains.voice.cases.clocks.model import CaseClock, Measure, Shift
from app.domains.voice.cases.clocks.rules.errors import ClockRuleInvalid
from app.domains.voice.cases.history.model import CaseKind


class RuleCode(StrEnum):
    """Texts stand in the locales as `CLOCK_…`."""

    ENQUIRY = "enquiry"
    COMPLAINT = "complaint"
    CONVENIENCE = "convenience"  # a complaint whose category is on the convenience list (便民)
    SUGGESTION = "suggestion"
    HELP = "help"
    URGENT = "urgent"


_LONGEST = {Measure.WORKING_DAYS: 60, Measure.SHIFT_HOURS: 72}


@dataclass(frozen=True, slots=True)
class ClockRule:
    """`amount` and `most_extension` are working days, or shift hours by `measure`. Version 1 is the published one,
    which nobody wrote: `by` is empty then.
    """

    code: RuleCode
    measure: Measure
    amount: int
    most_extension: int
    shift: Shift = field(default_factory=Shift)
    version: int = 1
    by: str = ""
    at: datetime | None = None
    reason: str = ""

    def started(self, at: datetime) -> CaseClock:
        """The clock of a case that is accepted at this moment."""
        return CaseClock(self.code, self.measure, self.amount, at, shift=self.shift, version=self.version)

    def changed(self, amount: int, most_extension: int, shift: Shift, reason: str, by: str, at: datetime) -> ClockRule:
        """The next version. Raises ClockRuleInvalid."""
        if not 1 <= amount <= _LONGEST[self.measure]:
            raise ClockRuleInvalid("amount")
        if not 0 <= most_extension <= _LONGEST[self.measure]:
            raise ClockRuleInvalid("mostExtension")
        if not 2 <= len(reason) <= 500:
            raise ClockRuleInvalid("reason")
        hours = shift if self.measure is Measure.SHIFT_HOURS else self.shift
        return replace(
            self,
            amount=amount,
            most_extension=most_extension,
            shift=hours,
            version=self.version + 1,
            by=by,
            at=at,
            reason=reason,
        )


def _days(code: RuleCode, amount: int) -> ClockRule:
    return ClockRule(code, Measure.WORKING_DAYS, amount, amount)


PUBLISHED: Mapping[RuleCode, ClockRule] = {
    rule.code: rule
    for rule in (
        _days(RuleCode.ENQUIRY, 2),
        _days(RuleCode.COMPLAINT, 10),
        _days(RuleCode.CONVENIENCE, 3),
        _days(RuleCode.SUGGESTION, 5),
        _days(RuleCode.HELP, 3),
        ClockRule(RuleCode.URGENT, Measure.SHIFT_HOURS, 4, 4),
    )
}


def rule_for(kind: CaseKind, *, convenience: bool, urgent: bool) -> RuleCode:
    """Urgency goes before the kind; the convenience list shortens complaints alone."""
    if urgent:
        return RuleCode.URGENT
    if kind is CaseKind.COMPLAINT and convenience:
        return RuleCode.CONVENIENCE
    return RuleCode(kind.value)
