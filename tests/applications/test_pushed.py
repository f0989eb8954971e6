"""What a department's own system says has happened: made true once, made up for where it is terse, refused where it
cannot be."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from app.core.ids import new_id
from app.core.viewer import Viewer
from app.domains.government.applications.errors import HeldByAnother
from app.domains.government.applications.history.model import Happened, Point, State
from app.domains.government.applications.pushed.model import Outcome, Pushed, Said
from app.wiring import City
from tests.support.applying import ANSWERS, REASON, REMEDY, handed_in, handler, offered

GRANTED = Said(Pushed.GRANTED, REASON)


async def elsewhere(city: City, viewer: Viewer) -> tuple[str, str, str]:
    """An application that a department's system handles: its id, number and unit."""
    offer = await offered(city, system="gaj")
    one = await handed_in(city, viewer, offer)
    found = await city.services.government.applications.one(viewer, one)
    assert found is not None
    assert found.number is not None
    return one, found.number, offer.unit


async def test_what_a_department_leaves_out_is_made_up_for(shared: City, viewer: Viewer) -> None:
    one, number, _ = await elsewhere(shared, viewer)
    pushed = shared.services.government.pushed
    assert await pushed.settle(number, GRANTED) is Outcome.APPLIED
    assert await pushed.settle(number, Said(Pushed.DELIVERED)) is Outcome.APPLIED
    then = await shared.services.government.applications.one(viewer, one)
    assert then is not None
    assert then.state is State.DELIVERED
    assert [entry.what for entry in then.history if entry.by == "system:gaj"] == [
        Happened.ACCEPTED,
        Happened.GRANTED,
        Happened.DELIVERED,
    ]


async def test_a_licence_that_cannot_be_issued_is_told_apart_and_nothing_is_delivered(
    shared: City, viewer: Viewer
) -> None:
    offer = await offered(shared, system="gaj", result="licence:no_such_licence")
    one = await handed_in(shared, viewer, offer)
    found = await shared.services.government.applications.one(viewer, one)
    assert found is not None
    assert found.number is not None
    pushed = shared.services.government.pushed
    assert await pushed.settle(found.number, GRANTED) is Outcome.APPLIED
    assert await pushed.settle(found.number, Said(Pushed.DELIVERED)) is Outcome.IMPOSSIBLE
    then = await shared.services.government.applications.one(viewer, one)
    assert then is not None
    assert then.state is State.DECIDED


async def test_a_step_pushed_ten_times_at_once_is_made_once(shared: City, viewer: Viewer) -> None:
    one, number, _ = await elsewhere(shared, viewer)
    pushed = shared.services.government.pushed
    came = Counter(await asyncio.gather(*(pushed.settle(number, GRANTED) for _ in range(10))))
    assert came == {Outcome.APPLIED: 1, Outcome.ALREADY: 9}
    then = await shared.services.government.applications.one(viewer, one)
    assert then is not None
    assert [entry.what for entry in then.history].count(Happened.GRANTED) == 1


async def test_what_is_sent_back_is_mended_and_goes_on_there(shared: City, viewer: Viewer) -> None:
    one, number, _ = await elsewhere(shared, viewer)
    government = shared.services.government
    returned = Said(Pushed.RETURNED, points=(Point("请补充相片"),))
    assert await government.pushed.settle(number, returned) is Outcome.APPLIED
    assert await government.pushed.settle(number, returned) is Outcome.ALREADY
    await government.applications.mend(viewer, one, ANSWERS, (), None, new_id())
    assert await government.pushed.settle(number, returned) is Outcome.ALREADY
    again = Said(Pushed.RETURNED, points=(Point("还请补充户口簿"),))  # what is to be mended is said once, whole
    assert await government.pushed.settle(number, again) is Outcome.IMPOSSIBLE
    assert await government.pushed.settle(number, Said(Pushed.REJECTED, REASON, REMEDY)) is Outcome.APPLIED


@pytest.mark.parametrize(
    "said",
    [
        Said(Pushed.DELIVERED),
        Said(Pushed.REFUSED, REASON),  # and how to appeal?
        Said(Pushed.GRANTED),  # and why?
        Said(Pushed.RETURNED),  # and what is to be mended?
    ],
)
async def test_what_cannot_be_changes_nothing(shared: City, viewer: Viewer, said: Said) -> None:
    one, number, _ = await elsewhere(shared, viewer)
    assert await shared.services.government.pushed.settle(number, said) is Outcome.IMPOSSIBLE
    then = await shared.services.government.applications.one(viewer, one)
    assert then is not None
    assert (then.state, then.history[-1].what) == (State.SUBMITTED, Happened.SUBMITTED)


async def test_nobody_else_speaks_for_a_department_nor_it_for_others(shared: City, viewer: Viewer) -> None:
    one, _, unit = await elsewhere(shared, viewer)
    with pytest.raises(HeldByAnother):
        await shared.services.government.handling.claim(handler(unit), one, new_id())
    ours = await handed_in(shared, viewer, await offered(shared))
    found = await shared.services.government.applications.one(viewer, ours)
    assert found is not None
    assert found.number is not None
    assert await shared.services.government.pushed.settle(found.number, GRANTED) is Outcome.IMPOSSIBLE
    assert await shared.services.government.pushed.settle("FZ2026-0000-00000-0", GRANTED) is Outcome.IMPOSSIBLE


async def test_withdrawn_while_the_department_decides_is_one_of_both(shared: City, viewer: Viewer) -> None:
    government = shared.services.government
    for _ in range(4):
        one, number, _ = await elsewhere(shared, viewer)
        pushed, withdrawn = await asyncio.gather(
            government.pushed.settle(number, GRANTED),
            government.applications.withdraw(viewer, one, new_id()),
            return_exceptions=True,
        )
        then = await government.applications.one(viewer, one)
        assert then is not None
        assert (pushed is Outcome.APPLIED) is (then.state is State.DECIDED)
        assert isinstance(withdrawn, Exception) is (then.state is State.DECIDED)
