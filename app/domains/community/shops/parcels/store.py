"""Parcels in MongoDB: what they are and their codes sealed under the key of whoever they are for."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime

from app.core.mongo import Database, Document, Part, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.core.said import Said
from app.domains.community.shops.parcels.model import Parcel, ParcelState
from app.domains.community.shops.store import shop_name

SAID = "parcel"


class ParcelStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._parcels = db["shop_parcels"]
        self._persons = persons

    async def add(self, one: Parcel, tx: Tx) -> None:
        key = await self._persons.sealing(one.citizen, tx)
        said = key.seal_text(json.dumps([one.label, one.code], ensure_ascii=False), record=one.id, field=SAID)
        row = {"_id": one.id, "shop": one.shop, "citizen": one.citizen, "said": said, "announced_at": one.announced_at}
        row |= _moving(one)
        await self._parcels.insert_one(row, session=tx)

    async def save(self, one: Parcel, was: Parcel, tx: Tx) -> bool:
        """False when it was changed meanwhile."""
        before = {"_id": was.id, "rev": was.rev}
        return bool((await self._parcels.update_one(before, {"$set": _moving(one)}, session=tx)).modified_count)

    async def get(self, parcel: str, tx: Tx | None = None) -> Parcel | None:
        return next(iter(await self._found({"_id": parcel}, tx)), None)

    async def some(self, citizen: str, parcels: Collection[str], tx: Tx) -> list[Parcel]:
        """The citizen's own."""
        return await self._found({"_id": {"$in": sorted(parcels)}, "citizen": citizen}, tx)

    async def of_order(self, parcels: Collection[str], tx: Tx) -> list[Parcel]:
        return await self._found({"_id": {"$in": sorted(parcels)}}, tx) if parcels else []

    async def mine(self, citizen: str, request: PageRequest) -> Page[Parcel]:
        rows = await page_rows(self._parcels, {"citizen": citizen}, request)
        return Page.cut(await self._all(rows), request)

    async def at_shop(self, shop: str, state: ParcelState, request: PageRequest) -> Page[Parcel]:
        rows = await page_rows(self._parcels, {"shop": shop, "state": state.value}, request)
        return Page.cut(await self._all(rows), request)

    def waiting(self, citizen: str, most: int) -> Part[tuple[Parcel, Said]]:
        """At stations, what is returned soonest first, each with the name of its station."""
        which = {"citizen": citizen, "state": ParcelState.WAITING.value}
        named = {"from": "shops", "localField": "shop", "foreignField": "_id", "as": "shops"}
        soonest: list[Document] = [{"$match": which}, {"$sort": {"keep_until": 1}}, {"$limit": most}]
        return Part("shop_parcels", [*soonest, {"$lookup": named}], lambda row: (_parcel(row, None), shop_name(row)))

    async def due(self, now: datetime, most: int) -> list[str]:
        """Those that are told of or returned now."""
        found = self._parcels.find({"look_at": {"$lte": now}}, {"_id": 1}).sort("look_at", 1).limit(most)
        return [row["_id"] for row in await found.to_list(None)]

    async def _found(self, which: Document, tx: Tx | None) -> list[Parcel]:
        return await self._all(await self._parcels.find(which, session=tx).to_list(None), tx)

    async def _all(self, rows: Sequence[Document], tx: Tx | None = None) -> list[Parcel]:
        keys = await self._persons.many({row["citizen"] for row in rows}, tx)
        return [_parcel(row, keys[row["citizen"]]) for row in rows]


def _moving(one: Parcel) -> Document:
    times = {"keep_until": one.keep_until, "look_at": one.look_at, "tidy_at": one.tidy_at}
    return {"state": one.state.value, "order": one.order, **times, "rev": one.rev}


def _parcel(row: Document, key: PersonKey | None) -> Parcel:
    """Without a key, without what is sealed."""
    text = key.shown(row["said"], record=row["_id"], field=SAID) if key else None
    label, code = json.loads(text) if text else ("", "")
    return Parcel(
        id=row["_id"],
        shop=row["shop"],
        citizen=row["citizen"],
        state=ParcelState(row["state"]),
        announced_at=row["announced_at"],
        keep_until=row["keep_until"],
        label=label,
        code=code,
        order=row["order"],
        look_at=row["look_at"],
        tidy_at=row["tidy_at"],
        rev=row["rev"],
    )
