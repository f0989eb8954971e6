"""Confirming a booking, and the payment before it where there is a fee.

The wish to be paid is written down before the payment desk is called (`DUE`), the debt before it is given back
(`OWED_BACK`): whoever dies in between leaves a row that the sweep finishes. The booking's id is the charge's reference,
so that every call may be repeated.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import structlog
from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.charges import Charge, Charges, ChargeState
from app.core.clock import Clock
from app.core.errors import Outcome, Unavailable
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.viewer import Role, Viewer
from app.domains.appointments.booking.bookings.errors import BookingNotOpen, BookingUnknown, PaymentDeskAway
from app.domains.appointments.booking.bookings.model import Booking, BookingState, PaymentState, facts_of
from app.domains.appointments.booking.bookings.store import BookingStore
from app.domains.appointments.booking.seating.service import Seating

log = structlog.get_logger()
_BOOKING = TypeAdapter(Booking)
_WORKER = Viewer(role=Role.OPS, actor="worker")
_AT_ONCE = 50
# How long a hold that is over waits for a payment desk that is away.
_DESK_AWAY = timedelta(minutes=10)
_WHAT = "预约挂号费 / appointment fee"


class PaymentService:
    def __init__(
        self,
        db: Database,
        bookings: BookingStore,
        seating: Seating,
        charges: Charges,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._bookings = bookings
        self._seating = seating
        self._charges = charges
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def confirm(self, viewer: Viewer, booking: str, key: str) -> Booking:
        """Booked; or still held, with the place to pay at (`pay_at`): then this is called again when it is paid.

        Raises BookingUnknown, HoldExpired, BookingNotOpen, PaymentDeskAway, IdempotencyConflict.
        """
        citizen, call = viewer.citizen(), Call.of(viewer, "confirmBooking", key, booking)
        return await self._idempotency.alike(call, _BOOKING, lambda: self._confirm(viewer, booking, citizen, call))

    async def _confirm(self, viewer: Viewer, booking: str, citizen: str, call: Call) -> Booking:
        was = await self._of(booking, citizen)
        if was.state is BookingState.BOOKED and was.payment is PaymentState.PAID:
            return was  # the sweep saw the payment before the app came back to say so
        was.demand_pending(BookingState.HELD, self._clock.now())
        if was.fee:
            charge = await self._asked(was)
            if charge.state is not ChargeState.PAID:
                return await self._to_pay(booking, citizen, charge)
        return await self._idempotency.once(call, _BOOKING, lambda tx: self._confirmed(viewer, booking, citizen, tx))

    async def settle_due(self) -> int:
        """Who paid and closed the app is booked all the same; how many were."""
        settled, after = 0, ""
        while due := await self._bookings.with_payment(PaymentState.DUE, after, _AT_ONCE):
            for one in due:
                settled += await self._settle(one)
            after = due[-1].id
        return settled

    async def settle_late(self, was: Booking) -> bool:
        """A hold that is over while it was being paid: booked, when it was paid. False: it may lapse.

        Raises Unavailable: the desk is away, and there is still time to wait for it.
        """
        try:
            charge = await self._charges.look(was.id)
        except Unavailable:
            if was.hold_until is not None and self._clock.now() < was.hold_until + _DESK_AWAY:
                raise
            return False
        if charge is None or charge.state is not ChargeState.PAID:
            return False
        try:
            await self._db.transaction(lambda tx: self._confirmed(_WORKER, was.id, was.citizen, tx, late=True))
        except Outcome:  # he has another booking at that time by now, or it is over: then it is owed back
            return False
        return True

    async def give_back_owed(self) -> int:
        """What was paid for bookings that came to nothing; how many were given back."""
        done, after = 0, ""
        while owed := await self._bookings.with_payment(PaymentState.OWED_BACK, after, _AT_ONCE):
            for one in owed:
                done += await self._give_back(one)
            after = owed[-1].id
        return done

    async def give_back_all(self, citizen: str) -> None:
        """What is owed to who leaves the city, before the rows that tell of it go. Safe to repeat. Raises Unavailable
        (then he leaves a little later).
        """
        for owed in await self._bookings.owed_to(citizen):
            await self._charges.give_back(owed.id)
            await self._refunded(owed)

    async def _asked(self, booking: Booking) -> Charge:
        """Raises PaymentDeskAway, BookingNotOpen."""
        if booking.payment is PaymentState.NONE:
            await self._write(replace(booking, payment=PaymentState.DUE), booking)
        try:
            return await self._charges.open(booking.id, booking.fee, _WHAT)
        except Unavailable:
            raise PaymentDeskAway from None

    async def _to_pay(self, booking: str, citizen: str, charge: Charge) -> Booking:
        was = await self._of(booking, citizen)
        if was.pay_at == charge.pay_at or was.state is not BookingState.HELD:
            return was
        with_place = replace(was, pay_at=charge.pay_at)
        return await self._write(with_place, was)

    async def _write(self, now: Booking, was: Booking) -> Booking:
        """What a rival of this moment wrote is as good, while it is held. Raises BookingNotOpen."""
        try:
            await self._db.transaction(lambda tx: self._seating.save(now, was, tx))
        except BookingNotOpen:
            found = await self._of(was.id, was.citizen)
            if found.state is not BookingState.HELD or found.payment is not PaymentState.DUE:
                raise
            return replace(found, pay_at=now.pay_at or found.pay_at)
        return now

    async def _confirmed(self, viewer: Viewer, booking: str, citizen: str, tx: Tx, *, late: bool = False) -> Booking:
        """Raises HoldExpired, BookingNotOpen; `late`: BookingOverlaps."""
        was, now = await self._of(booking, citizen, tx), self._clock.now()
        if late:
            await self._seating.keep_late(confirmed := was.paid_in_time(now), was, now, tx)
        else:
            was.demand_pending(BookingState.HELD, now)
            await self._seating.keep(confirmed := was.confirmed(now), was, tx)
        await self._audit.record(viewer, "booking.confirmed", booking, tx, subject=citizen)
        await self._outbox.add("appointment.booked", citizen, tx, **facts_of(confirmed))
        return confirmed

    async def _settle(self, was: Booking) -> bool:
        try:
            charge = await self._charges.look(was.id)
        except Unavailable:
            return False
        if charge is None or charge.state is not ChargeState.PAID:
            return False
        try:
            await self._db.transaction(lambda tx: self._confirmed(_WORKER, was.id, was.citizen, tx))
        except Outcome:  # over meanwhile: then it is owed back, and the sweep gives it
            return False
        return True

    async def _give_back(self, was: Booking) -> bool:
        try:
            await self._charges.give_back(was.id)
        except Unavailable:
            log.warning("refund waits", booking=was.id)
            return False
        return await self._refunded(was)

    async def _refunded(self, was: Booking) -> bool:
        refunded = replace(was, payment=PaymentState.REFUNDED)

        async def work(tx: Tx) -> None:
            await self._seating.save(refunded, was, tx)
            await self._audit.record(_WORKER, "booking.refunded", was.id, tx, subject=was.citizen)

        try:
            await self._db.transaction(work)
        except BookingNotOpen:  # another worker gave it back in this moment
            return False
        return True

    async def _of(self, booking: str, citizen: str, tx: Tx | None = None) -> Booking:
        found = await self._bookings.get(booking, citizen, tx)
        if found is None:
            raise BookingUnknown
        return found
