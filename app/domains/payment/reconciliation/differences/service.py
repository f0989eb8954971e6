"""Working differences: taking one in hand, putting it right by a transfer, approving of what somebody else proposed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from datetime import date
from typing import Protocol, TypeAlias

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.ledger.service import Ledger
from app.domains.payment.reconciliation.differences.errors import DifferenceChanged, GatewayDifferenceUnknown
from app.domains.payment.reconciliation.differences.model import Difference, DifferenceState, Remedy
from app.domains.payment.reconciliation.differences.store import DifferenceStore
from app.domains.payment.reconciliation.errors import DayClosed, DayUnknown
from app.domains.payment.reconciliation.matching.model import EntryKind
from app.domains.payment.reconciliation.matching.service import Comparison
from app.domains.payment.reconciliation.store import DayStore

_DONE = TypeAdapter(bool)
Work: TypeAlias = Callable[[Tx], Awaitable[bool]]


class Asking(Protocol):
    """The gateway is asked how one entry stands there, and our books settle it by that."""

    async def look(self, kind: EntryKind, reference: str) -> None:
        """What our books do not know is nothing to ask about. Raises PaymentGatewayMissing, Unavailable."""
        ...


class DifferenceService:
    def __init__(
        self,
        days: DayStore,
        differences: DifferenceStore,
        comparison: Comparison,
        asking: Asking,
        ledger: Ledger,
        idempotency: Idempotency,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._days = days
        self._differences = differences
        self._comparison = comparison
        self._asking = asking
        self._ledger = ledger
        self._idempotency = idempotency
        self._audit = audit
        self._clock = clock

    async def one(self, id_: str) -> Difference | None:
        return await self._differences.get(id_)

    async def of_day(self, day: date, request: PageRequest) -> Page[Difference]:
        return await self._differences.of_day(day, request)

    async def still_open(self, request: PageRequest) -> Page[Difference]:
        """Of all days, the oldest first."""
        return await self._differences.still_open(request)

    async def waiting(self, kind: EntryKind, references: Collection[str], tx: Tx | None = None) -> set[str]:
        """Those of them that nobody has put right: not found yet, or in work."""
        return set(references) - await self._differences.put_right(kind, references, tx) if references else set()

    async def take(self, viewer: Viewer, id_: str, key: str) -> Difference:
        """In hand, also over from another. Raises GatewayDifferenceUnknown, DifferenceChanged, IdempotencyConflict."""
        by = viewer.acting()

        async def work(tx: Tx) -> bool:
            was = await self._known(id_, tx)
            await self._save(was.taken(by, self._clock.now()), was, tx)
            await self._audit.record(viewer, "difference.taken", id_, tx, subject=was.citizen)
            return True

        return await self._once(viewer, "takeDifference", key, work, id_)

    async def resolve(self, viewer: Viewer, id_: str, remedy: Remedy, reason: str, key: str) -> Difference:
        """Put it right, or propose to: a large sum waits for somebody else. Raises GatewayDifferenceUnknown,
        DifferenceChanged, DifferenceNotYours, DifferenceMovesMoney, DifferenceMovesNothing, DifferencePayerUnknown,
        DayClosed, IdempotencyConflict, and what the ledger refuses.
        """
        by = viewer.acting()

        async def work(tx: Tx) -> bool:
            was = await self._known(id_, tx)
            now = was.resolved(remedy, reason, by, self._clock.now())
            await self._settle(now, was, tx)
            verb = "difference.resolved" if now.state is DifferenceState.RESOLVED else "difference.proposed"
            facts = {"remedy": remedy.value, "fen": was.gap}
            await self._audit.record(viewer, verb, id_, tx, subject=was.citizen, reason=reason, **facts)
            return True

        return await self._once(viewer, "resolveDifference", key, work, id_, remedy, reason)

    async def approve(self, viewer: Viewer, id_: str, key: str) -> Difference:
        """What somebody else proposed. Raises GatewayDifferenceUnknown, DifferenceChanged, DifferenceNeedsAnother,
        DayClosed, IdempotencyConflict, and what the ledger refuses.
        """

        async def work(tx: Tx) -> bool:
            was = await self._known(id_, tx)
            await self._settle(was.approved(viewer.acting()), was, tx)
            await self._audit.record(viewer, "difference.approved", id_, tx, subject=was.citizen, fen=was.gap)
            return True

        return await self._once(viewer, "approveDifference", key, work, id_)

    async def decline(self, viewer: Viewer, id_: str, reason: str, key: str) -> Difference:
        """A proposal goes back to who made it. Raises GatewayDifferenceUnknown, DifferenceChanged,
        IdempotencyConflict.
        """

        async def work(tx: Tx) -> bool:
            was = await self._known(id_, tx)
            await self._save(was.declined(), was, tx)
            await self._audit.record(viewer, "difference.declined", id_, tx, subject=was.citizen, reason=reason)
            return True

        return await self._once(viewer, "declineDifference", key, work, id_, reason)

    async def look_again(self, viewer: Viewer, id_: str) -> Difference:
        """Ask the gateway how this entry stands, and compare it anew. Raises GatewayDifferenceUnknown, DayClosed,
        PaymentGatewayMissing, Unavailable.
        """
        one = await self._differences.get(id_)
        if one is None:
            raise GatewayDifferenceUnknown
        await self._audit.record(viewer, "difference.looked_at", id_, None, subject=one.citizen)
        await self._asking.look(one.kind, one.reference)
        day = await self._days.get(one.day)
        if day is None:
            raise DayUnknown
        await self._comparison.again(day, one.kind, one.reference)
        return await self._shown(id_)

    async def _settle(self, now: Difference, was: Difference, tx: Tx) -> None:
        """With its transfer, on a day that stays open meanwhile. Raises DayClosed, DifferenceChanged."""
        day = await self._days.get(was.day, tx)
        if day is None or not await self._days.touch(day, tx):
            raise DayClosed
        await self._save(now, was, tx)
        if now.state is DifferenceState.RESOLVED and now.wanted is not None:
            await self._ledger.post(now.wanted, tx)

    async def _save(self, now: Difference, was: Difference, tx: Tx) -> None:
        if not await self._differences.save(now, was, tx):
            raise DifferenceChanged

    async def _known(self, id_: str, tx: Tx) -> Difference:
        found = await self._differences.get(id_, tx)
        if found is None:
            raise GatewayDifferenceUnknown
        return found

    async def _once(self, viewer: Viewer, what: str, key: str, work: Work, id_: str, *content: object) -> Difference:
        await self._idempotency.once(Call.of(viewer, what, key, id_, *content), _DONE, work)
        return await self._shown(id_)

    async def _shown(self, id_: str) -> Difference:
        found = await self._differences.get(id_)
        if found is None:
            raise GatewayDifferenceUnknown
        return found
