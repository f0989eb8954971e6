"""The centre's side over the real database: each step of a seat, dispatch by rules, and what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.core.errors import BadInput, Forbidden
from app.core.events import Event
from app.core.idempotency import IdempotencyConflict
from app.core.ids import new_id
from app.core.imports.model import FileForm, ImportFile
from app.core.mongo import Document
from app.core.numbers import new_number
from app.core.paging import PageRequest
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.identity.organisations.model import Level
from app.domains.voice.cases.clocks.model import Mark, Measure
from app.domains.voice.cases.errors import (
    AlreadyRated,
    CalledEnough,
    CaseChanged,
    CaseStateWrong,
    CaseUnitUnknown,
    CaseUnknown,
    CaseWordsMissing,
    CategoryUnknown,
    FallbackKeeps,
    FallbackOwed,
    GradeInvalid,
    HandledBefore,
    KindFixed,
    MergeImpossible,
    RequestUnknown,
    SplitImpossible,
    UnitHasIt,
)
from app.domains.voice.cases.history.model import CaseKind, CaseState, Confirmation
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.ratings.model import MOST_CALLS
from app.domains.voice.cases.requests.model import Ask
from app.domains.voice.cases.store import turn_of
from app.domains.voice.centre.dispatch.errors import TooManyHelpers
from app.domains.voice.centre.dispatch.proposals.model import DispatchProposal, Why
from app.domains.voice.centre.dispatch.rules.errors import (
    DispatchImportRefused,
    DispatchRuleChanged,
    DispatchRuleInvalid,
    DispatchRuleUnknown,
    RuleFault,
)
from app.domains.voice.centre.dispatch.rules.model import About, Goal, RuleTable
from app.domains.voice.centre.dispatch.service import Helper
from app.domains.voice.centre.seats.calls.service import Spoken
from app.domains.voice.centre.seats.intake.service import Taking
from app.domains.voice.centre.seats.joining.service import Part
from app.domains.voice.centre.seats.model import BoardList
from app.domains.voice.public.following.model import Tie
from app.domains.voice.units.handling.service import Wish
from app.wiring import City
from tests.conftest import Fakes
from tests.support.api import OPS
from tests.support.case_work import SEAT, CaseWork, worker
from tests.support.seats import LAMP, lamps_by_rule

NOWHERE, KEY = new_id(), new_id()
OTHER_SEAT = replace(SEAT, actor="centre-12345-other")


@pytest.fixture(scope="session")
async def work(shared_city: tuple[City, Fakes]) -> CaseWork:
    """A district with bureaus and teams; lamps are the teams' by rule, the district is its own fallback."""
    work = CaseWork(shared_city[0])
    await lamps_by_rule(work)
    return work


class Seat:
    """What a seat does, with a new key each time."""

    def __init__(self, work: CaseWork, viewer: Viewer = SEAT) -> None:
        self.work = work
        self.centre = work.city.services.voice.centre
        self.viewer = viewer

    async def accept(self, case: Case, taking: Taking | None = None) -> Case:
        return await self.centre.intake.accept(self.viewer, case.id, taking or Taking(), new_id())

    async def propose(self, case: Case) -> DispatchProposal:
        found = await self.centre.dispatch.propose(self.viewer, case.id)
        assert found is not None
        return found[1]

    async def dispatch(self, case: Case, unit: str, *helpers: Helper) -> Case:
        return await self.centre.dispatch.dispatch(self.viewer, case.id, unit, helpers, case.rev, new_id())

    async def approve(self, case: Case, why: str | None = None) -> Case:
        return await self.centre.requests.approve(self.viewer, case.id, await self.work.waiting(case), why, new_id())

    async def call(self, case: Case, **spoken: Any) -> Case:
        return await self.centre.calls.call_back(self.viewer, case.id, Spoken(**spoken), new_id())


@pytest.fixture
def seat(work: CaseWork) -> Seat:
    return Seat(work)


async def given_back(work: CaseWork, case: Case, suggested: str | None = None) -> Case:
    """The unit that has it asks to return it, and the centre agrees."""
    unit = worker(case.unit or "")
    wish = Wish(Ask.RETURN, "不属于本单位职责", suggested=suggested)
    asked = await work.city.services.voice.handling.request(unit, case.id, wish, new_id())
    return await Seat(work).approve(asked)


async def answered(work: CaseWork, case: Case) -> Case:
    """Handled and replied to by the unit that has it."""
    unit, handling = worker(case.unit or ""), work.city.services.voice.handling
    await handling.claim(unit, case.id, new_id())
    await handling.finish(unit, case.id, "已修好", (), new_id())
    return await handling.reply(unit, case.id, "路灯已修好，感谢反映。", new_id())


async def test_a_case_goes_from_the_board_to_a_unit_by_rule(work: CaseWork, seat: Seat) -> None:
    case = await work.filed(category=LAMP)
    taken = await seat.accept(case)
    assert (taken.state, taken.urgent, taken.clock is not None) == (CaseState.ACCEPTED, False, True)
    proposal = await seat.propose(taken)
    assert (proposal.unit, proposal.why, proposal.fallback) == ("team-1", Why.RULE, "district")
    assert [(one.unit, one.why) for one in proposal.alternatives] == [
        ("water", Why.RULE),
        ("district", Why.NEAREST),
    ]
    sent = await seat.dispatch(taken, "team-1", Helper("water", "请配合关水"))
    assert (sent.state, sent.unit, sent.fallback) == (CaseState.DISPATCHED, "team-1", False)
    assert sent.units == ("team-1", "lights", "district", "water")
    assert [(task.unit, task.words) for task in sent.tasks] == [("water", "请配合关水")]
    assert sent.events[-1].detail == f"team-1 rule {LAMP}:district:all@1"
    assert sent.clock == taken.clock


async def test_two_seats_cannot_both_dispatch(work: CaseWork) -> None:
    case = await work.accepted(category=LAMP)
    seats = [Seat(work, replace(SEAT, actor=f"seat-{n}")) for n in range(6)]
    units = ("team-1", "team-2", "water") * 2
    done = await asyncio.gather(
        *(one.dispatch(case, unit) for one, unit in zip(seats, units, strict=True)), return_exceptions=True
    )
    won = [one for one in done if isinstance(one, Case)]
    assert len(won) == 1
    assert all(isinstance(one, CaseChanged) for one in done if one is not won[0])
    now = await work.now(case)
    assert [event.what.value for event in now.events].count("dispatched") == 1
    assert now.unit == won[0].unit
    told = await work.city.db["outbox"].count_documents({"type": "case.dispatched", "facts.case": case.id})
    assert told == 1


async def test_a_repeat_under_the_same_key_dispatches_once_and_other_content_is_a_conflict(work: CaseWork) -> None:
    case, key = await work.accepted(category=LAMP), new_id()
    dispatch = work.city.services.voice.centre.dispatch
    first, again = [await dispatch.dispatch(SEAT, case.id, "water", (), case.rev, key) for _ in range(2)]
    assert first == again
    with pytest.raises(IdempotencyConflict):
        await dispatch.dispatch(SEAT, case.id, "team-1", (), case.rev, key)


async def test_after_the_second_return_only_the_fallback_may_have_it_and_keeps_it(work: CaseWork, seat: Seat) -> None:
    case = await seat.dispatch(await work.accepted(category=LAMP), "team-1")
    case = await given_back(work, case)
    assert (case.state, case.returns, case.unit) == (CaseState.ACCEPTED, 1, None)
    assert (await seat.propose(case)).unit == "water"
    case = await given_back(work, await seat.dispatch(case, "water"), suggested="team-2")
    proposal = await seat.propose(case)
    assert (proposal.unit, proposal.why) == ("district", Why.FALLBACK_RETURNED)
    with pytest.raises(FallbackOwed) as owed:
        await seat.dispatch(case, "team-2")
    assert owed.value.unit == "district"
    fell = await seat.dispatch(case, "district")
    assert (fell.unit, fell.fallback, fell.returns) == ("district", True, 2)
    with pytest.raises(FallbackKeeps):
        await given_back(work, fell)
    assert fell.clock == case.clock  # time went on all the while


async def test_the_unit_that_a_return_names_is_proposed_next(work: CaseWork, seat: Seat) -> None:
    sent = await seat.dispatch(await work.accepted(category=LAMP), "team-1")
    proposal = await seat.propose(await given_back(work, sent, suggested="team-2"))
    assert (proposal.unit, proposal.why) == ("team-2", Why.SUGGESTED)


async def test_who_is_not_content_has_it_handled_elsewhere_with_a_clock_of_its_own(work: CaseWork, seat: Seat) -> None:
    case = await answered(work, await seat.dispatch(await work.accepted(category=LAMP), "team-1"))
    assert case.clock is not None
    assert case.clock.stopped is not None
    case = await seat.call(case, reached=True, solved=False, grade=1, words="还是不亮")
    assert (case.state, case.round, case.confirmation) == (CaseState.ACCEPTED, 2, Confirmation.CONTESTED)
    assert case.id in await listing(seat, BoardList.REOPENED)
    proposal = await seat.propose(case)
    assert (proposal.unit, proposal.why) == ("lights", Why.ABOVE)
    again = await seat.dispatch(case, "lights")
    assert again.clock is not None
    assert (again.clock.stopped, again.clock.started > case.clock.started) == (None, True)  # type: ignore[union-attr]
    with pytest.raises(HandledBefore):
        await work.city.services.voice.handling.claim(
            replace(worker("lights"), actor="team-1-handler"), again.id, new_id()
        )
    twice = await answered(work, again)
    closed = await seat.call(twice, reached=True, solved=False, grade=2)
    assert (closed.state, closed.confirmation) == (CaseState.CLOSED, Confirmation.CONTESTED)


async def test_a_new_round_may_be_given_back_though_the_last_one_fell_to_the_fallback(
    work: CaseWork, seat: Seat
) -> None:
    case = await seat.dispatch(await work.accepted(category=LAMP), "team-1")
    case = await given_back(work, await seat.dispatch(await given_back(work, case), "water"))
    case = await answered(work, await seat.dispatch(case, "district"))
    case = await seat.call(case, reached=True, solved=False, grade=1)
    assert (case.round, case.returns, case.fallback) == (2, 0, False)
    case = await given_back(work, await seat.dispatch(case, "lights"))
    assert case.returns == 1
    proposal = await seat.propose(case)
    assert proposal.why is not Why.FALLBACK_RETURNED
    case = await given_back(work, await seat.dispatch(case, "team-2"))
    assert (await seat.propose(case)).why is Why.FALLBACK_RETURNED
    with pytest.raises(FallbackKeeps):
        await given_back(work, await seat.dispatch(case, "district"))


async def test_nobody_owns_it_so_it_falls_to_the_division(work: CaseWork, seat: Seat) -> None:
    case = await work.accepted(category="test-talk")
    proposal = await seat.propose(case)
    assert (proposal.unit, proposal.why) == ("district", Why.FALLBACK_UNOWNED)
    fell = await seat.dispatch(case, "district")
    assert (fell.fallback, fell.events[-1].detail) == (True, "district fallback_unowned district@1")


async def test_a_seat_may_choose_against_the_rules_and_that_is_kept(work: CaseWork, seat: Seat) -> None:
    sent = await seat.dispatch(await work.accepted(category=LAMP), "elsewhere")
    assert sent.events[-1].detail == "elsewhere seat"
    assert not sent.fallback


async def test_what_the_seat_sees_otherwise_decides_the_clock(work: CaseWork, seat: Seat) -> None:
    case = await work.filed(category=LAMP)
    taken = await seat.accept(case, Taking(CaseKind.HELP, "test-gas"))
    assert (taken.kind, taken.category, taken.urgent) == (CaseKind.HELP, "test-gas", True)
    assert taken.clock is not None
    assert (taken.clock.rule, taken.clock.measure) == ("urgent", Measure.SHIFT_HOURS)
    wish = Taking(CaseKind.COMPLAINT, "test-talk", urgent=False)
    seen = await seat.centre.intake.correct(SEAT, case.id, wish, new_id())
    assert seen.clock is not None
    assert (seen.clock.rule, seen.clock.amount, seen.urgent) == ("convenience", 3, False)
    assert seen.clock.started == taken.accepted_at
    same = await seat.centre.intake.correct(SEAT, case.id, wish, new_id())
    assert same == seen
    sent = await seat.dispatch(seen, "team-1")
    with pytest.raises(KindFixed):
        await seat.centre.intake.correct(SEAT, sent.id, Taking(category=LAMP), new_id())


async def test_a_seat_answers_the_request_it_read_and_no_later_one(work: CaseWork, seat: Seat) -> None:
    case = await work.dispatched("team-1", category=LAMP)
    handling, requests = work.city.services.voice.handling, seat.centre.requests
    await handling.request(worker("team-1"), case.id, Wish(Ask.EXTENSION, "工程量大", days=2), new_id())
    read = await work.waiting(case)
    await requests.decline(OTHER_SEAT, case.id, read, "请按期办结", new_id())
    await handling.request(worker("team-1"), case.id, Wish(Ask.RETURN, "不属于本单位"), new_id())
    for answer in (requests.approve, requests.decline):
        with pytest.raises(RequestUnknown):
            await answer(SEAT, case.id, read, "同意", new_id())
    assert (await work.now(case)).pending is not None


async def test_a_pause_is_granted_ended_and_declined_with_reasons(work: CaseWork, seat: Seat) -> None:
    case = await work.dispatched("team-1", category=LAMP)
    handling, requests = work.city.services.voice.handling, seat.centre.requests
    until = (work.city.clock.now().date()).replace(year=work.city.clock.now().year + 1)
    await handling.request(worker("team-1"), case.id, Wish(Ask.PAUSE, "等零件", until=until), new_id())
    assert case.id in await listing(seat, BoardList.REQUESTS)
    paused = await seat.approve(case, "同意")
    assert paused.clock is not None
    assert paused.clock.is_paused
    assert case.id not in await listing(seat, BoardList.REQUESTS)
    runs = await requests.resume(SEAT, case.id, new_id())
    assert runs.clock is not None
    assert not runs.clock.is_paused
    await handling.request(worker("team-1"), case.id, Wish(Ask.EXTENSION, "工程量大", days=2), new_id())
    declined = await requests.decline(SEAT, case.id, await work.waiting(case), "请按期办结", new_id())
    assert declined.clock == runs.clock
    assert declined.requests[-1].why == "请按期办结"


async def test_a_return_of_a_paused_case_sets_its_time_going_again(work: CaseWork, seat: Seat) -> None:
    case, handling = await work.dispatched("team-1", category=LAMP), work.city.services.voice.handling
    until = (work.city.clock.now().date()).replace(year=work.city.clock.now().year + 1)
    await handling.request(worker("team-1"), case.id, Wish(Ask.PAUSE, "等零件", until=until), new_id())
    back = await given_back(work, await seat.approve(case))
    assert back.clock is not None
    assert (back.clock.is_paused, back.returns) == (False, 1)


async def test_a_case_is_moved_and_handed_to_another_level(work: CaseWork, seat: Seat) -> None:
    case, dispatch = await work.dispatched("team-1", category=LAMP), seat.centre.dispatch
    moved = await dispatch.transfer(SEAT, case.id, "water", "管网问题", new_id())
    assert (moved.unit, moved.units, moved.handler) == ("water", ("water", "district"), None)
    up = await dispatch.hand_over(SEAT, case.id, Level.COUNTY, "由区里统筹", new_id())
    assert (up.unit, up.returns) == ("district", 0)
    assert moved.clock == up.clock == case.clock


async def test_an_answer_at_once_and_a_refusal_with_the_right_place(work: CaseWork, seat: Seat) -> None:
    intake, asked = seat.centre.intake, await work.filed(category=LAMP, kind=CaseKind.ENQUIRY)
    told = await intake.answer(SEAT, asked.id, "请拨打供电热线 95598。", "power-line", new_id())
    assert (told.state, told.reply, told.unit) == (CaseState.REPLIED, "请拨打供电热线 95598。", SEAT.organisation)
    other = await work.filed(category=LAMP)
    refused = await intake.refuse(SEAT, other.id, "属于法院管辖", "鼓楼区人民法院", new_id())
    assert (refused.state, refused.right_place) == (CaseState.REFUSED, "鼓楼区人民法院")


async def test_calls_in_vain_are_counted_and_close_nothing(work: CaseWork, seat: Seat) -> None:
    case = await answered(work, await work.dispatched("team-1", category=LAMP))
    for _ in range(2):
        case = await seat.call(case, reached=False)
    assert (case.state, len(case.call_backs)) == (CaseState.REPLIED, 2)
    content = await seat.call(case, reached=True, solved=True, grade=5)
    assert (content.state, content.confirmation) == (CaseState.CLOSED, Confirmation.CONFIRMED)


async def test_three_calls_in_vain_are_enough_and_once_reached_and_rated_no_more(work: CaseWork, seat: Seat) -> None:
    case = await answered(work, await work.dispatched("team-1", category=LAMP))
    for _ in range(MOST_CALLS):
        await seat.call(case, reached=False)
    with pytest.raises(CalledEnough):
        await seat.call(case, reached=True)
    other = await answered(work, await work.dispatched("team-1", category=LAMP))
    await seat.call(other, reached=True, solved=True, grade=5)
    for said in ({"reached": True}, {"reached": False}, {"reached": True, "solved": True, "grade": 1}):
        with pytest.raises(AlreadyRated):
            await seat.call(other, **said)
    assert len((await work.now(other)).ratings) == 1


async def test_a_case_is_merged_into_one_its_reporter_can_read(work: CaseWork, seat: Seat) -> None:
    joining = seat.centre.joining
    one, private = (
        await work.filed(category=LAMP, number=a_number()),
        await work.filed(category=LAMP, number=a_number()),
    )
    with pytest.raises(MergeImpossible):
        await joining.merge(SEAT, one.id, private.number, new_id())
    whose = new_id()
    first = await work.filed(category=LAMP, number=a_number(), citizen=whose, owner=whose)
    second = await work.filed(category=LAMP, number=a_number(), citizen=whose, owner=whose)
    merged = await joining.merge(SEAT, second.id, first.number, new_id())
    assert (merged.state, merged.into) == (CaseState.MERGED, first.id)
    with pytest.raises(MergeImpossible):
        await joining.merge(SEAT, first.id, first.number, new_id())


async def test_two_that_are_merged_into_each_other_at_once_are_not_both_gone(work: CaseWork, seat: Seat) -> None:
    for _ in range(4):
        whose = new_id()
        one, other = [await work.filed(category=LAMP, number=a_number(), citizen=whose, owner=whose) for _ in range(2)]
        merges = (
            seat.centre.joining.merge(SEAT, one.id, other.number, new_id()),
            seat.centre.joining.merge(OTHER_SEAT, other.id, one.number, new_id()),
        )
        done = await asyncio.gather(*merges, return_exceptions=True)
        assert sum(isinstance(each, Case) for each in done) == 1, done
        assert sorted([(await work.now(each)).state.value for each in (one, other)]) == ["filed", "merged"]


async def test_a_kind_that_was_seen_otherwise_keeps_the_time_it_waited_and_is_warned_of_anew(
    work: CaseWork, seat: Seat
) -> None:
    case, handling, now = (
        await work.claimed(category="test-gas"),
        work.city.services.voice.handling,
        work.city.clock.now(),
    )
    until = now.date() + timedelta(days=9)
    await handling.request(worker("team-1"), case.id, Wish(Ask.PAUSE, "等待配件", until=until), new_id())
    await seat.approve(case)
    back = await given_back(work, await work.now(case))
    late = await work.kept(back.passed(Mark.DUE, "centre", SEAT, now), back)
    assert late.clock is not None
    assert late.clock.pauses
    seen = await seat.centre.intake.correct(SEAT, case.id, Taking(kind=CaseKind.SUGGESTION), new_id())
    assert seen.clock is not None
    assert (seen.clock.pauses, seen.warned) == (late.clock.pauses, ())


async def test_parts_of_a_case_go_on_as_cases_of_their_own(work: CaseWork, seat: Seat) -> None:
    case = await work.accepted(category=LAMP, receipt="hash")
    parts = [Part("漏水", "门口水管漏水", "test-talk"), Part("", "煤气味", "test-gas", CaseKind.HELP)]
    split = await seat.centre.joining.split(SEAT, case.id, parts, new_id())
    numbers = (split.events[-1].detail or "").split()
    assert (split.state, len(numbers)) == (CaseState.ACCEPTED, 2)
    children = [await work.store.get(await work.store.id_of(number) or "") for number in numbers]
    for child in children:
        assert child is not None
        assert (child.parent, child.state, child.place, child.receipt) == (case.id, CaseState.FILED, case.place, "hash")
        assert child.words.contact == case.words.contact
    assert [child.kind for child in children if child] == [CaseKind.COMPLAINT, CaseKind.HELP]


async def test_opening_a_case_tells_its_reporter_in_his_ledger_and_nobody_of_an_anonymous_one(work: CaseWork) -> None:
    board, ledger = work.city.services.voice.centre.board, work.city.db["disclosures"]
    whose = new_id()
    case = await work.filed(category=LAMP, citizen=whose, owner=whose)
    opened = await board.open(SEAT, case.id, new_id())
    assert opened.case.words.text
    row = await ledger.find_one({"citizen": whose})
    assert row is not None
    assert (row["attributes"], row["organisation"]) == (["name", "phone", "case"], SEAT.organisation)
    nobody = await work.filed(category=LAMP)
    caller = await board.open(SEAT, nobody.id, new_id())
    assert (caller.reporter.name, caller.reporter.phone) == ("林先生", "+8613900000001")
    assert await ledger.count_documents({"citizen": nobody.owner}) == 0


async def test_the_board_lists_and_counts_what_waits(work: CaseWork, seat: Seat) -> None:
    filed, accepted = await work.filed(category=LAMP), await work.accepted(category=LAMP)
    back = await given_back(work, await seat.dispatch(await work.accepted(category=LAMP), "team-1"))
    wanted = {BoardList.FILED: filed, BoardList.ACCEPTED: accepted, BoardList.RETURNED: back}
    counts = await seat.centre.board.counts(SEAT)
    for listed, case in wanted.items():
        assert counts[listed] >= 1
        assert case.id in await listing(seat, listed)
    assert back.id in await listing(seat, BoardList.ACCEPTED)
    assert filed.id not in await listing(seat, BoardList.ACCEPTED)


async def listing(seat: Seat, listed: BoardList) -> set[str]:
    found: set[str] = set()
    request = PageRequest(100)
    while True:
        page = await seat.centre.board.board(SEAT, listed, request)
        found |= {one.id for one in page.items}
        if not page.has_next:
            return found
        request = PageRequest(100, turn_of(page.items[-1]))


async def test_trying_things_out_never_meets_real_cases(work: CaseWork) -> None:
    case = await work.filed(category=LAMP)
    trial = replace(SEAT, test_mode=True)
    assert await work.city.services.voice.centre.board.one(trial, case.id) is None
    with pytest.raises(CaseUnknown):
        await work.city.services.voice.centre.intake.accept(trial, case.id, Taking(), new_id())


Refused = Callable[[Seat, Case], Awaitable[object]]
_NO: dict[str, tuple[type[Exception], Refused]] = {
    "not of the centre": (Forbidden, lambda s, c: s.centre.intake.accept(worker("team-1"), c.id, Taking(), new_id())),
    "no such case": (CaseUnknown, lambda s, c: s.centre.intake.accept(SEAT, NOWHERE, Taking(), new_id())),
    "accepted twice": (CaseStateWrong, lambda s, c: s.accept(c)),
    "no such category": (
        CategoryUnknown,
        lambda s, c: s.centre.intake.correct(SEAT, c.id, Taking(None, "?"), new_id()),
    ),
    "an empty answer": (CaseWordsMissing, lambda s, c: s.centre.intake.answer(SEAT, c.id, " ", None, new_id())),
    "a refusal without a place": (
        CaseWordsMissing,
        lambda s, c: s.centre.intake.refuse(SEAT, c.id, "no", "", new_id()),
    ),
    "a unit that is none": (CaseUnitUnknown, lambda s, c: s.dispatch(c, "nobody")),
    "a unit that handles nothing": (CaseUnitUnknown, lambda s, c: s.dispatch(c, "centre-12345")),
    "a helper that is none": (CaseUnitUnknown, lambda s, c: s.dispatch(c, "water", Helper("nobody", "help"))),
    "the lead helps itself": (UnitHasIt, lambda s, c: s.dispatch(c, "water", Helper("water", "help"))),
    "a helper without a task": (CaseWordsMissing, lambda s, c: s.dispatch(c, "water", Helper("team-1", ""))),
    "too many helpers": (TooManyHelpers, lambda s, c: s.dispatch(c, "water", *[Helper("team-1", "help")] * 6)),
    "an old view": (CaseChanged, lambda s, c: s.dispatch(replace(c, rev=c.rev - 1), "water")),
    "moved before it was sent": (
        CaseStateWrong,
        lambda s, c: s.centre.dispatch.transfer(SEAT, c.id, "water", "why", new_id()),
    ),
    "no level there": (
        CaseUnitUnknown,
        lambda s, c: s.centre.dispatch.hand_over(SEAT, c.id, Level.PROVINCE, "why", new_id()),
    ),
    "nothing was asked": (RequestUnknown, lambda s, c: s.approve(c)),
    "not paused": (CaseStateWrong, lambda s, c: s.centre.requests.resume(SEAT, c.id, new_id())),
    "no answer to call about": (CaseStateWrong, lambda s, c: s.call(c, reached=True)),
    "a grade that is none": (GradeInvalid, lambda s, c: s.call(c, reached=True, solved=True, grade=6)),
    "a grade by nobody": (BadInput, lambda s, c: s.call(c, reached=False, solved=True, grade=5)),
    "half a rating": (BadInput, lambda s, c: s.call(c, reached=True, solved=True)),
    "merged into nothing": (CaseUnknown, lambda s, c: s.centre.joining.merge(SEAT, c.id, "SQ", new_id())),
    "split into nothing": (SplitImpossible, lambda s, c: s.centre.joining.split(SEAT, c.id, (), new_id())),
    "split into too much": (
        SplitImpossible,
        lambda s, c: s.centre.joining.split(SEAT, c.id, [Part("", "part", LAMP)] * 6, new_id()),
    ),
    "one part of no category": (
        CategoryUnknown,
        lambda s, c: s.centre.joining.split(SEAT, c.id, [Part("", "ok", LAMP), Part("", "part", "?")], new_id()),
    ),
}


@pytest.mark.parametrize("name", _NO)
async def test_what_is_refused_changes_nothing(work: CaseWork, seat: Seat, name: str) -> None:
    wanted, call = _NO[name]
    case = await work.accepted(category=LAMP)
    before, told = await rows(work, case), await work.city.db["outbox"].count_documents({"facts.case": case.id})
    with pytest.raises(wanted):
        await call(seat, case)
    assert await rows(work, case) == before
    assert await work.city.db["outbox"].count_documents({"facts.case": case.id}) == told


async def rows(work: CaseWork, case: Case) -> list[Document]:
    """The case, and all that were split from it."""
    return await work.city.db["cases"].find({"$or": [{"_id": case.id}, {"parent": case.id}]}).to_list(None)


def a_number() -> str:
    return new_number(2026, "SQ")


async def test_rules_are_changed_in_versions_and_two_changes_do_not_overwrite_each_other(work: CaseWork) -> None:
    rules, about = work.city.services.voice.centre.rules, About("test-talk", "elsewhere")
    units = ("water", "team-1", "team-2", "lights")
    done = await asyncio.gather(
        *(
            rules.write(OPS, RuleTable.RESPONSIBILITIES, about, Goal(unit), Said(unit), "reason", new_id())
            for unit in units
        ),
        return_exceptions=True,
    )
    assert all(not isinstance(one, Exception) or isinstance(one, DispatchRuleChanged) for one in done)
    kept = await rules.one(RuleTable.RESPONSIBILITIES, about.id_in(RuleTable.RESPONSIBILITIES))
    assert kept is not None
    assert [one.version for one in kept.history] == list(range(1, kept.version + 1))
    assert kept.version == sum(not isinstance(one, BaseException) for one in done)
    same = await rules.write(OPS, RuleTable.RESPONSIBILITIES, about, kept.goal, kept.words, "again", new_id())
    assert same.version == kept.version
    ended = await rules.end(OPS, RuleTable.RESPONSIBILITIES, kept.id, "no more", new_id())
    assert (ended.ended, ended.version) == (True, kept.version + 1)
    with pytest.raises(DispatchRuleUnknown):
        await rules.end(OPS, RuleTable.RESPONSIBILITIES, kept.id, "twice", new_id())
    assert await work.city.db["audit"].count_documents({"target": kept.id, "action": {"$regex": "^dispatch"}}) >= 2


@pytest.mark.parametrize(
    ("table", "about", "goal", "field"),
    [
        (RuleTable.RESPONSIBILITIES, About("no-such"), Goal("water"), "category"),
        (RuleTable.RESPONSIBILITIES, About(division="water"), Goal("water"), "division"),
        (RuleTable.RESPONSIBILITIES, About(owner="nobody"), Goal("water"), "owner"),
        (RuleTable.RESPONSIBILITIES, About(), Goal("nobody"), "unit"),
        (RuleTable.RESPONSIBILITIES, About(), Goal(), "goal"),
        (RuleTable.RESPONSIBILITIES, About(), Goal("water", Level.CITY), "goal"),
        (RuleTable.FALLBACKS, About(LAMP), Goal("water"), "category"),
        (RuleTable.FALLBACKS, About(division="district"), Goal(level=Level.CITY), "goal"),
    ],
)
async def test_a_rule_that_names_nothing_is_refused(
    work: CaseWork, table: RuleTable, about: About, goal: Goal, field: str
) -> None:
    with pytest.raises(DispatchRuleInvalid) as refused:
        await work.city.services.voice.centre.rules.write(OPS, table, about, goal, Said(""), "reason", new_id())
    assert refused.value.field == field


async def test_a_file_of_rules_is_taken_whole_or_not_at_all_and_once(work: CaseWork) -> None:
    imports, book = work.city.services.voice.centre.rule_imports, work.city.services.voice.centre.rules.book
    head = "table,category,division,owner,unit,level,to_owner,words,words_en\n"
    bad = (
        head
        + "responsibilities,?,,,water,,,,\nresponsibilities,,?,,water,,,,\nfallbacks,,,,,city,,,\n,test-gas,,,x,,,,\n"
    )
    with pytest.raises(DispatchImportRefused) as refused:
        await imports.run(OPS, ImportFile.of_text(FileForm.CSV, bad, None))
    assert [(row.line, row.fault) for row in refused.value.rows][:3] == [
        (2, RuleFault.CATEGORY),
        (3, RuleFault.DIVISION),
        (4, RuleFault.TARGET),
    ]
    good = head + "responsibilities,test-gas,,,water,,,燃气,gas\nresponsibilities,test-gas,,water,,,true,,\n"
    done = await imports.run(OPS, ImportFile.of_text(FileForm.CSV, good, None))
    assert (done.tally.fresh, done.tally.same) == (2, 0)
    await work.city.services.voice.centre.rules.load()
    assert book.rules["test-gas:all:all"].goal == Goal("water")
    again = await imports.run(OPS, ImportFile.of_text(FileForm.CSV, good, None))
    assert (again.tally.fresh, again.tally.amended, again.tally.same) == (0, 0, 2)


async def test_who_is_merged_into_a_public_case_hears_of_it_as_if_he_had_joined(work: CaseWork, seat: Seat) -> None:
    voice, whose = work.city.services.voice, new_id()
    public = await work.accepted(category=LAMP, number=a_number(), wished_public=True)
    preview = await voice.publishing.preview(SEAT, public.id)
    assert preview is not None
    await voice.publishing.publish(SEAT, public.id, preview.digest, (), new_id())
    mine = await work.filed(category=LAMP, number=a_number(), citizen=whose, owner=whose)
    await seat.centre.joining.merge(SEAT, mine.id, public.number, new_id())
    told = Event(new_id(), "case.merged", whose, {"case": mine.id, "number": mine.number}, work.city.clock.now())
    for _ in range(2):  # an event may come twice
        await voice.ties.take(told)
    reporter = Viewer(role=Role.CITIZEN, actor=whose, subject=whose)
    assert (await voice.ties.among(reporter, [public.id]))[Tie.JOIN] == {public.id}
    shown = await voice.publishing.one(public.id)
    assert shown is not None
    assert shown.publication.joins == 1
    with pytest.raises(MergeImpossible):
        await seat.centre.joining.merge(SEAT, public.id, public.number, new_id())
