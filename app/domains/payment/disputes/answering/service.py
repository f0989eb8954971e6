"""What the payee does about a dispute: accepting it gives back at once, answering leaves it to the desk."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pydantic import TypeAdapter

from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.disputes.model import OPEN, Dispute, DisputeState, worded
from app.domains.payment.disputes.service import parsed_files
from app.domains.payment.disputes.steps.service import Files, Steps, given_of
from app.domains.payment.disputes.store import DisputeStore
from app.domains.payment.refunds.model import Cause, Refund

SCOPE = "payments:manage"
_DISPUTE = TypeAdapter(Dispute)


class DisputeAnswers:
    def __init__(
        self, disputes: DisputeStore, steps: Steps, files: Files, idempotency: Idempotency, clock: Clock
    ) -> None:
        self._disputes = disputes
        self._steps = steps
        self._files = files
        self._idempotency = idempotency
        self._clock = clock

    async def page(self, viewer: Viewer, states: Collection[DisputeState], request: PageRequest) -> Page[Dispute]:
        """Of one's own organisation, newest first, without what was said."""
        return await self._disputes.of_payee(viewer.provider(SCOPE), states, request)

    async def one(self, viewer: Viewer, dispute: str) -> Dispute | None:
        """With all that was said."""
        payee, found = viewer.provider(SCOPE), await self._disputes.get(dispute)
        return found if found is not None and found.payee == payee else None

    async def accept(self, viewer: Viewer, dispute: str, key: str) -> Dispute:
        """What is contested goes back, as far as it has not yet. Raises DisputeUnknown, DisputeStateWrong,
        DisputeChanged, PaymentGatewayMissing, IdempotencyConflict.
        """
        payee, refunds = viewer.provider(SCOPE), list[Refund | None]()

        async def work(tx: Tx) -> Dispute:
            was = await self._steps.known(dispute, tx, payee=payee)
            was.demand(*OPEN)
            refund = await self._steps.give(was, was.amount.fen, Cause.DISPUTE, viewer, tx)
            refunds[:] = [refund]
            now = was.accepted(given_of(refund, was), viewer.acting(), self._clock.now())
            return await self._steps.keep(viewer, now, was, now.state_word, tx)

        done = await self._idempotency.once(Call.of(viewer, "acceptDispute", key, dispute), _DISPUTE, work)
        for refund in refunds:
            await self._steps.send(refund)
        return done

    async def answer(self, viewer: Viewer, dispute: str, words: str, files: Sequence[str], key: str) -> Dispute:
        """Within the time, with what speaks against it. Raises DisputeUnknown, DisputeStateWrong, DisputeWordsMissing,
        DisputeChanged, BadInput, IdempotencyConflict, and what files are refused for.
        """
        payee, said, evidence = viewer.provider(SCOPE), worded(words, "words"), parsed_files(files)

        async def work(tx: Tx) -> Dispute:
            was = await self._steps.known(dispute, tx, payee=payee)
            now = was.answered(said, evidence, viewer.acting(), self._clock.now())
            await self._files.claim(was.record, viewer.acting(), evidence, tx)
            return await self._steps.keep(viewer, now, was, "answered", tx)

        call = Call.of(viewer, "answerDispute", key, dispute, said, evidence)
        return await self._idempotency.once(call, _DISPUTE, work)
