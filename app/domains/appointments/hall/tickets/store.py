"""Tickets in MongoDB: none is given twice (the `_id` is venue, day and number), and each is saved as it was read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from app.core.mongo import Database, Document, DuplicateKey, Part, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.appointments.hall.queues.model import Lane
from app.domains.appointments.hall.tickets.model import OPEN, Priority, Step, TakenBy, Ticket, TicketState

_OPEN = sorted(state.value for state in OPEN)
_LEFT_OVER = sorted({*_OPEN, TicketState.ABSENT.value})


class TicketStore:
    def __init__(self, db: Database) -> None:
        self._tickets = db["tickets"]

    async def add(self, ticket: Ticket, tx: Tx) -> None:
        """Raises DuplicateKey (the number was given a moment ago)."""
        await self._tickets.insert_one({"_id": ticket.id, **_row(ticket)}, session=tx)

    async def get(self, ticket: str, tx: Tx | None = None) -> Ticket | None:
        """For the venue's own staff: the caller looks whose venue it is."""
        row = await self._tickets.find_one({"_id": ticket}, session=tx)
        return ticket_of(row) if row else None

    def at_hand(self, citizen: str, most: int) -> Part[Ticket]:
        """Numbers that were not served yet; the first taken first."""
        which = {"citizen": citizen, "state": {"$in": sorted(state.value for state in OPEN)}}
        return Part("tickets", [{"$match": which}, {"$sort": {"taken_at": 1}}, {"$limit": most}], ticket_of)

    async def of(self, ticket: str, citizen: str, tx: Tx | None = None) -> Ticket | None:
        row = await self._tickets.find_one({"_id": ticket, "citizen": citizen}, session=tx)
        return ticket_of(row) if row else None

    async def in_line(self, line: str, citizen: str, tx: Tx) -> list[Ticket]:
        """What this person took in this line, oldest first."""
        rows = (
            await self._tickets.find({"citizen": citizen, "line": line}, session=tx).sort("taken_at", 1).to_list(None)
        )
        return [ticket_of(row) for row in rows]

    async def on_day(self, citizen: str, day: date) -> list[Ticket]:
        """What this person took on that day, newest first."""
        which = {"citizen": citizen, "day": day.isoformat()}
        return [ticket_of(row) for row in await self._tickets.find(which).sort("taken_at", -1).limit(50).to_list(None)]

    async def with_booking(self, booking: str, citizen: str, tx: Tx) -> Ticket | None:
        row = await self._tickets.find_one({"citizen": citizen, "booking": booking}, session=tx)
        return ticket_of(row) if row else None

    async def open_of(self, citizen: str, tx: Tx | None = None) -> list[Ticket]:
        which = {"citizen": citizen, "state": {"$in": _LEFT_OVER}}
        return [ticket_of(row) for row in await self._tickets.find(which, session=tx).to_list(None)]

    async def waiting(self, line: str, tx: Tx | None = None) -> list[Ticket]:
        which = {"line": line, "state": TicketState.WAITING.value}
        return [ticket_of(row) for row in await self._tickets.find(which, session=tx).to_list(None)]

    async def open_in(self, line: str) -> list[Ticket]:
        """Those who wait and those who were called."""
        which = {"line": line, "state": {"$in": _OPEN}}
        return [ticket_of(row) for row in await self._tickets.find(which).to_list(None)]

    async def left_over(self, line: str, tx: Tx) -> list[Ticket]:
        """What is not settled, when the day is over."""
        which = {"line": line, "state": {"$in": _LEFT_OVER}}
        return [ticket_of(row) for row in await self._tickets.find(which, session=tx).to_list(None)]

    async def served_since(self, line: str, since: datetime) -> list[Ticket]:
        which = {"line": line, "state": TicketState.SERVED.value, "ended_at": {"$gte": since}}
        return [ticket_of(row) for row in await self._tickets.find(which).to_list(None)]

    async def all_of(self, line: str) -> list[Ticket]:
        """A day of a queue: a thousand numbers at most, and who booked."""
        return [ticket_of(row) for row in await self._tickets.find({"line": line}).to_list(None)]

    async def page_of(self, line: str, request: PageRequest) -> Page[Ticket]:
        """By number, rising."""
        rows = await page_rows(self._tickets, {"line": line}, request, newest=False)
        return Page.cut([ticket_of(row) for row in rows], request)

    async def save(self, ticket: Ticket, was: Ticket, tx: Tx) -> None:
        """Raises DuplicateKey when somebody was faster (the caller's transaction runs again)."""
        before = {"_id": was.id, "state": was.state.value, "steps": len(was.history)}
        if not (await self._tickets.update_one(before, {"$set": _row(ticket)}, session=tx)).modified_count:
            raise DuplicateKey("it was changed meanwhile")

    async def mark_near(self, tickets: Sequence[Ticket], tx: Tx) -> None:
        which = {"_id": {"$in": [one.id for one in tickets]}, "near_told": False}
        await self._tickets.update_many(which, {"$set": {"near_told": True}}, session=tx)


_PLAIN = ("number", "queue", "line", "venue", "organisation", "citizen", "rank", "taken_at", "service", "booking",
          "own_number", "counter", "bound_to", "called_at", "ended_at", "recalls", "returned", "resume_at", "near_told",
          "estimate", "waited", "test")  # fmt: skip


def _row(ticket: Ticket) -> Document:
    return {
        **{name: getattr(ticket, name) for name in _PLAIN},
        "day": ticket.day.isoformat(),
        "lane": ticket.lane.value,
        "taken_by": ticket.taken_by.value,
        "state": ticket.state.value,
        "priority": ticket.priority.value if ticket.priority else None,
        "history": [_step_row(step) for step in ticket.history],
        "steps": len(ticket.history),
    }


def _step_row(step: Step) -> Document:
    return {"state": step.state.value, "at": step.at, "actor": step.actor, "counter": step.counter}


def ticket_of(row: Document) -> Ticket:
    return Ticket(
        id=row["_id"],
        day=date.fromisoformat(row["day"]),
        lane=Lane(row["lane"]),
        taken_by=TakenBy(row["taken_by"]),
        state=TicketState(row["state"]),
        priority=Priority(row["priority"]) if row["priority"] else None,
        history=tuple(Step(TicketState(s["state"]), s["at"], s["actor"], s["counter"]) for s in row["history"]),
        **{name: row[name] for name in _PLAIN},
    )
