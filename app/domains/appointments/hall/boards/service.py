"""Boards as they are, and as they change."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from app.core.changes import Changes
from app.core.clock import Clock
from app.core.said import Said
from app.core.viewer import Viewer
from app.domains.appointments.hall.boards.model import Board, Called
from app.domains.appointments.hall.queues.errors import QueueClosed
from app.domains.appointments.hall.queues.service import QueueService
from app.domains.appointments.hall.tickets.model import Ticket
from app.domains.appointments.hall.turns.model import Standing
from app.domains.appointments.hall.turns.service import TurnService
from app.domains.appointments.times.venues.errors import VenueUnknown
from app.domains.appointments.times.venues.model import Venue
from app.domains.appointments.times.venues.service import VenueService
from app.domains.identity.citizens.store import CitizenStore


class BoardService:
    def __init__(
        self,
        queues: QueueService,
        turns: TurnService,
        venues: VenueService,
        citizens: CitizenStore,
        changes: Changes,
        clock: Clock,
    ) -> None:
        self._queues = queues
        self._turns = turns
        self._venues = venues
        self._citizens = citizens
        self._changes = changes
        self._clock = clock

    async def of_own(self, viewer: Viewer, venue: str) -> Board | None:
        """For the provider's screens; None when the venue is not its own."""
        try:
            return await self.board(self._venues.own(viewer, venue))
        except VenueUnknown:
            return None

    async def for_citizen(self, viewer: Viewer, venue: str) -> Board | None:
        """For who thinks of going there; None when there is no such venue for him."""
        citizen = await self._citizens.get(viewer.citizen())
        found = self._venues.venue(venue, citizen.test_of) if citizen else None
        return await self.board(found) if found else None

    async def board(self, venue: Venue) -> Board:
        standings = [await self._turns.standing(queue) for queue in await self._queues.of_venue(venue.id)]
        called = sorted((one for s in standings for one in s.called), key=_called_at, reverse=True)
        taking = frozenset(one.line.letter for one in standings if self._takes(one))
        return Board(venue.id, venue.name, tuple(map(self._called, called)), tuple(standings), taking)

    @asynccontextmanager
    async def live(self, viewer: Viewer, venue: str) -> AsyncIterator[AsyncIterator[Board]]:
        """The board now, and after each change. Nothing, when the venue is not the provider's."""
        async with self._changes.of("queue_lines", venue) as rows:
            yield self._follow(viewer, venue, rows)

    async def _follow(self, viewer: Viewer, venue: str, rows: AsyncIterator[dict[str, object]]) -> AsyncIterator[Board]:
        last = await self.of_own(viewer, venue)
        if last is None:
            return
        yield last
        async for _ in rows:
            board = await self.of_own(viewer, venue)
            if board is not None and board != last:
                last = board
                yield board

    def _takes(self, standing: Standing) -> bool:
        try:
            standing.queue.demand_open(standing.line, self._clock.now())
        except QueueClosed:
            return False
        return standing.line.walk_ins < standing.queue.quota

    def _called(self, ticket: Ticket) -> Called:
        counter = self._venues.directory.resources.get(ticket.counter or "")
        name = counter.name if counter else Said(ticket.counter or "")
        return Called(ticket.number, name, _called_at(ticket), ticket.recalls)


def _called_at(ticket: Ticket) -> datetime:
    return ticket.called_at or ticket.taken_at
