"""The clock of a case, as citizens and units see it: what was counted, and why it runs out when it does."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.core.calendar.model import WorkingCalendar
from app.domains.voice.cases.clocks import model as clocks
from app.domains.voice.cases.clocks.model import Mark, Measure, Standing
from app.domains.voice.cases.clocks.service import explained, rule_name
from graphql_schema.types.common import Info

strawberry.enum(Measure, name="CaseClockMeasure", description="SHIFT_HOURS run while a shift works, on every day.")
strawberry.enum(
    Mark,
    name="CaseClockMark",
    description="What a clock passes: half of its time, four fifths, its end, and a working day (an hour) beyond.",
)


@strawberry.type
class CaseClockPause:
    since: datetime
    until: datetime | None = strawberry.field(description="Null: it lasts.")


@strawberry.type
class CaseClockExtension:
    amount: int = strawberry.field(description="Working days or shift hours, as the clock is measured.")
    at: datetime


@strawberry.type(description="A count that explains itself.")
class CaseClock:
    rule: str
    version: int = strawberry.field(description="Of the rule, as it was when the case was accepted.")
    measure: Measure
    amount: int = strawberry.field(description="Working days or shift hours.")
    start: datetime
    pauses: list[CaseClockPause]
    extensions: list[CaseClockExtension]
    stopped_at: datetime | None
    due: datetime | None = strawberry.field(
        description="When it is overdue: the midnight after the last day. Null while it is paused."
    )
    remaining: int | None = strawberry.field(
        description="Working days after today, or minutes of shift; below zero when it is overdue."
    )
    passed: list[Mark]
    overdue: bool
    calendar_version: str
    unsure_years: list[int] = strawberry.field(description="Years of the count whose holidays are not published yet.")
    standing: strawberry.Private[Standing]

    @strawberry.field(description="In the caller's language.")
    def rule_name(self, info: Info) -> str:
        return rule_name(self.rule, info.context.locale)

    @strawberry.field(description="In words, in the caller's language.")
    def explanation(self, info: Info) -> str:
        return explained(self.standing, info.context.locale)

    @classmethod
    def of(cls, clock: clocks.CaseClock, calendar: WorkingCalendar, now: datetime) -> CaseClock:
        stands = clock.stands(calendar, now)
        return cls(
            rule=stands.rule,
            version=stands.version,
            measure=stands.measure,
            amount=stands.amount,
            start=stands.started,
            pauses=[CaseClockPause(since=one.since, until=one.until) for one in stands.pauses],
            extensions=[CaseClockExtension(amount=one.days, at=one.at) for one in stands.extensions],
            stopped_at=stands.stopped,
            due=stands.due,
            remaining=stands.remaining,
            passed=list(stands.passed),
            overdue=stands.overdue,
            calendar_version=stands.calendar,
            unsure_years=list(stands.unsure),
            standing=stands,
        )
