"""Inbox, reachable phones and deliveries in MongoDB."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.core.ids import new_id
from app.core.mongo import Database, Document, DuplicateKey
from app.core.outbox import Event
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.core.sealed import KeyRing
from notifications.channels.base import Delivery, DeliveryOutcome
from notifications.model import Message, PushDevice

MOST_UNREAD = 99
_HEARD_OF = timedelta(days=60)


class InboxStore:
    def __init__(self, db: Database) -> None:
        self._inbox = db["inbox"]

    async def add(self, event: Event) -> Message:
        """The message of this event, written once: a repeat finds the first one."""
        row = {
            "_id": new_id(),
            "message": event.id,
            "citizen": event.citizen,
            "event": event.type,
            "facts": dict(event.facts),
            "at": event.at,
            "read_at": None,
        }
        try:
            await self._inbox.insert_one(row)
        except DuplicateKey:
            found = await self._inbox.find_one({"citizen": event.citizen, "message": event.id})
            row = found or row
        return message_of(row)

    async def page(self, citizen: str, request: PageRequest) -> Page[Message]:
        """Newest first."""
        whose: Document = {"citizen": citizen}
        before = {**whose, "_id": {"$lt": request.after}} if request.after else whose
        rows = await self._inbox.find(before).sort("_id", -1).limit(request.first + 1).to_list(None)
        return Page.cut([message_of(row) for row in rows], request)

    async def get(self, citizen: str, message: str) -> Message | None:
        row = await self._inbox.find_one({"citizen": citizen, "_id": message})
        return message_of(row) if row else None

    async def unread(self, citizen: str) -> int:
        """How many are unread, counted up to 99."""
        return await self._inbox.count_documents({"citizen": citizen, "read_at": None}, limit=MOST_UNREAD)

    async def mark_read(self, citizen: str, message: str, at: datetime) -> None:
        """The first time counts."""
        unread = {"citizen": citizen, "_id": message, "read_at": None}
        await self._inbox.update_one(unread, {"$set": {"read_at": at}})


class PushDeviceStore:
    def __init__(self, db: Database, ring: KeyRing, persons: PersonKeys) -> None:
        self._devices = db["push_devices"]
        self._ring = ring
        self._persons = persons

    async def put(self, device: PushDevice, at: datetime) -> None:
        """Reach this phone for this session only: whoever was signed in on it before is not heard there any more."""
        token_hash = self._ring.keyed_hash(device.token, kind="push token")
        await self._devices.delete_many({"token_hash": token_hash, "_id": {"$ne": device.session}})
        key = await self._persons.sealing(device.citizen)
        row = {
            "token_hash": token_hash,
            # An app registers at each start; a phone not heard of for as long as a session lives is not rung.
            "tidy_at": at + _HEARD_OF,
            "citizen": device.citizen,
            "token": key.seal_text(device.token, record=device.session, field="push token"),
            "locale": device.locale,
        }
        await self._devices.update_one({"_id": device.session}, {"$set": row}, upsert=True)

    async def of(self, citizen: str, at: datetime) -> list[PushDevice]:
        rows = (
            await self._devices.find({"citizen": citizen, "tidy_at": {"$gt": at}})
            .sort("_id", 1)
            .limit(50)
            .to_list(None)
        )
        key = await self._persons.of(citizen)
        return [device for row in rows if (device := _device(row, key))]

    async def drop(self, session: str) -> None:
        await self._devices.delete_one({"_id": session})


def _device(row: Document, key: PersonKey) -> PushDevice | None:
    """None when its owner was erased: nobody is rung there."""
    token = key.shown(row["token"], record=row["_id"], field="push token")
    return PushDevice(row["_id"], row["citizen"], token, row["locale"]) if token else None


class DeliveryStore:
    """What became of each message at each phone. Once settled, it is not sent again."""

    def __init__(self, db: Database) -> None:
        self._deliveries = db["deliveries"]

    async def settled(self, message: str, devices: Sequence[PushDevice]) -> set[str]:
        ids = [_delivery_id(message, device) for device in devices]
        rows = await self._deliveries.find({"_id": {"$in": ids}}).to_list(None)
        return {row["device"] for row in rows if row["outcome"] != DeliveryOutcome.RETRY.value}

    async def record(self, message: str, device: PushDevice, delivery: Delivery, at: datetime) -> None:
        row = {
            "message": message,
            "device": device.session,
            "outcome": delivery.outcome.value,
            "provider_id": delivery.provider_id,
            "at": at,
        }
        await self._deliveries.update_one({"_id": _delivery_id(message, device)}, {"$set": row}, upsert=True)


def _delivery_id(message: str, device: PushDevice) -> str:
    return f"{message}:{device.session}"


def message_of(row: Document) -> Message:
    return Message(row["_id"], row["citizen"], row["event"], row["facts"], row["at"], row["read_at"])
