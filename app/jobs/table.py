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
from app.jobs.answers import count_overdue_answers
from app.jobs.applications import look_at_applications
from app.jobs.appointments import make_slots, note_absent, remind, settle_payments, tell_of_ending_contracts
from app.jobs.audit import check_newest, check_whole, cut_oldest, publish_head
from app.jobs.bills import ask_billers, pay_by_itself, remind_of_bills
from app.jobs.cases import look_at_cases, recount_cases
from app.jobs.conversations import look_at_conversations, tell_of_conversations
from app.jobs.credit import count_scores, look_at_dues, sweep_treatments
from app.jobs.culture import free_places, pass_tickets_on, remind_of_loans, remind_of_tickets, run_for_holders
from app.jobs.disputes import look_at_disputes
from app.jobs.estates import forget_gate_logs, forget_parked_cars, hand_over_repairs, tell_of_estates
from app.jobs.expiry import tell_of_expiring_cards, tell_of_expiring_licences
from app.jobs.gateway import look_at_gateway
from app.jobs.giving import collect_rides, end_points, lapse_packets
from app.jobs.handover import compare_departments
from app.jobs.health import follow_up, renew_certificates
from app.jobs.indicators import count_cases, look_for_hot_spots
from app.jobs.keys import reseal, rotate_keys
from app.jobs.ledger import fold_ledger, prove_ledger
from app.jobs.payments import sweep_payments
from app.jobs.queues import close_queues
from app.jobs.rights import carry_out_erasures, drop_old_exports
from app.jobs.search import weigh_items
from app.jobs.settlement import compare_gateway_days, settle_payees
from app.jobs.surroundings import forget_emergency_places, look_around, look_at_weather
from app.jobs.together import count_votes, lapse_family_visits, look_after, move_shop_orders, return_parcels
from app.jobs.transit import tidy_feeds
from app.jobs.uploads import drop_unclaimed_uploads
from app.jobs.volunteers import lapse_wishes, publish_hours
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
    Job("expiring-licences", at(hour=9, minute=10), tell_of_expiring_licences, catch_up=_DAY),
    Job("rotate-keys", at(day=1, hour=3), rotate_keys, catch_up=_DAY),
    Job("reseal", at(minute="*/10"), reseal),
    Job("erasures", at(minute="*/10"), carry_out_erasures),
    Job("applications", at(hour=0, minute=30), look_at_applications, lease=timedelta(minutes=10), catch_up=_DAY),
    Job("case-clocks", at(minute="*"), look_at_cases, lease=timedelta(minutes=5)),
    Job("case-calendar", at(minute="*/10"), recount_cases, lease=timedelta(minutes=5)),
    Job("count-cases", at(minute="*"), count_cases, lease=timedelta(minutes=5)),
    Job("hot-spots", at(hour=6, minute=20), look_for_hot_spots, catch_up=_DAY),
    Job("conversations", at(minute="*/10"), look_at_conversations, lease=timedelta(minutes=5)),
    Job("conversation-news", at(minute="*"), tell_of_conversations, lease=timedelta(minutes=5)),
    Job("compare-departments", at(minute=35), compare_departments),
    Job("old-exports", at(minute=20), drop_old_exports),
    Job("unclaimed-uploads", at(minute=40), drop_unclaimed_uploads),
    Job("appointment-slots", at(minute=10), make_slots, lease=timedelta(minutes=5)),
    Job("appointment-reminders", at(minute="*/5"), remind),
    Job("appointment-absences", at(minute="*/10"), note_absent),
    Job("appointment-payments", at(minute="*"), settle_payments),
    Job("gateway", at(minute="*"), look_at_gateway, lease=timedelta(minutes=5)),
    Job("close-queues", at(minute="*/10"), close_queues),
    Job("answer-reviews", at(hour=7), count_overdue_answers, catch_up=_DAY),
    Job("weigh-items", at(hour=3, minute=45), weigh_items, catch_up=_DAY),
    Job("ask-billers", at(hour=6), ask_billers, lease=timedelta(minutes=10), catch_up=_DAY),
    Job("auto-pay", at(hour=8, minute=30), pay_by_itself, lease=timedelta(minutes=10), catch_up=_DAY),
    Job("bill-reminders", at(hour=9, minute=20), remind_of_bills, lease=timedelta(minutes=5), catch_up=_DAY),
    Job("points-end", at(minute=25), end_points, lease=timedelta(minutes=10), catch_up=_DAY),
    Job("packets-lapse", at(minute="*"), lapse_packets),
    Job("ride-debts", at(minute="*/10"), collect_rides, lease=timedelta(minutes=5)),
    Job("estate-notices", at(minute="*"), tell_of_estates, lease=timedelta(minutes=5)),
    Job("parked-cars", at(minute=25), forget_parked_cars),
    Job("gate-logs", at(hour=3, minute=50), forget_gate_logs, catch_up=_DAY),
    Job("late-repairs", at(minute="*/5"), hand_over_repairs, lease=timedelta(minutes=5)),
    Job("sweep-payments", at(minute="*"), sweep_payments),
    Job("volunteer-hours", at(minute="*/5"), publish_hours, lease=timedelta(minutes=5)),
    Job("micro-wishes", at(minute="*/10"), lapse_wishes),
    Job("fold-ledger", at(minute="*"), fold_ledger),
    Job("prove-ledger", at(hour=4, minute=15), prove_ledger, lease=timedelta(minutes=10), catch_up=_DAY),
    # By day: what is due is told while people are awake.
    Job("credit-dues", at(hour=10, minute=10), look_at_dues, lease=timedelta(minutes=10), catch_up=_DAY),
    Job("count-credit", at(day=1, hour=2, minute=20), count_scores, lease=timedelta(minutes=10), catch_up=_DAY),
    Job("sweep-treatments", at(minute="*/5"), sweep_treatments),
    Job("disputes", at(minute="*/10"), look_at_disputes, lease=timedelta(minutes=5)),
    Job("settle-payees", at(hour=2), settle_payees, lease=timedelta(minutes=10), catch_up=_DAY),
    Job("compare-gateway", at(hour=3), compare_gateway_days, lease=timedelta(minutes=10), catch_up=_DAY),
    Job("surroundings", at(minute="*/5"), look_around, lease=timedelta(minutes=5)),
    Job("weather", at(minute="*"), look_at_weather, lease=timedelta(minutes=5)),
    Job("emergency-places", at(hour=3, minute=55), forget_emergency_places, catch_up=_DAY),
    Job("tidy-feeds", at(minute=50), tidy_feeds, catch_up=_DAY),
    Job("shop-orders", at(minute="*"), move_shop_orders, lease=timedelta(minutes=5)),
    # By day: what will be returned is told while people are awake.
    Job("parcels", at(hour=10, minute=20), return_parcels, lease=timedelta(minutes=10), catch_up=_DAY),
    Job("votes", at(minute="*/5"), count_votes, lease=timedelta(minutes=5)),
    Job("family-visits", at(minute="*/5"), lapse_family_visits, lease=timedelta(minutes=5)),
    Job("care", at(minute="*"), look_after, lease=timedelta(minutes=5)),
    Job("ticket-holds", at(minute="*"), free_places),
    Job("ticket-runs", at(minute="*"), run_for_holders, lease=timedelta(minutes=5)),
    Job("ticket-waits", at(minute="*"), pass_tickets_on, lease=timedelta(minutes=5)),
    Job("ticket-reminders", at(minute="*/5"), remind_of_tickets, lease=timedelta(minutes=5)),
    Job("loan-reminders", at(hour=9, minute=30), remind_of_loans, lease=timedelta(minutes=10), catch_up=_DAY),
    Job(
        "contract-ends",
        at(hour=9, minute=35),
        tell_of_ending_contracts,
        lease=timedelta(minutes=10),
        catch_up=_DAY,
    ),
    Job("follow-ups", at(hour=9, minute=40), follow_up, lease=timedelta(minutes=10), catch_up=_DAY),
    Job("vaccination-certificates", at(minute="*/10"), renew_certificates, lease=timedelta(minutes=10)),
    Job("audit-head", at(minute="*"), publish_head),
    Job("audit-check", at(hour=4), check_newest, catch_up=_DAY),
    Job("audit-check-whole", at(day_of_week="sun", hour=4, minute=30), check_whole, catch_up=_DAY),
    Job("audit-cut", at(day=1, hour=5), cut_oldest, catch_up=_DAY),
)

JOBS: Mapping[str, Job] = {job.name: job for job in _TABLE}
