"""What a credit score may know of a citizen, and nothing besides: one question for each published factor.

This file is the whole of it: a test holds the list of what it imports. Of cases, threads, proposals, surveys, questions
and messages, of family and of whom somebody pays, no score ever knows.
"""

from __future__ import annotations

from datetime import date, datetime

from app.core.clock import civil_day
from app.domains.appointments.booking.blocks.store import AppealStore
from app.domains.appointments.booking.bookings.store import BookingStore
from app.domains.identity.citizens.store import CitizenStore
from app.domains.payment.bills.store import BillStore
from app.domains.payment.credit.dues.service import DueService
from app.domains.payment.credit.rules.model import Share
from app.domains.payment.payments.model import Purpose
from app.domains.payment.payments.store import PaymentStore
from app.domains.payment.points.grants.model import GrantReason
from app.domains.payment.points.grants.store import GrantStore

_MOST_BILLS = 500


class CreditFacts:
    """Fulfils `credit.score.service.Facts`."""

    def __init__(
        self,
        citizens: CitizenStore,
        payments: PaymentStore,
        bills: BillStore,
        dues: DueService,
        bookings: BookingStore,
        appeals: AppealStore,
        grants: GrantStore,
    ) -> None:
        self._citizens = citizens
        self._payments = payments
        self._bills = bills
        self._dues = dues
        self._bookings = bookings
        self._appeals = appeals
        self._grants = grants

    async def identity(self, citizen: str) -> bool:
        found = await self._citizens.get(citizen)
        return found is not None and found.verified

    async def bills(self, citizen: str, since: datetime, until: datetime) -> Share:
        """Each bill once, by his last payment of it."""
        paid = await self._payments.captured_of(citizen, Purpose.BILL, since, until, _MOST_BILLS)
        last = {one.about: civil_day(one.captured_at) for one in reversed(paid) if one.captured_at}
        known = await self._bills.many(last)
        kept = [last[bill] <= one.terms.due for bill, one in known.items()]
        return Share(kept.count(True), kept.count(False))

    async def dues(self, citizen: str, since: datetime, until: datetime) -> Share:
        return await self._dues.on_time(citizen, since, until)

    async def appointments(self, citizen: str, since: datetime, until: datetime) -> Share:
        """What a granted appeal excused does not count."""
        kept, missed = await self._bookings.kept_and_missed(citizen, since, until)
        appeal = await self._appeals.last_granted(citizen)
        excused = appeal.settled_at if appeal else None
        return Share(kept, sum(1 for at in missed if excused is None or at > excused))

    async def volunteering(self, citizen: str, since: datetime, until: datetime) -> int:
        return await self._grants.count_of(citizen, GrantReason.VOLUNTEERING, since, until)


class GrownPeople:
    """Fulfils `credit.score.service.People`."""

    def __init__(self, citizens: CitizenStore) -> None:
        self._citizens = citizens

    async def of_age(self, citizen: str, years: int, on: date) -> bool:
        found = await self._citizens.get(citizen)
        return found is not None and found.has_reached(years, on)
