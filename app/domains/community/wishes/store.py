"""Micro-wishes in MongoDB. Their words are sealed under the key of who made them; how many one has at once is counted
in a row of his own, which two of his calls cannot pass at the same time.
"""

from __future__ import annotations

import json
from datetime import datetime

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.domains.community.wishes.model import GOING_ON, MicroWish, Whom, WishKind, WishState, WishWords

_WORDS = "wish words"
_FEW = 50


class WishStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._wishes = db["micro_wishes"]
        self._hands = db["micro_wish_hands"]
        self._persons = persons

    async def get(self, wish: str, tx: Tx | None = None) -> MicroWish | None:
        row = await self._wishes.find_one({"_id": wish}, session=tx)
        return (await self._all([row], tx))[0] if row else None

    async def add(self, one: MicroWish, tx: Tx) -> None:
        key = await self._persons.sealing(one.author, tx)
        await self._wishes.insert_one(_row(one, key), session=tx)

    async def save(self, one: MicroWish, tx: Tx) -> bool:
        """The next version; False when it was changed meanwhile: of fifty who reach for one, one saves it."""
        key = await self._persons.of(one.author, tx)
        before = {"_id": one.id, "rev": one.rev - 1}
        return bool((await self._wishes.replace_one(before, _row(one, key), session=tx)).modified_count)

    async def open(self, request: PageRequest) -> Page[MicroWish]:
        """What can be taken up, the newest first."""
        return await self._page({"state": WishState.OPEN.value, "test": False}, request)

    async def made_by(self, citizen: str, request: PageRequest) -> Page[MicroWish]:
        return await self._page({"wisher": citizen}, request)

    async def held_by(self, citizen: str, request: PageRequest) -> Page[MicroWish]:
        return await self._page({"holder": citizen}, request)

    async def of_organisation(
        self, organisation: str, state: WishState | None, request: PageRequest, *, test: bool
    ) -> Page[MicroWish]:
        which: Document = {"organisation": organisation, "test": test}
        return await self._page({**which, **({"state": state.value} if state else {})}, request)

    async def page(self, state: WishState | None, request: PageRequest) -> Page[MicroWish]:
        """For the desk."""
        return await self._page({"state": state.value} if state else {}, request)

    async def going_on_of(self, citizen: str) -> list[MicroWish]:
        """What he made or holds that has not come to its end: few, as nobody has many at once."""
        open_: Document = {"state": {"$in": [one.value for one in GOING_ON]}}
        rows = [
            *await self._wishes.find({"wisher": citizen, **open_}).limit(_FEW).to_list(None),
            *await self._wishes.find({"holder": citizen, **open_}).limit(_FEW).to_list(None),
        ]
        return await self._all(rows)

    async def due(self, now: datetime, most: int) -> list[MicroWish]:
        """Claimed or done, and the days for doing or judging them are over."""
        which = {"state": {"$in": [WishState.CLAIMED.value, WishState.DONE.value]}, "due_at": {"$lte": now}}
        return await self._all(await self._wishes.find(which).sort("due_at", 1).limit(most).to_list(None))

    async def count(self, citizen: str, what: str, by: int, most: int, tx: Tx) -> bool:
        """One more or fewer of what he has `made` or has `held` at once; False when they would be more than `most`."""
        row = await self._hands.find_one({"_id": citizen}, session=tx)
        if by > 0 and row is not None and row.get(what, 0) + by > most:
            return False
        await self._hands.update_one({"_id": citizen}, {"$inc": {what: by}}, upsert=True, session=tx)
        return True

    async def _page(self, which: Document, request: PageRequest) -> Page[MicroWish]:
        rows = await page_rows(self._wishes, which, request)
        return Page.cut(await self._all(rows), request)

    async def _all(self, rows: list[Document], tx: Tx | None = None) -> list[MicroWish]:
        keys = await self._persons.many({row["author"] for row in rows}, tx)
        return [_wish(row, keys[row["author"]]) for row in rows]


def _row(one: MicroWish, key: PersonKey) -> Document:
    return {
        "_id": one.id,
        "organisation": one.organisation,
        "author": one.author,
        "kind": one.kind.value,
        "whom": one.whom.value,
        "days": one.days,
        "state": one.state.value,
        "made_at": one.made_at,
        "words": _sealed(one, key),
        "wisher": one.wisher,
        "holder": one.holder,
        "due_at": one.due_at,
        "done_at": one.done_at,
        "confirmed_at": one.confirmed_at,
        "files": list(one.files),
        "thanks_files": list(one.thanks_files),
        "lapses": one.lapses,
        "test": one.test,
        "rev": one.rev,
    }


def _sealed(one: MicroWish, key: PersonKey) -> bytes | None:
    """None when its author was erased."""
    if one.words is None or key.secret is None:
        return None
    words = one.words
    text = json.dumps([words.title, words.text, words.answer, words.done, words.thanks], ensure_ascii=False)
    return key.seal_text(text, record=one.id, field=_WORDS)


def _wish(row: Document, key: PersonKey) -> MicroWish:
    text = key.shown(row["words"], record=row["_id"], field=_WORDS)
    return MicroWish(
        id=row["_id"],
        organisation=row["organisation"],
        kind=WishKind(row["kind"]),
        whom=Whom(row["whom"]),
        days=row["days"],
        state=WishState(row["state"]),
        made_at=row["made_at"],
        words=WishWords(*json.loads(text)) if text else None,
        wisher=row["wisher"],
        holder=row["holder"],
        due_at=row["due_at"],
        done_at=row["done_at"],
        confirmed_at=row["confirmed_at"],
        files=tuple(row["files"]),
        thanks_files=tuple(row["thanks_files"]),
        lapses=row["lapses"],
        test=row["test"],
        rev=row["rev"],
    )
