"""What is to be told is told once, whatever fails in between; what departments say is applied once and in order."""

from __future__ import annotations

import asyncio
from itertools import permutations

import pytest

from app.domains.government.handover.errors import DifferenceUnknown, HandoverSettled, HandoverUnknown
from app.domains.government.handover.model import HandoverState, News, Step
from tests.handover.conftest import Post
from tests.support.api import OPS

ALL = (Step.ACCEPTED, Step.IN_REVIEW, Step.GRANTED, Step.DELIVERED)


async def test_what_was_handed_in_reaches_the_department_and_its_steps_come_back(post: Post) -> None:
    number = await post.enlist()
    await post.work()
    taken = await post.of(number)
    assert (taken.state, taken.reference, taken.todo) == (HandoverState.TAKEN, f"R-{number}", ())

    for news in post.says(number, *ALL):
        await post.service.heard("gjj", news)
    await post.work()
    assert post.matters.applied[number] == list(ALL)
    assert (await post.of(number)).state is HandoverState.SETTLED
    assert post.matters.words == [f"因为 {step.value}" for step in ALL], "words are kept until they are applied"


async def test_enlisting_twice_hands_over_once(post: Post) -> None:
    number = await post.enlist()
    await post.enlist(number=number)
    await post.work()
    assert post.systems.created == [(number, "submit")]


async def test_a_lost_answer_is_asked_for_and_nothing_is_told_twice(post: Post) -> None:
    post.systems.deaf.add("gjj")
    number = await post.enlist()
    await post.work()
    assert (await post.of(number)).state is HandoverState.PENDING
    post.systems.deaf.clear()
    post.clock.advance(seconds=10)
    await post.work()
    assert (await post.of(number)).state is HandoverState.TAKEN
    assert (post.systems.created, post.systems.asked) == ([(number, "submit")], [number])


async def test_a_department_that_is_down_is_tried_with_growing_waits_and_others_go_on(post: Post) -> None:
    post.systems.down.add("gjj")
    dead, alive = await post.enlist(), await post.enlist("ybj")
    await post.work()
    assert (await post.of(alive)).state is HandoverState.TAKEN
    first = await post.of(dead)
    assert (first.state, first.attempt, first.fault) == (HandoverState.PENDING, 1, "unreachable")
    post.clock.advance(minutes=10)
    post.systems.down.clear()
    await post.work()
    assert (await post.of(dead)).state is HandoverState.TAKEN


async def test_what_rests_is_not_called_and_is_told_when_it_is_back(post: Post) -> None:
    post.systems.rest.add("gjj")
    number = await post.enlist()
    await post.work()
    assert (post.systems.created, (await post.of(number)).attempt) == ([], 0)
    post.systems.rest.clear()
    await post.work()
    assert post.systems.created == [(number, "submit")]


async def test_one_slow_department_leaves_room_for_the_others(post: Post) -> None:
    post.systems.slow["gjj"] = 0.5
    for _ in range(40):
        await post.enlist()
    quick = [await post.enlist("ybj") for _ in range(5)]
    await post.porter.round()
    await post.porter.round()
    while {number for number, _ in post.systems.created} & set(quick) != set(quick):  # noqa: ASYNC110  (in other tasks)
        await asyncio.sleep(0.01)
    slow_done = len(post.systems.created) - len(quick)
    assert slow_done <= 16, "no more than its own share went on meanwhile"


async def test_what_a_department_refuses_is_listed_and_asked_again_by_ops(post: Post) -> None:
    post.systems.refuse = "UNKNOWN_ITEM"
    number = await post.enlist()
    await post.work()
    refused = await post.of(number)
    assert (refused.state, refused.fault) == (HandoverState.REFUSED, "UNKNOWN_ITEM")
    assert await post.differing() == [(number, "refused")]
    post.clock.advance(days=1)
    await post.work()
    assert post.systems.created == [], "nothing is done before somebody looks"

    post.systems.refuse = None
    await post.service.ask_again(OPS, number)
    await post.work()
    assert (await post.of(number)).state is HandoverState.TAKEN
    assert await post.differing() == []


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
async def test_steps_in_any_order_are_applied_in_theirs(post: Post, order: tuple[int, ...]) -> None:
    number = await post.enlist()
    await post.work()
    steps = post.says(number, *ALL[:3])
    for place in order:
        await post.service.heard("gjj", steps[place])
        await post.service.heard("gjj", steps[place])
        await post.work(1)
    await post.work()
    assert post.matters.applied[number] == list(ALL[:3])


async def test_a_step_that_never_came_is_asked_for(post: Post) -> None:
    number = await post.enlist()
    await post.work()
    *_, third = post.says(number, *ALL[:3])
    await post.service.heard("gjj", third)
    await post.work()
    assert post.matters.applied[number] == list(ALL[:3])


async def test_a_department_that_says_nothing_is_asked_by_itself(post: Post) -> None:
    number = await post.enlist()
    await post.work()
    post.says(number, *ALL)
    post.clock.advance(minutes=2)
    await post.work()
    assert (await post.of(number)).state is HandoverState.SETTLED


async def test_an_answer_and_a_withdrawal_are_told_in_order_and_a_withdrawn_matter_is_over(post: Post) -> None:
    number = await post.enlist()
    await post.work()
    await post.errand(number, answered=1)
    await post.work()
    await post.errand(number)
    await post.work()
    assert [errand for _, errand in post.systems.created] == ["submit", "answer-1", "withdraw"]
    assert (await post.of(number)).state is HandoverState.SETTLED


async def test_withdrawn_before_it_was_told_it_is_told_both_so_that_nobody_works_on_it(post: Post) -> None:
    post.systems.deaf.add("gjj")
    number = await post.enlist()
    await post.work(1)
    await post.errand(number)
    post.systems.deaf.clear()
    post.clock.advance(minutes=1)
    await post.work()
    assert [errand for _, errand in post.systems.created] == ["submit", "withdraw"]
    assert (await post.of(number)).state is HandoverState.SETTLED


async def test_a_step_that_cannot_be_is_listed_and_passed_over_by_ops(post: Post) -> None:
    number = await post.enlist()
    await post.work()
    post.matters.impossible.add(Step.REFUSED)
    for news in post.says(number, Step.REFUSED, *ALL):
        await post.service.heard("gjj", news)
    await post.work()
    assert (await post.of(number)).state is HandoverState.APART
    assert await post.differing() == [(number, "states_apart")]
    await post.service.set_aside(OPS, f"gjj:{number}:states_apart", "部门误报，已电话核实")
    await post.work()
    assert post.matters.applied[number] == list(ALL)
    assert await post.differing() == []
    with pytest.raises(DifferenceUnknown):
        await post.service.set_aside(OPS, f"gjj:{number}:states_apart", "再一次")


async def test_two_different_steps_under_one_number_are_listed_once_one_was_applied(post: Post) -> None:
    number = await post.enlist()
    await post.work()
    (first,) = post.says(number, Step.ACCEPTED)
    await post.service.heard("gjj", first)
    await post.work()
    await post.service.heard("gjj", News(number, 1, Step.REFUSED, first.at))
    assert await post.differing() == [(number, "contradicted")]
    assert post.matters.applied[number] == [Step.ACCEPTED]


async def test_a_number_that_was_never_handed_over_is_listed_and_nothing_else(post: Post) -> None:
    await post.service.heard("gjj", News("FZ2026-0000-00000-0", 1, Step.GRANTED, post.clock.now()))
    number = await post.enlist()
    await post.service.heard("another", News(number, 1, Step.GRANTED, post.clock.now()))
    await post.work()
    assert await post.differing() == [(number, "unknown_here"), ("FZ2026-0000-00000-0", "unknown_here")]
    assert post.matters.applied[number] == []


async def test_what_belongs_to_somebody_who_left_is_laid_down(post: Post) -> None:
    number = await post.enlist()
    post.matters.gone.add(number)
    await post.work()
    assert (await post.of(number)).state is HandoverState.SETTLED
    assert post.systems.created == []


@pytest.mark.parametrize(("told_before", "told"), [(False, []), (True, ["submit", "withdraw"])])
async def test_of_who_was_erased_nothing_empty_is_handed_over_and_what_was_is_withdrawn(
    post: Post, told_before: bool, told: list[str]
) -> None:
    number = await post.enlist()
    if told_before:
        await post.work()
    await post.errand(number)
    post.matters.nameless.add(number)
    await post.work()
    assert [errand for _, errand in post.systems.created] == told
    assert (await post.of(number)).state is HandoverState.SETTLED


async def test_ops_ask_about_nothing_that_is_settled_or_unknown(post: Post) -> None:
    number = await post.enlist()
    await post.work()
    post.says(number, *ALL)
    post.clock.advance(minutes=2)
    await post.work()
    with pytest.raises(HandoverSettled):
        await post.service.ask_again(OPS, number)
    with pytest.raises(HandoverUnknown):
        await post.service.ask_again(OPS, "FZ2026-none")


async def test_three_porters_at_once_tell_each_matter_once(post: Post) -> None:
    numbers = [await post.enlist() for _ in range(60)]
    await asyncio.gather(*(porter.round() for porter in post.porters))
    await post.work(8)
    assert sorted(number for number, _ in post.systems.created) == sorted(numbers)
    assert {(await post.of(number)).state for number in numbers} == {HandoverState.TAKEN}
    assert post.systems.asked == [], "nobody had to wonder whether it had arrived"


async def test_an_errand_that_comes_while_the_porter_is_away_is_not_forgotten(post: Post) -> None:
    post.systems.slow["gjj"] = 0.2
    number = await post.enlist()
    await post.porter.round()
    await asyncio.sleep(0.05)
    await post.errand(number, answered=1)
    await post.work()
    assert [errand for _, errand in post.systems.created] == ["submit", "answer-1"]
