"""What time does to cases in a city: marks told upwards once, pauses that end, words that nobody gives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.core.ids import new_id
from app.core.paging import PageRequest
from app.domains.voice.cases.clocks.model import Mark, Shift
from app.domains.voice.cases.clocks.rules.errors import ClockRuleChanged
from app.domains.voice.cases.clocks.rules.model import RuleCode
from app.domains.voice.cases.errors import CaseUnknown, DueInPast
from app.domains.voice.cases.history.model import CaseState, Confirmation
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.passing.model import UNHELD
from app.domains.voice.cases.ratings.model import CaseRating
from app.domains.voice.cases.requests.model import Answer, Ask
from app.domains.voice.centre.seats.intake.service import Taking
from app.domains.voice.units.escalation.errors import EscalationUnknown, NotAbove
from app.domains.voice.units.escalation.model import Looked, Rung
from app.domains.voice.units.handling.service import Wish
from app.wiring import City
from tests.conftest import Databases
from tests.support.api import OPS
from tests.support.case_work import CENTRE, SEAT, CaseWork, SetClock, boss, moment, timed_city, worker


@pytest.fixture(scope="module")
async def there(databases: Databases) -> AsyncIterator[tuple[City, SetClock]]:
    async with timed_city(databases, "2026-11-23 09:00") as made:
        yield made


@pytest.fixture
async def clock(there: tuple[City, SetClock]) -> SetClock:
    city, clock = there
    clock.at += timedelta(days=400)  # what other tests left behind passes all its marks
    await city.services.voice.time.look()
    await city.db["cases"].delete_many({})
    await city.db["case_escalations"].delete_many({})
    clock.set("2026-11-23 09:00")
    return clock


@pytest.fixture
def city(there: tuple[City, SetClock]) -> City:
    return there[0]


@pytest.fixture
def work(city: City, clock: SetClock) -> CaseWork:
    return CaseWork(city)


async def raised(city: City, case: Case) -> list[tuple[str, str, str]]:
    return [(one.what, one.rung, one.to) for one in await city.services.voice.escalations.of_case(case.id)]


async def at(clock: SetClock, city: City, text: str) -> Looked:
    clock.set(text)
    return await city.services.voice.time.look()


async def test_what_somebody_holds_goes_up_step_by_step(city: City, clock: SetClock, work: CaseWork) -> None:
    case = await work.claimed()  # 10 days to Mon 7 December
    since = len(case.events)
    assert (await at(clock, city, "2026-12-01 08:59")).seen == 0
    assert await at(clock, city, "2026-12-01 09:00") == Looked(seen=1, warned=1)
    assert await at(clock, city, "2026-12-04 09:00") == Looked(seen=1, warned=1, raised=1)
    assert (await at(clock, city, "2026-12-07 23:59")).seen == 0
    assert await at(clock, city, "2026-12-08 00:00") == Looked(seen=1, overdue=1, raised=1)
    assert (await work.now(case)).timing.late
    assert (await at(clock, city, "2026-12-09 00:00")).raised == 1
    assert (await at(clock, city, "2027-01-09 00:00")).seen == 0
    assert await work.events(case, since) == [
        ("warned", "half handler"),
        ("warned", "four_fifths leader"),
        ("overdue", "due above"),
        ("escalated", "over centre"),
    ]
    assert await raised(city, case) == [
        ("four_fifths", Rung.LEADER, "team-1"),
        ("due", Rung.ABOVE, "lights"),
        ("over", Rung.CENTRE, CENTRE),
    ]


async def test_what_nobody_holds_goes_up_first(city: City, clock: SetClock, work: CaseWork) -> None:
    held, unheld = await work.claimed(), await work.dispatched()
    await at(clock, city, "2026-12-01 09:00")
    assert (await raised(city, held), await raised(city, unheld)) == ([], [("half", Rung.LEADER, "team-1")])
    await at(clock, city, "2026-12-08 00:00")
    assert (await raised(city, unheld))[-1] == ("due", Rung.CENTRE, CENTRE)


async def test_what_lies_at_the_centre_is_told_to_the_centre(city: City, clock: SetClock, work: CaseWork) -> None:
    case = await work.accepted(RuleCode.URGENT)
    await at(clock, city, "2026-11-23 11:00")
    assert await raised(city, case) == [("half", Rung.CENTRE, CENTRE)]


async def test_of_several_marks_behind_each_is_an_event_and_the_last_is_told(
    city: City, clock: SetClock, work: CaseWork
) -> None:
    case = await work.claimed(rule=RuleCode.URGENT)
    since = len(case.events)
    assert await at(clock, city, "2026-11-24 12:00") == Looked(seen=1, warned=2, overdue=1, raised=1)
    assert [what for what, _ in await work.events(case, since)] == ["warned", "warned", "overdue", "escalated"]
    assert await raised(city, case) == [("over", Rung.CENTRE, CENTRE)]


async def test_a_comment_between_a_mark_and_the_look_at_it_hides_nothing(
    city: City, clock: SetClock, work: CaseWork
) -> None:
    case = await work.claimed(rule=RuleCode.URGENT)
    clock.set("2026-11-23 11:10")
    moved = (await work.now(case)).commented("还没有修", (), SEAT, clock.now())
    kept = await work.kept(moved, await work.now(case))
    assert kept.timing.due == case.timing.due
    assert (await city.services.voice.time.look()).warned == 1


async def test_many_workers_tell_each_mark_once(city: City, clock: SetClock, work: CaseWork) -> None:
    cases = [await work.dispatched(rule=RuleCode.URGENT) for _ in range(6)]
    clock.set("2026-11-23 11:00")
    done = await asyncio.gather(*(city.services.voice.time.look() for _ in range(5)))
    assert sum(one.warned for one in done) == len(cases)
    for case in cases:
        assert await raised(city, case) == [("half", Rung.LEADER, "team-1")]
        assert [what for what, _ in await work.events(case)].count("warned") == 1


async def test_a_pause_ends_with_its_last_day_however_late_the_worker_comes(
    city: City, clock: SetClock, work: CaseWork
) -> None:
    case = await work.claimed()
    asked = await city.services.voice.handling.request(
        worker("team-1"), case.id, Wish(Ask.PAUSE, "等待配件", until=date(2026, 11, 26)), new_id()
    )
    paused = await work.kept(asked.settled(Answer.APPROVED, None, SEAT, clock.now()), asked)
    assert paused.timing.due is None
    assert paused.timing.look == moment("2026-11-27 00:00")
    clock.set("2026-11-26 23:59")
    assert (await city.services.voice.time.look()).seen == 0
    assert await at(clock, city, "2026-11-30 10:00") == Looked(seen=1, resumed=1)
    resumed = await work.now(case)
    assert resumed.clock is not None
    assert resumed.clock.pauses[0].until == moment("2026-11-27 00:00")
    assert resumed.timing.due == moment("2026-12-11 00:00")  # Mon 7 and (24, 25, 26)


async def test_a_pause_whose_last_day_has_gone_by_is_not_granted_any_more(
    city: City, clock: SetClock, work: CaseWork
) -> None:
    case, requests = await work.claimed(), city.services.voice.centre.requests
    wish = Wish(Ask.PAUSE, "等待配件", until=date(2026, 11, 24))
    asked = await city.services.voice.handling.request(worker("team-1"), case.id, wish, new_id())
    waits = asked.requests[0].id
    clock.set("2026-11-25 00:00")
    with pytest.raises(DueInPast):
        await requests.approve(SEAT, case.id, waits, None, new_id())
    assert await work.now(case) == asked
    clock.set("2026-11-24 23:59")
    paused = await requests.approve(SEAT, case.id, waits, None, new_id())
    assert paused.timing.look == moment("2026-11-25 00:00")


async def test_what_nobody_rates_is_closed_as_unconfirmed_after_seven_days(
    city: City, clock: SetClock, work: CaseWork
) -> None:
    case, handling, who = await work.claimed(), city.services.voice.handling, worker("team-1")
    await handling.finish(who, case.id, "已更换灯泡", (), new_id())
    await handling.reply(who, case.id, "路灯已修好", new_id())
    assert (await at(clock, city, "2026-11-30 08:59")).seen == 0
    assert await at(clock, city, "2026-11-30 09:00") == Looked(seen=1, unconfirmed=1)
    closed = await work.now(case)
    assert (closed.state, closed.confirmation) == (CaseState.CLOSED, Confirmation.UNCONFIRMED)
    assert closed.handled_at == moment("2026-11-23 09:00")


async def test_a_day_set_from_above_is_told_when_it_goes_by(city: City, clock: SetClock, work: CaseWork) -> None:
    case, service = await work.claimed(), city.services.voice.supervising
    day = date(2026, 11, 24)
    with pytest.raises(NotAbove):
        await service.supervise(boss("team-1"), case.id, day, "请尽快办理", new_id())
    with pytest.raises(CaseUnknown):
        await service.supervise(boss("water"), case.id, day, "请尽快办理", new_id())
    with pytest.raises(DueInPast):
        await service.supervise(boss("lights"), case.id, date(2026, 11, 22), "请尽快办理", new_id())
    for viewer in (boss("district"), SEAT, OPS):
        supervised = await service.supervise(viewer, case.id, day, "请尽快办理", new_id())
    assert supervised.supervision is not None
    assert supervised.supervision.due == day
    assert (await at(clock, city, "2026-11-24 23:59")).seen == 0
    assert (await at(clock, city, "2026-11-25 00:00")).raised == 1
    assert await raised(city, case) == [("supervision", Rung.CENTRE, CENTRE)]
    assert (await city.services.voice.time.look()).seen == 0


async def test_a_note_of_what_was_told_is_taken_once_and_by_those_it_was_told_to(
    city: City, clock: SetClock, work: CaseWork
) -> None:
    await work.dispatched(rule=RuleCode.URGENT)
    await at(clock, city, "2026-11-23 11:00")
    service, request = city.services.voice.escalations, PageRequest.of(None, None)
    (told,) = (await service.told(boss("team-1"), request)).items
    assert not (await service.told(boss("team-2"), request)).items
    with pytest.raises(EscalationUnknown):
        await service.note(boss("team-2"), told.id, new_id())
    noted = await service.note(boss("team-1"), told.id, new_id())
    assert (noted.open, noted.noted_by) == (False, "team-1-boss")
    with pytest.raises(EscalationUnknown):
        await service.note(OPS, told.id, new_id())
    assert not (await service.told(boss("team-1"), request)).items


async def test_what_was_told_is_over_when_the_case_goes_on(city: City, clock: SetClock, work: CaseWork) -> None:
    case = await work.claimed(rule=RuleCode.URGENT)
    await at(clock, city, "2026-11-23 12:12")
    handling, who = city.services.voice.handling, worker("team-1")
    await handling.finish(who, case.id, "已更换灯泡", (), new_id())
    await handling.reply(who, case.id, "路灯已修好", new_id())
    assert [one.open for one in await city.services.voice.escalations.of_case(case.id)] == [True]
    for claim in await city.outbox.claim(most=500):
        await city.services.voice.escalations.take(claim.event)
    assert [one.open for one in await city.services.voice.escalations.of_case(case.id)] == [False]


async def test_a_day_off_that_the_desk_writes_moves_open_cases(city: City, clock: SetClock, work: CaseWork) -> None:
    running, done = await work.claimed(), await work.claimed()
    handling, who = city.services.voice.handling, worker("team-1")
    await handling.finish(who, done.id, "已更换灯泡", (), new_id())
    await handling.reply(who, done.id, "路灯已修好", new_id())
    before, time = (await work.now(done)).timing, city.services.voice.time
    assert await time.recount() == 0
    await city.calendar.write(OPS, date(2026, 11, 25), False, "台风停工", new_id())
    try:
        counts = await asyncio.gather(*(time.recount() for _ in range(3)))
        assert sum(counts) == 1
        moved = await work.now(running)
        assert (moved.timing.due, moved.rev) == (moment("2026-12-09 00:00"), running.rev)
        assert (await work.now(done)).timing.look == before.look
        assert await time.recount() == 0
    finally:
        await city.calendar.take_back(OPS, date(2026, 11, 25), new_id())
    assert await time.recount() == 1


async def test_a_case_that_a_day_off_makes_timely_is_late_no_more(city: City, clock: SetClock, work: CaseWork) -> None:
    case = await work.claimed(rule=RuleCode.ENQUIRY)  # Tue 24, Wed 25
    await at(clock, city, "2026-11-26 08:00")
    assert (await work.now(case)).timing.late
    await city.services.voice.time.recount()
    await city.calendar.write(OPS, date(2026, 11, 25), False, "台风停工", new_id())
    try:
        await city.services.voice.time.recount()
        assert not (await work.now(case)).timing.late
    finally:
        await city.calendar.take_back(OPS, date(2026, 11, 25), new_id())


async def test_a_rule_changes_for_those_accepted_after_it(city: City, clock: SetClock, work: CaseWork) -> None:
    rules = city.services.voice.clock_rules
    old = await rules.start((await work.filed()).kind, convenience=False, urgent=True)
    was = await rules.current(RuleCode.URGENT)
    wanted = replace(was, amount=6, shift=Shift(), reason="按新办法")
    changed = await rules.change(OPS, wanted, new_id())
    assert (changed.version, changed.amount, old.amount) == (was.version + 1, 6, 4)
    with pytest.raises(ClockRuleChanged):
        await rules.change(OPS, wanted, new_id())
    both = await asyncio.gather(
        *(rules.change(OPS, replace(changed, amount=n, reason="同时修改"), new_id()) for n in (7, 8)),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in both) == ["ClockRule", "ClockRuleChanged"]
    new = await rules.start((await work.filed()).kind, convenience=False, urgent=True)
    assert new.version == was.version + 2
    assert [one.version for one in await rules.versions(RuleCode.URGENT)] == [3, 2, 1]


async def test_an_extension_lets_it_be_told_anew_when_it_is_overdue_again(
    city: City, clock: SetClock, work: CaseWork
) -> None:
    case = await work.claimed(rule=RuleCode.ENQUIRY)
    await at(clock, city, "2026-11-26 08:00")
    handling = city.services.voice.handling
    asked = await handling.request(worker("team-1"), case.id, Wish(Ask.EXTENSION, "需要采购", days=2), new_id())
    more = await work.kept(asked.settled(Answer.APPROVED, None, SEAT, clock.now()), asked)
    assert (more.timing.due, more.timing.late) == (moment("2026-11-28 00:00"), False)
    assert Mark.DUE not in more.warned
    assert (await at(clock, city, "2026-11-28 00:00")).overdue == 1


async def test_what_nobody_takes_in_is_told_to_the_centre_once_and_is_over_when_somebody_does(
    city: City, clock: SetClock, work: CaseWork
) -> None:
    case, urgent = await work.filed(), await work.filed(urgent=True)
    assert (await at(clock, city, "2026-11-23 09:30")) == Looked(seen=1, raised=1)
    assert (await raised(city, case), await raised(city, urgent)) == ([], [(UNHELD, Rung.CENTRE, CENTRE)])
    assert (await at(clock, city, "2026-11-23 10:59")).seen == 0
    assert (await at(clock, city, "2026-11-23 11:00")).raised == 1
    assert (await work.events(case))[-1] == ("escalated", UNHELD)
    assert (await at(clock, city, "2026-11-25 11:00")).seen == 0
    intake = city.services.voice.centre.intake
    await intake.refuse(SEAT, urgent.id, "不属于受理范围", "请到法院", new_id())
    await intake.accept(SEAT, case.id, Taking(), new_id())
    for claim in await city.outbox.claim(most=500):
        await city.services.voice.escalations.take(claim.event)
    for one in (case, urgent):
        assert [told.open for told in await city.services.voice.escalations.of_case(one.id)] == [False]


async def test_what_is_opened_anew_and_sent_to_nobody_is_told_too(city: City, clock: SetClock, work: CaseWork) -> None:
    case, who = await work.claimed(), worker("team-1")
    await city.services.voice.handling.finish(who, case.id, "已更换灯泡", (), new_id())
    replied = await city.services.voice.handling.reply(who, case.id, "路灯已修好", new_id())
    rating = CaseRating(False, 2, clock.now(), SEAT.acting(), 1)
    await work.kept(replied.rated(rating, SEAT), replied)
    assert (await at(clock, city, "2026-11-23 11:00")).raised == 1
    assert await raised(city, case) == [(UNHELD, Rung.CENTRE, CENTRE)]
    assert (await at(clock, city, "2026-12-23 11:00")).seen == 0
