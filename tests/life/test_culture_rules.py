"""The rules of events, tickets and halls, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Outcome
from app.core.said import Said
from app.core.tills.model import Means
from app.domains.life.culture.admission.errors import AdmissionNotYet, AdmissionOver, TicketNotGood, TicketUsed
from app.domains.life.culture.admission.model import demand_doors_open, demand_good
from app.domains.life.culture.events.errors import CultureEventNotDraft, CultureEventOver, EventSessionOver
from app.domains.life.culture.events.model import (
    CultureEvent,
    CultureEventKind,
    CultureEventState,
    EventSession,
    Profile,
)
from app.domains.life.culture.tickets.errors import PurchaseNotOpen, SeatsInvalid
from app.domains.life.culture.tickets.model import OPEN, Purchase, PurchaseState, Ticket, TicketState, Wanted
from app.domains.life.culture.venues.errors import CultureInvalid
from app.domains.life.culture.venues.model import Hall, SeatRow

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
START = NOW + timedelta(days=3)
END = START + timedelta(hours=2)
SESSION = EventSession("s", "e", "o", "v", "h", START, END, 100, numbered=True)
PROFILE = Profile(CultureEventKind.PLAY, Said("戏"))
EVENT = CultureEvent("e", "o", PROFILE, CultureEventState.DRAFT, NOW, ends_at=END)


def purchase(tickets: int = 2, state: PurchaseState = PurchaseState.HELD) -> Purchase:
    some = tuple(Ticket(f"t{n}", f"A-{n}") for n in range(tickets))
    return Purchase("p", "YP", "c", "e", "s", "o", 100, some, state, NOW, START, END, NOW, "sale", Means.WALLET)


def test_what_is_published_is_not_rewritten() -> None:
    published = EVENT.published_()
    with pytest.raises(CultureEventNotDraft):
        published.rewritten(PROFILE)
    with pytest.raises(CultureEventNotDraft):
        published.published_()
    with pytest.raises(CultureEventOver):
        published.cancelled("雨", NOW).cancelled("雨", NOW)
    with pytest.raises(CultureEventOver):
        published.cancelled("雨", END)


def test_a_session_that_has_begun_is_not_moved() -> None:
    later = START + timedelta(days=1)
    moved = SESSION.moved(later, later + timedelta(hours=2), "检修", NOW)
    assert (moved.moved_from, moved.returnable_until(PROFILE)) == (START, later)
    again = moved.moved(later + timedelta(days=1), later + timedelta(days=1, hours=1), "检修", NOW)
    assert again.moved_from == START
    with pytest.raises(EventSessionOver):
        SESSION.moved(later, later + timedelta(hours=2), "检修", START)
    with pytest.raises(CultureInvalid):
        SESSION.moved(later, later, "检修", NOW)


@given(st.integers(-10, 10), st.integers(1, 10), st.integers(-10, 10), st.integers(1, 10))
def test_sessions_meet_when_they_share_a_moment(a: int, long: int, b: int, wide: int) -> None:
    hours = timedelta(hours=1)
    one = replace(SESSION, starts_at=START + a * hours, ends_at=START + (a + long) * hours)
    other = replace(SESSION, id="x", starts_at=START + b * hours, ends_at=START + (b + wide) * hours)
    share = bool(set(range(a, a + long)) & set(range(b, b + wide)))
    assert one.meets(other) is other.meets(one) is share
    assert not one.meets(replace(other, hall="another"))


def test_to_a_seat_one_comes_in_time_and_to_an_exhibition_while_it_is_open() -> None:
    with pytest.raises(EventSessionOver):
        SESSION.demand_on_sale(START)
    replace(SESSION, numbered=False).demand_on_sale(START)
    with pytest.raises(EventSessionOver):
        replace(SESSION, numbered=False).demand_on_sale(END)


@given(st.lists(st.sampled_from(["paid", "lapse", "give up", "cancel", "return", "return one", "enter"]), max_size=8))
def test_a_purchase_that_has_ended_holds_no_place_and_never_does_again(steps: list[str]) -> None:
    one, ended = purchase(3), False
    ways = {
        "paid": lambda p: p.paid(),
        "lapse": lambda p: p.ended(PurchaseState.LAPSED, "X"),
        "give up": lambda p: p.ended(PurchaseState.GIVEN_UP, "X"),
        "cancel": lambda p: p.ended(PurchaseState.CANCELLED, "X"),
        "return": lambda p: p.returned(()),
        "return one": lambda p: p.returned(["t0"]),
        "enter": lambda p: p.entered(demand_good(p, "t1").id, NOW),
    }
    for step in steps:
        before = len(one.places)
        try:
            one = ways[step](one)
        except Outcome:
            continue
        assert len(one.places) <= before
        assert not ended, (steps, one)
        ended = one.state not in OPEN
        assert bool(one.places) is not ended or one.state is PurchaseState.GOOD


def test_a_used_ticket_is_neither_good_nor_returned() -> None:
    good = purchase().paid()
    used = good.entered("t0", NOW)
    with pytest.raises(TicketUsed):
        demand_good(used, "t0")
    rest = used.returned(())
    assert [one.state for one in rest.tickets] == [TicketState.USED, TicketState.RETURNED]
    assert rest.state is PurchaseState.GOOD
    with pytest.raises(TicketNotGood):
        demand_good(rest, "t1")
    with pytest.raises(TicketNotGood):
        demand_good(purchase(), "t0")


def test_money_that_goes_back_is_owed_no_more_and_what_could_not_is_for_people() -> None:
    owing = purchase().paid().ended(PurchaseState.CANCELLED, "X").owing(200)
    back = owing.given_back(150)
    assert (back.owed, back.refunded) == (50, 150)
    assert (back.given_back(50).owed, back.given_back(-150).owed) == (0, 50)
    with pytest.raises(PurchaseNotOpen):
        owing.paid()


def test_the_doors_open_two_hours_before() -> None:
    with pytest.raises(AdmissionNotYet) as early:
        demand_doors_open(SESSION, START - timedelta(hours=3))
    assert early.value.opens_at == START - timedelta(hours=2)
    demand_doors_open(SESSION, START - timedelta(hours=2))
    with pytest.raises(AdmissionOver):
        demand_doors_open(SESSION, END)


@pytest.mark.parametrize(("count", "seats"), [(None, []), (2, []), (None, ["A-1", "A-1"]), (None, ["A-1"] * 9)])
def test_seats_are_named_where_they_are_numbered(count: int | None, seats: list[str]) -> None:
    with pytest.raises(SeatsInvalid):
        Wanted.of(count, seats, SESSION, 4)


def test_a_hall_has_as_many_places_as_it_takes() -> None:
    seated = Hall("a", Said("厅"), (SeatRow("A", 3), SeatRow("B", 2)))
    assert list(seated.places()) == ["A-1", "A-2", "A-3", "B-1", "B-2"]
    standing = Hall("b", Said("厅"), room=12)
    assert len(set(standing.places(7))) == 7
    for wrong in (
        Hall("c", Said("厅")),
        Hall("d", Said("厅"), (SeatRow("A", 3),), room=5),
        Hall("E!", Said("厅"), room=1),
    ):
        with pytest.raises(CultureInvalid):
            wrong.demand_fit()
