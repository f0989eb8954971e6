"""What one process destroys or makes, the others know without being asked."""

from __future__ import annotations

from app.core.data_keys import LEAD
from app.core.ids import new_id
from app.core.rotation import AGE, Rotated
from app.settings import Settings
from app.wiring import build
from tests.conftest import Fakes
from tests.support.api import Api, soon
from tests.support.fakes import MovableClock


async def test_a_destroyed_key_leaves_the_memory_of_every_process(
    api: Api, settings: Settings, fakes: Fakes, clock: MovableClock
) -> None:
    other = build(settings, beyond=fakes.outside, clock=clock)
    await other.start()
    try:
        person = await api.verified()
        citizen = api.key(person)
        known = await other.citizens.get(citizen)
        assert known is not None
        assert known.name == person.name
        await api.city.db.transaction(lambda tx: api.city.persons.destroy(citizen, "test", tx))

        async def forgotten() -> bool:
            found = await other.citizens.get(citizen)
            return found is not None and (found.name, found.phone) == (None, None)

        await soon(forgotten)
    finally:
        await other.stop()


async def test_a_rotated_data_key_is_known_everywhere_before_it_seals(
    api: Api, settings: Settings, fakes: Fakes, clock: MovableClock
) -> None:
    other = build(settings, beyond=fakes.outside, clock=clock)
    await other.start()
    try:
        made = await api.city.data_keys.rotate()
        ring, theirs = api.city.persons._ring, other.persons._ring

        async def heard() -> bool:
            return made.id in theirs._data

        await soon(heard)
        clock.advance(seconds=LEAD.total_seconds())
        assert {ring.sealing, theirs.sealing} == {made.id}
        place = {"record": new_id(), "field": "f"}
        assert theirs.open(ring.seal(b"value", **place), **place) == b"value"
        assert (await api.sign_in(api.person())).token
    finally:
        await other.stop()


async def test_by_the_calendar_each_key_rotates_when_it_is_old_enough_and_once(api: Api, clock: MovableClock) -> None:
    rotation = api.city.rotation
    assert await rotation.rotate_old() == []
    clock.advance(seconds=AGE[Rotated.DATA].total_seconds() + 60)
    assert [key.use for key in await rotation.rotate_old()] == [Rotated.DATA, Rotated.SESSION]
    assert await rotation.rotate_old() == []
    clock.advance(seconds=AGE[Rotated.CARD].total_seconds())
    assert {key.use for key in await rotation.rotate_old()} == set(Rotated)
