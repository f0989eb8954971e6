"""Answering reviews: by who runs the place, once each, in words that everybody may read."""

from __future__ import annotations

from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import DuplicateKey, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.life.directory.places.errors import PlaceUnknown
from app.domains.life.directory.places.model import Place
from app.domains.life.directory.reviews.errors import ReviewUnknown
from app.domains.life.directory.reviews.model import LONGEST_REPLY, Review, ReviewReply
from app.domains.life.directory.reviews.service import Words
from app.domains.life.directory.reviews.store import ReviewStore

_ID = TypeAdapter(str)


class Keeping(Protocol):
    async def own(self, viewer: Viewer, id_: str) -> Place:
        """Raises PlaceUnknown."""
        ...


class ReplyService:
    def __init__(
        self,
        reviews: ReviewStore,
        keeping: Keeping,
        words: Words,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._reviews = reviews
        self._keeping = keeping
        self._words = words
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def of_place(self, viewer: Viewer, place: str, request: PageRequest) -> Page[Review]:
        """What people read of one's own place. Raises PlaceUnknown."""
        own = await self._keeping.own(viewer, place)
        return await self._reviews.shown(own.id, request)

    async def reply(self, viewer: Viewer, review: str, words: str, key: str) -> Review:
        """In place of what was answered before; without words the answer is taken back. Its author hears of the first.

        Raises ReviewUnknown, what `Words` raises, IdempotencyConflict.
        """
        said = self._words.public(words, "words", LONGEST_REPLY) if words.strip() else ""

        async def work(tx: Tx) -> str:
            was = await self._demand(viewer, review, tx)
            by = viewer.organisation or viewer.acting()
            now = was.replied(ReviewReply(said, by, self._clock.now()) if said else None)
            if not await self._reviews.save(now, tx):
                raise DuplicateKey("changed meanwhile")
            if said and was.reply is None:
                await self._outbox.add("review.replied", was.citizen, tx, place=was.place)
            await self._audit.record(viewer, "review.replied", review, tx)
            return review

        await self._idempotency.once(Call.of(viewer, "replyToReview", key, review, said), _ID, work)
        return await self._demand(viewer, review)

    async def _demand(self, viewer: Viewer, review: str, tx: Tx | None = None) -> Review:
        """Raises ReviewUnknown."""
        found = await self._reviews.get(review, tx)
        if found is None or not found.shown:
            raise ReviewUnknown
        try:
            await self._keeping.own(viewer, found.place)
        except PlaceUnknown:
            raise ReviewUnknown from None
        return found
