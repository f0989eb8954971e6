"""Events and their sessions in MongoDB. Each change is guarded by the revision that was read."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.said import said_of, said_row
from app.domains.life.culture.events.model import (
    CultureEvent,
    CultureEventKind,
    CultureEventState,
    EventSession,
    EventSessionState,
    Profile,
)

_MOST = 200


class EventStore:
    def __init__(self, db: Database) -> None:
        self._events = db["culture_events"]
        self._sessions = db["culture_sessions"]

    async def add(self, event: CultureEvent, tx: Tx) -> None:
        await self._events.insert_one(_row(event), session=tx)

    async def save(self, event: CultureEvent, was: CultureEvent, tx: Tx) -> bool:
        """False when it was changed meanwhile."""
        done = await self._events.replace_one({"_id": was.id, "rev": was.rev}, _row(event), session=tx)
        return bool(done.modified_count)

    async def get(self, event: str, tx: Tx | None = None) -> CultureEvent | None:
        row = await self._events.find_one({"_id": event}, session=tx)
        return _event(row) if row else None

    async def many(self, events: Collection[str]) -> dict[str, CultureEvent]:
        rows = await self._events.find({"_id": {"$in": sorted(set(events))}}).to_list(None)
        return {row["_id"]: _event(row) for row in rows}

    async def to_come(
        self, now: datetime, request: PageRequest, kind: CultureEventKind | None = None
    ) -> Page[CultureEvent]:
        """Published ones that are not over; the key is `turn`."""
        which: Document = {"state": CultureEventState.PUBLISHED.value}
        if kind is not None:
            which["kind"] = kind.value
        after = max(request.after or "", now.isoformat())
        rows = await page_rows(self._events, which, PageRequest(request.first, after), by="turn", newest=False)
        return Page.cut([_event(row) for row in rows], request)

    async def of_organisation(self, organisation: str, request: PageRequest) -> Page[CultureEvent]:
        rows = await page_rows(self._events, {"organisation": organisation}, request)
        return Page.cut([_event(row) for row in rows], request)

    async def page(self, request: PageRequest, state: CultureEventState | None = None) -> Page[CultureEvent]:
        """For the desk, newest first."""
        rows = await page_rows(self._events, {"state": state.value} if state else {}, request)
        return Page.cut([_event(row) for row in rows], request)

    # Sessions

    async def put_session(self, session: EventSession, tx: Tx) -> None:
        await self._sessions.insert_one(_session_row(session), session=tx)

    async def save_session(self, session: EventSession, was: EventSession, tx: Tx) -> bool:
        done = await self._sessions.replace_one({"_id": was.id, "rev": was.rev}, _session_row(session), session=tx)
        return bool(done.modified_count)

    async def session(self, session: str, tx: Tx | None = None) -> EventSession | None:
        row = await self._sessions.find_one({"_id": session}, session=tx)
        return _session(row) if row else None

    async def sessions(self, events: Collection[str], tx: Tx | None = None) -> list[EventSession]:
        """In the order of time."""
        found = self._sessions.find({"event": {"$in": sorted(set(events))}}, session=tx)
        rows = await found.sort([("event", 1), ("starts_at", 1)]).to_list(None)
        return sorted((_session(row) for row in rows), key=lambda one: (one.starts_at, one.id))

    async def these_sessions(self, sessions: Collection[str]) -> dict[str, EventSession]:
        rows = await self._sessions.find({"_id": {"$in": sorted(set(sessions))}}).to_list(None)
        return {row["_id"]: _session(row) for row in rows}

    async def in_hall(self, session: EventSession, tx: Tx) -> list[EventSession]:
        """Others in the same hall that end after it begins."""
        which = {"venue": session.venue, "hall": session.hall, "ends_at": {"$gt": session.starts_at}}
        rows = await self._sessions.find(which, session=tx).sort("ends_at", 1).limit(_MOST).to_list(None)
        return [_session(row) for row in rows if row["_id"] != session.id]


def _row(one: CultureEvent) -> Document:
    profile = one.profile
    return {
        "_id": one.id,
        "organisation": one.organisation,
        "kind": profile.kind.value,
        "name": said_row(profile.name),
        "words": said_row(profile.words),
        "fen": profile.fen,
        "per_person": profile.per_person,
        "return_hours": profile.return_hours,
        "state": one.state.value,
        "made_at": one.made_at,
        "ends_at": one.ends_at,
        "turn": one.turn,
        "reason": one.reason,
        "rev": one.rev,
    }


def _event(row: Document) -> CultureEvent:
    profile = Profile(
        kind=CultureEventKind(row["kind"]),
        name=said_of(row["name"]),
        words=said_of(row["words"]),
        fen=row["fen"],
        per_person=row["per_person"],
        return_hours=row["return_hours"],
    )
    return CultureEvent(
        id=row["_id"],
        organisation=row["organisation"],
        profile=profile,
        state=CultureEventState(row["state"]),
        made_at=row["made_at"],
        ends_at=row["ends_at"],
        reason=row["reason"],
        rev=row["rev"],
    )


def _session_row(one: EventSession) -> Document:
    return {
        "_id": one.id,
        "event": one.event,
        "organisation": one.organisation,
        "venue": one.venue,
        "hall": one.hall,
        "starts_at": one.starts_at,
        "ends_at": one.ends_at,
        "room": one.room,
        "numbered": one.numbered,
        "state": one.state.value,
        "moved_from": one.moved_from,
        "reason": one.reason,
        "rev": one.rev,
    }


def _session(row: Document) -> EventSession:
    return EventSession(
        id=row["_id"],
        event=row["event"],
        organisation=row["organisation"],
        venue=row["venue"],
        hall=row["hall"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        room=row["room"],
        numbered=row["numbered"],
        state=EventSessionState(row["state"]),
        moved_from=row["moved_from"],
        reason=row["reason"],
        rev=row["rev"],
    )
