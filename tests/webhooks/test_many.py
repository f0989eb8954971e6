"""More deliveries than one transaction holds: replayed, paused, disabled and removed in steps that can be repeated."""

from __future__ import annotations

from datetime import timedelta

from app.core.ids import new_id
from app.core.mongo import Document
from notifications.webhooks.deliveries.model import Delivery, DeliveryState
from notifications.webhooks.deliveries.service import Which
from notifications.webhooks.endpoints.model import Endpoint
from tests.support.api import OPS
from tests.webhooks.conftest import Provider

MANY = 2_300


async def many(provider: Provider, to: Endpoint, state: DeliveryState) -> None:
    """A log of so many, a second apart, ending now."""
    await provider.happened()
    (one,) = await provider.log(to)
    rows = provider.city.db["webhook_deliveries"]
    as_written = await rows.find_one({"_id": one.id})
    assert as_written is not None
    made = [{**as_written, **_earlier(one, n), "state": state.value} for n in range(MANY - 1)]
    await rows.insert_many(made)
    await rows.update_one({"_id": one.id}, {"$set": {"state": state.value}})


def _earlier(one: Delivery, seconds: int) -> Document:
    event, at = new_id(), one.at - timedelta(seconds=seconds)
    return {"_id": f"{event}:{one.endpoint}", "event": event, "subject": event, "at": at, "queued_at": at}


async def counted(provider: Provider, **which: object) -> int:
    return await provider.city.db["webhook_deliveries"].count_documents(which)


async def test_a_replay_that_breaks_off_goes_on_where_it_was_and_takes_none_twice(provider: Provider) -> None:
    to = (await provider.endpoint()).endpoint
    await many(provider, to, DeliveryState.DELIVERED)
    now, since = provider.clock.now(), provider.clock.now() - timedelta(days=1)
    both = (DeliveryState.DEAD, DeliveryState.DELIVERED)
    begun = provider.deliveries.replay_since(to.id, since, both, "r-1", now)
    assert await anext(begun) == 1_000
    sent = {"endpoint": to.id, "state": "waiting"}  # those that the courier was quick with are not sent again
    await provider.city.db["webhook_deliveries"].update_many(sent, {"$set": {"state": "delivered"}})
    rest = [count async for count in provider.deliveries.replay_since(to.id, since, both, "r-1", now)]
    assert rest == [1_000, MANY - 2_000]
    assert await provider.deliveries.replayed(to.id, since, "r-1") == MANY


async def test_a_replay_of_very_many_is_counted_whole_and_repeated_once(provider: Provider) -> None:
    to = (await provider.endpoint()).endpoint
    await many(provider, to, DeliveryState.DEAD)
    service, since, key = provider.city.services.webhook_deliveries, provider.clock.now() - timedelta(days=1), new_id()
    counts = [await service.replay_since(provider.viewer, to.id, since, Which.ALL, key) for _ in range(2)]
    assert counts == [MANY, MANY]
    assert await counted(provider, endpoint=to.id, state="waiting") == MANY
    assert await provider.city.db["audit"].count_documents({"action": "webhook.replayed", "target": to.id}) == 1


async def test_very_many_that_waited_begin_their_day_anew_and_end_with_their_endpoint(provider: Provider) -> None:
    to, service = (await provider.endpoint()).endpoint, provider.city.services.webhooks
    await service.pause(provider.viewer, to.id, new_id())
    await many(provider, to, DeliveryState.WAITING)
    provider.clock.advance(days=3)
    a_day_ago = provider.clock.now() - timedelta(days=1)
    await service.resume(provider.viewer, to.id, new_id())
    assert await counted(provider, endpoint=to.id, queued_at={"$gt": a_day_ago}, state="waiting") == MANY
    await service.disable_by_desk(OPS, to.id, "they asked for it")
    assert await counted(provider, endpoint=to.id, state="dead") == MANY
    provider.clock.advance(seconds=1)
    await service.enable_by_desk(OPS, to.id, "they are ready")
    since = provider.clock.now() - timedelta(days=4)
    again = provider.city.services.webhook_deliveries
    assert await again.replay_since(provider.viewer, to.id, since, Which.FAILED, new_id()) == MANY
    await service.remove(provider.viewer, to.id, new_id())
    assert await counted(provider, endpoint=to.id, state="dropped") == MANY
