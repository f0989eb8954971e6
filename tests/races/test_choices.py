"""Templates and preferences changed in parallel, and known at once to every process of the city."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import time

import pytest

from app.core.errors import Outcome
from app.core.ids import new_id
from app.core.viewer import Role, Viewer
from app.settings import Settings
from app.wiring import City, build
from notifications.preferences.model import Change, ChoiceChange, Mode, Topic
from notifications.preferences.quiet import QuietHours
from notifications.templates.errors import TemplateInOtherState
from notifications.templates.model import Template, TemplateState, Texts
from notifications.templates.service import Draft
from tests.conftest import Fakes
from tests.support.api import OPS, soon

NIGHT = (time(22), time(7))
LIBRARY = Viewer(role=Role.PROVIDER_CLIENT, actor="client", organisation="library", scopes=frozenset({"notify"}))
CITIZEN = Viewer(role=Role.CITIZEN, actor="c", subject="c")


def texts(body: str) -> dict[str, Texts]:
    return dict.fromkeys(("zh-CN", "en"), Texts("Title", body, "Push"))


@pytest.fixture
async def other_process(city: City, settings: Settings) -> AsyncIterator[City]:
    """Another process of the same city, with caches of its own."""
    other = build(settings, beyond=Fakes().outside)
    await other.start()
    yield other
    await other.stop()


async def test_parallel_savings_make_one_version_each_and_repeats_none(city: City) -> None:
    keys = [new_id() for _ in range(8)]
    templates = city.services.templates
    saved = await asyncio.gather(
        *(templates.save_draft(LIBRARY, Draft("due", texts(key)), key) for key in [*keys, *keys])
    )
    assert sorted(one.version for one in saved[:8]) == list(range(1, 9))
    assert saved[:8] == saved[8:]
    assert await city.db["templates"].count_documents({}) == 8


@pytest.mark.parametrize("_", range(5))
async def test_of_approving_and_withdrawing_at_once_both_come_in_an_order_or_one_loses(city: City, _: int) -> None:
    templates, which = city.services.templates, ("due", 1)
    made = await templates.save_draft(LIBRARY, Draft("due", texts("Text")), new_id())
    await templates.submit(LIBRARY, *which, new_id())
    done = await asyncio.gather(
        templates.approve(OPS, made.id, new_id()),
        templates.withdraw(LIBRARY, *which, new_id()),
        return_exceptions=True,
    )
    kept = await templates.one(made.id)
    assert kept.state is TemplateState.WITHDRAWN
    ways = [step.state.value for step in kept.history]
    if isinstance(done[0], Template):
        assert ways == ["draft", "submitted", "approved", "withdrawn"]
    else:
        assert isinstance(done[0], TemplateInOtherState)
        assert ways == ["draft", "submitted", "withdrawn"]
    with pytest.raises(Outcome):
        await templates.current("due", "library")


async def test_what_one_process_publishes_all_others_say(city: City, other_process: City) -> None:
    here, there = city.services.templates, other_process.services.templates
    for process in (here, there):
        assert (await process.current("TELL_CARD_ISSUED")).version == 0
    made = await here.publish(OPS, "TELL_CARD_ISSUED", texts("Published"), new_id())
    assert (await here.current("TELL_CARD_ISSUED")).version == 1

    async def version_there() -> bool:
        return (await there.current("TELL_CARD_ISSUED")).version == 1

    await soon(version_there)
    await there.retract(OPS, made.id, "a slip of the pen", new_id())
    assert (await there.current("TELL_CARD_ISSUED")).version == 0

    async def built_in_here() -> bool:
        return (await here.current("TELL_CARD_ISSUED")).version == 0

    await soon(built_in_here)
    assert (await there.version("TELL_CARD_ISSUED", 1)).render("en", {}).body == "Published"


async def test_parallel_changes_of_different_choices_are_all_kept(city: City) -> None:
    preferences = city.services.preferences
    wishes = [Change(choices={topic.value: ChoiceChange(push=Mode.DIGEST)}) for topic in Topic]
    wishes += [Change(lock_screen_personal=True), Change(time_zone="Europe/London"), Change(quiet=QuietHours(*NIGHT))]
    await asyncio.gather(*(preferences.change(CITIZEN, wish, new_id()) for wish in wishes))
    kept = await preferences.of("c")
    assert {source: choice.push for source, choice in kept.choices.items()} == dict.fromkeys(Topic, Mode.DIGEST)
    assert (kept.lock_screen_personal, kept.time_zone, kept.quiet) == (True, "Europe/London", QuietHours(*NIGHT))
    assert kept.version == len(wishes)
    assert await city.db["audit"].count_documents({"action": "preferences.changed"}) == len(wishes)


async def test_twenty_repeats_of_one_change_count_once(city: City) -> None:
    wish, key = Change(lock_screen_personal=True), new_id()
    done = await asyncio.gather(*(city.services.preferences.change(CITIZEN, wish, key) for _ in range(20)))
    assert {one.version for one in done} == {1}
