"""Allowing auto-pay, ending it, skipping a bill; and the day's work: announcing, paying, telling what failed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.errors import Outcome, Unavailable
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Database, DuplicateKey, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Assurance, Viewer
from app.domains.payment.bills.asking.errors import BillChanged
from app.domains.payment.bills.auto_pay.errors import AutoPayNothingToSkip, AutoPayUnknown
from app.domains.payment.bills.auto_pay.model import (
    AutoPay,
    Run,
    RunState,
    announces,
    demand_allowed,
    first_run,
    run_id,
)
from app.domains.payment.bills.auto_pay.store import AutoPayStore
from app.domains.payment.bills.bound.errors import BoundUnknown
from app.domains.payment.bills.bound.model import Bound
from app.domains.payment.bills.bound.store import BoundStore
from app.domains.payment.bills.errors import BillBeingPaid, BillUnknown, BillWithdrawn
from app.domains.payment.bills.model import Bill
from app.domains.payment.bills.paying.errors import BillRealNameNeeded
from app.domains.payment.bills.paying.model import Choice
from app.domains.payment.bills.paying.service import PayService
from app.domains.payment.bills.store import BillStore
from app.domains.payment.payments.model import Method
from app.domains.payment.pins.errors import PinNeeded
from app.domains.payment.pins.service import PinService

_AUTO_PAY = TypeAdapter(AutoPay)
_ID = TypeAdapter(str)


class _Over(Exception):
    """Skipped, or not allowed any more, since the day's work read it."""


@dataclass(frozen=True, slots=True)
class DayOfAutoPay:
    announced: int
    paid: int
    refused: int


class AutoPayService:
    def __init__(
        self,
        db: Database,
        store: AutoPayStore,
        bound: BoundStore,
        bills: BillStore,
        paying: PayService,
        pins: PinService,
        outbox: Outbox,
        audit: Audit,
        once: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._store = store
        self._bound = bound
        self._bills = bills
        self._paying = paying
        self._pins = pins
        self._outbox = outbox
        self._audit = audit
        self._once = once
        self._clock = clock

    # The citizen

    async def mine(self, viewer: Viewer) -> dict[str, AutoPay]:
        """By account."""
        return await self._store.of(viewer.citizen())

    async def runs_of(self, allowed: Mapping[str, AutoPay], bills: Sequence[Bill]) -> dict[str, Run]:
        """What is done about these bills, by bill; `allowed` is what `mine` gave."""
        ids = [run_id(allowed[bill.account].id, bill.id) for bill in bills if bill.account in allowed]
        return {run.bill: run for run in (await self._store.runs(ids)).values()}

    async def allow(
        self, viewer: Viewer, bound: str, cap: int, method: Method, key: str, pin: str | None = None
    ) -> AutoPay:
        """In place of what was allowed before. Whatever allows more than that wants the PIN of who has one; with a cap
        beyond `NEEDED_ABOVE` one has to have one. Raises BillRealNameNeeded, AutoPayCapUnfit, BoundUnknown, PinNeeded,
        PinNotSet, PinWrong, PinLocked, IdempotencyConflict.
        """
        citizen = viewer.citizen()
        if viewer.assurance is not Assurance.REAL_NAME:
            raise BillRealNameNeeded
        demand_allowed(cap, method)
        id_, call = new_id(), Call.of(viewer, "allowAutoPay", key, bound, cap, method, pin)

        async def attempt() -> AutoPay:
            proven = pin is not None or not await self._covered(citizen, bound, cap, method)
            if proven:
                await self._pins.demand_above(citizen, cap, pin, least=0)
            return await self._once.once(call, _AUTO_PAY, partial(work, proven))

        async def work(proven: bool, tx: Tx) -> AutoPay:
            if not proven and not await self._covered(citizen, bound, cap, method, tx):
                raise PinNeeded  # what covered it was ended or lowered a moment ago
            found = await self._known(citizen, bound, tx)
            await self._store.end(citizen, found.account, tx)
            now = self._clock.now()
            allowed = AutoPay(id_, citizen, found.account, found.biller, cap, method, viewer.acting(), now)
            await self._store.allow(allowed, tx)
            await self._audit.record(viewer, "auto_pay.allowed", id_, tx, subject=citizen, biller=found.biller, cap=cap)
            return allowed

        return await self._once.alike(call, _AUTO_PAY, attempt)

    async def end(self, viewer: Viewer, bound: str, key: str) -> str:
        """Raises BoundUnknown, AutoPayUnknown, IdempotencyConflict."""
        citizen = viewer.citizen()

        async def work(tx: Tx) -> str:
            found = await self._known(citizen, bound, tx)
            if not await self._store.end(citizen, found.account, tx):
                raise AutoPayUnknown
            await self._audit.record(viewer, "auto_pay.ended", bound, tx, subject=citizen, biller=found.biller)
            return bound

        return await self._once.once(Call.of(viewer, "endAutoPay", key, bound), _ID, work)

    async def skip(self, viewer: Viewer, bill: str, key: str) -> Run:
        """This bill only; it may be skipped before it is announced. Raises BillUnknown, AutoPayNothingToSkip,
        IdempotencyConflict.
        """
        citizen, payment = viewer.citizen(), new_id()

        async def work(tx: Tx) -> str:
            found = await self._bills.among([bill], await self._bound.accounts(citizen, tx), tx)
            if bill not in found:
                raise BillUnknown
            allowed = await self._store.on(citizen, found[bill].account, tx)
            if allowed is None or not found[bill].payable:
                raise AutoPayNothingToSkip
            return await self._skip(allowed, found[bill], payment, tx)

        done = await self._once.once(Call.of(viewer, "skipAutoPay", key, bill), _ID, work)
        run = await self._store.run(done)
        assert run is not None
        return run

    async def end_all(self, by: Viewer, citizen: str) -> int:
        """Of somebody who leaves: how many there were. Safe to repeat."""

        async def work(tx: Tx) -> int:
            there = await self._store.of(citizen, tx)
            for account in there:
                await self._store.end(citizen, account, tx)
            if there:
                await self._audit.record(by, "auto_pay.ended", citizen, tx, subject=citizen, accounts=len(there))
            return len(there)

        return await self._db.transaction(work)

    async def _skip(self, allowed: AutoPay, bill: Bill, payment: str, tx: Tx) -> str:
        now, run = self._clock.now(), await self._store.run(run_id(allowed.id, bill.id), tx)
        if run is None:
            first = first_run(allowed, bill, payment, civil_day(now), now).ended(RunState.SKIPPED, now)
            await self._store.add_run(first, tx)
            return first.id
        if not await self._store.save_run(run.skipped(now), run, tx):
            raise BillBeingPaid
        return run.id

    async def _covered(self, citizen: str, bound: str, cap: int, method: Method, tx: Tx | None = None) -> bool:
        before = await self._store.on(citizen, (await self._known(citizen, bound, tx)).account, tx)
        return before is not None and before.covers(cap, method)

    async def _known(self, citizen: str, bound: str, tx: Tx | None) -> Bound:
        found = await self._bound.get(citizen, bound, tx)
        if found is None:
            raise BoundUnknown
        return found

    # The desk

    async def runs(self, state: RunState | None, request: PageRequest) -> Page[Run]:
        return await self._store.page(state, request)

    # The day's work: may run again, and beside another run of itself

    async def day(self) -> DayOfAutoPay:
        today = civil_day(self._clock.now())
        announced = await self._announce(today)
        paid = refused = 0
        async for run in self._due(today):
            done = await self._pay(run, today)
            paid, refused = paid + (done is True), refused + (done is False)
        return DayOfAutoPay(announced, paid, refused)

    async def _announce(self, today: date) -> int:
        after, announced = "", 0
        while allowed := await self._store.all_active(after):
            for one in allowed:
                for bill in await self._bills.payable_of(one.account):
                    if announces(bill, today):
                        announced += await self._announce_one(one, bill, today)
            after = allowed[-1].id
        return announced

    async def _announce_one(self, allowed: AutoPay, bill: Bill, today: date) -> bool:
        there = await self._store.run(run_id(allowed.id, bill.id))
        if there is not None:
            return there.overtaken_by(bill) and await self._again(there, allowed, bill, today)
        run = first_run(allowed, bill, new_id(), today, self._clock.now())

        async def work(tx: Tx) -> None:
            await self._store.add_run(run, tx)
            await self._tell("bill.auto_pay_ahead" if run.waits else "bill.auto_pay_too_high", run, tx)

        try:
            await self._db.transaction(work)
        except DuplicateKey:  # skipped, or announced by another worker, a moment ago
            return False
        return True

    async def _due(self, today: date) -> AsyncIterator[Run]:
        after = ""
        while runs := await self._store.due(today, after):
            for run in runs:
                yield run
            after = runs[-1].id

    async def _pay(self, run: Run, today: date) -> bool | None:
        """True when it was paid, False when it was refused, None when there was nothing to pay."""
        now, bill, allowed = self._clock.now(), await self._bills.get(run.bill), await self._store.get(run.auto_pay)
        if await self._paying.made(run.payment):  # by a worker that died before it could say so
            await self._keep(run.ended(RunState.PAID, now), run)
            return True
        if bill is not None and bill.engaged is not None and bill.engaged.payment != run.payment:
            return None
        if bill is None or allowed is None or not allowed.active or not bill.payable:
            await self._keep(run.ended(RunState.LAPSED, now), run)
            return None
        if not run.fits(bill):  # it is announced anew when the time of its new day has come
            return None
        try:
            choice = Choice(bill.id, bill.terms.version)
            await self._paying.pay_one(run.citizen, choice, allowed.method, run.payment, partial(self._spend, run))
        except (BillWithdrawn, _Over):  # of one that was skipped nothing more is kept
            await self._keep(run.ended(RunState.LAPSED, now), run)
            return None
        except BillChanged as changed:
            await self._again(run, allowed, changed.bill, today)
            return None
        except (Outcome, Unavailable) as refused:
            await self._keep(run.refused(refused.code, today, now), run, "bill.auto_pay_failed")
            return False
        return True

    async def _spend(self, run: Run, tx: Tx) -> None:
        """With the payment: it is still allowed, and nobody skipped it while the biller was asked."""
        paid = run.ended(RunState.PAID, self._clock.now())
        if not await self._store.hold(run.auto_pay, tx) or not await self._store.save_run(paid, run, tx):
            raise _Over

    async def _again(self, run: Run, allowed: AutoPay, bill: Bill, today: date) -> bool:
        if not announces(bill, today):
            return False
        anew = run.announced_anew(bill, allowed.cap, today, self._clock.now())
        return await self._keep(anew, run, "bill.auto_pay_ahead" if anew.waits else "bill.auto_pay_too_high")

    async def _keep(self, changed: Run, was: Run, told: str | None = None) -> bool:
        """False when it was changed meanwhile."""

        async def work(tx: Tx) -> bool:
            kept = await self._store.save_run(changed, was, tx)
            if kept and told is not None:
                await self._tell(told, changed, tx)
            return kept

        return await self._db.transaction(work)

    async def _tell(self, event: str, run: Run, tx: Tx) -> None:
        facts = {"bill": run.bill, "organisation": run.biller, "day": run.pay_on.isoformat()}
        await self._outbox.add(event, run.citizen, tx, **facts)
