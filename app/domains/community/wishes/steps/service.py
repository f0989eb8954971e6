"""Steps of micro-wishes, whoever takes them: the wish is read, the rule makes another of it, and that is saved if
nobody was faster; who has how many at once is counted with it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Database, DuplicateKey, Tx
from app.core.outbox import Outbox
from app.core.viewer import Role, Viewer
from app.domains.community.volunteers.groups.service import SCOPE
from app.domains.community.wishes.errors import MicroWishUnknown, TooManyMicroWishes
from app.domains.community.wishes.model import MOST_HELD, MOST_MADE, MicroWish, WishState
from app.domains.community.wishes.store import WishStore

ID = TypeAdapter(str)
_AT_ONCE = 200
_MADE, _HELD = "made", "held"


class WishSteps:
    def __init__(
        self, db: Database, wishes: WishStore, outbox: Outbox, audit: Audit, idempotency: Idempotency, clock: Clock
    ) -> None:
        self._db = db
        self._wishes = wishes
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def step(
        self,
        viewer: Viewer,
        operation: str,
        wish: str,
        change: Callable[[MicroWish, Tx], Awaitable[MicroWish]],
        key: str,
        *content: object,
        of: Callable[[Viewer, MicroWish], bool],
    ) -> MicroWish:
        """Raises MicroWishUnknown (also to whom it is none of), IdempotencyConflict, and what `change` raises."""

        async def work(tx: Tx) -> str:
            was = await self._wishes.get(wish, tx)
            if was is None or not of(viewer, was):
                raise MicroWishUnknown
            now = await change(was, tx)
            if now is not was:
                await self.save(now, tx)
                await self._audit.record(viewer, f"wish.{now.state.value}", wish, tx)
            return wish

        call = Call.of(viewer, operation, key, wish, *content)
        return await self.known(await self._idempotency.once(call, ID, work))

    async def known(self, wish: str) -> MicroWish:
        """Raises MicroWishUnknown."""
        found = await self._wishes.get(wish)
        if found is None:
            raise MicroWishUnknown
        return found

    async def save(self, one: MicroWish, tx: Tx) -> None:
        if not await self._wishes.save(one, tx):
            raise DuplicateKey("changed meanwhile")  # looked at once more, by the rules of repeats

    async def withdraw(self, was: MicroWish, tx: Tx) -> MicroWish:
        """Who holds it is told: he may be on his way. Raises MicroWishNotOpen."""
        now = was.withdrawn()
        await self.let_go(was, tx)
        await self.unmade(was, tx)
        if was.holder and was.state is WishState.CLAIMED:
            await self._outbox.add("wish.withdrawn", was.holder, tx, wish=was.id)
        return now

    async def judge(self, was: MicroWish, tx: Tx, *, fulfilled: bool) -> MicroWish:
        """Who did it is told. Raises MicroWishNotOpen."""
        now = was.judged(self._clock.now(), fulfilled=fulfilled)
        if fulfilled:
            await self.let_go(was, tx)
            await self.unmade(was, tx)
        if was.holder:
            await self._outbox.add("wish.judged", was.holder, tx, wish=was.id, state=now.state.value)
        return now

    # Who has how many at once

    async def make(self, citizen: str, tx: Tx) -> None:
        """Raises TooManyMicroWishes."""
        if not await self._wishes.count(citizen, _MADE, 1, MOST_MADE, tx):
            raise TooManyMicroWishes(MOST_MADE)

    async def take(self, citizen: str, tx: Tx) -> None:
        """Raises TooManyMicroWishes."""
        if not await self._wishes.count(citizen, _HELD, 1, MOST_HELD, tx):
            raise TooManyMicroWishes(MOST_HELD)

    async def let_go(self, was: MicroWish, tx: Tx) -> None:
        """Its holder has one fewer in his hands."""
        if was.holder and was.state in (WishState.CLAIMED, WishState.DONE):
            await self._wishes.count(was.holder, _HELD, -1, MOST_HELD, tx)

    async def unmade(self, was: MicroWish, tx: Tx) -> None:
        if was.wisher:
            await self._wishes.count(was.wisher, _MADE, -1, MOST_MADE, tx)

    # Rounds

    async def lapse(self) -> int:
        """What was not done in its days is open again; what nobody judged in its days is fulfilled. How many; safe to
        repeat.
        """
        count = 0
        while due := await self._wishes.due(self._clock.now(), _AT_ONCE):
            for one in due:
                await self._db.transaction(lambda tx, one=one: self._lapsed(one, tx))  # type: ignore[misc]
            count += len(due)
        return count

    async def _lapsed(self, one: MicroWish, tx: Tx) -> None:
        was, now = await self._wishes.get(one.id, tx), self._clock.now()
        if was is None or was.due_at is None or was.due_at > now:
            return
        if was.state is WishState.DONE:
            await self.save(await self.judge(was, tx, fulfilled=True), tx)
        elif was.state is WishState.CLAIMED:
            await self.let_go(was, tx)
            await self.save(was.freed(lapsed=True), tx)
            if was.holder:
                await self._outbox.add("wish.lapsed", was.holder, tx, wish=was.id)

    async def end_all(self, viewer: Viewer, citizen: str) -> None:
        """Who leaves the city wishes nothing and holds nothing any more. Safe to repeat."""
        for one in await self._wishes.going_on_of(citizen):
            await self._db.transaction(lambda tx, one=one: self._left(one, citizen, tx))  # type: ignore[misc]

    async def _left(self, one: MicroWish, citizen: str, tx: Tx) -> None:
        was = await self._wishes.get(one.id, tx)
        if was is None:
            return
        if was.wisher == citizen and was.state in (WishState.SCREENING, WishState.OPEN, WishState.CLAIMED):
            await self.save(await self.withdraw(was, tx), tx)
        elif was.holder == citizen and was.state is WishState.CLAIMED:
            await self.let_go(was, tx)
            await self.save(was.freed(), tx)

    async def free(self, wish: str, citizen: str) -> None:
        """What he holds and has not done yet is open again. Safe to repeat."""

        async def work(tx: Tx) -> None:
            was = await self._wishes.get(wish, tx)
            if was is not None and was.holder == citizen and was.state is WishState.CLAIMED:
                await self.let_go(was, tx)
                await self.save(was.freed(), tx)

        await self._db.transaction(work)


def anybody(viewer: Viewer, one: MicroWish) -> bool:
    return not one.test and one.state not in (WishState.SCREENING, WishState.REFUSED)


def holder(viewer: Viewer, one: MicroWish) -> bool:
    return one.holder is not None and one.holder == viewer.self_only()


def committee(viewer: Viewer, one: MicroWish) -> bool:
    if viewer.role is Role.OPS:
        return True
    return one.organisation == viewer.provider(SCOPE) and one.test is viewer.test_mode


def wishers(viewer: Viewer, one: MicroWish) -> bool:
    """Who made it, or the committee for him."""
    if viewer.role is Role.CITIZEN:
        return one.wisher is not None and one.wisher == viewer.self_only()
    return committee(viewer, one)
