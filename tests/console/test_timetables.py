"""A timetable is sent as a file: a large one too, and one with faults leaves the one in force."""

from __future__ import annotations

import base64
import secrets

from app.wiring import City
from tests.console.conftest import Desk
from tests.support.gtfs import feed


def text_of(file: bytes) -> str:
    """As the page sends it."""
    return base64.urlsafe_b64encode(file).decode()


async def test_a_large_file_is_taken_and_a_broken_one_leaves_the_old_one(
    desks: dict[str, Desk], shared_city: tuple[City, object]
) -> None:
    desk, feeds = desks["administrator"], shared_city[0].services.life.transit.feeds
    large = feed(photographs=secrets.token_hex(1_500_000))
    assert len(large) > 1_200_000
    checked = (await desk.act("/admin/transit/do/check", file=text_of(large))).json()
    assert "routes" in checked["said"]
    done = (await desk.act("/admin/transit/do/import", file=text_of(large))).json()
    assert done["go"].startswith("/admin/transit/")
    before = (await feeds.versions())[0]
    broken = (await desk.act("/admin/transit/do/import", file=text_of(feed(trips=None)))).json()
    assert "trips.txt" in broken["said"]
    nonsense = (await desk.act("/admin/transit/do/import", file=text_of(b"no zip at all"))).json()
    assert nonsense["said"]
    assert (await feeds.versions())[0] == before
    assert "in force" in (await desk.page(done["go"])).text


async def test_no_other_room_takes_as_much(desks: dict[str, Desk]) -> None:
    answer = await desks["administrator"].act("/admin/places/do/import", text="x" * 1_300_000)
    assert answer.status_code == 413
