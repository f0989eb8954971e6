"""Deliveries and the day's digests in MongoDB."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial

from pymongo import UpdateOne

from app.core.mongo import Database, Document, DuplicateKey, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.sealed import KeyRing
from notifications.channels.base import DeliveryOutcome
from notifications.deliveries.model import ChannelName, Delivery, Fact, digest_id

_DIGEST_KEPT = timedelta(days=2)
_EARLY_KEPT = timedelta(days=1)


class DeliveryStore:
    """Once settled, a delivery is not sent again; facts learned later are added, each with its first time."""

    def __init__(self, db: Database) -> None:
        self._deliveries = db["deliveries"]
        self._early = db["early_reports"]

    async def settled(self, ids: Collection[str]) -> set[str]:
        rows = await self._deliveries.find({"_id": {"$in": list(ids)}}, {"_id": 1}).to_list(None)
        return {row["_id"] for row in rows}

    async def record(self, deliveries: Sequence[Delivery]) -> None:
        """The first record of each stays."""
        writes = [UpdateOne({"_id": one.id}, {"$setOnInsert": _row(one)}, upsert=True) for one in deliveries]
        if writes:
            await self._deliveries.bulk_write(writes, ordered=False)

    async def get(self, delivery: str, tx: Tx | None = None) -> Delivery | None:
        row = await self._deliveries.find_one({"_id": delivery}, session=tx)
        return _delivery(row) if row else None

    async def of_message(self, citizen: str, message: str, tx: Tx | None = None) -> list[Delivery]:
        """Of a message of this citizen."""
        rows = await self._deliveries.find({"message": message, "citizen": citizen}, session=tx).to_list(200)
        return [_delivery(row) for row in rows]

    async def of_sender(self, sender: str, key: str) -> list[Delivery]:
        """Of one of this provider's messages, by its key."""
        rows = await self._deliveries.find({"sender": sender, "key": key}).to_list(200)
        return [_delivery(row) for row in rows]

    async def read_of_city(self, citizen: str, messages: Sequence[str], at: datetime) -> None:
        """The first time counts."""
        unread = {"message": {"$in": list(messages)}, "citizen": citizen, "sender": None, "read_at": None}
        await self._deliveries.update_many(unread, {"$set": {"read_at": at}})

    async def unread_of_providers(self, citizen: str, messages: Sequence[str]) -> list[str]:
        """Ids."""
        unread = {"message": {"$in": list(messages)}, "citizen": citizen, "sender": {"$ne": None}, "read_at": None}
        return [row["_id"] for row in await self._deliveries.find(unread, {"_id": 1}).to_list(None)]

    async def newest(self, request: PageRequest, state: DeliveryOutcome | None = None) -> Page[Delivery]:
        """For the ops desk, by time of handing over."""
        rows = await page_rows(self._deliveries, {"outcome": state.value} if state else {}, request, by="seq")
        return Page.cut([_delivery(row) for row in rows], request)

    async def learn(self, delivery: str, fact: Fact, at: datetime, why: str | None, tx: Tx) -> bool:
        """Add a fact; True the first time."""
        field = f"{fact.value}_at"
        change: Document = {field: at, **({"why": why} if why else {})}
        unknown = {"_id": delivery, field: None}
        return bool((await self._deliveries.update_one(unknown, {"$set": change}, session=tx)).modified_count)

    async def park(self, delivery: str, fact: Fact, at: datetime, why: str | None, now: datetime) -> None:
        """Keep a report of what is not known (yet) for a day."""
        change: Document = {"$set": {fact.value: {"at": at, "why": why}, "tidy_at": now + _EARLY_KEPT}}
        await self._early.update_one({"_id": delivery}, change, upsert=True)

    async def parked(self, deliveries: Collection[str]) -> list[tuple[str, Fact, datetime, str | None]]:
        found = self._early.find({"_id": {"$in": list(deliveries)}})
        return [
            (row["_id"], fact, row[fact.value]["at"], row[fact.value]["why"])
            async for row in found
            for fact in Fact
            if fact.value in row
        ]


class DigestStore:
    """What waits for a person's daily digest: messages by recipient and moment."""

    def __init__(self, db: Database, ring: KeyRing) -> None:
        self._digests = db["digests"]
        self._hashed = partial(ring.keyed_hash, kind="digest")

    async def put(self, recipient: str, moment: datetime, messages: Sequence[tuple[str, str]]) -> str | None:
        """(citizen, message) pairs; repeating adds nothing. The digest's id; None when it was taken already."""
        digest = digest_id(recipient, moment, self._hashed)
        pairs = [{"citizen": citizen, "message": message} for citizen, message in messages]
        change: Document = {
            "$addToSet": {"messages": {"$each": pairs}},
            "$setOnInsert": {"recipient": recipient, "tidy_at": moment + _DIGEST_KEPT},
        }
        waiting = {"_id": digest, "taken": {"$ne": True}}
        try:
            await self._digests.update_one(waiting, change, upsert=True)
        except DuplicateKey:  # it was taken, or another began it in the same moment
            return digest if (await self._digests.update_one(waiting, change)).matched_count else None
        return digest

    async def take(self, digest: str) -> list[tuple[str, str]]:
        """What waited for it; nothing is added from now on. A repeat gives the same."""
        await self._digests.update_one({"_id": digest}, {"$set": {"taken": True}})
        row = await self._digests.find_one({"_id": digest})
        return [(one["citizen"], one["message"]) for one in row["messages"]] if row else []


def _row(delivery: Delivery) -> Document:
    return {
        "message": delivery.message,
        "key": delivery.key,
        "citizen": delivery.citizen,
        "recipient": delivery.recipient,
        "channel": delivery.channel.value,
        "target": delivery.target,
        "outcome": delivery.outcome.value,
        "at": delivery.at,
        "seq": delivery.seq,
        "sender": delivery.sender,
        "provider_id": delivery.provider_id,
        "delivered_at": delivery.delivered_at,
        "read_at": delivery.read_at,
        "bounced_at": delivery.bounced_at,
        "why": delivery.why,
        "test": delivery.test,
    }


def _delivery(row: Document) -> Delivery:
    return Delivery(
        id=row["_id"],
        key=row["key"],
        message=row["message"],
        citizen=row["citizen"],
        recipient=row["recipient"],
        channel=ChannelName(row["channel"]),
        target=row["target"],
        outcome=DeliveryOutcome(row["outcome"]),
        at=row["at"],
        sender=row["sender"],
        provider_id=row["provider_id"],
        delivered_at=row["delivered_at"],
        read_at=row["read_at"],
        bounced_at=row["bounced_at"],
        why=row["why"],
        test=row.get("test", False),
    )
