"""Taking micro-wishes up, giving them up, doing them."""

from __future__ import annotations

from collections.abc import Collection

from app.core.clock import Clock
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.core.viewer import Viewer
from app.domains.community.volunteers.service import VolunteerService
from app.domains.community.wishes.model import MicroWish, WishState
from app.domains.community.wishes.service import Files, PublicWords
from app.domains.community.wishes.steps.service import WishSteps, anybody, holder
from app.domains.community.wishes.store import WishStore


class WishHolding:
    def __init__(
        self,
        wishes: WishStore,
        steps: WishSteps,
        volunteers: VolunteerService,
        words: PublicWords,
        files: Files,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._wishes = wishes
        self._steps = steps
        self._volunteers = volunteers
        self._words = words
        self._files = files
        self._outbox = outbox
        self._clock = clock

    async def claim(self, viewer: Viewer, wish: str, key: str) -> MicroWish:
        """Of all who reach for it, one gets it. Raises RealNameNeeded, VolunteersOnly, MicroWishUnknown, MicroWishOwn,
        MicroWishTaken, MicroWishNotOpen, TooManyMicroWishes, IdempotencyConflict.
        """
        citizen = viewer.by_name()

        async def change(was: MicroWish, tx: Tx) -> MicroWish:
            if was.holder == citizen and was.state is WishState.CLAIMED:
                return was
            now = was.claimed(citizen, self._clock.now())
            await self._volunteers.demand(citizen, tx)
            await self._steps.take(citizen, tx)
            if was.wisher:
                await self._outbox.add("wish.claimed", was.wisher, tx, wish=wish)
            return now

        return (await self._steps.step(viewer, "claimMicroWish", wish, change, key, of=anybody)).for_others()

    async def give_up(self, viewer: Viewer, wish: str, key: str) -> MicroWish:
        """It is open again. Raises MicroWishUnknown, MicroWishNotOpen, IdempotencyConflict."""

        async def change(was: MicroWish, tx: Tx) -> MicroWish:
            now = was.freed()
            await self._steps.let_go(was, tx)
            return now

        return (await self._steps.step(viewer, "giveUpMicroWish", wish, change, key, of=holder)).for_others()

    async def finish(self, viewer: Viewer, wish: str, words: str, files: Collection[str], key: str) -> MicroWish:
        """It is done; `words` and pictures say how. Raises MicroWishUnknown, MicroWishNotOpen, MicroWishInvalid, what
        words and files are refused for, IdempotencyConflict.
        """
        said, citizen = self._words.demand(words, "words", 2, 500), viewer.self_only()

        async def change(was: MicroWish, tx: Tx) -> MicroWish:
            now = was.done(said, tuple(dict.fromkeys(files)), self._clock.now())
            if files:
                await self._files.claim(was.record, citizen, files, tx)
            if was.wisher:
                await self._outbox.add("wish.done", was.wisher, tx, wish=wish)
            return now

        return (
            await self._steps.step(viewer, "finishMicroWish", wish, change, key, said, tuple(files), of=holder)
        ).for_others()

    async def end_all(self, viewer: Viewer, citizen: str) -> None:
        """Who is no volunteer any more holds no wish; what he wishes himself stays. Safe to repeat."""
        for one in await self._wishes.going_on_of(citizen):
            if one.holder == citizen:
                await self._steps.free(one.id, citizen)
