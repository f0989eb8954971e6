"""Giving points for something done: by an organisation out of its budget, once for each of its references."""

from __future__ import annotations

from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.errors import BadInput
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.collecting.errors import LiveModeOnly
from app.domains.payment.ledger.errors import InsufficientBalance
from app.domains.payment.ledger.model import ISSUED, TransferKind, Wanted, moved
from app.domains.payment.ledger.model import points as account_of
from app.domains.payment.ledger.service import Ledger
from app.domains.payment.points.grants.errors import (
    DailyPointsReached,
    GrantConflict,
    GrantRecipientUnknown,
    GrantRecipientUnverified,
    GrantUnknown,
    GrantUsed,
    PointBudgetSpent,
    PointBudgetTooSmall,
)
from app.domains.payment.points.grants.model import (
    MOST_A_DAY,
    Budget,
    Grant,
    GrantState,
    Recipient,
    Wish,
    grant_id,
)
from app.domains.payment.points.grants.store import GrantStore
from app.domains.payment.points.model import POINT
from app.domains.payment.points.service import PointBook

SCOPE = "points"
_ID = TypeAdapter(str)
_MOST_BUDGET = 1_000_000_000
_DAY = MOST_A_DAY * POINT


class Recipients(Protocol):
    """What is known elsewhere of those who are given points."""

    async def find(self, viewer: Viewer, to: Recipient) -> str | None:
        """The citizen, within the viewer's reach."""
        ...

    async def verified(self, citizen: str) -> bool:
        """Whether his name was checked."""
        ...


class GrantService:
    def __init__(
        self,
        db: Database,
        grants: GrantStore,
        book: PointBook,
        ledger: Ledger,
        recipients: Recipients,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._grants = grants
        self._book = book
        self._ledger = ledger
        self._recipients = recipients
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def grant(self, viewer: Viewer, to: Recipient, wish: Wish, key: str) -> Grant:
        """Raises GrantRecipientUnknown, GrantRecipientUnverified, GrantConflict, PointBudgetSpent, DailyPointsReached,
        BalanceTooHigh, AccountClosed, LiveModeOnly, IdempotencyConflict, Forbidden (scope).
        """
        organisation = viewer.provider(SCOPE)
        if viewer.test_mode:
            raise LiveModeOnly
        call = Call.of(viewer, "grantPoints", key, to, wish)

        async def work(tx: Tx) -> str:
            citizen = await self._recipients.find(viewer, to)
            if citizen is None:
                raise GrantRecipientUnknown
            made = await self.give(organisation, citizen, wish, tx)
            await self._audit.record(viewer, "points.granted", made.id, tx, subject=citizen, points=made.points)
            return made.id

        return await self._there(await self._idempotency.once(call, _ID, work))

    async def give(self, organisation: str, citizen: str, wish: Wish, tx: Tx) -> Grant:
        """As a part of what it is given for (an activity somebody was checked in at). A repeat finds it given.

        Raises as `grant`, but for the recipient's being unknown.
        """
        before = await self._grants.get(grant_id(organisation, wish.reference), tx)
        if before is not None and not before.is_of(citizen, wish):
            raise GrantConflict
        return before or await self._new(organisation, citizen, wish, tx)

    async def take_back(self, viewer: Viewer, reference: str, key: str) -> Grant:
        """What was given by mistake, while its citizen has as many. A repeat finds it taken back.

        Raises GrantUnknown, GrantUsed, AccountFrozen, IdempotencyConflict, Forbidden.
        """
        organisation = viewer.provider(SCOPE)
        grant = grant_id(organisation, reference.strip())

        async def work(tx: Tx) -> str:
            was = await self._grants.get(grant, tx)
            if was is None:
                raise GrantUnknown
            if was.state is GrantState.GIVEN:
                await self._undo(viewer, was, tx)
            return grant

        call = Call.of(viewer, "takeBackPoints", key, reference)
        return await self._there(await self._idempotency.once(call, _ID, work))

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[Grant]:
        """Of the viewer's organisation, newest first."""
        return await self._grants.of_organisation(viewer.provider(SCOPE), request)

    async def of_citizen(self, viewer: Viewer, grants: list[str]) -> dict[str, Grant]:
        """What one's points were given for, by the ids of the grants."""
        found = await self._grants.of_transfers(viewer.self_only(), grants) if grants else []
        return {one.id: one for one in found}

    # Budgets

    async def budget(self, viewer: Viewer) -> Budget | None:
        """Of the viewer's organisation."""
        return await self._grants.budget(viewer.provider(SCOPE))

    async def budgets(self, request: PageRequest) -> Page[Budget]:
        """By organisation: for the desk."""
        return await self._grants.budgets(request)

    async def budget_of(self, organisation: str) -> Budget | None:
        return await self._grants.budget(organisation)

    async def set_budget(self, viewer: Viewer, organisation: str, points: int, reason: str | None = None) -> Budget:
        """So many in all, those included that were given already. Repeating is safe. Raises PointBudgetTooSmall."""
        if not 0 <= points <= _MOST_BUDGET:
            raise BadInput(field="points")

        async def work(tx: Tx) -> None:
            was, now = await self._grants.budget(organisation, tx), self._clock.now()
            more = points * POINT - (was.given if was else 0)
            if not await self._grants.give(organisation, more, now, tx):
                raise PointBudgetTooSmall(was.used // POINT if was else 0)
            await self._audit.record(viewer, "points.budget_set", organisation, tx, reason=reason, points=points)

        await self._db.transaction(work)
        found = await self._grants.budget(organisation)
        assert found is not None
        return found

    async def _new(self, organisation: str, citizen: str, wish: Wish, tx: Tx) -> Grant:
        if not await self._recipients.verified(citizen):
            raise GrantRecipientUnverified
        id_, now = grant_id(organisation, wish.reference), self._clock.now()
        day = civil_day(now)
        if not await self._grants.take(organisation, wish.fen, tx):
            budget = await self._grants.budget(organisation, tx)
            raise PointBudgetSpent(budget.left // POINT if budget else 0)
        if not await self._grants.earn(citizen, day, wish.fen, _DAY, tx):
            raise DailyPointsReached
        done = await self._book.issue(citizen, wish.fen, f"grant:{id_}", id_, tx)
        made = Grant(*(id_, organisation, wish.reference, citizen, wish.fen, wish.reason, wish.what, now, done.id))
        await self._grants.add(made, tx)
        facts = {"grant": id_, "points": made.points, "organisation": organisation}
        await self._outbox.add("points.granted", citizen, tx, **facts)
        return made

    async def _undo(self, viewer: Viewer, was: Grant, tx: Tx) -> None:
        lines = moved(account_of(was.citizen), ISSUED, was.fen)
        wanted = Wanted(f"grant-back:{was.id}", TransferKind.REVERSAL, lines, was.id, was.transfer)
        await self._book.undone(was.citizen, was.fen, was.at, tx)
        try:
            await self._ledger.post(wanted, tx)
        except InsufficientBalance:
            raise GrantUsed from None
        if await self._grants.turn(was, GrantState.TAKEN_BACK, tx):
            await self._grants.give_back(was.organisation, was.fen, tx)
        await self._outbox.add("points.taken_back", was.citizen, tx, grant=was.id, points=was.points)
        await self._audit.record(viewer, "points.taken_back", was.id, tx, subject=was.citizen, points=was.points)

    async def _there(self, grant: str) -> Grant:
        found = await self._grants.get(grant)
        if found is None:
            raise GrantUnknown
        return found
