"""Cases in MongoDB: one document each, its events in it.

What people wrote is sealed under its owner's key in two values: `words`, as it was filed, and `said`, what was said
since. Lists come with `words` or without either; only a case that was read whole can be kept anew.

`turn` orders a work list: what is due first, then by id. `look` is when time next does something to it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, time
from enum import Enum, StrEnum
from typing import Any

from pydantic import TypeAdapter

from app.core.mongo import Database, Document, Part, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.core.places.model import AREA, cell_of
from app.domains.voice.cases.history.model import CaseState
from app.domains.voice.cases.model import Case

_CASE = TypeAdapter(Case)
_WITHOUT_WORDS = {"words": 0, "said": 0}
_WITHOUT_SAID = {"said": 0}
_FIELDS = tuple(one.name for one in fields(Case) if one.name not in ("id", "words", "timing", "whole"))
# Texts within a case: where they stand, and what stands there when it is read without them.
_TEXTS = {
    ("events", "text"): None,
    ("requests", "reason"): "",
    ("requests", "why"): None,
    ("ratings", "reason"): None,
    ("call_backs", "words"): None,
    ("tasks", "words"): "",
    ("tasks", "result"): None,
}
_ALONE = ("reply", "right_place")
_NEVER = "99991231T000000"
_AT_ONCE = 200


class Waiting(StrEnum):
    """What the centre has to do with a case, beside what its state says."""

    ANSWER = "answer"  # a unit asked for something
    RETURNED = "returned"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class CaseQueue:
    """A work list: of an organisation with all below it (or of the whole city), of one side of test mode, in these
    states; perhaps of one handler, perhaps only what is due before a moment, perhaps what waits for the centre.
    """

    test_of: str | None
    states: frozenset[CaseState]
    organisation: str | None = None
    handler: str | None = None
    due_before: datetime | None = None
    waiting: Waiting | None = None


_WAITING: Mapping[Waiting, Document] = {
    Waiting.ANSWER: {"asking": True},
    Waiting.RETURNED: {"returns": {"$gt": 0}, "round": 1},
    Waiting.REOPENED: {"round": {"$gt": 1}},
}


class CaseStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._db = db
        self._cases = db["cases"]
        self._numbers = db["case_numbers"]
        self._persons = persons

    async def add(self, case: Case, tx: Tx) -> None:
        """With its number. Raises DuplicateKey: draw another."""
        await self._numbers.insert_one({"_id": case.number, "case": case.id}, session=tx)
        key = await self._persons.sealing(case.owner, tx)
        row = {**_row(case), **_sealed(case, key)}
        await self._cases.insert_one({"_id": case.id, **{k: v for k, v in row.items() if v is not None}}, session=tx)

    async def save(self, changed: Case, was: Case, tx: Tx) -> bool:
        """False when it was changed meanwhile. What was written by somebody who left the city stays closed."""
        assert was.whole, "a case that was read without what people wrote would lose it"
        row, key = _row(changed), await self._persons.of(changed.owner, tx)
        if key.destroyed_at is None:
            row |= _sealed(changed, await self._persons.sealing(changed.owner, tx))
        change = {"$set": {k: v for k, v in row.items() if v is not None}}
        gone = {k: "" for k, v in row.items() if v is None}
        same = {"_id": was.id, "rev": was.rev}
        done = await self._cases.update_one(same, {**change, "$unset": gone} if gone else change, session=tx)
        return bool(done.modified_count)

    async def hold(self, case: Case, tx: Tx) -> bool:
        """Nobody changes it before this transaction has ended, in which another comes to depend on it. False when it
        was changed meanwhile.
        """
        same = {"_id": case.id, "rev": case.rev}
        done = await self._cases.update_one(same, {"$inc": {"merges": 1}}, session=tx)
        return bool(done.modified_count)

    async def id_of(self, number: str) -> str | None:
        row = await self._numbers.find_one({"_id": number})
        return str(row["case"]) if row else None

    async def get(self, case: str, citizen: str | None = None, tx: Tx | None = None) -> Case | None:
        """Whole. Of this citizen; for those who handle it and for the desk, of whomever."""
        which: Document = {"_id": case, **({"citizen": citizen} if citizen else {})}
        row = await self._cases.find_one(which, session=tx)
        return _case(row, await self._persons.of(row["owner"], tx)) if row else None

    async def bare(self, case: str, tx: Tx | None = None) -> Case | None:
        """Of whomever, without what people wrote."""
        row = await self._cases.find_one({"_id": case}, _WITHOUT_WORDS, session=tx)
        return _case(row) if row else None

    async def several(self, cases: Collection[str]) -> dict[str, Case]:
        """By id, with their words as they were filed; those that are there."""
        rows = await self._cases.find({"_id": {"$in": sorted(set(cases))}}, _WITHOUT_SAID).to_list(None)
        return {one.id: one for one in await self._worded(rows)}

    async def known(self, cases: Collection[str]) -> dict[str, Case]:
        """By id, without what people wrote; those that are there."""
        rows = await self._cases.find({"_id": {"$in": sorted(set(cases))}}, _WITHOUT_WORDS).to_list(None)
        return {row["_id"]: _case(row) for row in rows}

    def to_rate(self, citizen: str, most: int) -> Part[Case]:
        """Replied to, and waiting for a word of whoever asked; without what people wrote."""
        which = {"owner": citizen, "open": True, "state": CaseState.REPLIED.value}
        newest: list[Document] = [{"$match": which}, {"$sort": {"_id": -1}}, {"$limit": most}]
        return Part("cases", [*newest, {"$project": _WITHOUT_WORDS}], _case)

    async def of_citizen(self, citizen: str, is_open: bool | None, request: PageRequest) -> Page[Case]:
        """Newest first, with their words as they were filed; `is_open` None: all."""
        which: Document = {"owner": citizen} if is_open is None else {"owner": citizen, "open": is_open}
        beyond: Document = {} if request.after is None else {"_id": {"$lt": request.after}}
        found = self._cases.find({**which, **beyond}, _WITHOUT_SAID).sort("_id", -1).limit(request.first + 1)
        return Page.cut(await self._worded(await found.to_list(None)), request)

    async def open_of(self, citizen: str, tx: Tx | None = None) -> list[Case]:
        """Whole, all that are open."""
        rows = await self._cases.find({"owner": citizen, "open": True}, session=tx).to_list(None)
        key = await self._persons.of(citizen, tx)
        return [_case(row, key) for row in rows]

    async def count_open(self, citizen: str, most: int, tx: Tx | None = None) -> int:
        return await self._cases.count_documents({"owner": citizen, "open": True}, limit=most, session=tx)

    async def on_desk(self, queue: CaseQueue, request: PageRequest) -> Page[Case]:
        """With their words as they were filed; what is due first comes first; the cursor is `turn_of`."""
        which = _in_queue(queue)
        beyond: Document = {} if request.after is None else {"$gt": request.after}
        if queue.due_before is not None:
            beyond["$lt"] = stamp(queue.due_before)
        if beyond:
            which["turn"] = beyond
        found = self._cases.find(which, _WITHOUT_SAID).sort("turn", 1).limit(request.first + 1)
        return Page.cut(await self._worded(await found.to_list(None)), request)

    async def count_on_desk(self, queue: CaseQueue, most: int = 1_000) -> int:
        """How many there are, up to `most`."""
        return await self._cases.count_documents(_in_queue(queue), limit=most)

    async def in_state(self, state: CaseState, request: PageRequest) -> Page[Case]:
        """For the ops desk, newest first, without what people wrote."""
        return await self._newest({"state": state.value}, request)

    async def late(self, request: PageRequest) -> Page[Case]:
        """For the ops desk: open and overdue, newest first, without what people wrote."""
        return await self._newest({"late": True}, request)

    async def of_unit(self, unit: str, request: PageRequest) -> Page[Case]:
        """For the ops desk: what this unit or one below it has, newest first, without what people wrote."""
        return await self._newest({"units": unit}, request)

    def to_look_at(self, now: datetime) -> AsyncIterator[Case]:
        """To which time has something to do by now, the oldest first, without what people wrote."""
        return self._looks(f"{stamp(now)}~~")  # after every id of this second

    async def running(self) -> AsyncIterator[Case]:
        """To which time will do something, and what is overdue; some twice. Without what people wrote."""
        async for one in self._looks(_NEVER):
            yield one
        after = ""
        while rows := await self._late_after(after):
            for row in rows:
                yield _case(row)
            after = rows[-1]["_id"]

    async def retime(self, changed: Case, was: Case) -> bool:
        """What the calendar alone has changed is kept; false when it was changed otherwise meanwhile."""
        row = _timing(changed)
        change: Document = {"$set": {k: v for k, v in row.items() if v is not None}}
        if gone := {k: "" for k, v in row.items() if v is None}:
            change["$unset"] = gone
        done = await self._cases.update_one({"_id": was.id, "rev": was.rev}, change)
        return bool(done.modified_count)

    async def _late_after(self, after: str) -> list[Document]:
        which = {"late": True, "_id": {"$gt": after}}
        return await self._cases.find(which, _WITHOUT_WORDS).sort("_id", 1).limit(_AT_ONCE).to_list(None)

    async def _looks(self, last: str) -> AsyncIterator[Case]:
        after = ""
        while True:
            which = {"look": {"$gt": after, "$lt": last}}
            rows = await self._cases.find(which, _WITHOUT_WORDS).sort("look", 1).limit(_AT_ONCE).to_list(None)
            for row in rows:
                yield _case(row)
            if len(rows) < _AT_ONCE:
                return
            after = rows[-1]["look"]

    async def in_areas(self, areas: Collection[str], test_of: str | None, most: int) -> list[Case]:
        """Open ones in these areas (`cell_of` with AREA), newest first, without what people wrote."""
        which = {"open": True, "area": {"$in": sorted(areas)}, "test_of": test_of}
        rows = await self._cases.find(which, _WITHOUT_WORDS).sort("_id", -1).limit(most).to_list(None)
        return [_case(row) for row in rows]

    async def open_by_area(self, test_of: str | None) -> list[tuple[str, int, int]]:
        """Of each area with open cases: how many they are, and how many of them are overdue."""
        wanted = {"open": True, "test_of": test_of, "area": {"$gt": ""}}
        late = {"$sum": {"$cond": ["$late", 1, 0]}}
        counted = {"$group": {"_id": "$area", "count": {"$sum": 1}, "late": late}}
        rows = await self._db.aggregate("cases", [{"$match": wanted}, counted])
        return [(row["_id"], row["count"], row["late"]) for row in rows]

    async def in_cells(self, cells: Collection[str], since: str, most: int) -> list[Case]:
        """Filed near a place (`cell_of`) since this id, newest first, with their words as they were filed."""
        which = {"cell": {"$in": sorted(cells)}, "_id": {"$gte": since}}
        rows = await self._cases.find(which, _WITHOUT_SAID).sort("_id", -1).limit(most).to_list(None)
        return await self._worded(rows)

    async def at_asset(self, asset: str, test_of: str | None, most: int) -> list[Case]:
        """Open ones of a municipal asset, newest first, without what people wrote."""
        which = {"place.asset": asset, "open": True, "test_of": test_of}
        rows = await self._cases.find(which, _WITHOUT_WORDS).sort("_id", -1).limit(most).to_list(None)
        return [_case(row) for row in rows]

    async def of_asset(self, asset: str, request: PageRequest) -> Page[Case]:
        """All that was ever reported of it, newest first, without what people wrote."""
        return await self._newest({"place.asset": asset}, request)

    async def published(self, since: datetime, until: datetime, most: int) -> list[Case]:
        """Public ones by their last change, the newest first, without what people wrote."""
        which = {"public": True, "changed_at": {"$gte": since, "$lt": until}}
        rows = await self._cases.find(which, _WITHOUT_WORDS).sort("changed_at", -1).limit(most).to_list(None)
        return [_case(row) for row in rows]

    async def changed(self, since: datetime, after: str, most: int = _AT_ONCE) -> list[Case]:
        """By their last change and id, beyond this place, the oldest first, without what people wrote."""
        beyond = {"$or": [{"changed_at": {"$gt": since}}, {"changed_at": since, "_id": {"$gt": after}}]}
        found = self._cases.find(beyond, _WITHOUT_WORDS).sort([("changed_at", 1), ("_id", 1)]).limit(most)
        return [_case(row) for row in await found.to_list(None)]

    async def by_id(self, after: str, most: int = _AT_ONCE) -> list[Case]:
        """All there are, beyond this id, without what people wrote."""
        found = self._cases.find({"_id": {"$gt": after}}, _WITHOUT_WORDS).sort("_id", 1).limit(most)
        return [_case(row) for row in await found.to_list(None)]

    async def _newest(self, which: Document, request: PageRequest) -> Page[Case]:
        return Page.cut([_case(row) for row in await page_rows(self._cases, which, request)], request)

    async def _worded(self, rows: Sequence[Document]) -> list[Case]:
        keys = await self._persons.many(row["owner"] for row in rows)
        return [_case(row, keys[row["owner"]], said=False) for row in rows]


def _in_queue(queue: CaseQueue) -> Document:
    which: Document = {"test_of": queue.test_of, "state": {"$in": sorted(one.value for one in queue.states)}}
    if queue.organisation is not None:
        which["units"] = queue.organisation
    if queue.handler is not None:
        which |= {"handler": queue.handler, "held": True}
    return which | (_WAITING[queue.waiting] if queue.waiting else {})


def stamp(at: datetime) -> str:
    """A moment so that it sorts as text."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%S}"


def turn_of(case: Case) -> str:
    """Its place in a work list."""
    waits = case.clock is None or case.state is CaseState.REPLIED
    at = (case.timing.look or case.filed_at) if waits else case.timing.due
    return f"{stamp(at) if at else _NEVER}~{case.id}"


def _row(case: Case) -> Document:
    """All but what people wrote. None: not kept at all, so that indexes of a part of them stay small."""
    row: Document = {name: _plain(getattr(case, name)) for name in _FIELDS}
    for (many, text), _ in _TEXTS.items():
        for one in row[many]:
            del one[text]
    for text in _ALONE:
        del row[text]
    if row["supervision"] is not None:
        del row["supervision"]["words"]
    row["place"].pop("address")
    point = case.place.point
    return (
        row
        | _timing(case)
        | {
            "test_of": case.test_of,
            "open": case.is_open,
            "held": case.handler is not None,
            "asking": True if case.pending else None,
            "cell": cell_of(point) if point else None,
            "area": cell_of(point, AREA) if point else None,
        }
    )


def _timing(case: Case) -> Document:
    look = case.timing.look
    return {
        "due": case.timing.due,
        "late": case.timing.late,
        "turn": turn_of(case),
        "look": f"{stamp(look)}~{case.id}" if look else None,
        "look_at": look,
    }


def _plain(value: Any) -> Any:
    """As the database keeps it."""
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, (tuple, list)):
        return [_plain(one) for one in value]
    if isinstance(value, (date, time)) and not isinstance(value, datetime):
        return value.isoformat()
    return value


def _sealed(case: Case, key: PersonKey) -> Document:
    words = {**_plain(case.words), "address": case.place.address}
    said: dict[str, Any] = {
        f"{many}.{text}": [getattr(one, text) for one in getattr(case, many)] for many, text in _TEXTS
    }
    said |= {text: getattr(case, text) for text in _ALONE}
    said["supervision"] = case.supervision.words if case.supervision else None

    def sealed(values: Mapping[str, Any], field: str) -> bytes:
        return key.seal_text(json.dumps(values, ensure_ascii=False), record=case.id, field=f"case {field}")

    return {"words": sealed(words, "words"), "said": sealed(said, "said")}


def _case(row: Document, key: PersonKey | None = None, *, said: bool = True) -> Case:
    def opened(field: str) -> dict[str, Any]:
        text = key.shown(row.get(field), record=row["_id"], field=f"case {field}") if key else None
        return json.loads(text) if text else {}

    words = opened("words")
    address = words.pop("address", "")
    values = {"citizen": None, **{name: row[name] for name in _FIELDS if name in row}}
    _say(values, opened("said") if said else {})
    values["place"] = {**values["place"], "address": address}
    timing = {"due": row.get("due"), "look": row.get("look_at"), "late": row["late"]}
    whole = key is not None and said
    return _CASE.validate_python({**values, "id": row["_id"], "words": words, "timing": timing, "whole": whole})


def _say(values: Document, said: Mapping[str, Any]) -> None:
    """Put what people said back to where it belongs."""
    for (many, text), empty in _TEXTS.items():
        texts = said.get(f"{many}.{text}")
        values[many] = [{**one, text: texts[at] if texts else empty} for at, one in enumerate(values.get(many, ()))]
    for text in _ALONE:
        values[text] = said.get(text)
    if values.get("supervision") is not None:
        values["supervision"] = {**values["supervision"], "words": said.get("supervision") or ""}
