"""Cards in MongoDB. One live card per person by a unique index; numbers are unique by the `_id` of their collection."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from datetime import date, datetime

from app.core.mongo import Database, Document, DuplicateKey, Tx
from virtual_card.cards.errors import CardExists
from virtual_card.cards.model import Card, CardEvent, CardKind, CardState


class CardStore:
    def __init__(self, db: Database) -> None:
        self._cards = db["cards"]
        self._numbers = db["card_numbers"]
        self._counters = db["counters"]

    async def next_status_index(self) -> int:
        """The next place in the status list. A place lost to a failed issue stays empty."""
        key = {"_id": "card_status_index"}
        while True:
            row = await self._counters.find_one(key)
            if row is None:
                with suppress(DuplicateKey):  # another process made it a moment ago
                    await self._counters.insert_one({**key, "next": 1})
                    return 0
            # Guarded, and not find-and-modify: that one hands out a place twice on SecantusDB.
            elif (await self._counters.update_one({**key, "next": row["next"]}, {"$inc": {"next": 1}})).modified_count:
                return int(row["next"])

    async def places(self) -> int:
        row = await self._counters.find_one({"_id": "card_status_index"})
        return int(row["next"]) if row else 0

    async def add(self, card: Card, tx: Tx) -> None:
        """Raises CardExists; DuplicateKey when the number is taken (the caller draws another)."""
        await self._numbers.insert_one({"_id": card.number, "holder": card.holder, "card": card.id}, session=tx)
        try:
            await self._cards.insert_one(_row(card), session=tx)
        except DuplicateKey:
            raise CardExists from None

    async def newest_of(self, holder: str, tx: Tx | None = None) -> Card | None:
        row = await self._cards.find_one({"holder": holder}, sort=[("_id", -1)], session=tx)
        return _card(row) if row else None

    async def get(self, card: str, holder: str, tx: Tx | None = None) -> Card | None:
        row = await self._cards.find_one({"holder": holder, "_id": card}, session=tx)
        return _card(row) if row else None

    async def by_number(self, number: str, tx: Tx | None = None) -> Card | None:
        found = await self._numbers.find_one({"_id": number}, session=tx)
        return await self.get(found["card"], found["holder"], tx) if found else None

    async def by_place(self, status_index: int) -> Card | None:
        """The card whose place in the status list this is."""
        row = await self._cards.find_one({"status_index": status_index})
        return _card(row) if row else None

    async def all_of(self, holder: str) -> list[Card]:
        """Newest first; one person has few."""
        rows = await self._cards.find({"holder": holder}).sort("_id", -1).limit(50).to_list(None)
        return [_card(row) for row in rows]

    async def save(self, card: Card, was: Card, tx: Tx) -> bool:
        """False when its state changed meanwhile."""
        before = {"holder": was.holder, "_id": was.id, "state": was.state.value, "events": len(was.history)}
        # Set, not replace: the mark of having been told of the expiry stays.
        return bool((await self._cards.update_one(before, {"$set": _row(card)}, session=tx)).modified_count)

    async def expiring_by(self, today: date, day: date) -> AsyncIterator[Card]:
        """Active cards whose last day lies between the two, and whose holders were not told yet."""
        days = {"$gte": today.isoformat(), "$lte": day.isoformat()}
        async for row in self._cards.find(
            {"state": CardState.ACTIVE.value, "valid_until": days, "told_of_expiry": None}
        ):
            yield _card(row)

    async def mark_told_of_expiry(self, card: Card, tx: Tx) -> bool:
        """True the first time."""
        untold = {"holder": card.holder, "_id": card.id, "told_of_expiry": None}
        return bool(
            (await self._cards.update_one(untold, {"$set": {"told_of_expiry": True}}, session=tx)).modified_count
        )

    async def places_of(self, holders: Collection[str]) -> list[tuple[str, int, bool]]:
        """(holder, place in the status list, whether it is active) of all their cards."""
        wanted = {"_id": 0, "holder": 1, "status_index": 1, "state": 1}
        rows = await self._cards.find({"holder": {"$in": sorted(holders)}}, wanted).to_list(None)
        active = CardState.ACTIVE.value
        return [(row["holder"], row["status_index"], row["state"] == active) for row in rows]

    async def changed_since(self, since: datetime, most: int) -> list[str]:
        """Holders of cards that were issued, suspended, revoked since, one for each card; so many at most."""
        which = {"changed_at": {"$gte": since}}
        rows = await self._cards.find(which, {"_id": 0, "holder": 1}).sort("changed_at", 1).limit(most).to_list(None)
        return [row["holder"] for row in rows]

    async def barred(self) -> list[int]:
        """Places in the status list of all suspended and revoked cards."""
        states = {"state": {"$in": [CardState.SUSPENDED.value, CardState.REVOKED.value]}}
        rows = await self._cards.find(states, {"_id": 0, "status_index": 1}).to_list(None)
        return [row["status_index"] for row in rows]


def _row(card: Card) -> Document:
    return {
        "_id": card.id,
        "number": card.number,
        "holder": card.holder,
        "kind": card.kind.value,
        "state": card.state.value,
        # What the unique index of live cards looks at: an expired or revoked card makes room for the next.
        "live": card.state in (CardState.ACTIVE, CardState.SUSPENDED),
        "issued_at": card.issued_at,
        "valid_until": card.valid_until.isoformat(),
        "status_index": card.status_index,
        "history": [{"state": e.state.value, "at": e.at, "actor": e.actor, "reason": e.reason} for e in card.history],
        "events": len(card.history),
        "changed_at": card.history[-1].at if card.history else card.issued_at,
    }


def _card(row: Document) -> Card:
    return Card(
        id=row["_id"],
        number=row["number"],
        holder=row["holder"],
        kind=CardKind(row["kind"]),
        state=CardState(row["state"]),
        issued_at=row["issued_at"],
        valid_until=date.fromisoformat(row["valid_until"]),
        status_index=row["status_index"],
        history=tuple(CardEvent(CardState(e["state"]), e["at"], e["actor"], e["reason"]) for e in row["history"]),
    )
