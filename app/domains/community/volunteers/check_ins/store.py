"""Check-ins in MongoDB, each under its activity and citizen, and where each citizen was last. Places are sealed under
his key; the last one is forgotten after some days.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection
from datetime import timedelta

from app.core.mongo import Database, Document, Tx
from app.core.person_keys import PersonKey, PersonKeys
from app.core.places.model import Point
from app.domains.community.volunteers.check_ins.model import CheckIn, Fix, Presence

_PLACE = "check-in place"
_LAST = "last check-in place"
_KEPT = timedelta(days=2)
_AT_ONCE = 500


class CheckInStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._check_ins = db["volunteer_check_ins"]
        self._presences = db["volunteer_presences"]
        self._persons = persons

    async def get(self, activity: str, citizen: str, tx: Tx | None = None) -> CheckIn | None:
        row = await self._check_ins.find_one({"_id": f"{activity}:{citizen}"}, session=tx)
        return _check_in(row, await self._persons.of(citizen, tx)) if row else None

    async def add(self, one: CheckIn, tx: Tx) -> None:
        """Raises DuplicateKey: he is in already."""
        key = await self._persons.sealing(one.citizen, tx)
        await self._check_ins.insert_one(_row(one, key), session=tx)

    async def set_out(self, one: CheckIn, tx: Tx) -> bool:
        """False when he was out already."""
        change = {"$set": {"out_at": one.out_at, "out_by": one.out_by}}
        done = await self._check_ins.update_one({"_id": one.id, "out_at": None}, change, session=tx)
        return bool(done.modified_count)

    async def among(self, activity: str, citizens: Collection[str]) -> dict[str, CheckIn]:
        """Of these people, by citizen; without places."""
        ids = [f"{activity}:{citizen}" for citizen in sorted(citizens)]
        rows = await self._check_ins.find({"_id": {"$in": ids}}).to_list(None) if ids else []
        return {row["citizen"]: _check_in(row, None) for row in rows}

    async def of_citizen(self, citizen: str, activities: Collection[str]) -> dict[str, CheckIn]:
        """By activity; without places."""
        ids = [f"{activity}:{citizen}" for activity in sorted(activities)]
        rows = await self._check_ins.find({"_id": {"$in": ids}, "citizen": citizen}).to_list(None) if ids else []
        return {row["activity"]: _check_in(row, None) for row in rows}

    async def alike(self, activity: str, field: str, value: str, most: int = 50) -> list[str]:
        """Citizens whose check-in has the same `device` or `spot`."""
        rows = (
            await self._check_ins.find({"activity": activity, field: value}, {"citizen": 1}).limit(most).to_list(None)
        )
        return [row["citizen"] for row in rows]

    async def all_of(self, activity: str, tx: Tx | None = None) -> AsyncIterator[CheckIn]:
        """By citizen; without places."""
        after = ""
        while True:
            which = {"activity": activity, "citizen": {"$gt": after}}
            found = self._check_ins.find(which, session=tx).sort("citizen", 1).limit(_AT_ONCE)
            rows = await found.to_list(None)
            for row in rows:
                yield _check_in(row, None)
            if len(rows) < _AT_ONCE:
                return
            after = rows[-1]["citizen"]

    async def count(self, activity: str) -> int:
        return await self._check_ins.count_documents({"activity": activity})

    # Where somebody was last

    async def presence(self, citizen: str, tx: Tx) -> Presence | None:
        row = await self._presences.find_one({"_id": citizen}, session=tx)
        if row is None:
            return None
        text = (await self._persons.of(citizen, tx)).shown(row["place"], record=citizen, field=_LAST)
        return Presence(citizen, row["activity"], row["until"], row["at"], _fix(text))

    async def be(self, one: Presence, tx: Tx) -> None:
        assert one.fix is not None
        key = await self._persons.sealing(one.citizen, tx)
        row = {
            "activity": one.activity,
            "until": one.until,
            "at": one.at,
            "place": key.seal_text(_text(one.fix), record=one.citizen, field=_LAST),
            "tidy_at": one.until + _KEPT,
        }
        await self._presences.update_one({"_id": one.citizen}, {"$set": row}, upsert=True, session=tx)

    async def leave(self, citizen: str, activity: str, tx: Tx) -> None:
        """He was checked out by somebody else: where he is now is not known."""
        mine = {"_id": citizen, "activity": activity}
        await self._presences.update_one(mine, {"$set": {"activity": None}}, session=tx)


def _text(fix: Fix) -> str:
    return json.dumps([fix.point.latitude, fix.point.longitude, fix.accuracy])


def _fix(text: str | None) -> Fix | None:
    if text is None:
        return None
    latitude, longitude, accuracy = json.loads(text)
    return Fix(Point(latitude, longitude), accuracy)


def _row(one: CheckIn, key: PersonKey) -> Document:
    assert one.fix is not None
    return {
        "_id": one.id,
        "activity": one.activity,
        "citizen": one.citizen,
        "organisation": one.organisation,
        "at": one.at,
        "metres": one.metres,
        "device": one.device,
        "spot": one.spot,
        "place": key.seal_text(_text(one.fix), record=one.id, field=_PLACE),
        "too_fast": one.too_fast,
        "out_at": one.out_at,
        "out_by": one.out_by,
    }


def _check_in(row: Document, key: PersonKey | None) -> CheckIn:
    return CheckIn(
        activity=row["activity"],
        citizen=row["citizen"],
        organisation=row["organisation"],
        at=row["at"],
        metres=row["metres"],
        device=row["device"],
        spot=row["spot"],
        fix=_fix(key.shown(row["place"], record=row["_id"], field=_PLACE)) if key else None,
        too_fast=row["too_fast"],
        out_at=row["out_at"],
        out_by=row["out_by"],
    )
