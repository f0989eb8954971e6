"""Facts, cells and how far the counting is, in MongoDB.

The id of a cell is generation, grain, start and scope; that of a row of facts is generation and case. All that is read
is a range of ids, or a list of them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from datetime import datetime

from pymongo import InsertOne, ReplaceOne, UpdateOne

from app.core.mongo import Database, Document, Tx
from app.domains.voice.figures.indicators.cells.model import Cell, CellKey, Deltas, Grain, Slice, Standing
from app.domains.voice.figures.indicators.facts.model import CaseFacts, Count, Counted

_MARK = "cases"
_PER_BATCH = 1_000
_LAST = "\uffff"


class CellStore:
    def __init__(self, db: Database) -> None:
        self._cells = db["case_cells"]
        self._facts = db["case_facts"]
        self._marks = db["case_counting"]

    # How far

    async def standing(self, tx: Tx | None = None) -> Standing:
        row = await self._marks.find_one({"_id": _MARK}, session=tx)
        return Standing(row["generation"], row.get("upto"), row.get("busy_until")) if row else Standing()

    async def open(self) -> None:
        """The mark's row is there."""
        first = {"$setOnInsert": {"generation": 1}}
        await self._marks.update_one({"_id": _MARK}, first, upsert=True)

    async def advance(self, generation: int, upto: datetime, now: datetime, tx: Tx) -> bool:
        """False when another generation holds, or all is being counted anew. Whoever else counts waits for this."""
        free: Document = {"$or": [{"busy_until": None}, {"busy_until": {"$lte": now}}]}
        mine = {"_id": _MARK, "generation": generation, **free}
        change = {"$max": {"upto": upto}, "$inc": {"turns": 1}}
        return bool((await self._marks.update_one(mine, change, session=tx)).matched_count)

    async def occupy(self, was: Standing, until: datetime, now: datetime) -> bool:
        """For counting anew. False when somebody else does."""
        free: Document = {"$or": [{"busy_until": None}, {"busy_until": {"$lte": now}}]}
        mine = {"_id": _MARK, "generation": was.generation, **free}
        return bool((await self._marks.update_one(mine, {"$set": {"busy_until": until}})).matched_count)

    async def go_on(self, since: datetime, until: datetime) -> bool:
        """Hold it longer; `since` is what was said last."""
        mine = {"_id": _MARK, "busy_until": since}
        return bool((await self._marks.update_one(mine, {"$set": {"busy_until": until}})).matched_count)

    async def settle(self, since: datetime, generation: int | None) -> bool:
        """Done: `generation` holds from now on, or the one that did."""
        change: Document = {"busy_until": None, **({"generation": generation} if generation else {})}
        return bool((await self._marks.update_one({"_id": _MARK, "busy_until": since}, {"$set": change})).matched_count)

    # Facts

    async def facts(self, generation: int, cases: Collection[str], tx: Tx | None = None) -> dict[str, CaseFacts]:
        ids = {"_id": {"$in": [_id(generation, case) for case in cases]}}
        rows = await self._facts.find(ids, session=tx).to_list(None)
        return {facts.case: facts for facts in map(_facts_of, rows)}

    async def put_facts(self, generation: int, facts: Iterable[CaseFacts], tx: Tx | None = None) -> None:
        rows = [_facts_row(generation, one) for one in facts]
        changes = [ReplaceOne({"_id": row["_id"]}, row, upsert=True) for row in rows]
        if changes:
            await self._facts.bulk_write(changes, session=tx)

    async def write_facts(self, generation: int, facts: Iterable[CaseFacts]) -> None:
        """Of a generation that has none of these cases yet."""
        rows = [InsertOne(_facts_row(generation, one)) for one in facts]
        if rows:
            await self._facts.bulk_write(rows, ordered=False)

    # Cells

    async def add(self, generation: int, deltas: Deltas, tx: Tx | None = None) -> None:
        changes = [
            UpdateOne(
                {"_id": _cell_id(generation, key)},
                {"$inc": {f"n.{path}": n for path, n in sorted(sums.items())}},
                upsert=True,
            )
            for key, sums in sorted(deltas.items())
        ]
        for start in range(0, len(changes), _PER_BATCH):
            await self._cells.bulk_write(changes[start : start + _PER_BATCH], ordered=False, session=tx)

    async def of_scopes(
        self, generation: int, grain: Grain, starts: Sequence[str], scopes: Collection[str]
    ) -> list[Cell]:
        """With all their slices, in the order of their starts."""
        keys = [_cell_id(generation, CellKey(grain, start, scope)) for start in starts for scope in scopes]
        rows = await self._cells.find({"_id": {"$in": keys}}).sort("_id", 1).to_list(None)
        return [_cell_of(row) for row in rows]

    async def of_all_units(self, generation: int, starts: Sequence[str]) -> list[Cell]:
        """Of months: each unit's sums over all, without slices."""
        cells: list[Cell] = []
        for start in starts:
            first = _cell_id(generation, CellKey(Grain.MONTH, start, ""))
            within = {"_id": {"$gte": first, "$lt": first + _LAST}}
            rows = await self._cells.find(within, {"n.all": 1}).sort("_id", 1).to_list(None)
            cells += [_cell_of(row) for row in rows]
        return cells

    async def every(self, generation: int) -> AsyncIterator[Cell]:
        """By key."""
        within = {"_id": {"$gte": f"{generation}:", "$lt": f"{generation}:{_LAST}"}}
        async for row in self._cells.find(within).sort("_id", 1):
            yield _cell_of(row)

    async def drop(self, generation: int) -> None:
        """A generation that holds no more, or never did."""
        within = {"_id": {"$gte": f"{generation}:", "$lt": f"{generation}:{_LAST}"}}
        await self._cells.delete_many(within)
        await self._facts.delete_many(within)


def _id(generation: int, case: str) -> str:
    return f"{generation}:{case}"


def _cell_id(generation: int, key: CellKey) -> str:
    return f"{generation}:{key.text}"


def _cell_of(row: Document) -> Cell:
    _, grain, start, scope = row["_id"].split(":", 3)
    sums: Document = row.get("n", {})
    slices: dict[Slice, Document] = {
        part: sums[part.value] for part in Slice if part is not Slice.ALL and part.value in sums
    }
    return Cell(CellKey(Grain(grain), start, scope), sums.get("all", {}), slices)


def _facts_row(generation: int, facts: CaseFacts) -> Document:
    return {
        "_id": _id(generation, facts.case),
        "rev": facts.rev,
        "kind": facts.kind,
        "channel": facts.channel,
        "category": facts.category,
        "district": facts.district,
        "counts": [[one.day, one.unit, one.what.value, one.n] for one in facts.counts],
    }


def _facts_of(row: Document) -> CaseFacts:
    return CaseFacts(
        case=row["_id"].partition(":")[2],
        rev=row["rev"],
        kind=row["kind"],
        channel=row["channel"],
        category=row["category"],
        district=row["district"],
        counts=tuple(Count(day, unit, Counted(what), n) for day, unit, what, n in row["counts"]),
    )
