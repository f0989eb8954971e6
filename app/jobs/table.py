"""What runs by the clock: the one table of jobs, and what a job is.

A job may run again (a worker died, a run failed) and beside another run of itself (somebody asked for one): its work
is guarded by the database, not by its time.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from apscheduler.triggers.cron import CronTrigger

from app.core.clock import CITY_TIME
from app.core.messages import message
from app.jobs.audit import check_newest, check_whole, cut_oldest, publish_head
from app.jobs.expiry import tell_of_expiring_cards
from app.jobs.keys import reseal, rotate_keys
from app.jobs.rights import carry_out_erasures, drop_old_exports
from app.wiring import City

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Job:
    """`name` in small letters and hyphens; its texts stand in the locales as `JOB_…`.

    `lease` is renewed while the work goes on: it may take longer. A slot that no worker was there for is made up for
    within `catch_up`.
    """

    name: str
    trigger: CronTrigger
    work: Callable[[City], Awaitable[None]]
    lease: timedelta = timedelta(minutes=2)
    catch_up: timedelta = _HOUR

    def says(self, locale: str) -> str:
        """A line for people of what it does."""
        return message(f"JOB_{self.name.upper().replace('-', '_')}", locale)

    def next_after(self, now: datetime) -> datetime | None:
        following: datetime | None = self.trigger.get_next_fire_time(None, now)
        return following

    def latest(self, now: datetime) -> datetime | None:
        """The newest slot that is due, unless it is too long ago to be made up for."""
        for window in (timedelta(minutes=2), _HOUR, self.catch_up):
            found = self._latest_within(min(window, self.catch_up), now)
            if found is not None:
                return found
        return None

    def _latest_within(self, window: timedelta, now: datetime) -> datetime | None:
        found, following = None, self.trigger.get_next_fire_time(None, now - window)
        while following is not None and following <= now:
            found, following = following, self.trigger.get_next_fire_time(following, following)
        return found


def at(**fields: int | str) -> CronTrigger:
    """By the city's clock, in cron's fields: `at(hour=9)`, `at(day=1, hour=3, minute=30)`, `at(minute="*/5")`."""
    return CronTrigger(**fields, timezone=CITY_TIME)


_TABLE = (
    Job("expiring-cards", at(hour=9), tell_of_expiring_cards, catch_up=_DAY),
    Job("rotate-keys", at(day=1, hour=3), rotate_keys, catch_up=_DAY),
    Job("reseal", at(minute="*/10"), reseal),
    Job("erasures", at(minute="*/10"), carry_out_erasures),
    Job("old-exports", at(minute=20), drop_old_exports),
    Job("audit-head", at(minute="*"), publish_head),
    Job("audit-check", at(hour=4), check_newest, catch_up=_DAY),
    Job("audit-check-whole", at(day_of_week="sun", hour=4, minute=30), check_whole, catch_up=_DAY),
    Job("audit-cut", at(day=1, hour=5), cut_oldest, catch_up=_DAY),
)

JOBS: Mapping[str, Job] = {job.name: job for job in _TABLE}
