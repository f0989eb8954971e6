"""A city with receivers that a test can make fail, and a provider with endpoints at them."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from app.core.events import Event
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.viewer import Role, Viewer
from app.domains.identity.organisations.model import Kind, Organisation
from app.wiring import City, build
from notifications.channels.webhook import WebhookAnswer, WebhookOutcome
from notifications.webhooks.deliveries.model import Delivery
from notifications.webhooks.deliveries.store import WebhookDeliveryStore
from notifications.webhooks.endpoints.model import Endpoint, WebhookEvent
from notifications.webhooks.endpoints.service import SecretShown
from notifications.webhooks.sending.service import Courier
from tests.conftest import Databases, Fakes, settings_for
from tests.support.api import OPS
from tests.support.fakes import MovableClock

_KEYS = {"data_keys", "person_keys", "signing_keys"}  # these are kept in memory, too


@dataclass
class Receivers:
    """All receivers of a city. Each call takes a moment, and answers as `says` decides for its address."""

    rng: random.Random = field(default_factory=lambda: random.Random(1))
    says: dict[str, WebhookAnswer] = field(default_factory=dict)
    failing: float = 0.0
    got: list[tuple[str, str, bool]] = field(default_factory=list)
    """(address, webhook-id, whether it was accepted), in the order of the answers."""
    begun: list[tuple[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    moment: float = 0.002

    async def check(self, url: str) -> None:
        return

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> WebhookAnswer:
        self.begun.append((url, headers["webhook-id"]))
        self.headers.append(dict(headers))
        self.bodies.append(json.loads(body))
        await asyncio.sleep(self.rng.uniform(0, self.moment))
        answer = self.says.get(url) or self._by_chance()
        self.got.append((url, headers["webhook-id"], answer.outcome is WebhookOutcome.DELIVERED))
        return answer

    def _by_chance(self) -> WebhookAnswer:
        failed = self.rng.random() < self.failing
        return REFUSED if failed else WebhookAnswer(WebhookOutcome.DELIVERED, 0.001, 204)

    async def aclose(self) -> None:
        return


REFUSED = WebhookAnswer(WebhookOutcome.REFUSED, 0.001, 500)


def answer(status: int, after: Any = None) -> WebhookAnswer:
    outcome = {204: WebhookOutcome.DELIVERED, 410: WebhookOutcome.GONE, 429: WebhookOutcome.THROTTLED}
    return WebhookAnswer(outcome.get(status, WebhookOutcome.REFUSED), 0.001, status, after)


@dataclass
class Provider:
    """An organisation whose client holds the scope `webhooks`."""

    city: City
    clock: MovableClock
    receivers: Receivers
    code: str

    @property
    def viewer(self) -> Viewer:
        return Viewer(Role.PROVIDER_CLIENT, actor="c-1", organisation=self.code, scopes=frozenset({"webhooks"}))

    @property
    def deliveries(self) -> WebhookDeliveryStore:
        return WebhookDeliveryStore(self.city.db)

    async def endpoint(self, url: str = "https://one.test/", *, test: bool = False) -> SecretShown:
        viewer = replace(self.viewer, test_mode=test)
        return await self.city.services.webhooks.register(viewer, url, list(WebhookEvent), "", new_id())

    async def found(self, endpoint: Endpoint) -> Endpoint:
        return await self.city.services.webhooks.find(endpoint.id)

    async def event(
        self, type_: str = "disclosure.made", subject: str | None = None, citizen: str = "citizen-1", **facts: Any
    ) -> Event:
        """Written to the outbox as a room would, and not taken by anybody yet."""
        told = {"disclosure": subject or new_id(), "organisation": self.code, "purpose": "gate", **facts}

        async def work(tx: Tx) -> str:
            return await self.city.outbox.add(type_, citizen, tx, **told)

        event = await self.city.db.transaction(work)
        row = await self.city.db["outbox"].find_one({"_id": event})
        assert row is not None
        return Event(row["_id"], row["type"], row["citizen"], row["facts"], row["at"])

    async def happened(self, *arguments: Any, **given: Any) -> Event:
        """An event that was taken."""
        event = await self.event(*arguments, **given)
        await self.city.services.webhook_deliveries.take(event)
        return event

    async def log(self, endpoint: Endpoint) -> list[Delivery]:
        """Oldest event first."""
        rows = await self.city.db["webhook_deliveries"].find({"endpoint": endpoint.id}).sort("event", 1).to_list(None)
        found = [await self.deliveries.find(row["_id"]) for row in rows]
        return [one for one in found if one]

    async def send(self, *couriers: Courier) -> None:
        """Rounds of each courier, until nothing is due at this moment of the clock."""
        some = couriers or (self.city.courier,)
        while sum(await asyncio.gather(*(one.round() for one in some))):
            await asyncio.gather(*(one.finish() for one in some))

    def another_courier(self) -> Courier:
        """As another worker would have one."""
        mine = self.city.courier
        return Courier(
            self.city.db, mine._endpoints, mine._deliveries, self.receivers, self.city.audit, self.clock, lambda _: True
        )


@dataclass
class _Place:
    city: City
    clock: MovableClock
    receivers: Receivers


@pytest.fixture(scope="session")
async def place(databases: Databases) -> AsyncIterator[_Place]:
    """One city for all tests here, which is emptied before each of them: to found one takes longer than most tests."""
    receivers, clock = Receivers(), MovableClock()
    outside = replace(Fakes().outside, webhooks=receivers)
    with databases.lent() as name:
        city = build(settings_for(databases.uri, name), beyond=outside, clock=clock)
        await databases.start(city)
        yield _Place(city, clock, receivers)
        await city.stop()


@pytest.fixture
async def provider(place: _Place, databases: Databases) -> Provider:
    city = place.city
    await city.courier.finish()
    databases.emptying.empty(city.db.name, keep=_KEYS)
    city.services.organisations.tree.nodes.clear()  # what was in memory is newer than anything made now
    vars(place.receivers).update(vars(Receivers()))
    place.clock.ahead = timedelta(0)
    hospital = Organisation("org-w", "测试单位", Kind.HOSPITAL, scopes=frozenset({"webhooks"}))
    await city.services.organisations.put(OPS, hospital)
    return Provider(city, place.clock, place.receivers, "org-w")
