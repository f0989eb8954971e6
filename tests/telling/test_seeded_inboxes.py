"""The inboxes of the seeded city: all is told, all is read but the last, and what is read is not texted."""

from __future__ import annotations

from typing import Any

from app.core.ids import new_id
from app.seed.inboxes import UNREAD, seed_inboxes
from mocks.city import DEMO_PEOPLE
from tests.support.api import Person
from tests.telling.conftest import Town

_LOST = 3


async def test_people_of_the_demo_have_read_what_they_were_told_but_for_the_last(town: Town) -> None:
    reader, other = await _of_the_demo(town, 0), await town.api.with_card()
    await town.work()
    for person in (reader, other):
        await town.prefer(person, sources=[{"source": "card", "push": "ON", "sms": True}])
        await _loses_a_card(town, person, times=_LOST)
    await seed_inboxes(town.api.city, lambda _: None)
    await town.work()

    rows = (await _inbox(town, reader))[-2 * _LOST :]
    assert [row["read_at"] is None for row in rows] == [False] * (2 * _LOST - UNREAD) + [True] * UNREAD
    assert all(row["at"] <= row["read_at"] <= town.clock.now() for row in rows[:-UNREAD])
    assert not any(row["read_at"] for row in await _inbox(town, other))
    await town.later(hours=12)  # past the quiet ones
    texted = [phone for phone, _, _ in town.fakes.texts.sent]
    assert (texted.count(reader.phone), texted.count(other.phone)) == (UNREAD, 2 * _LOST)


async def test_who_was_told_already_has_read_nothing_by_seeding_again(town: Town) -> None:
    reader = await _of_the_demo(town, 1)
    await _loses_a_card(town, reader, times=_LOST)
    await town.work()
    before = await _inbox(town, reader)
    await seed_inboxes(town.api.city, lambda _: None)
    assert await _inbox(town, reader) == before


async def _of_the_demo(town: Town, which: int) -> Person:
    """One whom the seed knows, with a card."""
    person, known = town.api.person(), DEMO_PEOPLE[which].person
    person.name, person.phone, person.id_number = known.name, known.phone or "", known.id_number
    town.api.registry.people[known.id_number] = known.name
    return await town.api.with_card(person)


async def _loses_a_card(town: Town, person: Person, *, times: int) -> None:
    """And finds it again: two messages each time."""
    for _ in range(times):
        await town.api.data("ReportCardLoss", person.token, key=new_id())
        await town.api.data("ReinstateCard", person.token, key=new_id())


async def _inbox(town: Town, person: Person) -> list[dict[str, Any]]:
    """Oldest first."""
    mine = {"citizen": town.api.key(person)}
    return list(await town.api.city.db["inbox"].find(mine).sort("_id", 1).to_list(None))
