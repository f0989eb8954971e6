"""Reachable phones in MongoDB."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from app.core.mongo import Database, Document
from app.core.person_keys import PersonKey, PersonKeys
from app.core.sealed import KeyRing
from notifications.channels.base import PushTarget, TargetKind
from notifications.devices.model import PushDevice

_HEARD_OF = timedelta(days=60)
_MOST = 50


class PushDeviceStore:
    def __init__(self, db: Database, ring: KeyRing, persons: PersonKeys) -> None:
        self._devices = db["push_devices"]
        self._ring = ring
        self._persons = persons

    async def put(self, device: PushDevice, at: datetime) -> None:
        """Reach this phone for this session only: whoever was signed in on it before is not heard there any more."""
        token_hash = self._hash(device)
        await self._devices.delete_many({"token_hash": token_hash, "_id": {"$ne": device.session}})
        key = await self._persons.sealing(device.citizen)
        row = {
            "token_hash": token_hash,
            # An app registers at each start; a phone not heard of for as long as a session lives is not rung.
            "tidy_at": at + _HEARD_OF,
            "citizen": device.citizen,
            "kind": device.target.kind.value,
            "token": key.seal_text(device.target.value, record=device.session, field="push token"),
            "locale": device.locale,
            "seen_at": at,
        }
        await self._devices.update_one({"_id": device.session}, {"$set": row}, upsert=True)

    async def of(self, citizens: Sequence[str], at: datetime) -> Mapping[str, list[PushDevice]]:
        """The phones of each of these people, at most 50 a person."""
        which = {"citizen": {"$in": list(citizens)}, "tidy_at": {"$gt": at}}
        rows: dict[str, list[Document]] = defaultdict(list)
        async for row in self._devices.find(which):
            if len(rows[row["citizen"]]) < _MOST:
                rows[row["citizen"]].append(row)
        keys = await self._persons.many(rows)
        return {who: [device for row in some if (device := _device(row, keys[who]))] for who, some in rows.items()}

    async def drop(self, session: str) -> None:
        await self._devices.delete_one({"_id": session})

    async def drop_many(self, devices: Sequence[PushDevice]) -> None:
        """Unless they were registered anew meanwhile, under another token."""
        hashes = [self._hash(device) for device in devices]
        gone = {"_id": {"$in": [device.session for device in devices]}, "token_hash": {"$in": hashes}}
        await self._devices.delete_many(gone)

    def _hash(self, device: PushDevice) -> str:
        return self._ring.keyed_hash(device.target.value, kind="push token")


def _device(row: Document, key: PersonKey) -> PushDevice | None:
    """None when its owner was erased: nobody is rung there."""
    token = key.shown(row["token"], record=row["_id"], field="push token")
    return (
        PushDevice(row["_id"], row["citizen"], PushTarget(TargetKind(row["kind"]), token), row["locale"])
        if token
        else None
    )
