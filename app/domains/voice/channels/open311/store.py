"""Public cases as the Open311 door reads them: what is public of them and no more, and what a client filed himself.

Only this room reads them so; cases are kept by `cases/store.py`. What was published stands there in clear. What an
office answered is sealed with the case and is opened here, to be struck out before it is shown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from math import ceil, floor
from typing import Any

from app.core.mongo import Database, Document
from app.core.person_keys import PersonKey, PersonKeys
from app.core.places.model import Box
from app.domains.voice.cases.history.model import OPEN, CaseKind, CaseState, Happened
from app.domains.voice.channels.open311.model import Note, ServiceRequest, Status
from app.domains.voice.channels.open311.questions.model import Question
from app.domains.voice.public.publishing.model import LISTED

_READ = (
    *("number", "owner", "state", "category", "kind", "filed_at", "changed_at", "public", "published", "unit"),
    *("due", "handled_at", "closed_at", "confirmation", "place", "into", "origin", "said", "words", "events"),
)
# Of these an office wrote the words; what citizens said is theirs, however public the step is.
_OFFICIAL = frozenset({Happened.ANSWERED, Happened.NOTED, Happened.ON_SITE, Happened.HANDLED, Happened.REPLIED})
_LISTED = sorted(one.value for one in LISTED)
_HALF = 0.0005  # of the last digit to which places are shown


class PublicRequestStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._cases = db["cases"]
        self._numbers = db["case_numbers"]
        self._persons = persons

    async def numbered(self, numbers: Sequence[str], origin: str | None) -> list[ServiceRequest]:
        """Those that are public, or come from there, in the order in which they were asked for."""
        known = await self._numbers.find({"_id": {"$in": list(numbers)}}).to_list(None)
        which = {"_id": {"$in": [row["case"] for row in known]}, **_seen_by(origin)}
        found = {one.number: one for one in await self._read(which)}
        return [found[number] for number in numbers if number in found]

    async def asked(self, what: Question, origin: str | None) -> list[ServiceRequest]:
        """The newest filed first; when it is asked what changed, the longest unchanged first."""
        which = {**_which(what), "$and": [_seen_by(origin), *_within(what.box)]}
        changed = what.updated_after is not None or what.updated_before is not None
        order = [("changed_at", 1), ("_id", 1)] if changed else [("filed_at", -1), ("_id", -1)]
        return await self._read(which, order, what.passed_over, what.size)

    async def filed_by(self, origin: str, most: int) -> list[ServiceRequest]:
        """What came from there, the newest first."""
        return await self._read({"origin": origin}, [("filed_at", -1), ("_id", -1)], most=most)

    async def _read(
        self,
        which: Document,
        order: Sequence[tuple[str, int]] = (("_id", -1),),
        skip: int = 0,
        most: int = 200,
    ) -> list[ServiceRequest]:
        rows = await self._cases.find(which, _READ).sort(list(order)).skip(skip).limit(most).to_list(None)
        keys = await self._persons.many(row["owner"] for row in rows)
        return [_request(row, keys[row["owner"]]) for row in rows]


def _seen_by(origin: str | None) -> Document:
    """Test cases are nobody's but their own client's."""
    public: Document = {"public": True, "test_of": None, "state": {"$in": _LISTED}}
    return public if origin is None else {"$or": [public, {"origin": origin}]}


def _which(what: Question) -> Document:
    which: Document = {}
    for field, since, until in (
        ("filed_at", what.since, what.until),
        ("changed_at", what.updated_after, what.updated_before),
    ):
        bounds = {name: at for name, at in (("$gte", since), ("$lte", until)) if at is not None}
        if bounds:
            which[field] = bounds
    if what.services:
        which["category"] = {"$in": list(what.services)}
    if what.status is not None:
        wanted = sorted(one.value for one in CaseState if (one in OPEN) == (what.status is Status.OPEN))
        which["state"] = {"$in": wanted}
    return which


def _within(box: Box | None) -> list[Document]:
    """By the place as it is shown: a box must not find out at whose door something is."""
    if box is None:
        return []
    south, west = (_edge(value, ceil) - _HALF for value in (box.south, box.west))
    north, east = (_edge(value, floor) + _HALF for value in (box.north, box.east))
    exact, rounded = _corners(box), _corners(Box(south, west, north, east))
    return [{"$or": [{"place.asset": {"$ne": None}, **exact}, {"place.asset": None, **rounded}]}]


def _edge(value: float, towards: Callable[[float], int]) -> float:
    """The last place within that can be shown."""
    return towards(round(value * 1_000, 6)) / 1_000


def _corners(box: Box) -> Document:
    return {
        "place.point.latitude": {"$gte": box.south, "$lte": box.north},
        "place.point.longitude": {"$gte": box.west, "$lte": box.east},
    }


def _request(row: Document, key: PersonKey) -> ServiceRequest:
    published, point = row.get("published"), _place(row)
    words: Document = published or ({} if row.get("public") else _opened(row, key, "words"))
    said = _opened(row, key, "said")
    return ServiceRequest(
        number=row["number"],
        state=CaseState(row["state"]),
        service=row["category"],
        kind=CaseKind(row["kind"]),
        requested_at=row["filed_at"],
        updated_at=row["changed_at"],
        title=words.get("title"),
        description=words.get("text"),
        unit=row.get("unit"),
        expected_at=row.get("due"),
        handled_at=row.get("handled_at"),
        closed_at=row.get("closed_at"),
        confirmation=row["confirmation"],
        division=row["place"]["division"],
        asset=row["place"].get("asset"),
        latitude=point.get("latitude"),
        longitude=point.get("longitude"),
        into=row.get("into"),
        reply=said.get("reply"),
        notes=tuple(_notes(row.get("events", ()), said)),
    )


def _place(row: Document) -> Document:
    """To the door only where it is a thing of the city's own, or the client told us."""
    point: Document = row["place"].get("point") or {}
    if row["place"].get("asset") or not row.get("public"):
        return point
    return {name: round(value, 3) for name, value in point.items()}


def _notes(events: Sequence[Document], said: Document) -> list[Note]:
    texts: Sequence[Any] = said.get("events.text") or [None] * len(events)
    return [
        Note(
            type=event["what"],
            at=event["at"],
            unit=event.get("unit"),
            text=text if event["what"] in _OFFICIAL else None,
        )
        for event, text in zip(events, texts, strict=False)
        if event["public"]
    ]


def _opened(row: Document, key: PersonKey, field: str) -> Document:
    text = key.shown(row.get(field), record=row["_id"], field=f"case {field}")
    opened: Document = json.loads(text) if text else {}
    return opened
