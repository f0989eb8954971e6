"""The catalogue in MongoDB: a row a version of an item, a row an item at a unit.

`rank` puts what is asked for most first and is unique, so that a list by it has a keyset cursor. `shown` says whether
people find the row; the `current` version of a code is one, by a unique index.
"""

from __future__ import annotations

import json
from collections.abc import Collection as Among
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.mongo import Database, Document, Tx, insert_rows, page_rows
from app.core.paging import Page, PageRequest
from app.core.said import said_of, said_pair
from app.domains.government.catalogue.model import (
    Audience,
    Category,
    Channel,
    Depth,
    Fee,
    Item,
    ItemState,
    ItemStep,
    LifeEvent,
    Material,
    MaterialForm,
    Offer,
    OfferState,
    Step,
)
from app.domains.identity.citizens.model import areas_of
from app.domains.identity.organisations.model import Level

_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Shelf:
    """Which of the items that people find: all of these at once; None is any."""

    category: Category | None = None
    life_event: LifeEvent | None = None
    owner: str | None = None
    audience: Audience | None = None
    level: Level | None = None
    visits: int | None = None


class ItemStore:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._items = db["service_items"]

    async def current(self, code: str, tx: Tx | None = None) -> Item | None:
        row = await self._items.find_one({"code": code, "current": True}, session=tx)
        return item_of(row) if row else None

    async def newest(self, code: str, tx: Tx | None = None) -> Item | None:
        """The highest version, a draft too."""
        row = await self._items.find_one({"code": code}, sort=[("version", -1)], session=tx)
        return item_of(row) if row else None

    async def newest_of(self, codes: Among[str], tx: Tx | None = None) -> dict[str, Item]:
        rows = self._items.find({"code": {"$in": sorted(codes)}}, session=tx).sort([("code", 1), ("version", 1)])
        return {row["code"]: item_of(row) for row in await rows.to_list(None)}

    async def version(self, code: str, version: int) -> Item | None:
        """One that was published, at some time."""
        row = await self._items.find_one({"code": code, "version": version, "state": {"$ne": ItemState.DRAFT.value}})
        return item_of(row) if row else None

    async def at(self, code: str, version: int) -> Item | None:
        """Whatever its state."""
        row = await self._items.find_one({"_id": f"{code}@{version}", "code": code})
        return item_of(row) if row else None

    async def currents(self, codes: Among[str], tx: Tx | None = None) -> list[Item]:
        rows = await self._items.find({"code": {"$in": sorted(codes)}, "current": True}, session=tx).to_list(None)
        return [item_of(row) for row in rows]

    async def versions(self, code: str) -> list[Item]:
        """Newest first."""
        rows = await self._items.find({"code": code}).sort("version", -1).limit(100).to_list(None)
        return [item_of(row) for row in rows]

    async def shown_after(self, code: str, most: int = 500) -> list[Item]:
        """What people find, by code, after this one: how the whole is walked."""
        rows = self._items.find({"shown": True, "code": {"$gt": code}}).sort("code", 1).limit(most)
        return [item_of(row) for row in await rows.to_list(None)]

    async def on(self, shelf: Shelf, request: PageRequest) -> Page[Item]:
        """What people find, the most asked for first; the cursor is `rank_of`."""
        rows = await page_rows(self._items, {"shown": True, **_shelf(shelf)}, request, by="rank", newest=False)
        return Page.cut([item_of(row) for row in rows], request)

    async def of_owners(self, owners: Among[str], state: ItemState | None, request: PageRequest) -> Page[Item]:
        """All versions of the items of these units, by version's id."""
        which: Document = {"owner": {"$in": sorted(owners)}, **({"state": state.value} if state else {})}
        rows = await page_rows(self._items, which, request, newest=False)
        return Page.cut([item_of(row) for row in rows], request)

    async def in_state(self, state: ItemState, request: PageRequest) -> Page[Item]:
        rows = await page_rows(self._items, {"state": state.value}, request, newest=False)
        return Page.cut([item_of(row) for row in rows], request)

    async def counted(self) -> list[tuple[Category, Depth, int, int]]:
        """Of what people find: category, depth, visits, and how many such items there are."""
        kinds = {"category": "$category", "depth": "$depth", "visits": "$visits"}
        found = await self._db.aggregate(
            "service_items", [{"$match": {"shown": True}}, {"$group": {"_id": kinds, "items": {"$sum": 1}}}]
        )
        said = ((row["_id"], row["items"]) for row in found)
        return [(Category(one["category"]), Depth(one["depth"]), one["visits"], count) for one, count in said]

    async def add(self, items: Sequence[Item], tx: Tx) -> None:
        """Raises DuplicateKey when one of these versions was made meanwhile."""
        await insert_rows(self._items, [_item_row(item) for item in items], tx)

    async def save(self, item: Item, tx: Tx) -> bool:
        """A later revision of a version; False when another wrote it meanwhile."""
        before = {"_id": item.id, "code": item.code, "revision": item.revision - 1}
        return bool((await self._items.replace_one(before, _item_row(item), session=tx)).modified_count)

    async def retire(self, codes: Among[str], tx: Tx) -> None:
        """Their current versions make room for new ones."""
        current = {"code": {"$in": sorted(codes)}, "current": True}
        await self._items.update_many(current, {"$set": {"current": False, "shown": False}}, session=tx)


class OfferStore:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._offers = db["offers"]

    async def get(self, item: str, unit: str, tx: Tx | None = None) -> Offer | None:
        row = await self._offers.find_one({"item": item, "_id": f"{item}@{unit}"}, session=tx)
        return offer_of(row) if row else None

    async def at(self, item: str, units: Among[str], tx: Tx | None = None) -> list[Offer]:
        """At these units, withdrawn ones too, by unit."""
        ids = [f"{item}@{unit}" for unit in units]
        rows = await self._offers.find({"item": item, "_id": {"$in": ids}}, session=tx).sort("_id", 1).to_list(None)
        return [offer_of(row) for row in rows]

    async def nearest(self, items: Among[str], division: str) -> dict[str, Offer]:
        """Of each item, where who lives there goes: the unit that lies furthest down the tree above him."""
        ways = [code.ljust(12, "0") for code in areas_of(division)]
        which = {"item": {"$in": sorted(items)}, "division": {"$in": ways}, "state": OfferState.OFFERED.value}
        offers = [offer_of(row) for row in await self._offers.find(which).to_list(None)]
        nearest: dict[str, Offer] = {}
        for offer in sorted(offers, key=lambda one: (ways.index(one.division), one.unit)):
            nearest[offer.item] = offer
        return nearest

    async def of_item(self, item: str, request: PageRequest) -> Page[Offer]:
        """By unit; the cursor is the unit's code."""
        # A range of `_id`, which is the item and the unit: no index of its own is needed for this order.
        within = {"$gt": f"{item}@{request.after or ''}", "$lt": f"{item}@~"}
        which = {"item": item, "_id": within, "state": OfferState.OFFERED.value}
        rows = await self._offers.find(which).sort("_id", 1).limit(request.first + 1).to_list(None)
        return Page.cut([offer_of(row) for row in rows], request)

    async def at_unit(self, unit: str, request: PageRequest) -> Page[Offer]:
        """By item, withdrawn ones too; the cursor is the item's code."""
        rows = await page_rows(self._offers, {"unit": unit}, request, by="item", newest=False)
        return Page.cut([offer_of(row) for row in rows], request)

    async def units_of(self, items: Among[str]) -> dict[str, list[str]]:
        """The units that offer each."""
        wanted = {"item": {"$in": sorted(items)}, "state": OfferState.OFFERED.value}
        found = await self._db.aggregate(
            "offers", [{"$match": wanted}, {"$group": {"_id": "$item", "units": {"$push": "$unit"}}}]
        )
        return {row["_id"]: row["units"] for row in found}

    async def at_level(self, item: str, level: Level, tx: Tx) -> list[Offer]:
        """All that are offered."""
        which = {"item": item, "level": level.value, "state": OfferState.OFFERED.value}
        return [offer_of(row) for row in await self._offers.find(which, session=tx).to_list(None)]

    async def of_all(self, item: str, tx: Tx) -> list[Offer]:
        """Offered or withdrawn."""
        return [offer_of(row) for row in await self._offers.find({"item": item}, session=tx).to_list(None)]

    async def counted(self) -> dict[Level, int]:
        """How many offers there are at each level."""
        offered = {"state": OfferState.OFFERED.value}
        return {level: await self._offers.count_documents({"level": level.value, **offered}) for level in Level}

    async def add(self, offers: Sequence[Offer], tx: Tx) -> None:
        """Raises DuplicateKey."""
        await insert_rows(self._offers, [_offer_row(offer) for offer in offers], tx)

    async def put(self, offers: Sequence[Offer], tx: Tx) -> None:
        """In place of what was said of these units before. All are of one item."""
        ids = [offer.id for offer in offers]
        await self._offers.delete_many({"item": offers[0].item, "_id": {"$in": ids}}, session=tx)
        await self.add(offers, tx)

    async def offer_again(self, item: str, units: Among[str], tx: Tx) -> int:
        """How many were withdrawn until now; what was said of the place still holds."""
        ids = [f"{item}@{unit}" for unit in units]
        which = {"item": item, "_id": {"$in": ids}, "state": OfferState.WITHDRAWN.value}
        change = {"$set": {"state": OfferState.OFFERED.value}}
        return int((await self._offers.update_many(which, change, session=tx)).modified_count)

    async def withdraw(self, item: str, units: Among[str], tx: Tx) -> int:
        """How many were offered until now."""
        ids = [f"{item}@{unit}" for unit in units]
        which = {"item": item, "_id": {"$in": ids}, "state": OfferState.OFFERED.value}
        change = {"$set": {"state": OfferState.WITHDRAWN.value}}
        return int((await self._offers.update_many(which, change, session=tx)).modified_count)

    async def make_offered(self, offers: Sequence[Offer], tx: Tx) -> int:
        """Those that are there keep what is said of the place; how many were not offered until now."""
        keys = {"item": {"$in": sorted({one.item for one in offers})}, "_id": {"$in": [one.id for one in offers]}}
        rows = await self._offers.find(keys, {"item": 1, "state": 1}, session=tx).to_list(None) if offers else []
        there = {row["_id"] for row in rows}
        missing = [one for one in offers if one.id not in there]
        await self.add(missing, tx)
        gone = [row["_id"] for row in rows if row["state"] == OfferState.WITHDRAWN.value]
        if gone:
            change = {"$set": {"state": OfferState.OFFERED.value}}
            await self._offers.update_many({**keys, "_id": {"$in": gone}}, change, session=tx)
        return len(missing) + len(gone)

    async def load(self, offers: Iterable[Offer]) -> int:
        """Many thousands at once, outside a transaction, for a seed; those that are there already stay as they are."""
        count, rows = 0, list[Document]()
        for offer in offers:
            rows.append(_offer_row(offer))
            if len(rows) == _AT_ONCE:
                count, rows = count + await self._loaded(rows), []
        return count + await self._loaded(rows)

    async def _loaded(self, rows: list[Document]) -> int:
        if not rows:
            return 0
        ids = [row["_id"] for row in rows]
        there = {row["_id"] for row in await self._offers.find({"_id": {"$in": ids}}, {"_id": 1}).to_list(None)}
        missing = [row for row in rows if row["_id"] not in there]
        if missing:
            await self._offers.insert_many(missing, ordered=False)
        return len(missing)


def rank_of(item: Item) -> str:
    """The most asked for first, then by code."""
    return f"{100 - item.popularity:03d} {item.code}"


def item_of(row: Document) -> Item:
    """As the change stream gives it, too."""
    return Item(
        code=row["code"],
        version=row["version"],
        state=ItemState(row["state"]),
        owner=row["owner"],
        name=said_of(row["name"]),
        category=Category(row["category"]),
        audience=frozenset(map(Audience, row["audience"])),
        levels=frozenset(map(Level, row["levels"])),
        visits=row["visits"],
        depth=Depth(row["depth"]),
        statutory_days=row["statutory_days"],
        promised_days=row["promised_days"],
        published_at=row["published_at"],
        also=tuple(row["also"]),
        life_events=frozenset(map(LifeEvent, row["life_events"])),
        fees=tuple(Fee(fee["amount"], said_of(fee["what"])) for fee in row["fees"]),
        conditions=tuple(map(said_of, row["conditions"])),
        materials=tuple(map(_material, row["materials"])),
        basis=tuple(row["basis"]),
        guide=said_of(row["guide"]),
        channels=frozenset(map(Channel, row["channels"])),
        languages=tuple(row["languages"]),
        form=_form(row["form"]),
        result=row["result"],
        popularity=row["popularity"],
        merged_into=row["merged_into"],
        current=row["current"],
        revision=row["revision"],
        history=tuple(Step(ItemStep(one["what"]), one["by"], one["at"], one["reason"]) for one in row["history"]),
    )


def offer_of(row: Document) -> Offer:
    """As the change stream gives it, too."""
    return Offer(
        item=row["item"],
        unit=row["unit"],
        level=Level(row["level"]),
        state=OfferState(row["state"]),
        promised_days=row.get("promised_days"),
        place=said_of(row["place"]) if row.get("place") else None,
        hours=said_of(row["hours"]) if row.get("hours") else None,
        phone=row.get("phone"),
        system=row.get("system"),
        division=row["division"],
    )


def _shelf(shelf: Shelf) -> Document:
    wanted = {
        "category": shelf.category,
        "life_events": shelf.life_event,
        "owner": shelf.owner,
        "audience": shelf.audience,
        "levels": shelf.level,
        "visits": shelf.visits,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _item_row(item: Item) -> Document:
    return {
        "_id": item.id,
        "code": item.code,
        "version": item.version,
        "state": item.state.value,
        "owner": item.owner,
        "name": said_pair(item.name),
        "category": item.category.value,
        "audience": sorted(item.audience),
        "levels": sorted(item.levels),
        "visits": item.visits,
        "depth": item.depth.value,
        "statutory_days": item.statutory_days,
        "promised_days": item.promised_days,
        "published_at": item.published_at,
        "also": list(item.also),
        "life_events": sorted(item.life_events),
        "fees": [{"amount": fee.amount, "what": said_pair(fee.what)} for fee in item.fees],
        "conditions": [said_pair(one) for one in item.conditions],
        "materials": [_material_row(one) for one in item.materials],
        "basis": list(item.basis),
        "guide": said_pair(item.guide),
        "channels": sorted(item.channels),
        "languages": list(item.languages),
        # As text: a schema has keys that begin with a dollar sign, and the order of its properties counts.
        "form": None if item.form is None else json.dumps(item.form, ensure_ascii=False),
        "result": item.result,
        "popularity": item.popularity,
        "merged_into": item.merged_into,
        "current": item.current,
        "shown": item.shown,
        "rank": rank_of(item),
        "revision": item.revision,
        "history": [{"what": one.what.value, "by": one.by, "at": one.at, "reason": one.reason} for one in item.history],
    }


def _offer_row(offer: Offer) -> Document:
    """Only what is said: there are a hundred thousand of them."""
    said: Document = {
        "promised_days": offer.promised_days,
        "place": said_pair(offer.place) if offer.place else None,
        "hours": said_pair(offer.hours) if offer.hours else None,
        "phone": offer.phone,
        "system": offer.system,
    }
    return {
        "_id": offer.id,
        "item": offer.item,
        "unit": offer.unit,
        "level": offer.level.value,
        "state": offer.state.value,
        "division": offer.division,
        **{name: value for name, value in said.items() if value is not None},
    }


def _material_row(one: Material) -> Document:
    row: Document = {"key": one.key, "name": said_pair(one.name), "form": one.form.value, "needed": one.needed}
    return {**row, "licence": one.licence, "data": one.data, "note": said_pair(one.note) if one.note else None}


def _material(row: Document) -> Material:
    note = said_of(row["note"]) if row["note"] else None
    form = MaterialForm(row["form"])
    return Material(row["key"], said_of(row["name"]), form, row["needed"], row["licence"], row["data"], note)


def _form(text: str | None) -> Mapping[str, Any] | None:
    return None if text is None else dict(json.loads(text))
