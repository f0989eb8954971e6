"""Rounds in MongoDB, each by its id; what officers wrote is sealed."""

from __future__ import annotations

import json
from typing import Any

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.places.model import Point
from app.core.sealed import KeyRing
from app.domains.voice.street.patrols.rounds.model import Fix, Round, Visit
from app.domains.voice.street.patrols.store import point_of, point_row

_FIELD = "round words"


class RoundStore:
    def __init__(self, db: Database, ring: KeyRing) -> None:
        self._rounds = db["patrol_rounds"]
        self._starts = db["round_starts"]
        self._ring = ring

    async def add(self, walk: Round, tx: Tx) -> None:
        """Whoever begins another one of the same officer and patrol meanwhile writes the same row of starts: one of the
        two transactions runs again, and sees this round. May raise DuplicateKey.
        """
        start, begun = {"_id": f"{walk.officer}/{walk.patrol}"}, {"$set": {"round": walk.id}}
        await self._starts.update_one(start, begun, upsert=True, session=tx)
        await self._rounds.insert_one(self._row(walk), session=tx)

    async def save(self, walk: Round, was: Round, tx: Tx) -> bool:
        """False when it was changed meanwhile."""
        before = {"_id": was.id, "rev": was.rev}
        return bool((await self._rounds.replace_one(before, self._row(walk), session=tx)).modified_count)

    async def get(self, id_: str, officer: str | None = None, tx: Tx | None = None) -> Round | None:
        """Of this officer; for his superiors, of whomever."""
        which = {"_id": id_, **({"officer": officer} if officer else {})}
        row = await self._rounds.find_one(which, session=tx)
        return self._round(row) if row else None

    async def of_key(self, officer: str, key: str, tx: Tx) -> Round | None:
        """The one that a phone began under this key, however long ago."""
        row = await self._rounds.find_one({"officer": officer, "key": key}, session=tx)
        return self._round(row) if row else None

    async def open_of(self, officer: str, patrol: str, tx: Tx) -> Round | None:
        """The newest that was not ended."""
        which = {"officer": officer, "patrol": patrol, "ended_at": None}
        row = await self._rounds.find_one(which, sort=[("_id", -1)], session=tx)
        return self._round(row) if row else None

    async def of_officer(self, officer: str, request: PageRequest) -> Page[Round]:
        """The newest first."""
        return await self._page({"officer": officer}, request)

    async def of_patrol(self, patrol: str, request: PageRequest) -> Page[Round]:
        return await self._page({"patrol": patrol}, request)

    async def page(self, request: PageRequest) -> Page[Round]:
        """For the desk, the newest first."""
        return await self._page({}, request)

    async def _page(self, which: Document, request: PageRequest) -> Page[Round]:
        rows = await page_rows(self._rounds, which, request)
        return Page.cut([self._round(row) for row in rows], request)

    def _row(self, walk: Round) -> Document:
        words = {one.key: [one.note, one.skipped] for one in walk.visits if one.note or one.skipped}
        sealed = self._ring.seal_text(json.dumps(words, ensure_ascii=False), record=walk.id, field=_FIELD)
        return {
            "_id": walk.id,
            "key": walk.key,
            "patrol": walk.patrol,
            "unit": walk.unit,
            "officer": walk.officer,
            "points": [point_row(one) for one in walk.points],
            "started_at": walk.started_at,
            "said_started_at": walk.said_started_at,
            "visits": [_visit_row(one) for one in walk.visits],
            "words": sealed,
            "ended_at": walk.ended_at,
            "said_ended_at": walk.said_ended_at,
            "test": walk.test,
            "rev": walk.rev,
        }

    def _round(self, row: Document) -> Round:
        words = json.loads(self._ring.open_text(row["words"], record=row["_id"], field=_FIELD))
        return Round(
            id=row["_id"],
            key=row["key"],
            patrol=row["patrol"],
            unit=row["unit"],
            officer=row["officer"],
            points=tuple(point_of(one) for one in row["points"]),
            started_at=row["started_at"],
            said_started_at=row["said_started_at"],
            visits=tuple(_visit(one, *words.get(one["key"], (None, None))) for one in row["visits"]),
            ended_at=row["ended_at"],
            said_ended_at=row["said_ended_at"],
            test=row["test"],
            rev=row["rev"],
        )


def _visit_row(one: Visit) -> dict[str, Any]:
    fix = one.fix
    return {
        "key": one.key,
        "point": one.point,
        "at": one.at,
        "said_at": one.said_at,
        "fix": [fix.point.latitude, fix.point.longitude, fix.accuracy] if fix else None,
        "there": one.there,
        "metres": one.metres,
        "files": list(one.files),
    }


def _visit(row: Document, note: str | None, skipped: str | None) -> Visit:
    fix = row["fix"]
    return Visit(
        key=row["key"],
        point=row["point"],
        at=row["at"],
        said_at=row["said_at"],
        fix=Fix(Point(fix[0], fix[1]), fix[2]) if fix else None,
        there=row["there"],
        metres=row["metres"],
        note=note,
        skipped=skipped,
        files=tuple(row["files"]),
    )
