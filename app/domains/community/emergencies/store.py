"""Emergency calls in MongoDB. Where somebody was is sealed under his key, and can be forgotten by itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from app.core.ids import first_id
from app.core.mongo import Database, Document, Tx, insert_rows, page_rows, rivals_look_again
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.core.places.model import Point
from app.domains.community.emergencies.model import (
    LOOK,
    PLACE_KEPT,
    Emergency,
    EmergencyEnd,
    EmergencyNumber,
    EmergencyState,
    Spot,
)

BOARD = "city"
"""What the centre's boards listen to."""
_PLACE = "emergency place"
_MOST = 200


class EmergencyStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._rows = db["emergencies"]
        self._looks = db["emergency_looks"]
        self._persons = persons

    async def add(self, one: Emergency, tx: Tx) -> None:
        key = await self._persons.sealing(one.citizen, tx)
        await self._rows.insert_one(_row(one, key), session=tx)

    async def get(self, id_: str, tx: Tx | None = None) -> Emergency | None:
        row = await self._rows.find_one({"_id": id_}, session=tx)
        return _emergency(row, await self._persons.of(row["citizen"], tx)) if row else None

    async def of_citizen(self, citizen: str, request: PageRequest) -> Page[Emergency]:
        """The newest first."""
        rows = await page_rows(self._rows, {"citizen": citizen}, request)
        return Page.cut(await self._read(rows), request)

    async def page(self, state: EmergencyState | None, side: str | None, request: PageRequest) -> Page[Emergency]:
        """The newest first, of test citizens of the organisation `side`; None: real ones."""
        which: Document = {"test_of": side, **({"state": state.value} if state else {})}
        return Page.cut(await self._read(await page_rows(self._rows, which, request)), request)

    async def open_since(self, since: datetime, side: str | None, tx: Tx) -> list[Emergency]:
        """Those with a place that nobody has taken or ended, the newest first."""
        open_ = {"test_of": side, "state": EmergencyState.OPEN.value, "_id": {"$gte": first_id(since)}}
        found = self._rows.find({**open_, "spot": {"$ne": None}}, session=tx).sort("_id", -1).limit(_MOST)
        return await self._read(await found.to_list(None))

    async def not_looked(self, calls: Sequence[Emergency], by: str, now: datetime, tx: Tx) -> list[Emergency]:
        """Which of them he has not looked at in this hour: from now on he has."""
        ids = {f"{one.id}:{by}:{int(now.timestamp() // LOOK.total_seconds())}": one for one in calls}
        known = await self._looks.find({"_id": {"$in": sorted(ids)}}, {"_id": 1}, session=tx).to_list(None)
        new = {id_: one for id_, one in ids.items() if id_ not in {row["_id"] for row in known}}
        with rivals_look_again():
            await insert_rows(self._looks, [{"_id": id_, "tidy_at": now + 2 * LOOK} for id_ in new], tx)
        return list(new.values())

    async def save(self, one: Emergency, tx: Tx) -> bool:
        """The next version, without its place; False when it was changed meanwhile."""
        change = {
            "state": one.state.value,
            "organisation": one.organisation,
            "taken_by": one.taken_by,
            "taken_at": one.taken_at,
            "case": one.case,
            "end": one.end.value if one.end else None,
            "ended_at": one.ended_at,
            "rev": one.rev,
        }
        before = {"_id": one.id, "rev": one.rev - 1}
        return bool((await self._rows.update_one(before, {"$set": change}, session=tx)).modified_count)

    async def forget_places(self, now: datetime) -> int:
        """Of those whose time is over; how many."""
        over: Document = {"forget_at": {"$lte": now}}
        gone = await self._rows.update_many(over, {"$set": {"spot": None}, "$unset": {"forget_at": ""}})
        return int(gone.modified_count)

    async def _read(self, rows: Sequence[Document]) -> list[Emergency]:
        keys = await self._persons.many(row["citizen"] for row in rows)
        return [_emergency(row, keys[row["citizen"]]) for row in rows]


def _row(one: Emergency, key: PersonKey) -> Document:
    row: Document = {
        "_id": one.id,
        "board": BOARD,
        "citizen": one.citizen,
        "number": one.number.value,
        "at": one.at,
        "spot": None,
        "told_place": one.told_place,
        "state": one.state.value,
        "organisation": None,
        "taken_by": None,
        "taken_at": None,
        "case": None,
        "end": None,
        "ended_at": None,
        "test_of": one.test_of,
        "rev": one.rev,
    }
    if one.spot is not None:
        text = json.dumps([one.spot.point.latitude, one.spot.point.longitude, one.spot.accuracy])
        row["spot"] = key.seal_text(text, record=one.id, field=_PLACE)
        row["forget_at"] = one.at + PLACE_KEPT
    return row


def _emergency(row: Document, key: PersonKey) -> Emergency:
    return Emergency(
        id=row["_id"],
        citizen=row["citizen"],
        number=EmergencyNumber(row["number"]),
        at=row["at"],
        spot=_spot(key.shown(row["spot"], record=row["_id"], field=_PLACE)),
        told_place=row["told_place"],
        state=EmergencyState(row["state"]),
        organisation=row["organisation"],
        taken_by=row["taken_by"],
        taken_at=row["taken_at"],
        case=row["case"],
        end=EmergencyEnd(row["end"]) if row["end"] else None,
        ended_at=row["ended_at"],
        test_of=row.get("test_of"),
        rev=row["rev"],
    )


def _spot(text: str | None) -> Spot | None:
    if text is None:
        return None
    latitude, longitude, accuracy = json.loads(text)
    return Spot(Point(latitude, longitude), accuracy)
