"""Deciding disputes when both sides were heard; a deadline that goes by decides, too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import structlog
from pydantic import TypeAdapter

from app.core.clock import Clock
from app.core.errors import Outcome
from app.core.idempotency import Call, Idempotency
from app.core.money import Money
from app.core.mongo import Database, Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Role, Viewer
from app.domains.payment.disputes.errors import DisputeAmountTooHigh, DisputeUnknown
from app.domains.payment.disputes.model import Dispute, DisputeState, worded
from app.domains.payment.disputes.steps.service import Files, Steps, given_of
from app.domains.payment.disputes.store import DisputeStore
from app.domains.payment.refunds.model import Cause, Refund

log = structlog.get_logger(__name__)
WORKER = Viewer(role=Role.OPS, actor="worker")
_DISPUTE = TypeAdapter(Dispute)


class DisputeDecisions:
    def __init__(
        self,
        db: Database,
        disputes: DisputeStore,
        steps: Steps,
        files: Files,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._disputes = disputes
        self._steps = steps
        self._files = files
        self._idempotency = idempotency
        self._clock = clock

    async def page(self, state: DisputeState, request: PageRequest) -> Page[Dispute]:
        """Without what was said; what waits longest comes first."""
        return await self._disputes.in_state(state, request)

    async def one(self, dispute: str) -> Dispute | None:
        """Where it stands; its words are for who reveals them."""
        return await self._disputes.get(dispute)

    async def reveal(self, viewer: Viewer, dispute: str, reason: str) -> Dispute:
        """With all that was said; that it was read, and why, stands in the audit. Raises DisputeUnknown,
        DisputeWordsMissing.
        """
        why = worded(reason, "reason")
        found = await self._disputes.get(dispute)
        if found is None:
            raise DisputeUnknown
        await self._steps.note_read(viewer, found, why)
        return found

    async def links(self, dispute: Dispute) -> Mapping[str, str]:
        """Where its evidence is fetched in the next minutes; asked with a dispute that was revealed to the viewer."""
        return await self._files.links(dispute.record, {said.by for said in dispute.statements} | {dispute.citizen})

    async def decide(self, viewer: Viewer, dispute: str, awarded: Money, reason: str, key: str) -> Dispute:
        """Nothing awarded means rejected; what is awarded goes back by a chargeback. `reason` is told to both. Raises
        DisputeUnknown, DisputeStateWrong, DisputeAmountTooHigh, DisputeWordsMissing, DisputeChanged,
        PaymentGatewayMissing, IdempotencyConflict.
        """
        said, refunds = worded(reason, "reason"), list[Refund | None]()

        async def work(tx: Tx) -> Dispute:
            was = await self._steps.known(dispute, tx)
            sum_ = replace(awarded, currency=was.amount.currency)
            now = was.decided(sum_, said, viewer.acting(), self._clock.now())
            left = was.unpaid((await self._steps.payment(was, tx)).refunded)
            if sum_.fen > left.fen:
                raise DisputeAmountTooHigh(left)
            refunds[:] = [await self._steps.give(was, sum_.fen, Cause.CHARGEBACK, viewer, tx)]
            return await self._steps.keep(viewer, now, was, now.state_word, tx)

        done = await self._idempotency.once(
            Call.of(viewer, "decideDispute", key, dispute, awarded, said), _DISPUTE, work
        )
        for refund in refunds:
            await self._steps.send(refund)
        return done

    async def look(self) -> int:
        """What time does to disputes; how many it changed. Safe to run anywhere at any time."""
        changed = 0
        for due in await self._disputes.due(self._clock.now()):
            try:
                changed += await self._looked_at(due)
            except Outcome as outcome:  # one that cannot be settled now is not to keep the others waiting
                log.error("dispute not settled", dispute=due.id, outcome=outcome.code)
        return changed

    async def _looked_at(self, was: Dispute) -> bool:
        now = self._clock.now()
        refunds: list[Refund | None] = []

        async def work(tx: Tx) -> bool:
            warned = was.warning(now)
            if warned is not was:
                await self._steps.keep(WORKER, warned, was, "warned", tx, words=False)
                return True
            lapsed = was.lapsed(Money(0, was.amount.currency), now)
            if lapsed.ending is not None:
                refund = await self._steps.give(was, was.amount.fen, Cause.CHARGEBACK, WORKER, tx)
                refunds[:] = [refund]
                lapsed = was.lapsed(given_of(refund, was), now)
            if lapsed is was:
                return False
            await self._steps.keep(WORKER, lapsed, was, lapsed.state_word, tx, words=False)
            return True

        done = await self._db.transaction(work)
        for refund in refunds:
            await self._steps.send(refund)
        return done
