"""A city whose clock can be moved, and its worker by hand: what is due is told when a test says so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from app.core.ids import new_id
from app.core.passwords import Passwords
from app.jobs.relay import Relay
from app.wiring import build
from tests.conftest import QUICK, Databases, Fakes, caller, settings_for
from tests.support.api import Api, Person
from tests.support.fakes import MovableClock


@dataclass
class Town:
    """`fakes` shows what left the house."""

    api: Api
    fakes: Fakes
    clock: MovableClock

    async def work(self) -> None:
        """Tell all that is due now."""
        relay = Relay(self.api.city.outbox, self.api.city.dispatcher.tell)
        while await relay.round():
            await relay.finish()

    async def later(self, **by: float) -> None:
        self.clock.advance(**by)
        await self.work()

    async def phone(self, person: Person, token: str | None = None) -> str:
        """Registers the phone this person is signed in on; its token."""
        token = token or f"push-token-{new_id()}"
        done = await self.api.data("RegisterPushToken", person.token, token=token)
        assert done["__typename"] == "PushTokenRegistered"
        return token

    async def reader(self) -> Person:
        """Somebody with a card and a phone that takes pushes, who has been told of it all."""
        person = await self.api.with_card()
        await self.phone(person)
        await self.work()
        self.quiet()
        return person

    def quiet(self) -> None:
        """Forget what left the house so far."""
        self.fakes.push.sent.clear()
        self.fakes.push.outcomes.clear()
        self.fakes.texts.sent.clear()

    async def prefer(self, person: Person, **changes: object) -> None:
        done = await self.api.data("ChangeNotificationPreferences", person.token, changes=changes, key=new_id())
        assert done["__typename"] == "NotificationPreferencesChanged", done

    @property
    def rung(self) -> list[str]:
        return [token for token, _ in self.fakes.push.sent]


@pytest.fixture(scope="session")
async def one_town(databases: Databases) -> AsyncIterator[Town]:
    """One city for all tests here: its clock only goes forward, and each test invents its own people."""
    fakes, clock = Fakes(), MovableClock()
    with databases.lent() as name:
        settings = settings_for(databases.uri, name)
        city = build(settings, beyond=fakes.outside, clock=clock, passwords=Passwords(QUICK))
        await databases.start(city)
        async with caller(city, fakes) as api:
            yield Town(api, fakes, clock)
        await city.stop()


@pytest.fixture
async def town(one_town: Town) -> Town:
    await one_town.work()
    # What waits for another test's people would be told when this one moves the clock.
    await one_town.api.city.db["outbox"].delete_many({"state": "pending"})
    one_town.quiet()
    return one_town
