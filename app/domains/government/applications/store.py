"""Applications in MongoDB. What people write is sealed under the applicant's key; lists come without it.

`turn` orders a work list: the day it is due, then its id. Who has nothing to do with it has no turn.
"""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.core.calendar.clock import Extension, Light, Pause, WorkingClock
from app.core.mongo import Database, Document, DuplicateKey, Part, Tx
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.core.said import Said, said_of
from app.core.viewer import Role
from app.domains.government.applications.history.model import (
    UNDER_WAY,
    Content,
    Correction,
    Decision,
    Entry,
    Happened,
    Point,
    State,
    Timing,
)
from app.domains.government.applications.materials.model import Given, Lack, Standing, Way
from app.domains.government.applications.model import Application
from app.domains.government.catalogue.model import MaterialForm

_SEALED = {"answers": 0, "correction.points": 0, "correction.remark": 0, "decision.reason": 0, "decision.remedy": 0}
_NEVER = "9999-12-31"
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose work list: of an organisation with all below it, of one side of test mode, perhaps of one handler.

    `due_by`: no later than this day.
    """

    organisation: str
    test_of: str | None
    state: State
    handler: str | None = None
    due_by: date | None = None


@dataclass(frozen=True, slots=True)
class Outlined:
    """An application as a list of many things shows it: `name` is its item's now; `offered`: it is in the catalogue."""

    id: str
    item: str
    name: Said
    state: State
    submitted_at: datetime | None
    number: str | None
    offered: bool


class ApplicationStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._applications = db["service_applications"]
        self._numbers = db["application_numbers"]
        self._persons = persons

    async def add(self, draft: Application, most: int, tx: Tx) -> bool:
        """In a place of its own among the citizen's drafts; False when he has so many already. Raises DuplicateKey when
        a rival took the place: the transaction is to be tried again.
        """
        drafts = {"citizen": draft.citizen, "state": State.DRAFT.value}
        found = await self._applications.find(drafts, {"draft_place": 1}, session=tx).limit(most).to_list(None)
        free = set(range(most)) - {row.get("draft_place") for row in found}
        if len(found) >= most or not free:
            return False
        place = random.choice(sorted(free))  # noqa: S311  (lest rivals go for the same one)
        row = await self._row(draft, tx)
        await self._applications.insert_one({"_id": draft.id, "draft_place": place, **row}, session=tx)
        return True

    async def save(self, changed: Application, was: Application, tx: Tx) -> bool:
        """With what is written in it. False when it was changed meanwhile."""
        same = {"citizen": was.citizen, "_id": was.id, "rev": was.rev}
        row = await self._row(changed, tx)
        return bool((await self._applications.update_one(same, {"$set": row}, session=tx)).modified_count)

    async def step(self, changed: Application, was: Application, tx: Tx) -> bool:
        """As `save`, of one that was read without what is written in it: that stays."""
        same = {"citizen": was.citizen, "_id": was.id, "rev": was.rev}
        return bool((await self._applications.update_one(same, {"$set": _bare(changed)}, session=tx)).modified_count)

    async def drop(self, application: Application, tx: Tx) -> bool:
        """A draft, for good."""
        draft = {"citizen": application.citizen, "_id": application.id, "state": State.DRAFT.value}
        return bool((await self._applications.delete_one(draft, session=tx)).deleted_count)

    def outlined(self, citizen: str, states: Collection[State], most: int) -> Part[Outlined]:
        """Newest first."""
        which = {"citizen": citizen, "state": {"$in": sorted(states)}}
        named: Document = {"from": "service_items", "localField": "item", "foreignField": "code", "as": "named"}
        named["pipeline"] = [{"$match": {"current": True}}, {"$project": {"name": 1, "shown": 1}}]
        shown = {"item": 1, "state": 1, "submitted_at": 1, "number": 1}
        newest: list[Document] = [{"$match": which}, {"$sort": {"_id": -1}}, {"$limit": most}, {"$project": shown}]
        return Part("service_applications", [*newest, {"$lookup": named}], _outlined)

    async def take_number(self, number: str, application: Application, tx: Tx) -> None:
        """Raises DuplicateKey."""
        row = {"_id": number, "application": application.id}
        await self._numbers.insert_one(row, session=tx)

    async def is_free(self, number: str) -> bool:
        return await self._numbers.find_one({"_id": number}) is None

    async def id_of(self, number: str) -> str | None:
        row = await self._numbers.find_one({"_id": number})
        return str(row["application"]) if row else None

    async def get(self, application: str, citizen: str | None = None, tx: Tx | None = None) -> Application | None:
        """Of this citizen, with all that is written in it; for those who handle it and for the desk, of whomever."""
        which: Document = {"_id": application, **({"citizen": citizen} if citizen else {})}
        row = await self._applications.find_one(which, session=tx)
        return _application(row, await self._persons.of(row["citizen"], tx)) if row else None

    async def bare(self, application: str, tx: Tx | None = None) -> Application | None:
        """Of whomever, without what is written in it."""
        row = await self._applications.find_one({"_id": application}, _SEALED, session=tx)
        return _application(row) if row else None

    async def of_citizen(self, citizen: str, states: Collection[State], request: PageRequest) -> Page[Application]:
        """Newest first; of all states when none is named. Without what is written in them."""
        which: Document = {"citizen": citizen}
        if states:
            which["state"] = {"$in": sorted(state.value for state in states)}
        return await self._page(which, request)

    async def drafts(self, citizen: str, tx: Tx | None = None) -> list[Application]:
        return await self._of(citizen, (State.DRAFT,), tx)

    async def under_way(self, citizen: str, tx: Tx | None = None) -> list[Application]:
        return await self._of(citizen, UNDER_WAY, tx)

    async def _of(self, citizen: str, states: Collection[State], tx: Tx | None) -> list[Application]:
        which = {"citizen": citizen, "state": {"$in": sorted(state.value for state in states)}}
        found = self._applications.find(which, _SEALED, session=tx).sort("_id", -1).limit(_AT_ONCE)
        return [_application(row) for row in await found.to_list(None)]

    async def newest_for(self, citizen: str, item: str, tx: Tx | None = None) -> Application | None:
        """The newest that is under way for this item, or was granted and waits to be fetched."""
        states = sorted(state.value for state in (*UNDER_WAY, State.DECIDED))
        which = {"citizen": citizen, "state": {"$in": states}, "item": item}
        row = await self._applications.find_one(which, _SEALED, sort=[("_id", -1)], session=tx)
        return _application(row) if row else None

    async def on_desk(self, desk: Desk, request: PageRequest) -> Page[Application]:
        """What is due first comes first; the cursor is `turn_of`."""
        which: Document = {"units": desk.organisation, "test_of": desk.test_of, "state": desk.state.value}
        if desk.handler is not None:
            which |= {"handler": desk.handler, "held": True}
        beyond: Document = {} if request.after is None else {"$gt": request.after}
        if desk.due_by is not None:
            beyond["$lt"] = (desk.due_by + timedelta(days=1)).isoformat()
        if beyond:
            which["turn"] = beyond
        found = self._applications.find(which, _SEALED).sort("turn", 1).limit(request.first + 1)
        return Page.cut([_application(row) for row in await found.to_list(None)], request)

    async def in_state(self, state: State, request: PageRequest) -> Page[Application]:
        """For the ops desk, newest first."""
        return await self._page({"state": state.value}, request)

    async def late(self, request: PageRequest) -> Page[Application]:
        """For the ops desk: overdue and under way, newest first."""
        return await self._page({"late": True}, request)

    async def to_look_at(self, today: date) -> AsyncIterator[Application]:
        """Whose light changes today or should have before, and drafts that are near their end."""
        last = f"{today.isoformat()}~~"  # after every id of today
        after = ""
        while rows := await self._looks(after, last):
            for row in rows:
                yield _application(row)
            after = rows[-1]["look"]

    async def _looks(self, after: str, last: str) -> list[Document]:
        which = {"look": {"$gt": after, "$lt": last}}
        return await self._applications.find(which, _SEALED).sort("look", 1).limit(_AT_ONCE).to_list(None)

    async def _page(self, which: Document, request: PageRequest) -> Page[Application]:
        beyond = {} if request.after is None else {"_id": {"$lt": request.after}}
        found = self._applications.find({**which, **beyond}, _SEALED).sort("_id", -1).limit(request.first + 1)
        return Page.cut([_application(row) for row in await found.to_list(None)], request)

    async def _row(self, application: Application, tx: Tx) -> Document:
        key, row = await self._persons.sealing(application.citizen, tx), _bare(application)
        row |= _sealed(key, application)
        row["given"] = [{"key": one.key, "upload": one.upload} for one in application.content.given]
        row["standing"] = [_standing_row(one) for one in application.content.standing]
        return row


def turn_of(application: Application) -> str:
    """Its place in a work list."""
    due = application.timing.due
    return f"{due.isoformat() if due else _NEVER}~{application.id}"


def _outlined(row: Document) -> Outlined:
    item: Document = next(iter(row["named"]), {})
    name, offered = said_of(item["name"]) if item else Said(row["item"]), bool(item.get("shown"))
    return Outlined(row["_id"], row["item"], name, State(row["state"]), row["submitted_at"], row.get("number"), offered)


def _bare(one: Application) -> Document:
    """All but what people wrote: `correction.` and `decision.` are set field by field, so that words there stay."""
    timing = one.timing
    row: Document = {
        "citizen": one.citizen,
        "by": one.by,
        "item": one.item,
        "version": one.version,
        "unit": one.unit,
        "units": list(one.units),
        "state": one.state.value,
        "created_at": one.created_at,
        "changed_at": one.changed_at,
        "rev": one.rev,
        "number": one.number,
        "submitted_at": one.submitted_at,
        "system": one.system,
        "test_of": one.test_of,
        "handler": one.handler,
        "held": one.handler is not None,
        "promised": _clock_row(one.promised),
        "statutory": _clock_row(one.statutory),
        "due": timing.due.isoformat() if timing.due else None,
        "light": timing.light.value,
        "look_on": timing.look_on.isoformat() if timing.look_on else None,
        "look": f"{timing.look_on.isoformat()}~{one.id}" if timing.look_on else None,
        "late": timing.light is Light.RED and one.state in UNDER_WAY,
        "turn": None if one.state is State.DRAFT else turn_of(one),
        "result": one.result,
        "visits_promised": one.visits_promised,
        "visits": list(one.visits),
        "history": [{"what": e.what.value, "at": e.at, "by": e.by, "role": e.role.value} for e in one.history],
    }
    return row


def _sealed(key: PersonKey, one: Application) -> Document:
    def seal(text: str, field: str) -> bytes:
        return key.seal_text(text, record=one.id, field=f"application {field}")

    row: Document = {"answers": seal(json.dumps(dict(one.content.answers), ensure_ascii=False), "answers")}
    if (asked := one.correction) is not None:
        points = [{"words": p.words, "field": p.field, "material": p.material} for p in asked.points]
        row["correction"] = {
            "asked_at": asked.asked_at,
            "goes_on": asked.goes_on.value,
            "answered_at": asked.answered_at,
            "points": seal(json.dumps(points, ensure_ascii=False), "points"),
            "remark": None if asked.remark is None else seal(asked.remark, "remark"),
        }
    if (decided := one.decision) is not None:
        row["decision"] = {
            "granted": decided.granted,
            "at": decided.at,
            "reason": None if decided.reason is None else seal(decided.reason, "reason"),
            "remedy": None if decided.remedy is None else seal(decided.remedy, "remedy"),
        }
    return row


def _application(row: Document, key: PersonKey | None = None) -> Application:
    def opened(value: bytes | None, field: str) -> str | None:
        return key.shown(value, record=row["_id"], field=f"application {field}") if key else None

    timing = Timing(_day(row.get("due")), Light(row["light"]), _day(row.get("look_on")))
    return Application(
        id=row["_id"],
        content=Content(
            json.loads(opened(row.get("answers"), "answers") or "{}"),
            tuple(Given(one["key"], one["upload"]) for one in row.get("given", ())),
            tuple(_standing(one) for one in row.get("standing", ())),
        ),
        state=State(row["state"]),
        units=tuple(row["units"]),
        correction=_correction(row.get("correction"), opened),
        decision=_decision(row.get("decision"), opened),
        promised=_clock(row.get("promised")),
        statutory=_clock(row.get("statutory")),
        timing=timing,
        visits=tuple(row["visits"]),
        history=tuple(Entry(Happened(e["what"]), e["at"], e["by"], Role(e["role"])) for e in row["history"]),
        **{name: row[name] for name in _PLAIN},
    )


_PLAIN = (
    "citizen",
    "by",
    "item",
    "version",
    "unit",
    "created_at",
    "changed_at",
    "rev",
    "number",
    "submitted_at",
    "system",
    "test_of",
    "handler",
    "result",
    "visits_promised",
)


def _correction(row: Document | None, opened: Any) -> Correction | None:
    if row is None:
        return None
    points = json.loads(opened(row.get("points"), "points") or "[]")
    return Correction(
        row["asked_at"],
        State(row["goes_on"]),
        tuple(Point(one["words"], one["field"], one["material"]) for one in points),
        row["answered_at"],
        opened(row.get("remark"), "remark"),
    )


def _decision(row: Document | None, opened: Any) -> Decision | None:
    if row is None:
        return None
    reason, remedy = opened(row.get("reason"), "reason"), opened(row.get("remedy"), "remedy")
    return Decision(row["granted"], row["at"], reason, remedy)


def _standing_row(one: Standing) -> Document:
    return {
        "key": one.key,
        "zh": one.name_zh,
        "en": one.name_en,
        "form": one.form.value,
        "way": one.way.value,
        "lack": one.lack.value if one.lack else None,
        "by": one.by,
        "uploads": list(one.uploads),
    }


def _standing(row: Mapping[str, Any]) -> Standing:
    return Standing(
        row["key"],
        row["zh"],
        row["en"],
        MaterialForm(row["form"]),
        Way(row["way"]),
        Lack(row["lack"]) if row["lack"] else None,
        row["by"],
        tuple(row["uploads"]),
    )


def _clock_row(clock: WorkingClock | None) -> Document | None:
    if clock is None:
        return None
    return {
        "rule": clock.rule,
        "days": clock.days,
        "started": clock.started,
        "pauses": [{"since": one.since, "why": one.why, "until": one.until} for one in clock.pauses],
        "extensions": [{"days": one.days, "at": one.at} for one in clock.extensions],
        "stopped": clock.stopped,
    }


def _clock(row: Document | None) -> WorkingClock | None:
    if row is None:
        return None
    return WorkingClock(
        row["rule"],
        row["days"],
        row["started"],
        tuple(Pause(one["since"], one["why"], one["until"]) for one in row["pauses"]),
        tuple(Extension(one["days"], one["at"]) for one in row["extensions"]),
        row["stopped"],
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


__all__ = ["ApplicationStore", "Desk", "DuplicateKey", "turn_of"]
