"""Showing a ticket's code, and reading it at the door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.core.viewer import Viewer
from app.domains.life.culture.admission.errors import TicketCodeUnknown, TicketNotGood
from app.domains.life.culture.admission.model import (
    LIFE,
    Admitted,
    ShownTicketCode,
    TicketCode,
    admitted,
    demand_doors_open,
    demand_good,
    hash_of,
    new_code,
    refusal,
)
from app.domains.life.culture.admission.store import TicketCodeStore
from app.domains.life.culture.events.model import CultureEvent
from app.domains.life.culture.events.store import EventStore
from app.domains.life.culture.tickets.errors import PurchaseUnknown
from app.domains.life.culture.tickets.model import facts_of
from app.domains.life.culture.tickets.service import TicketService
from app.domains.life.culture.tickets.store import PurchaseStore

GATE = "culture:gate"
_SHOWN = TypeAdapter(ShownTicketCode)
_ADMITTED = TypeAdapter(Admitted)
_PER_CITIZEN = Limit("ticket-codes-shown", 120, timedelta(minutes=10))


@dataclass(frozen=True, slots=True)
class SeenAdmission:
    """With the event as it is called."""

    admitted: Admitted
    event: CultureEvent | None


class AdmissionService:
    def __init__(
        self,
        codes: TicketCodeStore,
        purchases: PurchaseStore,
        tickets: TicketService,
        events: EventStore,
        limits: Limits,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._codes = codes
        self._purchases = purchases
        self._tickets = tickets
        self._events = events
        self._limits = limits
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def show(self, viewer: Viewer, purchase: str, ticket: str, key: str) -> ShownTicketCode:
        """A fresh code of a good ticket.

        Raises PurchaseUnknown, TicketNotGood, TicketUsed, RateLimited, IdempotencyConflict.
        """
        citizen = viewer.self_only()
        call = Call.of(viewer, "showTicketCode", key, purchase, ticket)

        async def attempt() -> ShownTicketCode:
            await self._limits.take(_PER_CITIZEN, citizen)
            text, now = new_code(), self._clock.now()

            async def work(tx: Tx) -> ShownTicketCode:
                found = await self._purchases.of(citizen, purchase, tx)
                if found is None:
                    raise PurchaseUnknown
                good = demand_good(found, ticket)
                organisation = found.organisation
                kept = TicketCode(hash_of(text), purchase, ticket, citizen, organisation, now + LIFE)
                await self._codes.show(kept, now, tx)
                return ShownTicketCode(text, ticket, good.place, kept.expires_at)

            return await self._idempotency.once(call, _SHOWN, work, kept=LIFE)

        return await self._idempotency.alike(call, _SHOWN, attempt)

    async def admit(self, viewer: Viewer, code: str, key: str) -> SeenAdmission:
        """Whoever holds the code comes in, once.

        Raises Forbidden, TicketCodeMalformed, TicketCodeUnknown, TicketCodeExpired, TicketCodeUsed, TicketUsed,
        TicketNotGood, AdmissionNotYet, AdmissionOver, IdempotencyConflict.
        """
        organisation = viewer.provider(GATE)
        hash_ = hash_of(code)

        async def work(tx: Tx) -> Admitted:
            now = self._clock.now()
            used = await self._codes.use(hash_, organisation, now, tx)
            if used is None:
                raise refusal(await self._codes.get(hash_, tx), organisation)
            was = await self._purchases.get(used.purchase, tx)
            if was is None:
                raise TicketCodeUnknown
            ticket = demand_good(was, used.ticket)
            # As it is now: its holder may not have been told yet that it was moved or cancelled.
            session = await self._events.session(was.session, tx)
            if session is None or not session.open:
                raise TicketNotGood
            demand_doors_open(session, now)
            entered = was.entered(ticket.id, now)
            await self._tickets.save(entered, was, tx)
            await self._audit.record(
                viewer, "event_ticket.used", was.id, tx, subject=was.citizen, session=was.session, ticket=ticket.id
            )
            await self._outbox.add("event_ticket.used", was.citizen, tx, **facts_of(was))
            return admitted(entered, ticket, now)

        done = await self._idempotency.once(Call.of(viewer, "admitTicket", key, hash_), _ADMITTED, work)
        return SeenAdmission(done, await self._events.get(done.event))
