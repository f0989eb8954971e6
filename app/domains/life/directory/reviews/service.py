"""Reviewing: by real people, once each; counted where the place stands; moderated as all that is said in public."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Database, DuplicateKey, Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.life.directory.kinds.model import kind_of
from app.domains.life.directory.places.errors import PlaceUnknown
from app.domains.life.directory.places.model import Place
from app.domains.life.directory.places.service import PlaceService
from app.domains.life.directory.places.store import PlaceStore
from app.domains.life.directory.reviews.errors import PlaceNeverUsed, ReviewInvalid, ReviewUnknown
from app.domains.life.directory.reviews.model import (
    LONGEST_WORDS,
    Proof,
    Review,
    ReviewDraft,
    Reviewer,
    Standing,
    review_of,
)
from app.domains.life.directory.reviews.store import ReviewStore

WRITTEN = Limit("place_review", 20, timedelta(days=1))
_ID = TypeAdapter(str)


class Words(Protocol):
    """What may be said in public."""

    def public(self, raw: str, field: str, most: int) -> str:
        """In one spelling. Raises what the city's rules for words have against it."""
        ...

    def suspect(self, text: str) -> bool:
        """Whether somebody looks at it before others read it."""
        ...


class Reviewers(Protocol):
    async def of(self, viewer: Viewer) -> Reviewer:
        """A real person with a verified name. Raises what stands against it."""
        ...


class Proofs(Protocol):
    async def of(self, citizen: str, operator: str) -> Proof | None:
        """What shows that he used what this organisation runs."""
        ...


class Moderators(Protocol):
    async def enlist(self, review: str, author: str, tx: Tx) -> None:
        """It is looked at before others read it."""


class ReviewService:
    def __init__(
        self,
        db: Database,
        reviews: ReviewStore,
        store: PlaceStore,
        places: PlaceService,
        words: Words,
        reviewers: Reviewers,
        proofs: Proofs,
        moderators: Moderators,
        limits: Limits,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._reviews = reviews
        self._store = store
        self._places = places
        self._words = words
        self._reviewers = reviewers
        self._proofs = proofs
        self._moderators = moderators
        self._limits = limits
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def shown(self, place: str, request: PageRequest) -> Page[Review]:
        """What everybody may read of a place, the newest first."""
        return await self._reviews.shown(place, request)

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[Review]:
        return await self._reviews.of_citizen(viewer.self_only(), request)

    async def of_city(self, standing: Standing, request: PageRequest) -> Page[Review]:
        """For the desk."""
        return await self._reviews.of_city(standing, request)

    async def get(self, review: str, tx: Tx | None = None) -> Review | None:
        return await self._reviews.get(review, tx)

    async def write(self, viewer: Viewer, place: str, stars: int, words: str, key: str) -> Review:
        """One's own of this place, for the first time or anew. Raises PlaceUnknown, PlaceGone, PlaceNeverUsed,
        ReviewInvalid, what `Words` and `Reviewers` raise, RateLimited, IdempotencyConflict.
        """
        reviewer = await self._reviewers.of(viewer)
        if not 1 <= stars <= 5:
            raise ReviewInvalid("stars")
        said = self._words.public(words, "words", LONGEST_WORDS) if words.strip() else ""
        call = Call.of(viewer, "reviewPlace", key, place, stars, said)

        async def attempt() -> str:
            at = await self._places.active(place)
            draft = ReviewDraft(stars, said, await self._proof(at, reviewer.citizen), self._words.suspect(said))
            await self._limits.take(WRITTEN, reviewer.citizen)
            return await self._idempotency.once(call, _ID, lambda tx: self._written(viewer, at, reviewer, draft, tx))

        return await self._there(await self._idempotency.alike(call, _ID, attempt))

    async def withdraw(self, viewer: Viewer, review: str, key: str) -> str:
        """It is gone, and counts no more. Raises ReviewUnknown, IdempotencyConflict."""
        citizen = viewer.self_only()

        async def work(tx: Tx) -> str:
            found = await self._reviews.get(review, tx)
            if found is None or found.citizen != citizen:
                raise ReviewUnknown
            await self._gone(found, tx)
            await self._audit.record(viewer, "review.withdrawn", review, tx)
            return review

        return await self._idempotency.once(Call.of(viewer, "withdrawReview", key, review), _ID, work)

    async def turn(self, review: str, to: Standing, tx: Tx) -> None:
        """By those who moderate: it stands so from now on, and counts when it is shown."""
        was = await self._reviews.get(review, tx)
        if was is not None and was.standing is not to:
            await self._save(was.turned(to), was, tx)

    async def end_all(self, viewer: Viewer, citizen: str) -> None:
        """Who leaves the city takes his reviews with him. Safe to repeat."""

        async def work(tx: Tx) -> int:
            theirs = await self._reviews.some_of(citizen, tx)
            for one in theirs:
                await self._gone(one, tx)
            return len(theirs)

        while await self._db.transaction(work):
            pass

    async def move(self, place: str, into: str, tx: Tx) -> None:
        """Two places were one: who rated both is heard by what he said of the one that stays."""
        theirs = await self._reviews.every_of_place(place, tx)
        both = await self._reviews.who_rated(into, [one.citizen for one in theirs], tx)
        moved = [one for one in theirs if one.citizen not in both]
        await self._reviews.drop([one.id for one in theirs if one.citizen in both], tx)
        await self._reviews.hang([one.id for one in moved], into, tx)
        if not await self._store.rate_all(into, Counter(one.counted for one in moved if one.counted), tx):
            raise PlaceUnknown

    async def _written(self, viewer: Viewer, at: Place, reviewer: Reviewer, draft: ReviewDraft, tx: Tx) -> str:
        was, now = await self._reviews.of(reviewer.citizen, at.id, tx), self._clock.now()
        if was is None:
            review = review_of(at.id, reviewer, draft, now)
            await self._reviews.add(review, tx)
            await self._count(at.id, None, review.counted, tx)
        else:
            review = was.rewritten(draft, now)
            await self._save(review, was, tx)
        if review.standing is Standing.WAITING:
            await self._moderators.enlist(review.id, reviewer.citizen, tx)
        await self._audit.record(viewer, "review.written", review.id, tx, place=at.id)
        return review.id

    async def _proof(self, place: Place, citizen: str) -> Proof | None:
        """Asked for by the sort of place; of the others it is not looked for. Raises PlaceNeverUsed."""
        if not kind_of(place.kind).users_only:
            return None
        found = await self._proofs.of(citizen, place.operator) if place.operator else None
        if found is None:
            raise PlaceNeverUsed
        return found

    async def _save(self, now: Review, was: Review, tx: Tx) -> None:
        if not await self._reviews.save(now, tx):
            raise DuplicateKey("changed meanwhile")  # looked at once more, by the rules of repeats
        await self._count(now.place, was.counted, now.counted, tx)

    async def _gone(self, review: Review, tx: Tx) -> None:
        if not await self._reviews.remove(review, tx):
            raise DuplicateKey("changed meanwhile")
        await self._count(review.place, review.counted, None, tx)

    async def _count(self, place: str, was: int | None, now: int | None, tx: Tx) -> None:
        if not await self._store.rate(place, was, now, tx):
            raise PlaceUnknown

    async def _there(self, review: str) -> Review:
        found = await self._reviews.get(review)
        if found is None:
            raise ReviewUnknown
        return found
