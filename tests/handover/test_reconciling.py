"""What we and a department say of the same applications is compared, put right or listed."""

from __future__ import annotations

from app.domains.government.handover.model import HandoverState, Step
from tests.handover.conftest import Post


async def test_what_a_department_forgot_is_told_again_and_the_difference_settled(post: Post) -> None:
    number, other = await post.enlist(), await post.enlist()
    await post.work()
    del post.systems.has["gjj"][number]
    post.systems.created.clear()
    found = await post.reconciling.compare("gjj")
    assert (found.ours, found.theirs, found.lost, found.unknown) == (2, 1, 1, 0)
    await post.work()
    assert post.systems.created == [(number, "submit")]
    assert {(await post.of(one)).state for one in (number, other)} == {HandoverState.TAKEN}
    assert await post.differing() == []
    row = await post.city.db["handover_differences"].find_one({"_id": f"gjj:{number}:lost_there"})
    assert row is not None
    assert (row["settled_by"], row["how"]) == ("reconciling", "told again")


async def test_what_a_department_has_and_we_do_not_is_listed_for_people(post: Post) -> None:
    post.systems.has["gjj"]["FZ2026-9999-99999-9"] = ["submit"]
    await post.enlist()
    await post.work()
    found = (await post.reconciling.run())["gjj"]
    assert (found.ours, found.theirs, found.unknown) == (1, 2, 1)
    assert await post.differing() == [("FZ2026-9999-99999-9", "unknown_here")]
    await post.reconciling.run()
    assert len(await post.differing()) == 1, "once"


async def test_steps_that_were_not_heard_are_fetched(post: Post) -> None:
    number = await post.enlist()
    await post.work()
    post.says(number, Step.ACCEPTED, Step.IN_REVIEW)
    assert (await post.reconciling.compare("gjj")).behind == 1
    await post.work()
    assert post.matters.applied[number] == [Step.ACCEPTED, Step.IN_REVIEW]


async def test_a_silent_department_is_left_for_the_next_time_and_what_waits_too_long_is_listed(post: Post) -> None:
    post.systems.down.add("gjj")
    number = await post.enlist()
    await post.work()
    assert (await post.reconciling.compare("gjj")).silent
    post.clock.advance(hours=5)
    found = await post.reconciling.compare("gjj")
    assert found.unreached == 1
    assert await post.differing() == [(number, "unreached")]
    post.systems.down.clear()
    await post.work()
    assert await post.differing() == []


async def test_many_pages_are_compared_to_the_end(post: Post) -> None:
    for _ in range(130):
        await post.enlist()
    await post.work(30)
    found = await post.reconciling.compare("gjj")
    assert (found.ours, found.theirs, found.lost, found.unknown) == (130, 130, 0, 0)
