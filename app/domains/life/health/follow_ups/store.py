"""Follow-up plans and what came of them, in MongoDB. One open plan a person, organisation and kind; results are sealed
under the person's own key.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from app.core.mongo import Database, Document, Part, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.core.said import said_of, said_row
from app.domains.life.health.follow_ups.model import NOBODY_NAMED, FollowUp, FollowUpKind, Plan, Worker

_RESULT = "follow-up result"
_MOST = 50
_PLAIN = ("citizen", "organisation", "contract", "every_days", "planned_at", "open", "done", "missed", "test")


class PlanStore:
    def __init__(self, db: Database) -> None:
        self._plans = db["follow_up_plans"]

    async def add(self, plan: Plan, tx: Tx) -> None:
        """Raises DuplicateKey: there is one of the kind."""
        await self._plans.insert_one({"_id": plan.id, **_row(plan)}, session=tx)

    async def save(self, plan: Plan, was: Plan, tx: Tx) -> bool:
        """False when it was changed meanwhile."""
        before = {"citizen": was.citizen, "_id": was.id, "open": was.open, "due": _day(was.due), "done": was.done}
        before |= {"reminded_for": _day(was.reminded_for), "missed_for": _day(was.missed_for)}
        return bool((await self._plans.update_one(before, {"$set": _row(plan)}, session=tx)).modified_count)

    async def contract_over(self, citizen: str, contract: str, now: datetime, tx: Tx) -> None:
        """Fulfils `appointments.contracts.service.Follows`: nothing more is due by a contract that has ended."""
        hanging = {"citizen": citizen, "contract": contract, "open": True}
        await self._plans.update_many(hanging, {"$set": {"open": False, "ended_at": now}}, session=tx)

    async def of_organisation(self, plan: str, organisation: str, tx: Tx | None = None) -> Plan | None:
        row = await self._plans.find_one({"_id": plan, "organisation": organisation}, session=tx)
        return _plan(row) if row else None

    async def mine(self, plan: str, citizen: str) -> Plan | None:
        row = await self._plans.find_one({"citizen": citizen, "_id": plan})
        return _plan(row) if row else None

    async def open_of(self, citizen: str, organisation: str, kind: FollowUpKind, tx: Tx) -> Plan | None:
        which = {"citizen": citizen, "organisation": organisation, "kind": kind.value, "open": True}
        row = await self._plans.find_one(which, session=tx)
        return _plan(row) if row else None

    async def of(self, citizen: str) -> list[Plan]:
        """Open ones first, then by their day."""
        rows = await self._plans.find({"citizen": citizen}).sort([("open", -1), ("due", 1)]).limit(_MOST).to_list(None)
        return [_plan(row) for row in rows]

    async def of_contract(self, contract: str, organisation: str) -> list[Plan]:
        which = {"organisation": organisation, "contract": contract}
        rows = await self._plans.find(which).sort([("open", -1), ("due", 1)]).limit(_MOST).to_list(None)
        return [_plan(row) for row in rows]

    async def overdue(self, organisation: str, before: date, request: PageRequest, *, test: bool) -> Page[Plan]:
        """Open ones due before that day, by their ids (the oldest plan first)."""
        which = {"organisation": organisation, "open": True, "test": test, "due": {"$lt": before.isoformat()}}
        rows = await page_rows(self._plans, which, request, newest=False)
        return Page.cut([_plan(row) for row in rows], request)

    async def missed(self, before: date, request: PageRequest) -> Page[Plan]:
        """Of all organisations, for the desk."""
        which: Document = {"open": True, "due": {"$lt": before.isoformat()}}
        rows = await page_rows(self._plans, which, request, newest=False)
        return Page.cut([_plan(row) for row in rows], request)

    async def to_tell(self, today: date, of: str, most: int) -> list[Plan]:
        """Open ones that are to be told of by now; `of` is `remind_on` or `miss_on`. One told is none of them."""
        which: Document = {"open": True, of: {"$lte": today.isoformat()}}
        return [_plan(row) for row in await self._plans.find(which).limit(most).to_list(None)]

    def coming(self, citizen: str, until: date, most: int) -> Part[Plan]:
        """Open ones due by that day, the soonest first."""
        which = {"citizen": citizen, "open": True, "due": {"$lte": until.isoformat()}}
        steps: Sequence[Document] = [{"$match": which}, {"$sort": {"due": 1}}, {"$limit": most}]
        return Part("follow_up_plans", steps, _plan)


class FollowUpStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._rows = db["follow_ups"]
        self._persons = persons

    async def add(self, one: FollowUp, tx: Tx) -> None:
        """Raises PersonErased."""
        key = await self._persons.sealing(one.citizen, tx)
        row = {
            "_id": one.id,
            "plan": one.plan,
            "citizen": one.citizen,
            "organisation": one.organisation,
            "kind": one.kind.value,
            "was_due": one.was_due.isoformat(),
            "at": one.at,
            "by": {"name": said_row(one.by.name), "role": one.by.role} if one.by.role else None,
            "result": key.seal((one.result or "").encode(), record=one.id, field=_RESULT),
        }
        await self._rows.insert_one(row, session=tx)

    async def of_plan(self, plan: Plan, request: PageRequest) -> Page[FollowUp]:
        """Newest first."""
        rows = await page_rows(self._rows, {"citizen": plan.citizen, "plan": plan.id}, request)
        keys = await self._persons.many({plan.citizen})
        return Page.cut([_follow_up(row, keys[plan.citizen]) for row in rows], request)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _parsed(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None


def _row(plan: Plan) -> Document:
    return {
        "citizen": plan.citizen,
        "organisation": plan.organisation,
        "contract": plan.contract,
        "kind": plan.kind.value,
        "every_days": plan.every_days,
        "due": plan.due.isoformat(),
        "planned_at": plan.planned_at,
        "open": plan.open,
        "done": plan.done,
        "missed": plan.missed,
        "reminded_for": _day(plan.reminded_for),
        "missed_for": _day(plan.missed_for),
        "remind_on": _day(plan.remind_on),
        "miss_on": _day(plan.miss_on),
        "ended_at": plan.ended_at,
        "test": plan.test,
    }


def _plan(row: Document) -> Plan:
    plain: dict[str, Any] = {name: row[name] for name in _PLAIN}
    return Plan(
        id=row["_id"],
        kind=FollowUpKind(row["kind"]),
        due=date.fromisoformat(row["due"]),
        reminded_for=_parsed(row["reminded_for"]),
        missed_for=_parsed(row["missed_for"]),
        ended_at=row["ended_at"],
        **plain,
    )


def _follow_up(row: Document, key: PersonKey) -> FollowUp:
    return FollowUp(
        id=row["_id"],
        plan=row["plan"],
        citizen=row["citizen"],
        organisation=row["organisation"],
        kind=FollowUpKind(row["kind"]),
        was_due=date.fromisoformat(row["was_due"]),
        at=row["at"],
        result=key.shown(row["result"], record=row["_id"], field=_RESULT),
        by=Worker(said_of(row["by"]["name"]), row["by"]["role"]) if row.get("by") else NOBODY_NAMED,
    )
