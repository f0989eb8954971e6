"""Three hundred check in at once through the API: nobody fails, nobody is there twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from app.core.ids import new_id
from app.core.viewer import Viewer
from app.domains.community.volunteers.check_ins.model import Way
from app.domains.identity.sessions.model import Audience, Device
from app.wiring import City
from tests.support.api import Api
from tests.support.volunteering import named, spot, troop_of

pytestmark = pytest.mark.faults
CROWD = 300


async def token_of(city: City, viewer: Viewer) -> str:
    """Of a phone of his own."""
    device, claims = Device(f"device-{new_id()}", "Test phone", "test"), {"aal": viewer.assurance.value}
    sessions = city.services.sessions
    opened = await city.db.transaction(lambda tx: sessions.open(viewer.acting(), Audience.CITIZEN, device, claims, tx))
    return opened.access


async def test_three_hundred_check_in_within_a_minute(shared_api: Api) -> None:
    city = shared_api.city
    troop = await troop_of(city, budget=0)
    activity = await troop.activity(places=CROWD)
    people = [named(new_id()) for _ in range(CROWD)]
    tokens = await asyncio.gather(*(token_of(city, one) for one in people))
    await asyncio.gather(*(troop.signed_up(activity, one.acting()) for one in people))
    began = city.clock.now()

    async def come(number: int) -> Any:
        point = spot(people[number])
        fix = {"position": {"latitude": point.latitude, "longitude": point.longitude}, "accuracy": 12.0}
        code = await troop.code(activity)
        return await shared_api.data("CheckIntoActivity", tokens[number], code=code, fix=fix, key=new_id())

    twice = [*range(CROWD), *range(0, CROWD, 10)]  # every tenth presses the button twice
    done = await asyncio.gather(*(come(number) for number in twice))
    assert Counter(one["__typename"] for one in done) == {"VolunteerCheckedIn": len(twice)}, done
    assert (city.clock.now() - began).total_seconds() < 60
    assert await troop.ours.check_ins.count(activity.id) == CROWD
    assert (await troop.ours.check_ins.code(troop.keeper, activity.id, Way.IN)).text
    shown = await city.db["volunteer_flags"].count_documents({"activity": activity.id, "kind": "shared_phone"})
    assert shown == 0
