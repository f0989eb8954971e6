"""A matter that a department lost is handed over anew; what it says of one that is over here is listed."""

from __future__ import annotations

import pytest

from app.domains.government.handover.model import HandoverState, Step
from tests.handover.conftest import SYSTEM, Post
from tests.support.api import OPS


async def taken(post: Post) -> str:
    number = await post.enlist()
    await post.work()
    post.systems.created.clear()
    return number


async def wait(post: Post) -> None:
    post.clock.advance(minutes=1)
    await post.work()


@pytest.mark.parametrize("answered", [0, 1])
async def test_what_is_told_of_a_lost_matter_has_it_handed_over_anew(post: Post, answered: int) -> None:
    number = await taken(post)
    del post.systems.has[SYSTEM][number]
    await post.errand(number, answered=answered)
    await post.work(1)
    assert (await post.of(number)).state is HandoverState.PENDING
    assert await post.differing() == [(number, "lost_there")]
    await wait(post)
    told = "answer-1" if answered else "withdraw"
    assert post.systems.created == [(number, "submit"), (number, told)]
    assert (await post.of(number)).state is (HandoverState.TAKEN if answered else HandoverState.SETTLED)
    assert await post.differing() == []


async def test_that_it_is_lost_is_found_out_too_when_the_answer_never_came(post: Post) -> None:
    number = await taken(post)
    post.systems.down.add(SYSTEM)
    await post.errand(number, answered=1)
    await post.work(1)
    post.systems.down.clear()
    del post.systems.has[SYSTEM][number]
    await wait(post)
    await wait(post)
    assert post.systems.created == [(number, "submit"), (number, "answer-1")]
    assert (await post.of(number)).state is HandoverState.TAKEN


async def test_who_takes_a_matter_and_does_not_know_it_is_told_again_once_and_then_by_ops(post: Post) -> None:
    number = await taken(post)
    post.systems.forgetful.add(SYSTEM)
    await post.errand(number, answered=1)
    for _ in range(5):
        await wait(post)
    refused = await post.of(number)
    assert (refused.state, refused.fault) == (HandoverState.REFUSED, "UNKNOWN_APPLICATION")
    assert await post.differing() == [(number, "refused")]
    assert post.systems.created == [(number, "submit")]

    post.systems.forgetful.clear()
    post.systems.has[SYSTEM].pop(number, None)
    await post.service.ask_again(OPS, number)
    await wait(post)
    await wait(post)
    assert (await post.of(number)).state is HandoverState.TAKEN
    assert post.systems.created == [(number, "submit"), (number, "submit"), (number, "answer-1")]


@pytest.mark.parametrize(
    ("step", "listed"), [(Step.GRANTED, True), (Step.REJECTED, True), (Step.DELIVERED, True), (Step.IN_REVIEW, False)]
)
async def test_what_they_decide_after_it_was_withdrawn_here_is_listed(post: Post, step: Step, listed: bool) -> None:
    number = await taken(post)
    await post.errand(number)
    await post.work()
    (news,) = post.says(number, step)
    for _ in range(2):
        await post.service.heard(SYSTEM, news)
    assert await post.differing() == ([(number, "states_apart")] if listed else [])
    assert post.matters.applied[number] == []
    if listed:
        await post.service.set_aside(OPS, f"{SYSTEM}:{number}:states_apart", "已与部门核实，按撤回办结")
        assert await post.differing() == []


async def test_what_they_decided_while_the_withdrawal_was_on_its_way_is_listed(post: Post) -> None:
    number = await taken(post)
    post.systems.deaf.add(SYSTEM)
    await post.errand(number)
    await post.work(1)
    post.systems.deaf.clear()
    post.says(number, Step.GRANTED)
    await wait(post)
    assert (await post.of(number)).state is HandoverState.SETTLED
    assert await post.differing() == [(number, "states_apart")]
