"""Asking for an authorisation by a card's code, confirming it, charging it, and giving it up.

What was authorised can be charged whatever becomes of the line meanwhile: it was promised. The hospital is never told
why a citizen does not confirm, nor what he owes or may use.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

import structlog
from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.money import Money
from app.core.mongo import Database, Tx, is_unreachable
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.credit.line.service import LineService
from app.domains.payment.ledger.model import TransferKind, Wanted, credit, credit_line, debit
from app.domains.payment.ledger.service import Ledger
from app.domains.payment.payments.model import Method, NewPayment, Payee, PayeeKind, Purpose
from app.domains.payment.payments.service import Payments
from app.domains.payment.pins.service import PinService
from app.domains.payment.treatments.errors import TreatmentUnknown
from app.domains.payment.treatments.model import (
    CONFIRM_WITHIN,
    HELD_FOR,
    BillLine,
    Treatment,
    TreatmentState,
    TreatmentWanted,
)
from app.domains.payment.treatments.store import TreatmentStore
from virtual_card.codes.model import Purpose as CardPurpose
from virtual_card.codes.service import CodeService

log = structlog.get_logger()
SCOPE = "treatments"
_TREATMENT = TypeAdapter(Treatment)
_AT_ONCE = 100


class TreatmentService:
    def __init__(
        self,
        db: Database,
        treatments: TreatmentStore,
        codes: CodeService,
        lines: LineService,
        ledger: Ledger,
        payments: Payments,
        pins: PinService,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._treatments = treatments
        self._codes = codes
        self._lines = lines
        self._ledger = ledger
        self._payments = payments
        self._pins = pins
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    @property
    def now(self) -> datetime:
        """The moment at which a treatment's state is to be read."""
        return self._clock.now()

    # The hospital's side

    async def ask(self, viewer: Viewer, code: str, wanted: TreatmentWanted, key: str) -> Treatment:
        """For whoever shows this code of his card, for a hospital. Raises TreatmentInvalid, what `CodeService.verify`
        raises, IdempotencyConflict.
        """
        hospital, now = viewer.provider(SCOPE), self._clock.now()
        wanted = wanted.checked()
        made, payment = new_id(), new_id()

        async def work(tx: Tx) -> Treatment:
            taken = await self._codes.take(viewer, code, CardPurpose.HOSPITAL, tx)
            asked = Treatment(
                id=made,
                citizen=taken.holder,
                hospital=hospital,
                reference=wanted.reference.strip(),
                about=wanted.about.strip(),
                estimate=wanted.estimate,
                payment=payment,
                state=TreatmentState.WAITING,
                at=now,
                until=now + CONFIRM_WITHIN,
                by=viewer.acting(),
                test=viewer.test_mode,
            )
            await self._treatments.add(asked, tx)
            await self._tell("treatment.asked", asked, tx)
            await self._audit.record(viewer, "treatment.asked", made, tx, subject=asked.citizen, fen=wanted.estimate)
            return asked

        call = Call.of(viewer, "authoriseTreatment", key, code, wanted)
        return await self._idempotency.once(call, _TREATMENT, work)

    async def charge(self, viewer: Viewer, id_: str, lines: Sequence[BillLine], key: str) -> Treatment:
        """The medical bill: as much of what is held as its lines come to; the rest is let go. Raises TreatmentUnknown,
        TreatmentNotInState, TreatmentInvalid, TreatmentAboveHeld, IdempotencyConflict.
        """
        bill = tuple(lines)

        async def work(tx: Tx) -> Treatment:
            was = await self._of_hospital(viewer, id_, tx)
            charged = was.charged(bill, self._clock.now())
            await self._keep(charged, was, tx)
            await self._payments.capture_held(_payment(charged, charged.fen or 0), charged.transfer or "", tx)
            await self._audit.record(viewer, "treatment.charged", id_, tx, subject=was.citizen, fen=charged.fen)
            return charged

        return await self._idempotency.once(Call.of(viewer, "chargeTreatment", key, id_, bill), _TREATMENT, work)

    async def cancel(self, viewer: Viewer, id_: str, key: str) -> Treatment:
        """The hospital does not need it: what is held is let go. Raises TreatmentUnknown, TreatmentNotInState,
        IdempotencyConflict.
        """

        async def work(tx: Tx) -> Treatment:
            was = await self._of_hospital(viewer, id_, tx)
            return await self._end(viewer, was.cancelled(self._clock.now()), was, tx)

        return await self._idempotency.once(Call.of(viewer, "cancelTreatment", key, id_), _TREATMENT, work)

    async def at_hospital(
        self, viewer: Viewer, states: Sequence[TreatmentState], request: PageRequest
    ) -> Page[Treatment]:
        """Newest first."""
        hospital = viewer.provider(SCOPE)
        return await self._treatments.of_hospital(hospital, states, request, test=viewer.test_mode)

    async def one_at_hospital(self, viewer: Viewer, id_: str) -> Treatment | None:
        return await self._treatments.at(viewer.provider(SCOPE), id_, test=viewer.test_mode)

    # The citizen's side

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[Treatment]:
        """Newest first."""
        return await self._treatments.of(viewer.self_only(), request)

    async def one(self, viewer: Viewer, id_: str) -> Treatment | None:
        return await self._treatments.get(viewer.self_only(), id_)

    async def state_of(self, id_: str, citizen: str) -> TreatmentState | None:
        """As of now."""
        found = await self._treatments.get(citizen, id_)
        return found.state_on(self._clock.now()) if found else None

    async def confirm(self, viewer: Viewer, id_: str, key: str, pin: str | None = None) -> Treatment:
        """Hold the estimate on his line for thirty days; much by the PIN, as a bill. Raises TreatmentUnknown,
        TreatmentNotInState, CreditLineMissing, InsufficientBalance, AccountFrozen, PaymentRefused, PayerBlocked,
        PinNeeded, PinNotSet, PinWrong, PinLocked, IdempotencyConflict.
        """
        citizen, call = viewer.self_only(), Call.of(viewer, "confirmTreatment", key, id_, pin)

        async def attempt() -> Treatment:
            seen = await self._own(citizen, id_)
            seen.authorised("", self._clock.now())  # what cannot be confirmed costs no try of the PIN
            await self._pins.demand_above(citizen, seen.estimate, pin)
            return await self._idempotency.once(call, _TREATMENT, work)

        async def work(tx: Tx) -> Treatment:
            was, now = await self._own(citizen, id_, tx), self._clock.now()
            wanted = _hold(was)
            confirmed = was.authorised(wanted.id, now)
            await self._lines.demand_live(citizen, tx)
            await self._payments.demand_allowed(_payment(was, was.estimate), tx)
            await self._ledger.hold(wanted, now + HELD_FOR, tx)
            await self._keep(confirmed, was, tx)
            await self._tell("treatment.confirmed", confirmed, tx)
            await self._audit.record(viewer, "treatment.confirmed", id_, tx, subject=citizen, fen=was.estimate)
            return confirmed

        return await self._idempotency.alike(call, _TREATMENT, attempt)

    async def decline(self, viewer: Viewer, id_: str, key: str) -> Treatment:
        """Raises TreatmentUnknown, TreatmentNotInState, IdempotencyConflict."""
        citizen = viewer.self_only()

        async def work(tx: Tx) -> Treatment:
            was = await self._own(citizen, id_, tx)
            return await self._end(viewer, was.declined(self._clock.now()), was, tx)

        return await self._idempotency.once(Call.of(viewer, "declineTreatment", key, id_), _TREATMENT, work)

    # The clock's side

    async def sweep(self) -> int:
        """End what is past its time; how many. What one stumbles over is logged, and the others do not wait for it.
        Safe to repeat.
        """
        count, left = 0, list[str]()
        while len(left) < _AT_ONCE and (over := await self._treatments.over(self._clock.now(), _AT_ONCE, left)):
            for one in over:
                if await self._lapsed(one):
                    count += 1
                else:
                    left.append(one.id)
        return count

    async def end_all(self, by: Viewer, citizen: str) -> None:
        """Who leaves the city lets go of what only waits; what he confirmed may still be charged. Safe to repeat."""
        for one in await self._treatments.open_of(citizen):
            if one.state is TreatmentState.WAITING:
                await self._db.transaction(partial(self._let_go, by, one))

    async def _let_go(self, by: Viewer, one: Treatment, tx: Tx) -> None:
        was = await self._treatments.get(one.citizen, one.id, tx)
        if was is not None and was.state_on(self._clock.now()) is TreatmentState.WAITING:
            await self._end(by, was.declined(self._clock.now()), was, tx)

    async def _lapsed(self, one: Treatment) -> bool:
        try:
            await self._db.transaction(partial(self._lapse, one))
        except Exception as error:
            if is_unreachable(error):
                raise
            log.exception("treatment not ended", treatment=one.id)
            return False
        return True

    async def _lapse(self, one: Treatment, tx: Tx) -> None:
        was, now = await self._treatments.get(one.citizen, one.id, tx), self._clock.now()
        if was is None or was.state_on(now) is was.state:
            return
        over = was.over(now)
        if was.transfer is not None:
            await self._ledger.void(was.transfer, tx)
        await self._keep(over, was, tx)
        await self._tell(f"treatment.{over.state.value}", over, tx)

    async def _end(self, viewer: Viewer, now: Treatment, was: Treatment, tx: Tx) -> Treatment:
        """Without a bill: what is held is let go."""
        if was.transfer is not None:
            await self._ledger.void(was.transfer, tx)
        await self._keep(now, was, tx)
        await self._tell(f"treatment.{now.state.value}", now, tx)
        await self._audit.record(viewer, f"treatment.{now.state.value}", now.id, tx, subject=now.citizen)
        return now

    async def _own(self, citizen: str, id_: str, tx: Tx | None = None) -> Treatment:
        found = await self._treatments.get(citizen, id_, tx)
        if found is None:
            raise TreatmentUnknown
        return found

    async def _of_hospital(self, viewer: Viewer, id_: str, tx: Tx) -> Treatment:
        found = await self._treatments.at(viewer.provider(SCOPE), id_, test=viewer.test_mode, tx=tx)
        if found is None:
            raise TreatmentUnknown
        return found

    async def _keep(self, now: Treatment, was: Treatment, tx: Tx) -> None:
        # A rival's change is a conflict of the database, which has this done again from its reading.
        if not await self._treatments.save(now, was, tx):
            raise TreatmentUnknown

    async def _tell(self, event: str, one: Treatment, tx: Tx) -> None:
        facts = {"treatment": one.id, "organisation": one.hospital, "amount": Money(one.estimate).spoken}
        await self._outbox.add(event, one.citizen, tx, **facts, test=one.test)


def _payment(one: Treatment, fen: int) -> NewPayment:
    return NewPayment(
        id=one.payment,
        payer=one.citizen,
        payee=Payee(PayeeKind.MERCHANT, one.hospital),
        amount=Money(fen),
        method=Method.CREDIT,
        purpose=Purpose.TREATMENT,
        about=one.id,
        order=one.reference,
        confirmed=True,
    )


def _hold(one: Treatment) -> Wanted:
    payee = Payee(PayeeKind.MERCHANT, one.hospital).account(Money(0).currency)
    lines = (debit(credit_line(one.citizen), one.estimate), credit(payee, one.estimate))
    return Wanted(f"treatment:{one.id}", TransferKind.PAYMENT, lines, one.payment)
