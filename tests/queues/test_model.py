"""Days of random acts through the services, held against a model: what may be done is done, what may not is named."""

from __future__ import annotations

from random import Random

import pytest

from app.core.errors import Outcome
from app.core.ids import new_id
from app.domains.appointments.hall.tickets.model import TicketState
from tests.queues.conftest import Hall

_ACTS = ("draw", "draw", "draw", "call", "call", "served", "absent", "back", "recall", "transfer", "to-queue", "shut")
_STEPS = 90


class _Model:
    """What must be so: where each number stands, and whom each counter has."""

    def __init__(self) -> None:
        self.state: dict[str, TicketState] = {}
        self.at: dict[str, str | None] = {}
        self.returned: set[str] = set()

    def may(self, act: str, counter: str) -> bool:
        here = self.at[counter]
        if act == "call":
            return here is None
        return here is not None if act in ("served", "absent", "recall", "transfer", "to-queue") else True


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_day_of_random_acts_keeps_its_numbers_together(hall: Hall, seed: int) -> None:
    random, model = Random(seed), _Model()
    for n in (1, 2, 3):
        model.at[await hall.open(n, *("AB" if n == 3 else "A"))] = None
    for _ in range(_STEPS):
        hall.clock.advance(seconds=random.randint(5, 90))
        await _act(hall, model, random)
        await _holds(hall, model)


async def _act(hall: Hall, model: _Model, random: Random) -> None:
    act, counter, key = random.choice(_ACTS), random.choice(list(model.at)), new_id()
    calls, clerk, here = hall.rooms.calls, hall.clerk, model.at[counter]
    match act:
        case "draw":
            drawn = await hall.paper(random.choice("AAB"))
            assert drawn.id not in model.state
            model.state[drawn.id] = TicketState.WAITING
        case "back":
            missed = [one for one, state in model.state.items() if state is TicketState.ABSENT]
            if missed:
                await _back(hall, model, random.choice(missed))
        case "shut":
            await hall.rooms.queues.set_open(clerk, hall.queues["A"].id, True, key)
        case _ if not model.may(act, counter):
            with pytest.raises(Outcome):
                await _done(hall, act, counter, counter)
        case "call":
            await _call(hall, model, counter)
        case "transfer":
            others = [one for one in model.at if one != counter and await _serves(hall, one, str(here))]
            if others:
                await calls.send_to_counter(clerk, counter, random.choice(others), key)
                model.state[str(here)], model.at[counter] = TicketState.WAITING, None
        case "to-queue":
            letter = "B" if str((await _rows(hall))[str(here)]["queue"]).endswith("A") else "A"
            await calls.send_to_queue(clerk, counter, hall.queues[letter].id, key)
            model.state[str(here)], model.at[counter] = TicketState.WAITING, None
        case _:
            moved = await _done(hall, act, counter, counter)
            model.state[str(here)] = moved.state
            model.at[counter] = str(here) if act == "recall" else None


async def _done(hall: Hall, act: str, counter: str, other: str):  # type: ignore[no-untyped-def]
    calls, key = hall.rooms.calls, new_id()
    match act:
        case "call":
            return await calls.call_next(hall.clerk, counter, key)
        case "served":
            return await calls.mark_served(hall.clerk, counter, key)
        case "absent":
            return await calls.mark_absent(hall.clerk, counter, key)
        case "transfer":
            return await calls.send_to_counter(hall.clerk, counter, other, key)
        case "to-queue":
            return await calls.send_to_queue(hall.clerk, counter, hall.queues["B"].id, key)
        case _:
            return await calls.recall(hall.clerk, counter, key)


async def _call(hall: Hall, model: _Model, counter: str) -> None:
    try:
        called = await hall.call(counter)
    except Outcome:  # nobody waits for this counter
        return
    assert model.state[called.id] is TicketState.WAITING
    model.state[called.id], model.at[counter] = TicketState.CALLED, called.id


async def _back(hall: Hall, model: _Model, ticket: str) -> None:
    if ticket in model.returned:
        with pytest.raises(Outcome):
            await hall.rooms.calls.put_back(hall.clerk, ticket, new_id())
        return
    await hall.rooms.calls.put_back(hall.clerk, ticket, new_id())
    model.state[ticket] = TicketState.WAITING
    model.returned.add(ticket)


async def _serves(hall: Hall, counter: str, ticket: str) -> bool:
    row = await hall.city.db["service_counters"].find_one({"_id": counter})
    return row is not None and (await _rows(hall))[ticket]["queue"] in row["queues"]


async def _rows(hall: Hall) -> dict[str, dict[str, object]]:
    rows = await hall.city.db["tickets"].find({"venue": hall.venue.id}).to_list(None)
    return {row["_id"]: row for row in rows}


async def _holds(hall: Hall, model: _Model) -> None:
    rows = await _rows(hall)
    assert {one: TicketState(row["state"]) for one, row in rows.items()} == model.state
    counters = await hall.city.db["service_counters"].find({"venue": hall.venue.id}).to_list(None)
    assert {row["_id"]: row["serving"] for row in counters} == model.at
    lines = await hall.city.db["queue_lines"].find({"venue": hall.venue.id}).to_list(None)
    assert sum(line["issued"] for line in lines) == len(rows)
    board = await hall.rooms.boards.board(hall.venue)
    for standing in board.queues:
        waits = {one for one, row in rows.items() if row["queue"] == standing.queue.id and row["state"] == "waiting"}
        assert {one.id for one in standing.order} == waits
    assert {call.number for call in board.called} == {rows[one]["number"] for one in model.at.values() if one}
