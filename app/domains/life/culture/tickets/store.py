"""Places, purchases and runs in MongoDB.

A place is a row of its own, `SESSION/PLACE`, and whoever holds it stands in it: two can never hold one, and no row is
everybody's. How many tickets somebody has of an event stands in a row of his, so that two calls meet there.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime

from app.core.mongo import Database, Document, DuplicateKey, Part, Tx, insert_rows, page_rows
from app.core.paging import Page, PageRequest
from app.core.said import UNSAID, Said, said_of
from app.core.tills.model import Means
from app.domains.life.culture.tickets.errors import SeatsInvalid, SeatsTaken, TicketsSoldOut
from app.domains.life.culture.tickets.model import (
    OPEN,
    Purchase,
    PurchaseState,
    Run,
    RunKind,
    Sold,
    Ticket,
    TicketState,
    Wanted,
    in_order,
)

_AT_ONCE = 500
_MORE = 24
_LOOKED_AT = 200  # the database knows the order of names, in which seat 10 stands beside seat 1
_OPEN = sorted(state.value for state in OPEN)


class PlaceStore:
    """Fulfils `events.staging.service.Places`."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._places = db["event_places"]

    async def make(self, session: str, places: Sequence[str]) -> None:
        """Those that are not there yet. Safe to repeat."""
        for start in range(0, len(places), _AT_ONCE):
            part = [f"{session}/{place}" for place in places[start : start + _AT_ONCE]]
            present = {row["_id"] async for row in self._places.find({"_id": {"$in": part}}, {"_id": 1})}
            rows: list[Document] = [
                {"_id": id_, "session": session, "purchase": None} for id_ in part if id_ not in present
            ]
            with suppress(DuplicateKey):  # somebody else makes them at the moment
                await self._db.transaction(lambda tx, rows=rows: insert_rows(self._places, rows, tx))  # type: ignore[misc]

    async def unmake(self, session: str) -> None:
        await self._places.delete_many({"session": session, "purchase": None})

    async def demand_some(self, session: str, wanted: Wanted) -> None:
        """A look before the transaction that decides: whoever comes too late costs one read. Raises SeatsTaken,
        TicketsSoldOut.
        """
        which: Document = {"session": session, "purchase": None}
        if wanted.seats:
            ids = [f"{session}/{seat}" for seat in wanted.seats]
            which = {"_id": {"$in": ids}, "purchase": {"$gt": ""}}
            rows = await self._places.find(which, {"_id": 1}).to_list(None)
            if rows:
                raise SeatsTaken(tuple(sorted(_place(row["_id"]) for row in rows)))
        else:
            rows = await self._places.find(which, {"_id": 1}).limit(wanted.count).to_list(None)
            if len(rows) < wanted.count:
                raise TicketsSoldOut(len(rows))

    async def take(self, session: str, room: int, wanted: Wanted, purchase: str, tx: Tx) -> tuple[str, ...]:
        """All of them, or none; of `room` places. Raises SeatsInvalid, SeatsTaken, TicketsSoldOut."""
        if wanted.seats:
            return await self._take_named(session, wanted.seats, purchase, tx)
        free = await self._some_free(session, room, wanted.count, tx)
        if len(free) < wanted.count:
            raise TicketsSoldOut(len(free))
        chosen = secrets.SystemRandom().sample(free, wanted.count)
        if await self._give(chosen, purchase, tx) != len(chosen):
            raise TicketsSoldOut(0)
        return tuple(sorted(_place(id_) for id_ in chosen))

    async def _take_named(self, session: str, seats: tuple[str, ...], purchase: str, tx: Tx) -> tuple[str, ...]:
        ids = [f"{session}/{seat}" for seat in seats]
        rows = await self._places.find({"_id": {"$in": ids}}, session=tx).to_list(None)
        if len(rows) != len(ids):
            raise SeatsInvalid
        taken = tuple(sorted(_place(row["_id"]) for row in rows if row["purchase"] is not None))
        if taken:
            raise SeatsTaken(taken)
        if await self._give(ids, purchase, tx) != len(ids):
            raise SeatsTaken(seats)
        return seats

    async def _give(self, ids: Sequence[str], purchase: str, tx: Tx) -> int:
        free = {"_id": {"$in": list(ids)}, "purchase": None}
        return int((await self._places.update_many(free, {"$set": {"purchase": purchase}}, session=tx)).modified_count)

    async def _some_free(self, session: str, room: int, count: int, tx: Tx) -> list[str]:
        """Some more than are wanted, from anywhere: whoever looks at the same moment shall find others."""
        which: Document = {"session": session, "purchase": None}
        start = f"{session}/{secrets.randbelow(room) + 1:05d}"
        most = count + _MORE
        ahead = self._places.find({**which, "_id": {"$gte": start}}, {"_id": 1}, session=tx)
        found = [row["_id"] for row in await ahead.sort("_id", 1).limit(most).to_list(None)]
        if len(found) < most:
            before = self._places.find({**which, "_id": {"$lt": start}}, {"_id": 1}, session=tx)
            found += [row["_id"] for row in await before.sort("_id", 1).limit(most).to_list(None)]
        return found

    async def some(self, session: str, most: int, tx: Tx) -> list[str]:
        """Free ones, in the order of rows and seats: those who come together sit together where that can be."""
        which: Document = {"session": session, "purchase": None}
        found = self._places.find(which, {"_id": 1}, session=tx).sort("_id", 1).limit(most + _LOOKED_AT)
        return sorted((_place(row["_id"]) for row in await found.to_list(None)), key=in_order)[:most]

    async def keep(self, session: str, places: Sequence[str], keeper: str, tx: Tx) -> bool:
        """Free ones, for `keeper` alone. False: he has some of them only."""
        return await self._give([f"{session}/{place}" for place in places], keeper, tx) == len(places)

    async def hand_over(self, session: str, places: Sequence[str], keeper: str, purchase: str, tx: Tx) -> None:
        """What was kept. Raises SeatsTaken."""
        kept = {"_id": {"$in": [f"{session}/{place}" for place in places]}, "purchase": keeper}
        done = await self._places.update_many(kept, {"$set": {"purchase": purchase}}, session=tx)
        if done.modified_count != len(places):
            raise SeatsTaken(tuple(places))

    async def free_up(self, session: str, places: Collection[str], purchase: str, tx: Tx) -> None:
        theirs = {"_id": {"$in": [f"{session}/{place}" for place in places]}, "purchase": purchase}
        await self._places.update_many(theirs, {"$set": {"purchase": None}}, session=tx)

    async def free(self, sessions: Collection[str]) -> dict[str, int]:
        """How many places nobody holds, by session."""
        which = {"session": {"$in": sorted(sessions)}, "purchase": None}
        groups: list[Document] = [{"$match": which}, {"$group": {"_id": "$session", "count": {"$sum": 1}}}]
        rows = await self._db.aggregate("event_places", groups)
        return {**dict.fromkeys(sessions, 0), **{row["_id"]: row["count"] for row in rows}}

    async def all(self, session: str) -> dict[str, bool]:
        """Each of its places, and whether somebody holds it."""
        rows = await self._places.find({"session": session}, {"purchase": 1}).to_list(None)
        return {_place(row["_id"]): row["purchase"] is not None for row in rows}


def _place(id_: str) -> str:
    return id_.rpartition("/")[2]


class PurchaseStore:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._purchases = db["ticket_purchases"]
        self._counts = db["ticket_counts"]
        self._runs = db["ticket_runs"]

    async def add(self, purchase: Purchase, tx: Tx) -> None:
        await self._purchases.insert_one(_row(purchase), session=tx)

    async def save(self, purchase: Purchase, was: Purchase, tx: Tx) -> bool:
        """False when it was changed meanwhile."""
        done = await self._purchases.replace_one({"_id": was.id, "rev": was.rev}, _row(purchase), session=tx)
        return bool(done.modified_count)

    async def get(self, purchase: str, tx: Tx | None = None) -> Purchase | None:
        row = await self._purchases.find_one({"_id": purchase}, session=tx)
        return _purchase(row) if row else None

    async def of(self, citizen: str, purchase: str, tx: Tx | None = None) -> Purchase | None:
        row = await self._purchases.find_one({"_id": purchase, "citizen": citizen}, session=tx)
        return _purchase(row) if row else None

    async def page(self, citizen: str, request: PageRequest) -> Page[Purchase]:
        """Newest first."""
        rows = await page_rows(self._purchases, {"citizen": citizen}, request)
        return Page.cut([_purchase(row) for row in rows], request)

    async def open_of(self, citizen: str, now: datetime, most: int = 200) -> list[Purchase]:
        """Of what is not over; the first to be over is first."""
        found = self._purchases.find(_to_come(citizen, now)).sort([("state", -1), ("ends_at", 1)]).limit(most)
        return [_purchase(row) for row in await found.to_list(None)]

    def coming(self, citizen: str, now: datetime, most: int) -> Part[tuple[Purchase, Said]]:
        """What is held first, then what is over first; each with the name of its event. What is over stays good, and
        whoever goes out much has many of those.
        """
        first = {"state": -1, "ends_at": 1}
        named = {"from": "culture_events", "localField": "event", "foreignField": "_id", "as": "events"}
        steps: list[Document] = [
            {"$match": _to_come(citizen, now)},
            {"$sort": first},
            {"$limit": most},
            {"$lookup": named},
        ]
        return Part("ticket_purchases", steps, lambda row: (_purchase(row), _name_of(row["events"])))

    async def lapsed(self, now: datetime, most: int, session: str | None = None) -> list[Purchase]:
        """Holds that are over."""
        which: Document = {"state": PurchaseState.HELD.value, "hold_until": {"$lte": now}}
        if session is not None:
            which["session"] = session
        rows = await self._purchases.find(which).sort("hold_until", 1).limit(most).to_list(None)
        return [_purchase(row) for row in rows]

    async def open_in(self, session: str, most: int, unlike: datetime | None = None) -> list[Purchase]:
        """Of a session, those that are open; `unlike`: whose holders were told another time."""
        which: Document = {"session": session, "state": {"$in": _OPEN}}
        if unlike is not None:
            which["starts_at"] = {"$ne": unlike}
        rows = await self._purchases.find(which).sort("_id", 1).limit(most).to_list(None)
        return [_purchase(row) for row in rows]

    async def owed(self, most: int, after: str = "") -> list[Purchase]:
        which = {"owed": {"$gt": 0}, "_id": {"$gt": after}}
        rows = await self._purchases.find(which).sort("_id", 1).limit(most).to_list(None)
        return [_purchase(row) for row in rows]

    async def sold(self, sessions: Collection[str]) -> dict[str, Sold]:
        """By session, of what is open."""
        which = {"session": {"$in": sorted(sessions)}, "state": {"$in": _OPEN}}
        by = {"session": "$session", "held": {"$eq": ["$state", "held"]}, "state": "$tickets.state"}
        sums = {"_id": by, "count": {"$sum": 1}, "fen": {"$sum": "$fen"}}
        rows = await self._db.aggregate(
            "ticket_purchases", [{"$match": which}, {"$unwind": "$tickets"}, {"$group": sums}]
        )
        found = dict.fromkeys(sessions, Sold())
        for row in rows:
            key = row["_id"]
            state = TicketState(key["state"])
            found[key["session"]] = found[key["session"]].with_(key["held"], state, row["count"], row["fen"])
        return found

    async def to_remind(self, now: datetime, most: int) -> list[Purchase]:
        which = {"state": PurchaseState.GOOD.value, "remind_at": {"$lte": now}}
        rows = await self._purchases.find(which).sort("remind_at", 1).limit(most).to_list(None)
        return [_purchase(row) for row in rows]

    async def has_paid(self, citizen: str, now: datetime, tx: Tx | None) -> bool:
        """Whether money of his stands in tickets of what is not over, or is owed to him."""
        to_come = {"state": PurchaseState.GOOD.value, "sale": {"$gt": ""}, "ends_at": {"$gt": now}}
        which: Document = {"citizen": citizen, "$or": [{**to_come, "tickets.state": "good"}, {"owed": {"$gt": 0}}]}
        return await self._purchases.find_one(which, {"_id": 1}, session=tx) is not None

    # How many one person has

    async def has(self, event: str, citizen: str, tx: Tx) -> int:
        row = await self._counts.find_one({"_id": f"{event}:{citizen}"}, session=tx)
        return int(row["count"]) if row else 0

    async def count(self, event: str, citizen: str, more: int, most: int, tx: Tx) -> int | None:
        """So many more, if that is not too many; else how many more he can have."""
        has = await self.has(event, citizen, tx)
        if has + more > most:
            return max(0, most - has)
        change = {"$inc": {"count": more}, "$setOnInsert": {"citizen": citizen, "event": event}}
        await self._counts.update_one({"_id": f"{event}:{citizen}"}, change, upsert=True, session=tx)
        return None

    async def uncount(self, event: str, citizen: str, fewer: int, tx: Tx) -> None:
        await self._counts.update_one({"_id": f"{event}:{citizen}"}, {"$inc": {"count": -fewer}}, session=tx)

    # Runs

    async def begin_run(self, run: Run, tx: Tx) -> None:
        await self._runs.insert_one(_run_row(run), session=tx)

    async def open_runs(self, most: int = 50) -> list[Run]:
        rows = await self._runs.find({"done_at": None}).sort("_id", 1).limit(most).to_list(None)
        return [_run(row) for row in rows]

    async def note(self, run: str, fen: int, tx: Tx) -> None:
        """One more of its holders was told."""
        await self._runs.update_one({"_id": run}, {"$inc": {"told": 1, "fen": fen}}, session=tx)

    async def end_run(self, run: str, now: datetime) -> None:
        await self._runs.update_one({"_id": run, "done_at": None}, {"$set": {"done_at": now}})

    async def runs(self, request: PageRequest) -> Page[Run]:
        """For the desk, newest first."""
        rows = await page_rows(self._runs, {}, request)
        return Page.cut([_run(row) for row in rows], request)

    async def runs_of(self, event: str) -> list[Run]:
        rows = await self._runs.find({"event": event}).sort("_id", -1).limit(_AT_ONCE).to_list(None)
        return [_run(row) for row in rows]


def _to_come(citizen: str, now: datetime) -> Document:
    return {"citizen": citizen, "state": {"$in": _OPEN}, "ends_at": {"$gt": now}}


def _row(one: Purchase) -> Document:
    return {
        "_id": one.id,
        "number": one.number,
        "citizen": one.citizen,
        "event": one.event,
        "session": one.session,
        "organisation": one.organisation,
        "fen": one.fen,
        "tickets": [_ticket_row(ticket) for ticket in one.tickets],
        "state": one.state.value,
        "made_at": one.made_at,
        "starts_at": one.starts_at,
        "ends_at": one.ends_at,
        "hold_until": one.hold_until,
        "sale": one.sale,
        "means": one.means.value if one.means else None,
        "refunded": one.refunded,
        "owed": one.owed,
        "reason": one.reason,
        "remind_at": one.remind_at,
        "rev": one.rev,
    }


def _ticket_row(ticket: Ticket) -> Document:
    return {"id": ticket.id, "place": ticket.place, "state": ticket.state.value, "used_at": ticket.used_at}


def _name_of(events: Sequence[Document]) -> Said:
    return next((said_of(one["name"]) for one in events), UNSAID)


def _purchase(row: Document) -> Purchase:
    return Purchase(
        id=row["_id"],
        number=row["number"],
        citizen=row["citizen"],
        event=row["event"],
        session=row["session"],
        organisation=row["organisation"],
        fen=row["fen"],
        tickets=tuple(Ticket(t["id"], t["place"], TicketState(t["state"]), t["used_at"]) for t in row["tickets"]),
        state=PurchaseState(row["state"]),
        made_at=row["made_at"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        hold_until=row["hold_until"],
        sale=row["sale"],
        means=Means(row["means"]) if row["means"] else None,
        refunded=row["refunded"],
        owed=row["owed"],
        reason=row["reason"],
        remind_at=row.get("remind_at"),
        rev=row["rev"],
    )


def _run_row(one: Run) -> Document:
    return {
        "_id": one.id,
        "session": one.session,
        "event": one.event,
        "kind": one.kind.value,
        "at": one.at,
        "told": one.told,
        "fen": one.fen,
        "done_at": one.done_at,
    }


def _run(row: Document) -> Run:
    return Run(
        row["_id"],
        row["session"],
        row["event"],
        RunKind(row["kind"]),
        row["at"],
        row["told"],
        row["fen"],
        row["done_at"],
    )
