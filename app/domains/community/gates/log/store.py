"""The log of gates in MongoDB. An entry by a code has the code's own id, so that no code is entered twice."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.community.gates.model import ODD, Entry, Finding, Way, turn_of

_AT_ONCE = 1_000


class LogStore:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._log = db["gate_log"]
        self._reports = db["gate_reports"]

    async def entered(self, entry: str, tx: Tx | None = None) -> Entry | None:
        row = await self._log.find_one({"_id": entry}, session=tx)
        return _entry(row) if row else None

    async def enter(self, entry: Entry, kept_days: int, tx: Tx) -> None:
        """Raises DuplicateKey: this very code was entered."""
        row = {
            "_id": entry.id,
            "estate": entry.estate,
            "gate": entry.gate,
            "way": entry.way.value,
            "at": entry.at,
            "heard_at": entry.heard_at,
            "citizen": entry.citizen,
            "household": entry.household,
            "pass": entry.pass_id,
            "offline": entry.offline,
            "out": entry.out,
            "finding": entry.finding.value,
            "odd": entry.finding in ODD,
            "turn": entry.turn,
            "tidy_at": entry.at + timedelta(days=kept_days),
        }
        await self._log.insert_one(row, session=tx)

    async def of_household(self, household: str, since: datetime, now: datetime, request: PageRequest) -> Page[Entry]:
        """Since somebody lives there, the newest first; `request.after` is a turn."""
        which = {"household": household, "tidy_at": {"$gt": now}, "at": {"$gte": since}}
        rows = await page_rows(self._log, which, request, by="turn")
        return Page.cut([_entry(row) for row in rows], request)

    async def of_estate(
        self,
        estate: str,
        since: datetime,
        now: datetime,
        request: PageRequest,
        *,
        gate: str | None = None,
        odd: bool = False,
    ) -> Page[Entry]:
        """The newest first."""
        which: Document = {"estate": estate, "tidy_at": {"$gt": now}, "at": {"$gte": since}}
        if gate is not None:
            which["gate"] = gate
        if odd:
            which["odd"] = True
        rows = await page_rows(self._log, which, request, by="turn")
        return Page.cut([_entry(row) for row in rows], request)

    async def odd_ones(self, now: datetime, request: PageRequest) -> Page[Entry]:
        """Of the city, for the desk: what gates without network let in that they should not have."""
        rows = await page_rows(self._log, {"odd": True, "tidy_at": {"$gt": now}}, request, by="turn")
        return Page.cut([_entry(row) for row in rows], request)

    async def counts(self, estate: str, since: datetime, until: datetime) -> dict[tuple[str, str], int]:
        """How many came in, by gate and way."""
        which = {"estate": estate, "turn": {"$gte": turn_of(since), "$lt": turn_of(until)}}
        group = {"_id": {"gate": "$gate", "way": "$way"}, "count": {"$sum": 1}}
        rows = await self._db.aggregate("gate_log", [{"$match": which}, {"$group": group}])
        return {(row["_id"]["gate"], row["_id"]["way"]): int(row["count"]) for row in rows}

    async def forget(self, estate: str, before: datetime) -> int:
        """Lines from before that moment; how many."""
        gone, old = 0, {"estate": estate, "turn": {"$lt": turn_of(before)}}
        while rows := await self._log.find(old, {"_id": 1}).limit(_AT_ONCE).to_list(None):
            gone += (await self._log.delete_many({"_id": {"$in": [row["_id"] for row in rows]}})).deleted_count
        return gone

    # What gates without network have reported

    async def reported(self, gate: str, marks: Collection[str]) -> set[str]:
        """Those of the marks that this gate has reported before."""
        ids = [f"{gate}:{mark}" for mark in marks]
        rows = await self._reports.find({"_id": {"$in": ids}}, {"mark": 1}).to_list(None)
        return {row["mark"] for row in rows}

    async def note_report(self, gate: str, mark: str, finding: Finding, at: datetime, tx: Tx) -> None:
        """Raises DuplicateKey: it was reported before."""
        row = {"_id": f"{gate}:{mark}", "gate": gate, "mark": mark, "finding": finding.value}
        await self._reports.insert_one({**row, "at": at, "tidy_at": at + timedelta(days=14)}, session=tx)


def _entry(row: Document) -> Entry:
    return Entry(
        id=row["_id"],
        estate=row["estate"],
        gate=row["gate"],
        way=Way(row["way"]),
        at=row["at"],
        heard_at=row["heard_at"],
        citizen=row["citizen"],
        household=row["household"],
        pass_id=row["pass"],
        offline=row["offline"],
        out=row["out"],
        finding=Finding(row["finding"]),
    )
