"""What a case adds to the counts, worked out by hand; and sums that do not depend on the order of what happened."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.calendar import published
from app.core.viewer import Role, Viewer
from app.domains.voice.cases.clocks.model import CaseClock, Mark, Measure
from app.domains.voice.cases.history.model import CaseChannel, CaseKind, CaseState, Happened, Identity
from app.domains.voice.cases.model import WORKER, Case, Words
from app.domains.voice.cases.ratings.model import CaseRating
from app.domains.voice.cases.requests.model import Answer, Ask, UnitRequest
from app.domains.voice.figures.indicators.cells.model import CITY, CellKey, Deltas, Grain, deltas_of
from app.domains.voice.figures.indicators.facts.model import CaseFacts, Count, Counted, facts_of
from app.domains.voice.places.model import Place
from app.seed.voice.lives import CENTRE, Lives, LivingUnit

MONDAY = datetime(2026, 3, 2, 0, 50, tzinfo=UTC)  # 08:50 in the city
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LAMPS = Viewer(role=Role.PROVIDER_STAFF, actor="lamp-man", organisation="lamps")
WATER = Viewer(role=Role.PROVIDER_STAFF, actor="water-man", organisation="water")
CITIZEN = Viewer(role=Role.CITIZEN, actor="c", subject="c")


def filed(**more: object) -> Case:
    case = Case(
        id="case",
        number="SQ",
        owner="c",
        citizen="c",
        kind=CaseKind.HELP,
        channel=CaseChannel.PHONE,
        category="street-lamp",
        identity=Identity.NAMED,
        state=CaseState.FILED,
        place=Place("350102005000"),
        words=Words(),
        filed_at=MONDAY,
        changed_at=MONDAY,
    )
    return replace(case, **more)  # type: ignore[arg-type]


def clock(at: datetime) -> CaseClock:
    return CaseClock("help", Measure.WORKING_DAYS, 3, at)


def dispatched(case: Case | None = None) -> Case:
    case = (case or filed()).accepted(clock(MONDAY + 10 * MINUTE), False, CENTRE, MONDAY + 10 * MINUTE)
    return case.dispatched("lamps", ("lamps",), (), "rule", CENTRE, MONDAY + 15 * MINUTE)


def replied(at: datetime, case: Case | None = None) -> Case:
    case = (case or dispatched()).claimed(LAMPS, MONDAY + 20 * MINUTE)
    return case.handled("done", (), LAMPS, at - 5 * MINUTE).timed(published(), at).replied("done", LAMPS, at)


def counted(case: Case) -> dict[Counted, int]:
    sums: Counter[Counted] = Counter()
    for count in facts_of(case.timed(published(), case.changed_at)).counts:
        sums[count.what] += count.n
    return dict(sums)


def at_unit(case: Case, unit: str) -> dict[Counted, int]:
    facts = facts_of(case.timed(published(), case.changed_at))
    return {count.what: count.n for count in facts.counts if count.unit == unit}


def test_a_case_that_was_filed_and_taken_in_belongs_to_no_unit() -> None:
    case = filed().accepted(clock(MONDAY), False, CENTRE, MONDAY + 61 * MINUTE)
    assert facts_of(case).counts == (
        Count("2026-03-02", "", Counted.FILED, 1),
        Count("2026-03-02", "centre-12345", Counted.ACCEPT_MINUTES, 61),
        Count("2026-03-02", "centre-12345", Counted.ACCEPTED, 1),
    )
    assert facts_of(case).district == "350102000000"


def test_each_count_stands_on_the_day_of_its_event_in_the_city() -> None:
    late_evening = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)  # half past midnight of the next day
    case = filed(filed_at=late_evening, changed_at=late_evening)
    assert [count.day for count in facts_of(case).counts] == ["2026-03-03"]


def test_a_reply_in_time_is_on_time_and_handled_is_not_closed() -> None:
    sums = counted(replied(MONDAY + DAY))
    assert (sums[Counted.DUE], sums[Counted.ON_TIME], sums[Counted.FIRST_REPLY_MINUTES]) == (1, 1, 24 * 60)
    assert (sums[Counted.HANDLED], sums[Counted.HANDLED_OPEN]) == (1, 1)
    assert Counted.CLOSED not in sums


def test_a_reply_a_minute_past_midnight_of_the_last_day_is_late_though_nobody_marked_it() -> None:
    # Accepted on Monday the 2nd: three working days end with Thursday the 5th.
    midnight = datetime(2026, 3, 5, 16, 0, tzinfo=UTC)
    assert counted(replied(midnight - MINUTE))[Counted.ON_TIME] == 1
    late = counted(replied(midnight + MINUTE))
    assert (late[Counted.DUE], late.get(Counted.ON_TIME, 0)) == (1, 0)


def test_a_late_reply_that_nobody_marked_stays_late_when_another_round_begins() -> None:
    late = replied(datetime(2026, 3, 5, 16, 1, tzinfo=UTC))
    again = late.rated(CaseRating(False, 1, late.changed_at + DAY, "c", 1), CITIZEN)
    assert again.round == 2
    assert (counted(again)[Counted.DUE], counted(again).get(Counted.ON_TIME, 0)) == (1, 0)


def test_what_was_handled_and_goes_on_anew_or_ends_elsewhere_waits_for_no_closing() -> None:
    again = replied(MONDAY + DAY).rated(CaseRating(False, 1, MONDAY + 2 * DAY, "c", 1), CITIZEN)
    assert counted(again)[Counted.HANDLED] == 1
    assert Counted.HANDLED_OPEN not in counted(again)
    assert Counted.HANDLED_OPEN not in counted(again.withdrawn(CITIZEN, MONDAY + 3 * DAY))


def test_a_case_is_answered_at_once_no_oftener_than_it_is_taken_in() -> None:
    case = filed().answered("like this", clock(MONDAY), CENTRE, MONDAY + 2 * MINUTE)
    again = case.rated(CaseRating(False, 1, MONDAY + DAY, "c", 1), CITIZEN)
    sums = counted(again.answered("like that", clock(MONDAY), CENTRE, MONDAY + 2 * DAY))
    assert (sums[Counted.ACCEPTED], sums[Counted.ANSWERED], sums[Counted.REPLIED]) == (1, 1, 2)


def test_what_is_overdue_counts_as_due_before_anybody_replied_and_once() -> None:
    case = dispatched().passed(Mark.DUE, "lamps", WORKER, MONDAY + 4 * DAY)
    assert (counted(case)[Counted.OVERDUE], counted(case)[Counted.DUE]) == (1, 1)
    sums = counted(replied(MONDAY + 5 * DAY, case))
    assert (sums[Counted.DUE], sums.get(Counted.ON_TIME, 0)) == (1, 0)


def test_more_time_that_was_granted_makes_what_was_overdue_on_time() -> None:
    case = dispatched().passed(Mark.DUE, "lamps", WORKER, MONDAY + 4 * DAY)
    ask = UnitRequest("r", Ask.EXTENSION, "lamps", "lamp-man", MONDAY + 4 * DAY, "parts", days=5)
    case = case.asked(ask, 5, LAMPS, MONDAY + 4 * DAY).settled(Answer.APPROVED, None, CENTRE, MONDAY + 4 * DAY)
    sums = counted(replied(MONDAY + 5 * DAY, case))
    assert (sums[Counted.EXTENDED], sums[Counted.DUE], sums[Counted.ON_TIME]) == (1, 1, 1)


def test_a_return_is_counted_at_the_unit_that_gave_it_back() -> None:
    ask = UnitRequest("r", Ask.RETURN, "lamps", "lamp-man", MONDAY, "not ours")
    case = dispatched().asked(ask, 5, LAMPS, MONDAY + 30 * MINUTE)
    case = case.settled(Answer.APPROVED, None, CENTRE, MONDAY + 45 * MINUTE)
    case = case.dispatched("water", ("water",), (), "fallback", CENTRE, MONDAY + 60 * MINUTE)
    assert at_unit(case, "lamps") == {Counted.DISPATCHED: 1, Counted.DISPATCH_MINUTES: 5, Counted.RETURNED: 1}
    assert at_unit(case, "water") == {Counted.DISPATCHED: 1, Counted.DISPATCH_MINUTES: 15, Counted.FALLBACK: 1}


def test_a_word_of_displeasure_counts_at_the_unit_that_replied_and_reopens_there() -> None:
    case = replied(MONDAY + DAY).rated(CaseRating(False, 2, MONDAY + 2 * DAY, "c", 1), CITIZEN)
    case = case.dispatched("water", ("water",), (), "rule", CENTRE, MONDAY + 2 * DAY)
    lamps = at_unit(case, "lamps")
    assert (lamps[Counted.REOPENED], lamps[Counted.RATED], lamps[Counted.GRADES]) == (1, 1, 2)
    assert Counted.SATISFIED not in lamps
    assert Counted.SOLVED not in lamps
    assert lamps[Counted.ON_TIME] == 1  # of the first round, though another goes on
    assert Counted.RATED not in at_unit(case, "water")


def test_a_case_closed_without_a_word_is_unconfirmed_until_the_word_comes() -> None:
    case = replied(MONDAY + DAY).unconfirmed(WORKER, MONDAY + 9 * DAY)
    assert (counted(case)[Counted.CLOSED], counted(case)[Counted.UNCONFIRMED]) == (1, 1)
    heard = counted(case.rated(CaseRating(True, 5, MONDAY + 20 * DAY, "c", 1), CITIZEN))
    assert (heard[Counted.CLOSED], heard[Counted.CONFIRMED], heard[Counted.SATISFIED]) == (1, 1, 1)
    assert Counted.UNCONFIRMED not in heard
    assert Counted.HANDLED_OPEN not in heard


def test_an_answer_at_once_is_accepted_handled_replied_and_on_time() -> None:
    case = filed().answered("like this", clock(MONDAY), CENTRE, MONDAY + 2 * MINUTE)
    sums = at_unit(case, "centre-12345")
    for what in (Counted.ACCEPTED, Counted.ANSWERED, Counted.HANDLED, Counted.REPLIED, Counted.ON_TIME):
        assert sums[what] == 1, what


def test_arrival_is_counted_once_a_dispatch_from_the_dispatch_on() -> None:
    case = dispatched().claimed(LAMPS, MONDAY + 20 * MINUTE)
    case = case.noted(Happened.ON_SITE, "here", (), LAMPS, MONDAY + 40 * MINUTE, public=True)
    case = case.noted(Happened.ON_SITE, "here again", (), LAMPS, MONDAY + 90 * MINUTE, public=True)
    sums = at_unit(case, "lamps")
    assert (sums[Counted.ON_SITE], sums[Counted.ON_SITE_MINUTES]) == (1, 25)


def test_a_comment_and_a_case_on_trial_add_nothing() -> None:
    case = dispatched()
    assert facts_of(case.commented("well?", (), CITIZEN, MONDAY + DAY)).counts == facts_of(case).counts
    assert facts_of(replace(case, test_of="org")).counts == ()


UNITS = [LivingUnit(f"unit-{n}", ("city",), f"35010{n}000000") for n in range(1, 5)]


def lives(seed: int, many: int) -> list[list[CaseFacts]]:
    """Of each case, what it adds in each of its states."""
    made = Lives(Random(seed), UNITS, ["a", "b.c", "d"])
    starts = (MONDAY + n * timedelta(hours=31) for n in range(many))
    return [[facts_of(state) for state in made.of(start, MONDAY + 400 * DAY)] for start in starts]


def applied(cells: Deltas, change: Deltas) -> None:
    for key, sums in change.items():
        cells.setdefault(key, Counter()).update(sums)


def without_nothing(cells: Deltas) -> Deltas:
    return {key: kept for key, sums in cells.items() if (kept := Counter({p: n for p, n in sums.items() if n}))}


@given(st.integers(0, 10_000), st.integers(1, 12), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_any_order_of_folds_leaves_the_sums_of_a_count_anew(seed: int, many: int, order: Random) -> None:
    cells: Deltas = {}
    known: dict[str, CaseFacts] = {}
    states = [facts for life in lives(seed, many) for facts in life]
    order.shuffle(states)
    last: dict[str, CaseFacts] = {}
    for facts in states:
        if facts.case not in last or last[facts.case].rev < facts.rev:
            last[facts.case] = facts
        if facts.case in known and known[facts.case].rev >= facts.rev:
            continue  # a later state is counted: the store's guard
        applied(cells, deltas_of([facts], [known[facts.case]] if facts.case in known else []))
        known[facts.case] = facts
    assert without_nothing(cells) == deltas_of(last.values())


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_no_share_has_more_above_than_below_and_the_slices_add_up(seed: int) -> None:
    cells = deltas_of(life[-1] for life in lives(seed, 8))
    for sums in cells.values():
        for part, whole in (("on_time", "due"), ("satisfied", "rated"), ("solved", "rated"), ("confirmed", "closed")):
            assert sums[f"all.{part}"] <= sums[f"all.{whole}"]
        for slice_ in ("kind", "channel", "district"):
            of_slice = sum(n for path, n in sums.items() if path.startswith(f"{slice_}.") and path.endswith(".filed"))
            assert of_slice == sums["all.filed"]


def test_days_and_months_of_the_city_say_the_same_and_units_stand_for_themselves() -> None:
    cells = deltas_of(life[-1] for life in lives(7, 30))
    for what in Counted:
        path = f"all.{what}"
        days = sum(sums[path] for key, sums in cells.items() if key.grain is Grain.DAY)
        months = sum(sums[path] for key, sums in cells.items() if key.grain is Grain.MONTH and key.scope == CITY)
        assert days == months
    assert all(path.count(".") == 2 for key, sums in cells.items() for path in sums if path.startswith("spot."))
    assert CellKey(Grain.MONTH, "2026-03", "unit-1") in cells


@pytest.mark.parametrize("code", ["a.b", "$where", ""])
def test_a_code_that_is_no_name_of_a_field_is_made_one(code: str) -> None:
    facts = replace(lives(1, 1)[0][-1], category=code)
    assert all("$" not in path and ".." not in path for sums in deltas_of([facts]).values() for path in sums)
