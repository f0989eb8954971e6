"""Licences in MongoDB. One live licence per person, kind and subject by a unique index, one per source by another."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from app.core.mongo import Database, Document, DuplicateKey, Part, Tx
from app.core.person_keys import PersonKey, PersonKeys
from virtual_card.licences.model import Licence, LicenceEvent, LicenceState

_MOST = 200
_FACTS = "licence facts"


@dataclass(frozen=True, slots=True)
class Ending:
    """A licence as a list of many things shows it; `until` is the last day on which it holds."""

    id: str
    kind: str
    until: date


class LicenceStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._licences = db["licences"]
        self._numbers = db["licence_numbers"]
        self._counters = db["counters"]
        self._persons = persons

    async def next_place(self) -> int:
        """The next place in the status list. A place lost to a failed issue stays empty."""
        key = {"_id": "licence_status_index"}
        while True:
            row = await self._counters.find_one(key)
            if row is None:
                with suppress(DuplicateKey):  # another process made it a moment ago
                    await self._counters.insert_one({**key, "next": 1})
                    return 0
            elif (await self._counters.update_one({**key, "next": row["next"]}, {"$inc": {"next": 1}})).modified_count:
                return int(row["next"])

    async def places(self) -> int:
        row = await self._counters.find_one({"_id": "licence_status_index"})
        return int(row["next"]) if row else 0

    async def add(self, licence: Licence, tx: Tx) -> None:
        """Raises DuplicateKey: its number was drawn before, or a rival issued one; PersonErased."""
        key = await self._persons.sealing(licence.holder, tx)
        facts = json.dumps(dict(licence.facts), ensure_ascii=False).encode()
        held = {"_id": licence.number, "holder": licence.holder, "licence": licence.id}
        await self._numbers.insert_one(held, session=tx)
        sealed = key.seal(facts, record=licence.id, field=_FACTS)
        await self._licences.insert_one({**_row(licence), "facts": sealed}, session=tx)

    async def save(self, licence: Licence, was: Licence, tx: Tx) -> bool:
        """False when its state changed meanwhile. Its facts never change."""
        before = {"holder": was.holder, "_id": was.id, "state": was.state.value, "events": len(was.history)}
        return bool((await self._licences.update_one(before, {"$set": _row(licence)}, session=tx)).modified_count)

    async def get(self, licence: str, holder: str, tx: Tx | None = None) -> Licence | None:
        return await self._one({"holder": holder, "_id": licence}, tx)

    def ending(self, holder: str, today: date, until: date, most: int) -> Part[Ending]:
        """Those that hold today and end by that day; the soonest first."""
        days = {"$gte": today.isoformat(), "$lte": until.isoformat()}
        which = {"holder": holder, "live": True, "state": LicenceState.ACTIVE.value, "valid_until": days}
        steps: list[Document] = [{"$match": which}, {"$sort": {"valid_until": 1}}, {"$limit": most}]
        return Part("licences", [*steps, {"$project": {"kind": 1, "valid_until": 1}}], _ending)

    async def from_source(self, holder: str, source: str, tx: Tx) -> Licence | None:
        return await self._one({"holder": holder, "source": source}, tx)

    async def live(self, holder: str, kind: str, subject: str, tx: Tx) -> Licence | None:
        return await self._one({"holder": holder, "kind": kind, "subject": subject, "live": True}, tx)

    async def by_number(self, number: str, tx: Tx | None = None) -> Licence | None:
        found = await self._numbers.find_one({"_id": number}, session=tx)
        return await self.get(found["licence"], found["holder"], tx) if found else None

    async def of(self, holder: str, kinds: Collection[str] | None = None) -> list[Licence]:
        """Newest first; one person has few. Of these kinds, or of all."""
        which: Document = {"holder": holder}
        if kinds is not None:
            which["kind"] = {"$in": sorted(set(kinds))}
        rows = await self._licences.find(which).sort("_id", -1).limit(_MOST).to_list(None)
        key = await self._persons.of(holder)
        return [_licence(row, key) for row in rows]

    async def live_of(self, holder: str, tx: Tx) -> list[Licence]:
        rows = await self._licences.find({"holder": holder, "live": True}, session=tx).to_list(None)
        key = await self._persons.of(holder, tx)
        return [_licence(row, key) for row in rows]

    async def expiring_by(self, today: date, day: date) -> AsyncIterator[Licence]:
        """Active ones whose last day lies between the two, and whose holders were not told yet."""
        days = {"$gte": today.isoformat(), "$lte": day.isoformat()}
        which = {"state": LicenceState.ACTIVE.value, "valid_until": days, "told_of_expiry": None}
        async for row in self._licences.find(which):
            yield _licence(row, await self._persons.of(row["holder"]))

    async def mark_told_of_expiry(self, licence: Licence, tx: Tx) -> bool:
        """True the first time."""
        untold = {"holder": licence.holder, "_id": licence.id, "told_of_expiry": None}
        change = {"$set": {"told_of_expiry": True}}
        return bool((await self._licences.update_one(untold, change, session=tx)).modified_count)

    async def barred(self) -> list[int]:
        """Places in the status list of all that are suspended, revoked or replaced."""
        states = [LicenceState.SUSPENDED.value, LicenceState.REVOKED.value, LicenceState.REPLACED.value]
        rows = await self._licences.find({"state": {"$in": states}}, {"_id": 0, "status_index": 1}).to_list(None)
        return [row["status_index"] for row in rows]

    async def _one(self, which: Mapping[str, object], tx: Tx | None) -> Licence | None:
        row = await self._licences.find_one(dict(which), session=tx)
        return _licence(row, await self._persons.of(row["holder"], tx)) if row else None


def _row(licence: Licence) -> Document:
    return {
        "_id": licence.id,
        "number": licence.number,
        "kind": licence.kind,
        "holder": licence.holder,
        "issuer": licence.issuer,
        "issued_at": licence.issued_at,
        "valid_from": licence.valid_from.isoformat(),
        "valid_until": licence.valid_until.isoformat() if licence.valid_until else None,
        "state": licence.state.value,
        "live": licence.live,
        "source": licence.source,
        "sourced": licence.source is not None,  # what the unique index of sources looks at
        "subject": licence.subject,
        "status_index": licence.status_index,
        "history": [
            {"state": e.state.value, "at": e.at, "actor": e.actor, "reason": e.reason} for e in licence.history
        ],
        "events": len(licence.history),
    }


def _licence(row: Document, key: PersonKey) -> Licence:
    return Licence(
        id=row["_id"],
        number=row["number"],
        kind=row["kind"],
        holder=row["holder"],
        issuer=row["issuer"],
        facts=json.loads(key.shown(row["facts"], record=row["_id"], field=_FACTS) or "{}"),
        issued_at=row["issued_at"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_until=date.fromisoformat(row["valid_until"]) if row["valid_until"] else None,
        state=LicenceState(row["state"]),
        source=row["source"],
        subject=row["subject"],
        status_index=row["status_index"],
        history=tuple(LicenceEvent(LicenceState(e["state"]), e["at"], e["actor"], e["reason"]) for e in row["history"]),
    )


def _ending(row: Document) -> Ending:
    return Ending(row["_id"], row["kind"], date.fromisoformat(row["valid_until"]))
