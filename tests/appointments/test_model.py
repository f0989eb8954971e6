"""Any sequence of what people and time can do leaves each seat with one, and everybody with what he was told."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.errors import Outcome
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.viewer import Viewer
from app.domains.appointments.booking.bookings.model import OPEN, Booking, BookingState
from tests.appointments.conftest import Hall
from tests.support.counters import wrong_seats

PEOPLE, SLOTS, STEPS = 4, 3, 14

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["hold", "confirm", "cancel", "move", "join", "accept", "decline", "pass", "long", "sweep"]),
        st.integers(0, PEOPLE - 1),
        st.integers(0, SLOTS - 1),
    ),
    min_size=4,
    max_size=STEPS,
)


class Play:
    """People at one counter, whose acts may fail by name and never otherwise."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self._people = [hall.citizen() for _ in range(PEOPLE)]
        self._slots = hall.of_counter(0)[:SLOTS]

    async def act(self, name: str, person: int, slot: int) -> None:
        who = self._people[person]
        try:
            await self._do(name, who, slot)
        except Outcome:
            return

    async def _do(self, name: str, who: Viewer, slot: int) -> None:
        rooms, mine = self._hall.rooms, await self._newest(who)
        match name:
            case "hold":
                await self._hall.hold(who, self._slots[slot])
            case "join":
                await rooms.waiting.join(who, self._hall.service.id, self._hall.day, self._hall.day, None, new_id())
            case "pass":
                self._hall.clock.advance(minutes=3)
            case "long":
                self._hall.clock.advance(minutes=11)
            case "sweep":
                await self._hall.sweep()
            case _ if mine is not None:
                await self._with(name, who, mine, slot)

    async def _with(self, name: str, who: Viewer, mine: Booking, slot: int) -> None:
        rooms, key = self._hall.rooms, new_id()
        match name:
            case "confirm":
                await rooms.payments.confirm(who, mine.id, key)
            case "cancel":
                await rooms.bookings.cancel(who, mine.id, key)
            case "move":
                await rooms.bookings.move(who, mine.id, self._slots[slot].id, key)
            case "accept":
                await rooms.waiting.accept(who, mine.id, key)
            case "decline":
                await rooms.waiting.decline(who, mine.id, key)

    async def _newest(self, who: Viewer) -> Booking | None:
        page = await self._hall.rooms.bookings.mine(who, PageRequest(20))
        return next((one for one in page.items if one.open), None)

    async def check(self) -> None:
        """Seats add up and are those of open bookings; the diaries say the same."""
        db = self._hall.city.db
        assert await wrong_seats(self._hall.city, [slot.id for slot in self._slots]) == []
        for who in self._people:
            open_ = {"citizen": who.subject, "state": {"$in": [state.value for state in OPEN]}}
            bookings = {row["_id"] for row in await db["bookings"].find(open_).to_list(None)}
            diary = await db["diaries"].find_one({"_id": who.subject})
            now = self._hall.clock.now()
            entries = diary["entries"] if diary else []
            counted = {one["booking"] for one in entries if one["until"] is None or one["until"] > now}
            assert counted <= bookings

    async def settle(self) -> None:
        """All that was not booked is over: then every seat is booked or free."""
        self._hall.clock.advance(minutes=12)
        await self._hall.sweep()
        for _ in range(PEOPLE):  # each offer that is not answered goes to the next one
            self._hall.clock.advance(minutes=12)
            await self._hall.sweep()
        for slot in self._slots:
            found = await self._hall.slot(slot)
            booked = {"slot": slot.id, "state": BookingState.BOOKED.value}
            assert found.free + await self._hall.city.db["bookings"].count_documents(booked) == found.capacity


async def test_no_sequence_of_acts_loses_or_doubles_a_seat(hall: Hall) -> None:
    for acts in _examples(12):
        play = Play(hall)
        for act in acts:
            await play.act(*act)
            await play.check()
        await play.settle()
        await _clean(hall)


def _examples(count: int) -> list[list[tuple[str, int, int]]]:
    """Drawn before the database is asked: hypothesis itself knows no event loop."""
    drawn: list[Any] = []

    @settings(max_examples=count, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(ACTS)
    def draw(acts: list[tuple[str, int, int]]) -> None:
        drawn.append(acts)

    draw()
    return drawn


async def _clean(hall: Hall) -> None:
    """The clock has moved: the next play is on the same slots, all of them free."""
    for name in ("bookings", "waiting", "diaries", "withheld_seats"):
        await hall.city.db[name].delete_many({})
    async for row in hall.city.db["appointment_slots"].find({}):
        fresh = {"free": row["capacity"], "seats": {}}
        await hall.city.db["appointment_slots"].update_one({"_id": row["_id"]}, {"$set": fresh})
