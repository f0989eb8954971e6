"""A case at the unit that handles it: who sees it, who may act, what is refused, and what of it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import date

import pytest

from app.core.errors import Forbidden, Outcome
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.paging import PageRequest
from app.core.viewer import Viewer
from app.domains.identity.citizens.model import Citizen
from app.domains.voice.cases.clocks.model import Mark
from app.domains.voice.cases.clocks.rules.model import RuleCode
from app.domains.voice.cases.errors import (
    CaseFull,
    CaseHeldByAnother,
    CaseReasonMissing,
    CaseStateWrong,
    CaseUnitUnknown,
    CaseUnknown,
    CaseWordsMissing,
    DueInPast,
    ExtendedAlready,
    ExtensionInvalid,
    FallbackKeeps,
    HandledBefore,
    RequestPending,
    TasksOpen,
    TaskUnknown,
    UnitHasIt,
)
from app.domains.voice.cases.history.model import CaseState, Happened, Identity
from app.domains.voice.cases.model import WORKER, Case
from app.domains.voice.cases.record.model import MOST_EVENTS
from app.domains.voice.cases.requests.model import Answer, Ask
from app.domains.voice.units.handling.errors import AssigneeUnknown, NotLeadUnit, SupervisorNeeded, TransferOutside
from app.domains.voice.units.handling.service import CaseHandling, Wish
from app.wiring import City
from tests.conftest import Databases
from tests.support.case_work import SEAT, CaseWork, SetClock, boss, moment, timed_city, worker

PAGE = PageRequest.of(None, None)
HANDLER, COLLEAGUE = worker("team-1"), worker("team-1", "colleague")
Act = Callable[[CaseHandling, str], Awaitable[Case]]


@pytest.fixture(scope="module")
async def there(databases: Databases) -> AsyncIterator[tuple[City, SetClock]]:
    async with timed_city(databases, "2026-11-23 09:00") as made:
        yield made


@pytest.fixture
def city(there: tuple[City, SetClock]) -> City:
    return there[0]


@pytest.fixture
def handling(city: City) -> CaseHandling:
    return city.services.voice.handling


@pytest.fixture
def work(there: tuple[City, SetClock]) -> CaseWork:
    city, clock = there
    clock.set("2026-11-23 09:00")
    return CaseWork(city)


async def test_a_case_goes_from_the_claim_to_the_reply(city: City, handling: CaseHandling, work: CaseWork) -> None:
    case = await work.dispatched()
    since = len(case.events)
    await handling.claim(HANDLER, case.id, new_id())
    await handling.on_site(HANDLER, case.id, "已到现场，灯杆无电。", (), new_id())
    await handling.note(HANDLER, case.id, "等电工", (), False, new_id())
    await handling.note(HANDLER, case.id, "电工已在路上", (), True, new_id())
    await handling.ask(HANDLER, case.id, "是哪一杆？", new_id())
    done = await handling.finish(HANDLER, case.id, "已更换线路", (), new_id())
    assert (done.state, done.handled_at, done.replied_at) == (CaseState.HANDLED, city.clock.now(), None)
    replied = await handling.reply(HANDLER, case.id, "路灯已修好，谢谢。", new_id())
    assert (replied.state, replied.reply, replied.closed_at) == (CaseState.REPLIED, "路灯已修好，谢谢。", None)
    assert replied.clock is not None
    assert replied.clock.stopped == city.clock.now()
    new = (await work.now(case)).events[since:]
    assert [(one.what, one.public) for one in new] == [
        (Happened.CLAIMED, False),
        (Happened.ON_SITE, True),
        (Happened.NOTED, False),
        (Happened.NOTED, True),
        (Happened.ASKED, True),
        (Happened.HANDLED, True),
        (Happened.REPLIED, True),
    ]


async def test_a_unit_sees_what_it_and_those_below_it_have(city: City, work: CaseWork) -> None:
    case, reading = await work.claimed(), city.services.voice.unit_cases
    for viewer, sees in (
        (HANDLER, True),
        (worker("lights"), True),
        (worker("district"), True),
        (worker("team-2"), False),
        (worker("elsewhere"), False),
        (worker("team-1", test_mode=True), False),
    ):
        assert (await reading.one(viewer, case.id) is not None) is sees, viewer
        assert (await reading.by_number(viewer, case.number) is not None) is sees, viewer
        listed = [one.id for one in (await reading.desk(viewer, (), PAGE)).items]
        assert (case.id in listed) is sees, viewer
    mine = (await reading.desk(HANDLER, (), PAGE, mine=True)).items
    assert case.id in [one.id for one in mine]
    assert not (await reading.desk(worker("team-1", "idle"), (), PAGE, mine=True)).items
    with pytest.raises(Forbidden):
        await reading.desk(worker("team-1", scopes=frozenset({"applications"})), (), PAGE)


async def test_what_is_due_first_comes_first(city: City, work: CaseWork) -> None:
    slow, quick = await work.dispatched("water"), await work.dispatched("water", RuleCode.ENQUIRY)
    reading, who = city.services.voice.unit_cases, worker("water")
    listed = [one.id for one in (await reading.desk(who, (), PAGE)).items]
    assert listed.index(quick.id) < listed.index(slow.id)
    by_then = [one.id for one in (await reading.desk(who, (), PAGE, due_by=date(2026, 11, 25))).items]
    assert quick.id in by_then
    assert slow.id not in by_then
    first = await reading.desk(who, (CaseState.DISPATCHED,), PageRequest.of(1, None))
    assert (len(first.items), first.has_next) == (1, True)


async def test_opening_stands_in_the_ledger_and_hides_whom_it_must(city: City, work: CaseWork) -> None:
    reading = city.services.voice.unit_cases
    citizen = await known(city)
    named = await work.dispatched(citizen=citizen, owner=citizen)
    secret = await work.dispatched(citizen=citizen, owner=citizen, identity=Identity.CONFIDENTIAL)
    nobody = await work.dispatched(identity=Identity.ANONYMOUS)
    caller = await work.dispatched()
    told = await reading.open(HANDLER, named.id, new_id())
    assert (told.case.words.text, told.reporter.phone) == ("小区门口的路灯三天不亮了。", "+8613900000001")
    hidden = await reading.open(HANDLER, secret.id, new_id())
    assert (hidden.case.words.text, hidden.reporter.phone, hidden.reporter.name) == (
        "小区门口的路灯三天不亮了。",
        None,
        None,
    )
    assert (await reading.open(HANDLER, nobody.id, new_id())).reporter.phone is None
    assert (await reading.open(HANDLER, caller.id, new_id())).reporter.name == "林先生"
    seen = await city.db["disclosures"].find({"citizen": citizen}).sort("_id", 1).to_list(None)
    assert [(one["verifier"], one["attributes"]) for one in seen] == [
        ("team-1-handler", ["name", "phone", "case"]),
        ("team-1-handler", ["case"]),
    ]
    with pytest.raises(CaseUnknown):
        await reading.open(worker("team-2"), named.id, new_id())


async def known(city: City) -> str:
    """Somebody with an account."""
    id_ = new_id()
    person = Citizen(id=id_, phone="+8613900000001", created_at=city.clock.now())
    await city.db.transaction(lambda tx: city.citizens.add(person, tx))
    return id_


async def unchanged(work: CaseWork, case: Case, act: Awaitable[object], error: type[Outcome]) -> None:
    """It is refused, and nothing of the case is another."""
    before = await work.city.db["cases"].find_one({"_id": case.id})
    with pytest.raises(error):
        await act
    assert await work.city.db["cases"].find_one({"_id": case.id}) == before


def _longer(days: int) -> Callable[[CaseHandling, str], Awaitable[Case]]:
    return lambda handling, case: handling.request(HANDLER, case, Wish(Ask.EXTENSION, "采购周期", days), new_id())


REFUSED: list[tuple[str, type[Outcome], Viewer, Act]] = [
    ("no handler yet", CaseStateWrong, HANDLER, lambda h, c: h.note(HANDLER, c, "看过了", (), True, new_id())),
    ("no handler yet", CaseStateWrong, HANDLER, lambda h, c: h.finish(HANDLER, c, "修好了", (), new_id())),
    ("nothing to reply", CaseStateWrong, HANDLER, lambda h, c: h.reply(HANDLER, c, "修好了", new_id())),
    ("another unit", CaseUnknown, HANDLER, lambda h, c: h.claim(worker("team-2"), c, new_id())),
    ("not for a handler", SupervisorNeeded, HANDLER, lambda h, c: h.assign(HANDLER, c, "x", new_id())),
    ("nobody of that id", AssigneeUnknown, HANDLER, lambda h, c: h.assign(boss("team-1"), c, "x", new_id())),
    ("no task", TaskUnknown, HANDLER, lambda h, c: h.end_task(HANDLER, c, "断电完成", new_id())),
    ("no words", CaseWordsMissing, HANDLER, lambda h, c: h.finish(HANDLER, c, " ", (), new_id())),
    (
        "no reason",
        CaseReasonMissing,
        HANDLER,
        lambda h, c: h.request(HANDLER, c, Wish(Ask.RETURN, "  "), new_id()),
    ),
    *((f"{days} days", ExtensionInvalid, HANDLER, _longer(days)) for days in (-3, 0, 11, 1_000_000)),
    (
        "no days",
        ExtensionInvalid,
        HANDLER,
        lambda h, c: h.request(HANDLER, c, Wish(Ask.EXTENSION, "采购周期"), new_id()),
    ),
    (
        "in the past",
        DueInPast,
        HANDLER,
        lambda h, c: h.request(HANDLER, c, Wish(Ask.PAUSE, "等待配件", until=date(2026, 11, 23)), new_id()),
    ),
    (
        "no such unit",
        CaseUnitUnknown,
        HANDLER,
        lambda h, c: h.request(HANDLER, c, Wish(Ask.RETURN, "不归我们", suggested="nowhere"), new_id()),
    ),
    ("no such unit", CaseUnitUnknown, HANDLER, lambda h, c: h.transfer(HANDLER, c, "nowhere", "归他们", new_id())),
    ("another branch", TransferOutside, HANDLER, lambda h, c: h.transfer(HANDLER, c, "elsewhere", "归他们", new_id())),
    ("itself", UnitHasIt, HANDLER, lambda h, c: h.transfer(HANDLER, c, "team-1", "归我们", new_id())),
    ("no reason", CaseReasonMissing, HANDLER, lambda h, c: h.transfer(HANDLER, c, "team-2", "", new_id())),
]


@pytest.mark.parametrize(("why", "error", "_who", "act"), REFUSED)
async def test_what_is_refused_changes_nothing(
    handling: CaseHandling, work: CaseWork, why: str, error: type[Outcome], _who: Viewer, act: Act
) -> None:
    case = await work.dispatched()
    await unchanged(work, case, act(handling, case.id), error)


async def test_only_who_has_taken_it_over_acts(handling: CaseHandling, work: CaseWork) -> None:
    case = await work.claimed()
    await unchanged(work, case, handling.claim(COLLEAGUE, case.id, new_id()), CaseHeldByAnother)
    await unchanged(work, case, handling.note(COLLEAGUE, case.id, "我来看看", (), True, new_id()), CaseHeldByAnother)
    await unchanged(work, case, handling.finish(COLLEAGUE, case.id, "修好了", (), new_id()), CaseHeldByAnother)


async def test_of_many_who_take_it_over_at_once_one_has_it(handling: CaseHandling, work: CaseWork) -> None:
    case = await work.dispatched()
    rivals = [worker("team-1", f"rival-{n}") for n in range(6)]
    done = await asyncio.gather(*(handling.claim(one, case.id, new_id()) for one in rivals), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["Case", *["CaseHeldByAnother"] * 5]
    assert [what for what, _ in await work.events(case)].count("claimed") == 1


async def test_a_supervisor_gives_it_to_one_of_the_unit(city: City, handling: CaseHandling, work: CaseWork) -> None:
    case = await work.claimed()
    rows = city.db["staff"]
    ring = city.ring
    row = {"organisation": "team-1", "password_hash": "", "roles": ["handler"], "last_step": 0, "suspended": False}
    sealed = {name: ring.seal_text(name, record="staff-9", field=name) for name in ("name", "totp", "login")}
    await rows.insert_one({"_id": "staff-9", **row, **sealed})
    given = await handling.assign(boss("team-1"), case.id, "staff-9", new_id())
    assert given.handler == "staff-9"
    await rows.update_one({"_id": "staff-9"}, {"$set": {"suspended": True}})
    other = await work.dispatched()
    await unchanged(work, other, handling.assign(boss("team-1"), other.id, "staff-9", new_id()), AssigneeUnknown)


async def test_a_supervisor_gives_it_to_nobody_of_a_unit_that_only_helps(
    city: City, handling: CaseHandling, work: CaseWork
) -> None:
    sealed = {name: city.ring.seal_text(name, record="staff-8", field=name) for name in ("name", "totp", "login")}
    row = {"organisation": "water", "password_hash": "", "roles": ["handler"], "last_step": 0, "suspended": False}
    await city.db["staff"].insert_one({"_id": "staff-8", **row, **sealed})
    case = await work.dispatched("team-1", helpers=("water",))
    await unchanged(work, case, handling.assign(boss("team-1"), case.id, "staff-8", new_id()), AssigneeUnknown)


async def test_a_unit_that_helps_is_told_itself(city: City, work: CaseWork) -> None:
    case = await work.dispatched("team-1", helpers=("water",))
    told = (
        await city.db["outbox"]
        .find({"facts.case": case.id, "type": {"$in": ["case.dispatched", "case.help_asked"]}})
        .to_list(None)
    )
    assert [(one["type"], one["facts"]["organisation"]) for one in told] == [
        ("case.dispatched", "team-1"),
        ("case.help_asked", "water"),
    ]


async def test_people_fill_a_case_and_its_time_goes_on(city: City, work: CaseWork) -> None:
    case = await work.claimed()
    full = replace(case, events=(*case.events, *(case.events[-1],) * (MOST_EVENTS - len(case.events))))

    async def put(tx: Tx) -> None:
        assert await work.store.save(full, case, tx)

    await city.db.transaction(put)
    with pytest.raises(CaseFull):
        await work.kept(full.commented("还没有修", (), SEAT, city.clock.now()), full)

    async def passes(tx: Tx) -> Case:
        return await work.steps.keep(WORKER, full.passed(Mark.HALF, "handler", WORKER, city.clock.now()), full, tx)

    assert (await city.db.transaction(passes)).warned == (Mark.HALF,)


async def test_helping_units_end_their_own_tasks_first(handling: CaseHandling, work: CaseWork) -> None:
    case = await work.dispatched("team-1", helpers=("water",))
    helper = worker("water")
    await unchanged(work, case, handling.claim(helper, case.id, new_id()), NotLeadUnit)
    await handling.claim(HANDLER, case.id, new_id())
    with pytest.raises(TasksOpen) as waiting:
        await handling.finish(HANDLER, case.id, "修好了", (), new_id())
    assert waiting.value.units == ("water",)
    await handling.end_task(helper, case.id, "已断电", new_id())
    done = await handling.finish(HANDLER, case.id, "修好了", (), new_id())
    assert (done.state, done.tasks[0].result) == (CaseState.HANDLED, "已断电")


async def test_a_helper_that_becomes_the_lead_waits_for_no_task_of_its_own(
    city: City, handling: CaseHandling, work: CaseWork
) -> None:
    case, helper = await work.dispatched("team-1", helpers=("team-2", "water")), worker("team-2")
    await handling.end_task(worker("water"), case.id, "已断电", new_id())
    await handling.claim(HANDLER, case.id, new_id())
    moved = await handling.transfer(HANDLER, case.id, "team-2", "主要在二队", new_id())
    assert [one.unit for one in moved.tasks] == ["water"]
    await handling.claim(helper, case.id, new_id())
    assert (await handling.finish(helper, case.id, "修好了", (), new_id())).state is CaseState.HANDLED
    sent = await work.dispatched("team-1", helpers=("water",))
    after = await city.services.voice.centre.dispatch.transfer(SEAT, sent.id, "water", "管网", new_id())
    assert (after.unit, after.tasks, after.units) == ("water", (), ("water", "district"))


async def test_one_request_at_a_time_and_an_extension_once(
    there: tuple[City, SetClock], handling: CaseHandling, work: CaseWork
) -> None:
    case, more = await work.claimed(), Wish(Ask.EXTENSION, "采购周期", days=3)
    asked = await handling.request(HANDLER, case.id, more, new_id())
    await unchanged(
        work, case, handling.request(HANDLER, case.id, Wish(Ask.RETURN, "不归我们"), new_id()), RequestPending
    )
    await unchanged(work, case, handling.finish(HANDLER, case.id, "修好了", (), new_id()), RequestPending)
    granted = await work.kept(asked.settled(Answer.APPROVED, None, SEAT, there[1].at), asked)
    assert granted.timing.due == moment("2026-12-11 00:00")  # Mon 7, and 8, 9, 10
    await unchanged(work, case, handling.request(HANDLER, case.id, more, new_id()), ExtendedAlready)


async def test_what_fell_to_a_unit_is_not_given_back(handling: CaseHandling, work: CaseWork) -> None:
    case = await work.dispatched(fallback=True)
    await unchanged(
        work, case, handling.request(HANDLER, case.id, Wish(Ask.RETURN, "不归我们"), new_id()), FallbackKeeps
    )


async def test_who_had_it_before_does_not_handle_it_again(handling: CaseHandling, work: CaseWork) -> None:
    case = await work.dispatched(handlers_before=("team-1-handler",))
    await unchanged(work, case, handling.claim(HANDLER, case.id, new_id()), HandledBefore)
    assert (await handling.claim(COLLEAGUE, case.id, new_id())).handler == "team-1-colleague"


async def test_it_moves_within_a_branch_and_its_clock_runs_on(handling: CaseHandling, work: CaseWork) -> None:
    case = await work.claimed()
    for to, units in (
        ("team-2", ("team-2", "lights", "district")),
        ("lights", ("lights", "district")),
        ("water", ("water", "district")),
        ("district", ("district",)),
        ("team-1", ("team-1", "lights", "district")),
    ):
        who = worker((await work.now(case)).unit or "")
        moved = await handling.transfer(who, case.id, to, "由其办理更近", new_id())
        assert (moved.unit, moved.units, moved.handler, moved.state) == (to, units, None, CaseState.DISPATCHED)
        assert (moved.clock, moved.timing.due) == (case.clock, case.timing.due)


async def test_the_same_wish_sent_again_is_one(handling: CaseHandling, work: CaseWork) -> None:
    case, key = await work.claimed(), new_id()
    first = await handling.note(HANDLER, case.id, "看过了", (), True, key)
    again = await handling.note(HANDLER, case.id, "看过了", (), True, key)
    assert first.rev == again.rev
