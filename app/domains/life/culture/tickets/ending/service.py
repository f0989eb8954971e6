"""Holds that lapse, sales that end, sessions that are cancelled or moved: purchase by purchase, each in a transaction
of its own, so that whoever takes over from a worker that died goes on where it stopped.

A run stays open for a minute after its session changed: by then whoever was buying at that moment has done so.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from app.core.clock import Clock
from app.core.errors import Outcome
from app.core.ids import new_id
from app.core.mongo import Database, Tx
from app.core.paging import Page, PageRequest
from app.core.tills.model import SaleState
from app.core.tills.service import Till
from app.core.viewer import Role, Viewer
from app.domains.life.culture.events.model import EventSession
from app.domains.life.culture.events.store import EventStore
from app.domains.life.culture.tickets.errors import PurchaseNotOpen
from app.domains.life.culture.tickets.model import Purchase, PurchaseState, Run, RunKind
from app.domains.life.culture.tickets.service import TicketService
from app.domains.life.culture.tickets.store import PurchaseStore

log = structlog.get_logger()
_WORKER = Viewer(role=Role.OPS, actor="worker")
_AT_ONCE = 50
_STAYS_OPEN = timedelta(minutes=1)


class HolderRuns:
    """Fulfils `events.staging.service.Holders`: what is to be done is written with the change, and done by `round`."""

    def __init__(self, purchases: PurchaseStore, clock: Clock) -> None:
        self._purchases = purchases
        self._clock = clock

    async def tell_moved(self, session: EventSession, tx: Tx) -> None:
        await self._begin(RunKind.MOVED, session, tx)

    async def tell_cancelled(self, session: EventSession, tx: Tx) -> None:
        await self._begin(RunKind.CANCELLED, session, tx)

    async def _begin(self, kind: RunKind, session: EventSession, tx: Tx) -> None:
        run = Run(new_id(), session.id, session.event, kind, self._clock.now())
        await self._purchases.begin_run(run, tx)


class TicketEnding:
    """Fulfils `tickets.service.Lapsing`, and follows the till."""

    def __init__(self, db: Database, purchases: PurchaseStore, events: EventStore, till: Till, clock: Clock) -> None:
        self._db = db
        self._purchases = purchases
        self._events = events
        self._till = till
        self._clock = clock
        self._tickets: TicketService | None = None

    def serves(self, tickets: TicketService) -> None:
        """Once, while the city is put together."""
        self._tickets = tickets

    # Holds

    async def lapse(self, session: str) -> int:
        return await self._lapse_all(session)

    async def sweep(self) -> int:
        """Safe to run anywhere at any time."""
        return await self._lapse_all()

    async def _lapse_all(self, session: str | None = None) -> int:
        done, left = 0, set[str]()
        while fresh := [one for one in await self._due(session, len(left)) if one.id not in left]:
            for one in fresh:
                if await self._lapsed(one.id):
                    done += 1
                else:
                    left.add(one.id)
        return done

    async def _due(self, session: str | None, more: int) -> list[Purchase]:
        """With as many more as stay undone: the others are not to wait for them."""
        return await self._purchases.lapsed(self._clock.now(), _AT_ONCE + more, session)

    async def _lapsed(self, purchase: str) -> bool:
        async def work(tx: Tx) -> bool:
            was = await self._purchases.get(purchase, tx)
            if was is None or was.state_at(self._clock.now()) is not PurchaseState.LAPSED:
                return False
            if was.state is not PurchaseState.HELD:
                return False
            now = was.ended(PurchaseState.LAPSED, "NOT_PAID_IN_TIME")
            await self._room.end(now, was, tx)
            if was.sale is not None and await self._till.give_up(was.sale, "NOT_PAID_IN_TIME", tx) is SaleState.PAID:
                raise PurchaseNotOpen(PurchaseState.GOOD.value)
            await self._room.tell("event_ticket.lapsed", now, tx)
            return True

        return await self._guarded(purchase, work)

    async def end_all(self, by: Viewer, citizen: str) -> None:
        """Who leaves the city holds no places: what he did not pay is let go, and what he paid goes back by the event's
        own rule. (He is asked to see to that before: `has_paid` hinders his leaving.) Safe to repeat.
        """
        for one in await self._purchases.open_of(citizen, self._clock.now()):
            await self._guarded(one.id, lambda tx, id_=one.id: self._left(id_, tx))  # type: ignore[misc]

    async def _left(self, purchase: str, tx: Tx) -> bool:
        was = await self._purchases.get(purchase, tx)
        if was is None or not was.places:
            return False
        session, event = await self._events.session(was.session, tx), await self._events.get(was.event, tx)
        due = 0
        if session is not None and event is not None:
            due = was.due_back(session.returnable_until(event.profile), self._clock.now())
        await self._room.end(was.ended(PurchaseState.GIVEN_UP, "LEFT").owing(due), was, tx)
        if was.state is PurchaseState.HELD and was.sale is not None:
            await self._till.give_up(was.sale, "LEFT", tx)
        return True

    # The till's word. All of it in the transaction of the payment.

    async def paid(self, about: str, sale: str, tx: Tx) -> None:
        was = await self._purchases.get(about, tx)
        if was is None or was.sale != sale:
            return
        if was.state is PurchaseState.HELD:
            now = was.paid()
            await self._room.save(now, was, tx)
            await self._room.tell("event_ticket.bought", now, tx)
        elif was.state is not PurchaseState.GOOD:  # its places are another's: the money goes back in the next round
            await self._room.save(was.owing(was.total), was, tx)

    async def given_up(self, about: str, sale: str, reason: str, tx: Tx) -> None:
        was = await self._purchases.get(about, tx)
        if was is not None and was.sale == sale and was.state is PurchaseState.HELD:
            await self._room.end(was.ended(PurchaseState.GIVEN_UP, reason), was, tx)

    async def given_back(self, about: str, sale: str, fen: int, tx: Tx) -> None:
        """Where all of it went back without us (the merchant's till, a dispute), its tickets are none any more."""
        was = await self._purchases.get(about, tx)
        if was is None or was.sale != sale:
            return
        now = was.given_back(fen)
        if was.state is PurchaseState.GOOD and now.refunded >= was.total:
            await self._room.end(now.ended(PurchaseState.CANCELLED, "GIVEN_BACK"), was, tx)
        else:
            await self._room.save(now, was, tx)

    # Runs

    async def round(self) -> int:
        """Go on with every run, and give back what is owed; how many purchases were dealt with."""
        done = 0
        for run in await self._purchases.open_runs():
            done += await self._go_on(run)
        return done + await self._pay_owed()

    async def runs(self, request: PageRequest) -> Page[Run]:
        """For the desk."""
        return await self._purchases.runs(request)

    async def runs_of(self, event: str) -> list[Run]:
        return await self._purchases.runs_of(event)

    async def _go_on(self, run: Run) -> int:
        session = await self._events.session(run.session)
        assert session is not None
        done, failed = 0, set[str]()
        unlike = session.starts_at if run.kind is RunKind.MOVED else None
        while True:
            found = await self._purchases.open_in(run.session, _AT_ONCE + len(failed), unlike)
            fresh = [one for one in found if one.id not in failed]
            if not fresh:
                break
            for one in fresh:
                if await self._dealt_with(run, session, one.id):
                    done += 1
                else:
                    failed.add(one.id)
        if not failed and run.at + _STAYS_OPEN <= self._clock.now():
            await self._purchases.end_run(run.id, self._clock.now())
        return done

    async def _dealt_with(self, run: Run, session: EventSession, purchase: str) -> bool:
        if run.kind is RunKind.MOVED:
            return await self._guarded(purchase, lambda tx: self._told(run, session, purchase, tx))
        return await self._guarded(purchase, lambda tx: self._cancelled(run, purchase, tx))

    async def _told(self, run: Run, session: EventSession, purchase: str, tx: Tx) -> bool:
        was = await self._purchases.get(purchase, tx)
        if was is None or not was.places or was.starts_at == session.starts_at:
            return False
        now = was.told(session, self._clock.now())
        await self._room.save(now, was, tx)
        await self._room.tell("event_ticket.moved", now, tx)
        await self._purchases.note(run.id, 0, tx)
        return True

    async def _cancelled(self, run: Run, purchase: str, tx: Tx) -> bool:
        """Its money is owed from then on: `_pay_owed` gives it back, now or when that can be."""
        was = await self._purchases.get(purchase, tx)
        if was is None or not was.places:
            return False
        due = was.total - was.refunded if was.state is PurchaseState.GOOD and was.sale else 0
        now = was.ended(PurchaseState.CANCELLED, "CANCELLED").owing(due)
        await self._room.end(now, was, tx)
        if was.state is PurchaseState.HELD and was.sale:
            await self._till.give_up(was.sale, "CANCELLED", tx)
        await self._room.tell("event_ticket.cancelled", now, tx)
        await self._purchases.note(run.id, due, tx)
        return True

    async def _pay_owed(self) -> int:
        """What is owed: after what was cancelled, and for money that came too late."""
        done, after = 0, ""
        while found := await self._purchases.owed(_AT_ONCE, after):
            for one in found:
                done += await self._paid_back(one.id)
            after = found[-1].id
        return done

    async def _paid_back(self, purchase: str) -> bool:
        refunds: list[str] = []

        async def work(tx: Tx) -> bool:
            refunds.clear()
            was = await self._purchases.get(purchase, tx)
            if was is None or not was.owed or was.sale is None:
                return False
            # What goes back is told in this transaction (`given_back`), and is owed no more then.
            refunds.append(await self._till.give_back(_WORKER, was.sale, was.owed, tx))
            return True

        done = await self._guarded(purchase, work)
        for refund in refunds if done else ():
            await self._till.send(refund)
        return done

    async def _guarded(self, purchase: str, work: Callable[[Tx], Awaitable[bool]]) -> bool:
        """What one of them stumbles over is logged, and the others are not to wait for it."""
        try:
            return await self._db.transaction(work)
        except Outcome as refused:
            log.warning("tickets not dealt with", purchase=purchase, why=refused.code)
            return False

    @property
    def _room(self) -> TicketService:
        assert self._tickets is not None
        return self._tickets


__all__ = ["HolderRuns", "TicketEnding"]
