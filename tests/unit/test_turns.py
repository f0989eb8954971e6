"""Whose turn it is: the rule, that it starves nobody, and what is said of the wait."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.said import Said
from app.domains.appointments.hall.queues.errors import QueueInvalid
from app.domains.appointments.hall.queues.model import Hours, Lane, Line, Queue
from app.domains.appointments.hall.tickets.model import Step, TakenBy, Ticket, TicketState
from app.domains.appointments.hall.turns.model import BOOKED_IN_ROW, PRIORITY_IN_ROW, Pace, Waiting, ahead_by_lane
from app.domains.appointments.hall.waits.model import figures

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
LINE = Line("hall:A", "hall", date(2026, 11, 23))
_LANES = st.lists(st.sampled_from(list(Lane)), max_size=40)
MINUTE = timedelta(minutes=1)


def ticket(n: int, lane: Lane = Lane.ORDINARY, rank: datetime | None = None) -> Ticket:
    return Ticket(
        id=f"hall:2026-11-23:A{n:03d}",
        number=f"A{n:03d}",
        queue="hall:A",
        line=LINE.id,
        venue="hall",
        organisation="hall",
        day=LINE.day,
        citizen=None,
        lane=lane,
        rank=rank or NOW - timedelta(hours=1) + n * timedelta(seconds=1),
        taken_at=NOW - timedelta(hours=1),
        taken_by=TakenBy.KIOSK,
        state=TicketState.WAITING,
        history=(Step(TicketState.WAITING, NOW, "kiosk"),),
    )


def order(*tickets: Ticket, line: Line = LINE, at: datetime = NOW) -> list[str]:
    return [one.number for one in Waiting(tickets).in_order(line, at)]


def test_of_one_lane_the_earlier_goes_first() -> None:
    assert order(ticket(2), ticket(1), ticket(3)) == ["A001", "A002", "A003"]


def test_after_two_with_priority_comes_one_without() -> None:
    elders = [ticket(n, Lane.PRIORITY) for n in (3, 4, 5)]
    assert order(ticket(1), ticket(2), *elders) == ["A003", "A004", "A001", "A005", "A002"]


def test_after_three_who_booked_comes_one_who_did_not() -> None:
    booked = [ticket(n, Lane.BOOKED) for n in (2, 3, 4, 5)]
    assert order(ticket(1), *booked) == ["A002", "A003", "A004", "A001", "A005"]


def test_who_booked_goes_first_only_when_his_time_has_come() -> None:
    early = ticket(1, Lane.BOOKED, NOW + MINUTE)
    assert order(early, ticket(2)) == ["A002", "A001"]
    assert order(early, ticket(2), at=NOW + MINUTE) == ["A001", "A002"]


def test_in_what_is_foretold_time_goes_on() -> None:
    early = ticket(1, Lane.BOOKED, NOW + 2 * MINUTE)
    rest = [ticket(n) for n in (2, 3, 4)]
    foretold = Waiting([early, *rest]).in_order(LINE, NOW, MINUTE)
    assert [one.number for one in foretold] == ["A002", "A003", "A001", "A004"]


def test_who_came_back_is_called_after_three_others() -> None:
    back = replace(ticket(1), resume_at=3)
    rest = [ticket(n) for n in (2, 3, 4, 5)]
    assert order(back, *rest) == ["A002", "A003", "A004", "A001", "A005"]
    assert order(back) == ["A001"]


def test_who_was_sent_to_a_counter_is_called_by_that_one_alone() -> None:
    sent = replace(ticket(9), bound_to="window-2")
    mine, other = Waiting([sent, ticket(1)]), Waiting([sent])
    assert (turn := mine.call(LINE, NOW, "window-2")) is not None
    assert turn.ticket.number == "A009"
    assert other.call(LINE, NOW, "window-1") is None


@given(_LANES)
def test_everybody_is_called_once(lanes: list[Lane]) -> None:
    tickets = [ticket(n, lane) for n, lane in enumerate(lanes, 1)]
    assert sorted(order(*tickets)) == [one.number for one in tickets]


@given(_LANES)
def test_within_a_lane_nobody_is_overtaken(lanes: list[Lane]) -> None:
    tickets = [ticket(n, lane) for n, lane in enumerate(lanes, 1)]
    lane_of = {one.number: one.lane for one in tickets}
    called = order(*tickets)
    for lane in Lane:
        mine = [number for number in called if lane_of[number] is lane]
        assert mine == sorted(mine)


@given(st.lists(st.sampled_from([Lane.BOOKED, Lane.PRIORITY]), min_size=1, max_size=60), st.integers(1, 4))
def test_an_ordinary_one_waits_for_eleven_calls_at_most_however_many_go_before(lanes: list[Lane], count: int) -> None:
    """People with bookings and with priority keep coming: each ordinary one has his turn all the same."""
    line, left = LINE, [ticket(n) for n in range(1, count + 1)]
    coming = [ticket(n, lane) for n, lane in enumerate(lanes * 12, 100)]
    since = 0
    while any(one.lane is Lane.ORDINARY for one in left):
        left += [coming.pop(0)] if coming else []
        left += [coming.pop(0)] if coming else []
        turn = Waiting(left).call(line, NOW)
        assert turn is not None
        line, since = turn.line, 0 if turn.ticket.lane is Lane.ORDINARY else since + 1
        left.remove(turn.ticket)
        assert since < (BOOKED_IN_ROW + 1) * (PRIORITY_IN_ROW + 1)


def test_why_one_is_behind_is_told_by_lane() -> None:
    waiting = [ticket(1), ticket(2, Lane.PRIORITY), ticket(3, Lane.BOOKED), ticket(4)]
    ahead = ahead_by_lane(list(Waiting(waiting).in_order(LINE, NOW)), waiting[3].id)
    assert ahead == {Lane.BOOKED: 1, Lane.PRIORITY: 1, Lane.ORDINARY: 1}


@pytest.mark.parametrize(
    ("pace", "ahead", "wait"),
    [
        (Pace(), 0, None),
        (Pace(300.0), 3, None),  # nobody is open
        (Pace(None, idle=2), 3, None),  # nobody was served in the last hour
        (Pace(300.0, idle=1), 0, 0),
        (Pace(300.0, busy=(100.0,)), 0, 200),
        (Pace(300.0, busy=(100.0,)), 2, 800),
        (Pace(300.0, busy=(100.0, 250.0)), 1, 200),
        (Pace(300.0, busy=(900.0,)), 0, 75),  # longer than most already: a while yet
        (Pace(300.0, busy=(0.0,), share=0.5), 0, 600),  # half of its time is another queue's
    ],
)
def test_the_wait(pace: Pace, ahead: int, wait: int | None) -> None:
    assert pace.wait(ahead) == wait


def test_two_that_were_served_say_nothing_yet() -> None:
    assert Pace.measured([MINUTE, MINUTE], idle=1).wait(1) is None
    assert Pace.measured([MINUTE, MINUTE, 4 * MINUTE], idle=1).wait(1) == 120


@given(st.integers(0, 30), st.integers(1, 5))
def test_who_stands_further_behind_waits_no_less(ahead: int, counters: int) -> None:
    pace = Pace(240.0, busy=(60.0,) * counters)
    here, behind = pace.wait(ahead), pace.wait(ahead + 1)
    assert here is not None
    assert behind is not None
    assert here <= behind


def test_figures_of_a_day() -> None:
    def done(n: int, waited: int, estimate: int | None) -> Ticket:
        called = NOW + n * MINUTE
        return replace(
            ticket(n),
            state=TicketState.SERVED,
            called_at=called,
            ended_at=called + MINUTE,
            waited=waited,
            estimate=estimate,
        )

    tickets = [done(1, 60, None), done(2, 120, 100), done(3, 300, 360), ticket(4)]
    found = figures(replace(LINE, issued=4), tickets)
    assert (found.served, found.waiting, found.mean_wait, found.mean_service) == (3, 1, 160, 60)
    assert (found.estimated, found.error, found.bias) == (2, 40, -20)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"letter": "a"}, "letter"),
        ({"letter": "AB"}, "letter"),
        ({"name": Said(" ")}, "name"),
        ({"hours": Hours(days=(0,))}, "hours"),
        ({"hours": Hours(days=(7, 8))}, "hours"),
        ({"quota": 0}, "quota"),
        ({"quota": 1000}, "quota"),
        ({"priority_age": 30}, "priority_age"),
    ],
)
def test_a_queue_that_cannot_be(changed: dict[str, object], field: str) -> None:
    with pytest.raises(QueueInvalid) as wrong:
        replace(Queue("hall", "hall", "A", Said("甲")), **changed)  # type: ignore[arg-type]
    assert wrong.value.field == field
