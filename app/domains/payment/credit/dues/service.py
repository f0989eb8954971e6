"""Entering what is due, taking off what is repaid or refunded, reminding, and letting a line rest.

Whoever moves the money calls this in the same transaction: the dues of a citizen always add up to what his line owes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog

from app.core.clock import Clock, civil_day
from app.core.ids import new_id
from app.core.money import Money
from app.core.mongo import Database, Tx, is_unreachable
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.credit.dues.errors import NothingDue, RepaymentTooHigh
from app.domains.payment.credit.dues.model import (
    REMINDED,
    Due,
    DueKind,
    counted,
    due_day,
    shared_out,
)
from app.domains.payment.credit.dues.store import DueStore
from app.domains.payment.credit.line.service import LineService
from app.domains.payment.credit.rules.model import Share
from app.domains.payment.payments.model import Payment, Purpose

T = TypeVar("T")
log = structlog.get_logger()
_AT_ONCE = 200
_DAY = timedelta(days=1)
_OVERDUE = -1


@dataclass(frozen=True, slots=True)
class Looked:
    """What a day's look at the dues came to."""

    reminded: int = 0
    overdue: int = 0
    frozen: int = 0


class DueService:
    """Fulfils `payments.service.Follower` and `refunds.service.Taker` for what is paid by credit."""

    def __init__(self, db: Database, dues: DueStore, lines: LineService, outbox: Outbox, clock: Clock) -> None:
        self._db = db
        self._dues = dues
        self._lines = lines
        self._outbox = outbox
        self._clock = clock

    @property
    def today(self) -> date:
        return civil_day(self._clock.now())

    async def mine(self, viewer: Viewer, request: PageRequest, *, open_: bool | None = None) -> Page[Due]:
        """Newest first; only those still owed, or only the others."""
        return await self._dues.of(viewer.self_only(), request, open_=open_)

    async def statement(self, viewer: Viewer) -> list[Due]:
        """All that is owed, what is due first in front."""
        return await self._dues.open_of(viewer.self_only())

    async def captured(self, payment: Payment, tx: Tx) -> None:
        """The line was used: what it cost is due."""
        kind = DueKind.TREATMENT if payment.purpose is Purpose.TREATMENT else DueKind.PAYMENT
        now, payee = self._clock.now(), payment.payee.id
        day = due_day(kind, civil_day(now))
        await self._dues.add(Due(new_id(), payment.payer, kind, payment.id, payee, payment.amount.fen, day, now), tx)

    async def ended(self, payment: Payment, tx: Tx) -> None:
        """Nothing was taken, so nothing is due."""

    async def refunded(self, payment: Payment, fen: int, tx: Tx) -> None:
        """How much of it the line takes back is asked for besides (`returning`)."""

    async def returning(self, payment: Payment, fen: int, tx: Tx) -> int:
        """So much of it goes back: what this payment still owes is owed no more, and the line takes as much. The rest
        was repaid already, and is the citizen's.
        """
        due = await self._dues.about(payment.payer, payment.id, tx)
        part = min(due.owed, fen) if due else 0
        if due is not None and part:
            await self._change([(due, due.less(part, self._clock.now(), refund=True))], tx)
            await self._thaw(payment.payer, tx)
        return part

    async def repaid(self, citizen: str, fen: int, tx: Tx) -> int:
        """So much was put on the line: what is still owed then. Raises NothingDue, RepaymentTooHigh."""
        dues = await self.demand_owed(citizen, fen, tx)
        await self._change(shared_out(dues, fen, self._clock.now()), tx)
        await self._thaw(citizen, tx)
        return sum(due.owed for due in dues) - fen

    async def demand_owed(self, citizen: str, fen: int, tx: Tx) -> list[Due]:
        """All that is owed, at least so much. Raises NothingDue, RepaymentTooHigh."""
        dues = await self._dues.open_of(citizen, tx)
        owed = sum(due.owed for due in dues)
        if not owed:
            raise NothingDue
        if fen > owed:
            raise RepaymentTooHigh(Money(owed))
        return dues

    async def on_time(self, citizen: str, since: datetime, until: datetime) -> Share:
        """What was due in that time: repaid by its day, or not."""
        today = civil_day(until)
        return counted(await self._dues.due_between(citizen, civil_day(since), today), today)

    async def due_on(self, citizen: str, day: date) -> int:
        """What he owes still of what is due on that day."""
        return sum(due.owed for due in await self._dues.open_of(citizen) if due.day == day)

    async def overdue(self, request: PageRequest) -> Page[Due]:
        """For the desk, newest first."""
        return await self._dues.overdue(self.today, request)

    async def look(self) -> Looked:
        """Once a day: remind of what is due soon, tell what is overdue, let lines rest. Safe to repeat."""
        reminded = sum([await self._remind(days) for days in REMINDED])
        overdue, frozen, after = 0, 0, ""
        while citizens := await self._dues.debtors(date.min, self.today - _DAY, after, _AT_ONCE):
            for citizen in citizens:
                told, rests = await self._each(partial(self._tell_overdue, citizen), (False, False))
                overdue, frozen = overdue + told, frozen + rests
            after = citizens[-1]
        return Looked(reminded, overdue, frozen)

    async def _each(self, tell: Callable[[Tx], Awaitable[T]], otherwise: T) -> T:
        """What one of them stumbles over is logged, and the others do not wait for it."""
        try:
            return await self._db.transaction(tell)
        except Exception as error:
            if is_unreachable(error):
                raise
            log.exception("debtor not told")
            return otherwise

    async def _remind(self, days: int) -> int:
        day, after, count = self.today + timedelta(days=days), "", 0
        while citizens := await self._dues.debtors(day, day, after, _AT_ONCE):
            for citizen in citizens:
                count += await self._each(partial(self._tell_soon, citizen, day, days), False)
            after = citizens[-1]
        return count

    async def _tell_soon(self, citizen: str, day: date, days: int, tx: Tx) -> bool:
        if not await self._dues.note_reminded(citizen, day, days, tx):
            return False
        owed = sum(due.owed for due in await self._dues.open_of(citizen, tx) if due.day == day)
        await self._outbox.add("credit.due_soon", citizen, tx, day=day.isoformat(), amount=Money(owed).spoken)
        return True

    async def _tell_overdue(self, citizen: str, tx: Tx) -> tuple[bool, bool]:
        """Whether he was told, and whether his line rests from now on."""
        late = [due for due in await self._dues.open_of(citizen, tx) if due.overdue(self.today)]
        if any(due.freezes(self.today) for due in late) and await self._lines.freeze(citizen, tx):
            return False, True
        news = [await self._dues.note_reminded(citizen, day, _OVERDUE, tx) for day in sorted({d.day for d in late})]
        if not any(news):
            return False, False
        owed = sum(due.owed for due in late)
        await self._outbox.add("credit.overdue", citizen, tx, amount=Money(owed).spoken)
        return True, False

    async def _change(self, changed: Sequence[tuple[Due, Due]], tx: Tx) -> None:
        for was, now in changed:
            await self._dues.change(was, now, tx)

    async def _thaw(self, citizen: str, tx: Tx) -> None:
        """When nothing is overdue any more; what is not due yet does not matter."""
        left = await self._dues.open_of(citizen, tx)
        if not any(due.overdue(self.today) for due in left):
            await self._lines.thaw(citizen, tx)
