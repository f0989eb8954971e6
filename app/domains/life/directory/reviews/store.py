"""Reviews in MongoDB, sealed under their author's key: who leaves takes his words with him."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKeys
from app.domains.life.directory.reviews.model import Proof, Rated, Review, ReviewReply, Standing

FIELD = "review words"
_AT_ONCE = 200


class ReviewStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._reviews = db["place_reviews"]
        self._persons = persons

    async def get(self, id_: str, tx: Tx | None = None) -> Review | None:
        row = await self._reviews.find_one({"_id": id_}, session=tx)
        return (await self._all([row], tx))[0] if row else None

    async def of(self, citizen: str, place: str, tx: Tx | None = None) -> Review | None:
        row = await self._reviews.find_one({"citizen": citizen, "place": place}, session=tx)
        return (await self._all([row], tx))[0] if row else None

    async def add(self, review: Review, tx: Tx) -> None:
        """Raises DuplicateKey."""
        await self._reviews.insert_one({"_id": review.id, **await self._row(review, tx)}, session=tx)

    async def save(self, review: Review, tx: Tx) -> bool:
        """False when it was changed meanwhile."""
        before = {"_id": review.id, "rev": review.rev - 1}
        changed = await self._reviews.update_one(before, {"$set": await self._row(review, tx)}, session=tx)
        return bool(changed.modified_count)

    async def remove(self, review: Review, tx: Tx) -> bool:
        """False when it was changed meanwhile."""
        return bool((await self._reviews.delete_one({"_id": review.id, "rev": review.rev}, session=tx)).deleted_count)

    async def shown(self, place: str, request: PageRequest) -> Page[Review]:
        """The newest first; the cursor is `turn_of`."""
        return await self._page({"place": place, "listed": True}, request)

    async def of_citizen(self, citizen: str, request: PageRequest) -> Page[Review]:
        return await self._page({"citizen": citizen}, request)

    async def of_city(self, standing: Standing, request: PageRequest) -> Page[Review]:
        return await self._page({"state": standing.value}, request)

    async def some_of(self, citizen: str, tx: Tx) -> list[Review]:
        rows = await self._reviews.find({"citizen": citizen}, session=tx).limit(_AT_ONCE).to_list(None)
        return await self._all(rows, tx)

    async def every_of_place(self, place: str, tx: Tx) -> list[Review]:
        return await self._all(await self._reviews.find({"place": place}, session=tx).to_list(None), tx)

    async def who_rated(self, place: str, citizens: Collection[str], tx: Tx) -> set[str]:
        which = {"citizen": {"$in": sorted(citizens)}, "place": place}
        rows = await self._reviews.find(which, {"citizen": 1}, session=tx).to_list(None)
        return {row["citizen"] for row in rows}

    async def hang(self, reviews: Collection[str], place: str, tx: Tx) -> None:
        """On another place from now on."""
        which, change = {"_id": {"$in": sorted(reviews)}}, {"$set": {"place": place}, "$inc": {"rev": 1}}
        await self._reviews.update_many(which, change, session=tx)

    async def drop(self, reviews: Collection[str], tx: Tx) -> None:
        await self._reviews.delete_many({"_id": {"$in": sorted(reviews)}}, session=tx)

    async def _page(self, which: Document, request: PageRequest) -> Page[Review]:
        return Page.cut(await self._all(await page_rows(self._reviews, which, request, by="turn")), request)

    async def _all(self, rows: list[Document], tx: Tx | None = None) -> list[Review]:
        keys = await self._persons.many({row["citizen"] for row in rows}, tx)
        opened = [keys[row["citizen"]].shown(row["words"], record=row["_id"], field=FIELD) for row in rows]
        return [_review(row, words or "") for row, words in zip(rows, opened, strict=True)]

    async def _row(self, one: Review, tx: Tx) -> Document:
        key = await self._persons.sealing(one.citizen, tx)
        reply = one.reply and {"words": one.reply.words, "by": one.reply.by, "at": one.reply.at}
        return {
            "place": one.place,
            "citizen": one.citizen,
            "name": one.name,
            "stars": one.stars,
            "words": key.seal_text(one.words, record=one.id, field=FIELD),
            "state": one.standing.value,
            "listed": one.shown,
            "at": one.at,
            "changed_at": one.changed_at,
            "turn": turn_of(one),
            "proof": one.proof.value if one.proof else None,
            "reply": reply,
            "before": [{"stars": rated.stars, "at": rated.at} for rated in one.before],
            "rev": one.rev,
        }


def turn_of(one: Review) -> str:
    """Its place in a list."""
    return f"{_stamp(one.changed_at)}~{one.id}"


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def _review(row: Document, words: str) -> Review:
    names = ("place", "citizen", "name", "stars", "at", "changed_at", "rev")
    plain: dict[str, Any] = {name: row[name] for name in names}
    return Review(
        id=row["_id"],
        words=words,
        standing=Standing(row["state"]),
        proof=Proof(row["proof"]) if row["proof"] else None,
        reply=ReviewReply(**row["reply"]) if row["reply"] else None,
        before=tuple(Rated(**rated) for rated in row["before"]),
        **plain,
    )
