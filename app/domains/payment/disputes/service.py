"""The payer's side: contesting a payment, replying to the answer, taking it back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from pydantic import TypeAdapter

from app.core.clock import Clock
from app.core.errors import BadInput
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.money import Money
from app.core.mongo import Database, Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.disputes.errors import (
    DisputeAmountTooHigh,
    DisputeNotPossible,
    DisputeOpen,
    DisputeTooLate,
)
from app.domains.payment.disputes.model import (
    ANSWERED_WITHIN,
    MOST_FILES,
    OPENED_WITHIN,
    Dispute,
    DisputeReason,
    DisputeState,
    Party,
    Statement,
    worded,
)
from app.domains.payment.disputes.steps.service import Files, Steps
from app.domains.payment.disputes.store import DisputeStore
from app.domains.payment.payments.errors import PaymentUnknown
from app.domains.payment.payments.model import Payment
from app.domains.payment.payments.service import Payments

PER_CITIZEN = Limit("disputes", 20, timedelta(days=30))
_DISPUTE = TypeAdapter(Dispute)


class Disputes:
    def __init__(
        self,
        db: Database,
        disputes: DisputeStore,
        payments: Payments,
        steps: Steps,
        files: Files,
        limits: Limits,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._disputes = disputes
        self._payments = payments
        self._steps = steps
        self._files = files
        self._limits = limits
        self._idempotency = idempotency
        self._clock = clock

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[Dispute]:
        """Newest first, without what was said."""
        return await self._disputes.of_citizen(viewer.citizen(), request)

    async def one(self, viewer: Viewer, dispute: str) -> Dispute | None:
        return await self._disputes.get(dispute, viewer.citizen())

    async def of_payments(self, viewer: Viewer, payments: Collection[str]) -> list[Dispute]:
        """Of payments of one's own, newest first, without what was said."""
        return await self._disputes.of_payments(viewer.citizen(), payments)

    async def links(self, of: Dispute) -> Mapping[str, str]:
        """Where its evidence is fetched in the next minutes; asked with a dispute that the viewer may read."""
        return await self._files.links(of.record, {said.by for said in of.statements} | {of.citizen})

    async def open(
        self,
        viewer: Viewer,
        payment: str,
        amount: Money | None,
        reason: DisputeReason,
        words: str,
        files: Sequence[str],
        key: str,
    ) -> Dispute:
        """Contest a payment, or a part of it. Raises PaymentUnknown, DisputeNotPossible, DisputeTooLate, DisputeOpen,
        DisputeAmountTooHigh, DisputeWordsMissing, BadInput (files), RateLimited, IdempotencyConflict, and what files
        are refused for.
        """
        citizen, said, evidence = viewer.citizen(), worded(words, "words"), parsed_files(files)
        call = Call.of(viewer, "disputePayment", key, payment, amount, reason, said, evidence)
        id_, now = new_id(), self._clock.now()
        statement = Statement(Party.PAYER, viewer.acting(), now, said, evidence)

        async def work(tx: Tx) -> Dispute:
            paid = await self._disputed(citizen, payment, tx)
            opened = _opened(id_, paid, _contested(paid, amount), reason, statement)
            if await self._disputes.open_of(citizen, payment, tx):
                raise DisputeOpen
            if await self._disputes.was_decided(citizen, payment, tx):  # what the desk decided is final
                raise DisputeNotPossible
            if not await self._payments.still_as(paid, tx):  # all may be given back just now
                raise DisputeNotPossible
            await self._files.claim(opened.record, citizen, evidence, tx)
            await self._disputes.add(opened, tx)
            return await self._steps.tell(viewer, opened, "opened", tx)

        async def attempt() -> Dispute:
            await self._limits.take(PER_CITIZEN, citizen)
            return await self._idempotency.once(call, _DISPUTE, work)

        return await self._idempotency.alike(call, _DISPUTE, attempt)

    async def reply(self, viewer: Viewer, dispute: str, words: str, files: Sequence[str], key: str) -> Dispute:
        """To the answer, once. Raises DisputeUnknown, DisputeStateWrong, DisputeWordsMissing, DisputeChanged, BadInput,
        IdempotencyConflict, and what files are refused for.
        """
        citizen, said, evidence = viewer.citizen(), worded(words, "words"), parsed_files(files)

        async def work(tx: Tx) -> Dispute:
            was = await self._steps.known(dispute, tx, citizen=citizen)
            now = was.replied(said, evidence, viewer.acting(), self._clock.now())
            await self._files.claim(was.record, citizen, evidence, tx)
            return await self._steps.keep(viewer, now, was, "replied", tx)

        call = Call.of(viewer, "replyToDispute", key, dispute, said, evidence)
        return await self._idempotency.once(call, _DISPUTE, work)

    async def withdraw(self, viewer: Viewer, dispute: str, key: str) -> Dispute:
        """Until it is decided. Raises DisputeUnknown, DisputeStateWrong, DisputeChanged, IdempotencyConflict."""
        citizen = viewer.citizen()

        async def work(tx: Tx) -> Dispute:
            was = await self._steps.known(dispute, tx, citizen=citizen)
            return await self._steps.keep(
                viewer, was.withdrawn(viewer.acting(), self._clock.now()), was, "withdrawn", tx
            )

        call = Call.of(viewer, "withdrawDispute", key, dispute)
        return await self._idempotency.once(call, _DISPUTE, work)

    async def end_all(self, by: Viewer, citizen: str) -> None:
        """Who leaves the city disputes nothing any more. Safe to repeat."""

        async def work(tx: Tx) -> int:
            open_ = await self._disputes.every_open(citizen, tx)
            for was in open_:
                now = was.withdrawn(by.acting(), self._clock.now())
                await self._steps.keep(by, now, was, "withdrawn", tx, words=False)
            return len(open_)

        while await self._db.transaction(work):
            pass

    async def _disputed(self, citizen: str, payment: str, tx: Tx) -> Payment:
        found = await self._payments.get(payment, tx)
        if found is None or found.payer != citizen:
            raise PaymentUnknown
        if found.captured_at is None or not found.left.fen:
            raise DisputeNotPossible
        if found.captured_at + OPENED_WITHIN <= self._clock.now():
            raise DisputeTooLate(OPENED_WITHIN.days)
        return found


def _opened(id_: str, paid: Payment, amount: Money, reason: DisputeReason, said: Statement) -> Dispute:
    return Dispute(
        id=id_,
        payment=paid.id,
        citizen=paid.payer,
        payee_kind=paid.payee.kind.value,
        payee=paid.payee.id,
        amount=amount,
        reason=reason,
        state=DisputeState.OPENED,
        at=said.at,
        due=said.at + ANSWERED_WITHIN,
        statements=(said,),
        refunded=paid.refunded,
    )


def _contested(paid: Payment, amount: Money | None) -> Money:
    """All that is left when no amount is named. Raises DisputeAmountTooHigh."""
    wanted = paid.left if amount is None else amount
    if wanted.currency is not paid.amount.currency or not 0 < wanted.fen <= paid.left.fen:
        raise DisputeAmountTooHigh(paid.left)
    return wanted


def parsed_files(files: Sequence[str]) -> tuple[str, ...]:
    """Each once. Raises BadInput."""
    wanted = tuple(dict.fromkeys(files))
    if len(wanted) > MOST_FILES:
        raise BadInput(field="files")
    return wanted
