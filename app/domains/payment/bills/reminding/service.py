"""Reminders of what is not paid: seven, three and one day before it is due, and once when it is overdue.

Who has the account's bills paid by themselves is told of that, and not reminded besides, until it is overdue; unless
auto-pay leaves this one to him: it is too high, he skipped it, or the payment came to nothing.
"""

from __future__ import annotations

from datetime import date

from app.core.clock import Clock, civil_day
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.domains.payment.bills.auto_pay.model import run_id
from app.domains.payment.bills.auto_pay.store import AutoPayStore
from app.domains.payment.bills.bound.store import BoundStore
from app.domains.payment.bills.model import Bill, Stage
from app.domains.payment.bills.store import BillStore


class ReminderService:
    def __init__(
        self,
        db: Database,
        bills: BillStore,
        bound: BoundStore,
        auto_pays: AutoPayStore,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._db = db
        self._bills = bills
        self._bound = bound
        self._auto_pays = auto_pays
        self._outbox = outbox
        self._clock = clock

    async def day(self) -> int:
        """How many people were reminded. May run again: each stage of a bill is told once."""
        today, told = civil_day(self._clock.now()), 0
        async for bill in self._bills.to_remind_of(today):
            told += await self._remind(bill, today)
        return told

    async def _remind(self, bill: Bill, today: date) -> int:
        stage = bill.stage(today)
        people = await self._people(bill, stage, today) if stage else []

        async def work(tx: Tx) -> int:
            if not await self._bills.save(bill.looked_at(today), bill, tx):
                return 0  # it was changed a moment ago, and is looked at again
            for citizen in people:
                event = "bill.overdue" if stage is Stage.OVERDUE else "bill.due_soon"
                facts = {"bill": bill.id, "organisation": bill.biller, "day": bill.terms.due.isoformat()}
                await self._outbox.add(event, citizen, tx, **facts)
            return len(people)

        return await self._db.transaction(work)

    async def _people(self, bill: Bill, stage: Stage, today: date) -> list[str]:
        binders = (await self._bound.binders([bill.account])).get(bill.account, [])
        if stage is Stage.OVERDUE:
            return binders
        return [one for one in binders if not await self._paid_by_itself(one, bill, today)]

    async def _paid_by_itself(self, citizen: str, bill: Bill, today: date) -> bool:
        allowed = await self._auto_pays.on(citizen, bill.account)
        run = await self._auto_pays.run(run_id(allowed.id, bill.id)) if allowed else None
        return allowed is not None and (run is None or run.kept_waiting(today))
