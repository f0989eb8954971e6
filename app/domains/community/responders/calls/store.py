"""Calls in MongoDB, and what was said to them. Places of those who come are sealed under their keys, and go with the
end of the call.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from app.core.mongo import Database, Document, Tx, insert_rows, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.core.places.model import Point
from app.core.sealed import KeyRing
from app.domains.community.responders.calls.model import (
    MOST_CALLED,
    CallEnd,
    CallKind,
    CallWish,
    HelpCall,
    Reply,
    ReplyState,
)
from app.domains.community.volunteers.model import Skill

_PLACE = "responder on the way"
_SAID = "help call words"


class CallStore:
    def __init__(self, db: Database, ring: KeyRing, persons: PersonKeys) -> None:
        self._calls = db["help_calls"]
        self._replies = db["help_call_replies"]
        self._ring = ring
        self._persons = persons

    async def add(self, call: HelpCall, replies: Sequence[Reply], tx: Tx) -> None:
        await self._calls.insert_one(self._row(call), session=tx)
        await insert_rows(self._replies, [_reply_row(one, None) for one in replies], tx)

    async def get(self, call: str, tx: Tx | None = None) -> HelpCall | None:
        row = await self._calls.find_one({"_id": call}, session=tx)
        return self._call(row) if row else None

    async def many(self, calls: list[str]) -> dict[str, HelpCall]:
        rows = await self._calls.find({"_id": {"$in": calls}}).to_list(None) if calls else []
        return {row["_id"]: self._call(row) for row in rows}

    async def of_organisation(self, organisation: str, request: PageRequest, *, test: bool) -> Page[HelpCall]:
        """The newest first."""
        return await self._page({"organisation": organisation, "test": test}, request)

    async def page(self, request: PageRequest) -> Page[HelpCall]:
        return await self._page({}, request)

    async def going_on(self, most: int = 100) -> list[HelpCall]:
        """The newest first."""
        found = self._calls.find({"test": False, "ended_at": None}).sort("_id", -1).limit(most)
        return [self._call(row) for row in await found.to_list(None)]

    async def end(self, call: str, why: CallEnd, at: datetime, tx: Tx) -> bool:
        """False when it has ended already. Places are forgotten."""
        change = {"$set": {"ended_at": at, "end": why.value}}
        done = await self._calls.update_one({"_id": call, "ended_at": None}, change, session=tx)
        forget: Document = {"$set": {"place": None, "point_at": None, "open": False}, "$inc": {"rev": 1}}
        await self._replies.update_many({"call": call}, forget, session=tx)
        return bool(done.modified_count)

    # What is said to it

    async def reply(self, call: str, citizen: str, tx: Tx | None = None) -> Reply | None:
        row = await self._replies.find_one({"_id": f"{call}:{citizen}"}, session=tx)
        return _reply(row, await self._persons.of(citizen, tx)) if row else None

    async def save(self, one: Reply, tx: Tx) -> bool:
        """The next version; False when it was changed meanwhile."""
        key = await self._persons.sealing(one.citizen, tx)
        row = _reply_row(one, key)
        change = {name: row[name] for name in ("state", "said_at", "place", "point_at", "rev")}
        before = {"_id": one.id, "rev": one.rev - 1}
        return bool((await self._replies.update_one(before, {"$set": change}, session=tx)).modified_count)

    async def replies(self, call: str) -> list[Reply]:
        """The nearest first."""
        found = self._replies.find({"call": call}).sort([("metres", 1), ("_id", 1)]).limit(MOST_CALLED)
        rows = await found.to_list(None)
        keys = await self._persons.many(row["citizen"] for row in rows)
        return [_reply(row, keys[row["citizen"]]) for row in rows]

    async def open_for(self, citizen: str) -> list[Reply]:
        """To calls that go on, the newest first."""
        rows = await self._replies.find({"citizen": citizen, "open": True}).sort("_id", -1).limit(20).to_list(None)
        key = await self._persons.of(citizen)
        return [_reply(row, key) for row in rows]

    async def excuse(self, citizen: str, at: datetime, tx: Tx) -> None:
        """He comes to none that goes on, and where he is is forgotten."""
        open_: Document = {"citizen": citizen, "open": True, "state": {"$ne": ReplyState.CANNOT.value}}
        gone = {"state": ReplyState.CANNOT.value, "said_at": at, "place": None, "point_at": None, "open": False}
        await self._replies.update_many(open_, {"$set": gone, "$inc": {"rev": 1}}, session=tx)

    async def _page(self, which: Document, request: PageRequest) -> Page[HelpCall]:
        return Page.cut([self._call(row) for row in await page_rows(self._calls, which, request)], request)

    def _row(self, one: HelpCall) -> Document:
        wish = one.wish
        said = json.dumps([wish.address, wish.words], ensure_ascii=False)
        return {
            "_id": one.id,
            "organisation": one.organisation,
            "kind": wish.kind.value,
            "latitude": wish.point.latitude,
            "longitude": wish.point.longitude,
            "said": self._ring.seal_text(said, record=one.id, field=_SAID),
            "within": wish.within,
            "skills": sorted(skill.value for skill in wish.skills),
            "about": wish.about,
            "by": one.by,
            "at": one.at,
            "called": one.called,
            "ended_at": one.ended_at,
            "end": one.end.value if one.end else None,
            "test": one.test,
        }

    def _call(self, row: Document) -> HelpCall:
        address, words = json.loads(self._ring.open_text(row["said"], record=row["_id"], field=_SAID))
        wish = CallWish(
            kind=CallKind(row["kind"]),
            point=Point(row["latitude"], row["longitude"]),
            address=address,
            words=words,
            within=row["within"],
            skills=frozenset(Skill(skill) for skill in row["skills"]),
            about=row["about"],
        )
        return HelpCall(
            id=row["_id"],
            organisation=row["organisation"],
            wish=wish,
            by=row["by"],
            at=row["at"],
            called=row["called"],
            ended_at=row["ended_at"],
            end=CallEnd(row["end"]) if row["end"] else None,
            test=row["test"],
        )


def _reply_row(one: Reply, key: PersonKey | None) -> Document:
    place = None
    if one.point is not None and key is not None:
        text = json.dumps([one.point.latitude, one.point.longitude])
        place = key.seal_text(text, record=one.id, field=_PLACE)
    return {
        "_id": one.id,
        "call": one.call,
        "citizen": one.citizen,
        "metres": one.metres,
        "at": one.at,
        "state": one.state.value,
        "said_at": one.said_at,
        "place": place,
        "point_at": one.point_at,
        "open": True,
        "rev": one.rev,
    }


def _reply(row: Document, key: PersonKey) -> Reply:
    text = key.shown(row["place"], record=row["_id"], field=_PLACE)
    return Reply(
        call=row["call"],
        citizen=row["citizen"],
        metres=row["metres"],
        at=row["at"],
        state=ReplyState(row["state"]),
        said_at=row["said_at"],
        point=Point(*json.loads(text)) if text else None,
        point_at=row["point_at"],
        rev=row["rev"],
    )
