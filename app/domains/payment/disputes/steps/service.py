"""Keeping a step: the row, the audit, the event; and giving back in the same transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from app.core.audit import Audit
from app.core.ids import new_id
from app.core.money import Money
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.core.viewer import Viewer
from app.domains.payment.disputes.errors import DisputeChanged, DisputeUnknown
from app.domains.payment.disputes.model import Dispute
from app.domains.payment.disputes.store import DisputeStore
from app.domains.payment.payments.errors import PaymentUnknown
from app.domains.payment.payments.model import Payment
from app.domains.payment.payments.service import Payments
from app.domains.payment.refunds.model import Cause, Refund, RefundReason
from app.domains.payment.refunds.service import Refunds, RefundWanted


class Files(Protocol):
    """Where evidence is: fulfilled by the wiring."""

    async def claim(self, by: str, owner: str, uploads: Collection[str], tx: Tx) -> None:
        """They belong to the dispute `by` now. Raises UploadUnknown, UploadNotReady, UploadClaimed."""
        ...

    async def links(self, by: str, owners: Collection[str]) -> Mapping[str, str]:
        """Where they are fetched in the next minutes, by id."""
        ...


class Steps:
    def __init__(
        self, disputes: DisputeStore, payments: Payments, refunds: Refunds, outbox: Outbox, audit: Audit
    ) -> None:
        self._disputes = disputes
        self._payments = payments
        self._refunds = refunds
        self._outbox = outbox
        self._audit = audit

    async def known(self, dispute: str, tx: Tx, *, citizen: str | None = None, payee: str | None = None) -> Dispute:
        """With all that was said. Raises DisputeUnknown, also for another's."""
        found = await self._disputes.get(dispute, citizen, tx)
        if found is None or (payee is not None and found.payee != payee):
            raise DisputeUnknown
        return found

    async def payment(self, dispute: Dispute, tx: Tx) -> Payment:
        found = await self._payments.get(dispute.payment, tx)
        if found is None:
            raise PaymentUnknown
        return found

    async def give(self, dispute: Dispute, most: int, cause: Cause, by: Viewer, tx: Tx) -> Refund | None:
        """Up to `most` fen of what is contested, less what went back since; None when nothing is left of it."""
        fen = min(most, dispute.unpaid((await self.payment(dispute, tx)).refunded).fen)
        if not fen:
            return None
        return await self._refunds.give(
            RefundWanted(new_id(), dispute.payment, fen, cause, RefundReason.DISPUTED, by), tx
        )

    async def given_back(self, refund: Refund, payment: Payment, by: Viewer, tx: Tx) -> None:
        """Fulfils `refunds.service.Hears`: a dispute over what has all gone back is settled by that."""
        if refund.cause in (Cause.DISPUTE, Cause.CHARGEBACK):  # it is being settled by what gives this back
            return
        was = await self._disputes.contesting(payment.payer, payment.id, tx)
        now = was.made_good(payment.refunded, by.acting(), refund.at) if was is not None else None
        if was is not None and now is not None and now is not was:
            await self.keep(by, now, was, now.state_word, tx, words=False)

    async def keep(self, by: Viewer, now: Dispute, was: Dispute, what: str, tx: Tx, *, words: bool = True) -> Dispute:
        """`words` false: it was read without what was said. Raises DisputeChanged."""
        kept = await (self._disputes.save if words else self._disputes.step)(now, was, tx)
        if not kept:
            raise DisputeChanged
        return await self.tell(by, now, what, tx)

    async def tell(self, by: Viewer, now: Dispute, what: str, tx: Tx) -> Dispute:
        """What happened, to the audit and to both sides."""
        facts = _facts(now)
        await self._audit.record(by, f"dispute.{what}", now.id, tx, subject=now.citizen, **facts)
        await self._outbox.add(f"dispute.{what}", now.citizen, tx, organisation=now.payee, dispute=now.id, **facts)
        return now

    async def note_read(self, by: Viewer, one: Dispute, reason: str) -> None:
        await self._audit.record(by, "dispute.read", one.id, None, subject=one.citizen, reason=reason)

    async def send(self, refund: Refund | None) -> None:
        """After the commit."""
        if refund is not None:
            await self._refunds.send(refund)


def given_of(refund: Refund | None, dispute: Dispute) -> Money:
    return refund.amount if refund is not None else Money(0, dispute.amount.currency)


def _facts(one: Dispute) -> dict[str, Any]:
    """`amount` is what goes back when it has ended, and what is contested until then."""
    ending = one.ending
    return {
        "payment": one.payment,
        "state": one.state.value,
        "why": one.reason.value,
        "due": one.due.isoformat() if one.due else "",
        "outcome": ending.outcome.value if ending else "",
        "amount": (ending.given if ending else one.amount).spoken,
    }
