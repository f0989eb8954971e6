"""From event to receiver: routed, signed, tried for a day, given up, replayed; and what a failing endpoint costs."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from standardwebhooks.webhooks import Webhook

from app.core.ids import new_id
from app.core.paging import PageRequest
from app.domains.identity.organisations.model import OrganisationState
from notifications.webhooks.deliveries.model import DeliveryState
from notifications.webhooks.deliveries.service import Which
from notifications.webhooks.endpoints.errors import WebhookNotActive, WebhookTooMany, WebhookUnknown
from notifications.webhooks.endpoints.model import DisabledReason, EndpointChange, EndpointState, WebhookEvent
from tests.support.api import OPS
from tests.webhooks.conftest import Provider, answer

ONE, TWO = "https://one.test/", "https://two.test/"


async def states(provider: Provider, endpoint: object) -> list[DeliveryState]:
    return [one.state for one in await provider.log(endpoint)]  # type: ignore[arg-type]


async def test_an_event_arrives_signed_at_each_endpoint_that_wants_it(provider: Provider) -> None:
    one, two = await provider.endpoint(ONE), await provider.endpoint(TWO)
    none = await provider.city.services.webhooks.register(
        provider.viewer, "https://none.test/", [WebhookEvent.MESSAGE_READ], "", new_id()
    )
    event = await provider.happened()
    await provider.send()
    assert sorted(provider.receivers.begun) == [(ONE, event.id), (TWO, event.id)]
    rows = await provider.log(one.endpoint) + await provider.log(two.endpoint)
    assert [row.state for row in rows] == [DeliveryState.DELIVERED] * 2
    assert await provider.log(none.endpoint) == []
    bodies = dict(zip((url for url, _ in provider.receivers.begun), provider.receivers.headers, strict=True))
    Webhook(one.secret).verify(rows[0].body, bodies[ONE])
    Webhook(two.secret).verify(rows[1].body, bodies[TWO])


async def test_an_event_that_is_taken_twice_and_by_two_is_sent_once(provider: Provider) -> None:
    await provider.endpoint()
    event = await provider.event()
    take = provider.city.services.webhook_deliveries.take
    await asyncio.gather(*(take(event) for _ in range(5)))
    await provider.send(provider.city.courier, provider.another_courier())
    await take(event)
    await provider.send()
    assert provider.receivers.begun == [(ONE, event.id)]


async def test_another_organisations_events_and_test_citizens_go_elsewhere(provider: Provider) -> None:
    live, test = await provider.endpoint(ONE), await provider.endpoint(TWO, test=True)
    theirs = await provider.happened(organisation="somebody-else")
    of_a_test_citizen = await provider.happened(test=True)
    await provider.send()
    assert provider.receivers.begun == [(TWO, of_a_test_citizen.id)]
    assert theirs.id not in {
        row.event for row in [*await provider.log(live.endpoint), *await provider.log(test.endpoint)]
    }


async def test_a_delivery_is_tried_for_a_day_and_then_waits_for_a_replay(provider: Provider) -> None:
    shown = await provider.endpoint()
    provider.receivers.says[ONE] = answer(500)
    event = await provider.happened()
    hours = 0.0
    while await states(provider, shown.endpoint) == [DeliveryState.WAITING]:
        await provider.send()
        provider.clock.advance(minutes=10)
        hours += 1 / 6
    assert 22 <= hours <= 26
    (dead,) = await provider.log(shown.endpoint)
    assert dead.state is DeliveryState.DEAD
    assert len(dead.attempts) == dead.tried >= 15
    assert {attempt.status for attempt in dead.attempts} == {500}
    assert {webhook_id for _, webhook_id in provider.receivers.begun} == {event.id}

    provider.receivers.says.clear()
    service = provider.city.services.webhook_deliveries
    again = await service.replay(provider.viewer, dead.id, "again-and-again")
    assert again.state is DeliveryState.WAITING
    provider.clock.advance(minutes=11)
    await provider.send()
    assert await service.replay(provider.viewer, dead.id, "again-and-again") == again
    await provider.send()
    assert [state for *_, state in provider.receivers.got][-2:] == [False, True]
    assert await states(provider, shown.endpoint) == [DeliveryState.DELIVERED]
    assert (await provider.found(shown.endpoint)).health.failing_since is None


async def test_each_attempt_has_its_own_time_and_signature_and_the_same_id_and_body(provider: Provider) -> None:
    shown = await provider.endpoint()
    provider.receivers.says[ONE] = answer(503)
    await provider.happened()
    for _ in range(3):
        await provider.send()
        provider.clock.advance(minutes=3)
    first, *others = provider.receivers.headers
    assert len(others) == 2
    for other in others:
        assert other["webhook-id"] == first["webhook-id"]
        assert other["webhook-timestamp"] > first["webhook-timestamp"]
        assert other["webhook-signature"] != first["webhook-signature"]
    assert len({str(body) for body in provider.receivers.bodies}) == 1
    assert len((await provider.log(shown.endpoint))[0].attempts) == 3


async def test_a_receivers_wish_to_wait_is_followed_for_all_that_waits_there(provider: Provider) -> None:
    await provider.endpoint()
    provider.receivers.says[ONE] = answer(429, timedelta(seconds=300))
    await provider.happened()
    await provider.send()
    provider.receivers.says.clear()
    another = await provider.happened()
    provider.clock.advance(seconds=299)
    await provider.send()
    assert len(provider.receivers.begun) == 1
    provider.clock.advance(seconds=35)
    await provider.send()
    assert len(provider.receivers.begun) == 3
    assert (ONE, another.id) in provider.receivers.begun


async def test_gone_disables_the_endpoint_at_once_and_the_other_endpoint_is_told(provider: Provider) -> None:
    gone, other = await provider.endpoint(ONE), await provider.endpoint(TWO)
    provider.receivers.says[ONE] = answer(410)
    await provider.happened()
    await provider.send()
    await provider.send()
    found = await provider.found(gone.endpoint)
    assert (found.state, found.disabled_reason) == (EndpointState.DISABLED, DisabledReason.GONE)
    assert await states(provider, gone.endpoint) == [DeliveryState.DEAD]
    told = provider.receivers.bodies[-1]
    assert (told["type"], told["data"]["reason"]) == ("endpoint.disabled", "gone")
    audited = await provider.city.db["audit"].find_one({"action": "webhook.disabled"})
    assert audited is not None
    assert audited["target"] == gone.endpoint.id

    missed = await provider.happened()
    await provider.send()
    assert (ONE, missed.id) not in provider.receivers.begun
    service = provider.city.services
    with pytest.raises(WebhookNotActive):
        await service.webhook_deliveries.replay(provider.viewer, f"{missed.id}:{gone.endpoint.id}", new_id())
    provider.receivers.says.clear()
    await service.webhooks.resume(provider.viewer, gone.endpoint.id, new_id())
    since = provider.clock.now() - timedelta(hours=1)
    count = await service.webhook_deliveries.replay_since(
        provider.viewer, gone.endpoint.id, since, Which.FAILED, new_id()
    )
    await provider.send()
    assert count == 2
    assert await states(provider, gone.endpoint) == [DeliveryState.DELIVERED] * 2
    assert (await provider.found(other.endpoint)).state is EndpointState.ACTIVE


async def test_an_endpoint_that_takes_nothing_for_three_days_is_disabled(provider: Provider) -> None:
    shown = await provider.endpoint()
    provider.receivers.says[ONE] = answer(500)
    for _ in range(4 * 24):
        await provider.happened()
        await provider.send()
        provider.clock.advance(hours=1)
    found = await provider.found(shown.endpoint)
    assert (found.state, found.disabled_reason) == (EndpointState.DISABLED, DisabledReason.FAILING)
    assert found.disabled_at is not None
    assert found.disabled_at - found.made_at >= timedelta(hours=72)
    assert set(await states(provider, shown.endpoint)) == {DeliveryState.DEAD}


async def test_of_a_failing_endpoint_one_delivery_tries_for_all(provider: Provider) -> None:
    await provider.endpoint()
    provider.receivers.says[ONE] = answer(500)
    for _ in range(20):
        await provider.happened()
    await provider.send()
    tried = len(provider.receivers.begun)
    assert tried <= 8
    for _ in range(5):
        provider.clock.advance(minutes=11)
        await provider.send()
    assert len(provider.receivers.begun) == tried + 5
    provider.receivers.says.clear()
    provider.clock.advance(hours=3)
    await provider.send()
    assert len({webhook_id for _, webhook_id, good in provider.receivers.got if good}) == 20


async def test_what_waits_untried_behind_a_dead_endpoint_is_given_up_after_a_day(provider: Provider) -> None:
    shown = await provider.endpoint()
    provider.receivers.says[ONE] = answer(500)
    for _ in range(200):
        await provider.happened()
    for _ in range(27):
        await provider.send()
        provider.clock.advance(hours=1)
    assert set(await states(provider, shown.endpoint)) == {DeliveryState.DEAD}
    assert len(provider.receivers.begun) < 100


async def test_workers_that_were_away_for_days_give_nothing_up(provider: Provider) -> None:
    shown = await provider.endpoint()
    for _ in range(3):
        await provider.happened()
    provider.clock.advance(days=3)
    await provider.send()
    assert await states(provider, shown.endpoint) == [DeliveryState.DELIVERED] * 3


async def test_a_slow_endpoint_holds_up_no_other(provider: Provider) -> None:
    await provider.endpoint(ONE)
    await provider.endpoint(TWO)
    provider.receivers.moment = 0
    release = asyncio.Event()
    send = provider.receivers.send

    async def slow(url: str, headers: dict[str, str], body: bytes) -> object:
        if url == ONE:
            await release.wait()
        return await send(url, headers, body)

    provider.receivers.send = slow  # type: ignore[method-assign, assignment]
    events = [await provider.happened() for _ in range(30)]
    async with asyncio.timeout(20):
        while len(provider.receivers.got) < len(events):
            await provider.city.courier.round()
            await asyncio.sleep(0.005)
    assert {url for url, *_ in provider.receivers.got} == {TWO}
    release.set()
    await provider.city.courier.finish()


async def test_a_paused_endpoint_keeps_what_happens_and_sends_it_when_it_is_resumed(provider: Provider) -> None:
    shown, service = await provider.endpoint(), provider.city.services.webhooks
    await service.pause(provider.viewer, shown.endpoint.id, new_id())
    events = [await provider.happened(subject="d1") for _ in range(3)]
    provider.clock.advance(days=2)
    await provider.send()
    assert provider.receivers.begun == []
    await service.resume(provider.viewer, shown.endpoint.id, new_id())
    await provider.send()
    assert provider.receivers.begun == [(ONE, event.id) for event in events]


async def test_a_removed_endpoint_is_sent_nothing_more_and_makes_room_for_another(provider: Provider) -> None:
    made = [await provider.endpoint(f"https://{n}.test/") for n in range(10)]
    with pytest.raises(WebhookTooMany):
        await provider.endpoint()
    await provider.happened()
    service = provider.city.services
    await service.webhooks.remove(provider.viewer, made[0].endpoint.id, new_id())
    await provider.send()
    assert "https://0.test/" not in {url for url, _ in provider.receivers.begun}
    assert await states(provider, made[0].endpoint) == [DeliveryState.DROPPED]
    assert (await service.webhook_deliveries.log(provider.viewer, made[0].endpoint.id, None, PageRequest())).items == ()
    await provider.endpoint()


async def test_of_rivals_for_the_last_place_one_gets_it(provider: Provider) -> None:
    for n in range(9):
        await provider.endpoint(f"https://{n}.test/")
    done = await asyncio.gather(*(provider.endpoint() for _ in range(5)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["SecretShown"] + ["WebhookTooMany"] * 4


async def test_during_a_rotation_both_secrets_verify_what_arrives_and_later_only_the_new_one(
    provider: Provider,
) -> None:
    shown = await provider.endpoint()
    fresh = await provider.city.services.webhooks.rotate(provider.viewer, shown.endpoint.id, 2, new_id())
    await provider.happened()
    await provider.send()
    (row,) = await provider.log(shown.endpoint)
    assert provider.receivers.headers[0]["webhook-signature"].count("v1,") == 2
    for secret in (shown.secret, fresh.secret):
        Webhook(secret).verify(row.body, provider.receivers.headers[0])
    provider.clock.advance(hours=2)
    await provider.happened()
    await provider.send()
    assert provider.receivers.headers[1]["webhook-signature"].count("v1,") == 1


async def test_a_suspended_organisation_is_told_nothing_until_it_is_reinstated(provider: Provider) -> None:
    await provider.endpoint()
    organisations = provider.city.services.organisations
    await organisations.set_state(OPS, provider.code, OrganisationState.SUSPENDED)
    await provider.happened()
    await provider.send()
    assert provider.receivers.begun == []
    await organisations.set_state(OPS, provider.code, OrganisationState.ACTIVE)
    provider.clock.advance(minutes=6)
    await provider.send()
    assert len(provider.receivers.begun) == 1


async def test_who_lost_the_scope_is_told_nothing_until_it_is_granted_again(provider: Provider) -> None:
    await provider.endpoint()
    organisations = provider.city.services.organisations
    was = organisations.tree.get(provider.code)
    assert was is not None
    await organisations.put(OPS, replace(was, scopes=frozenset()))
    await provider.happened()
    await provider.send()
    assert provider.receivers.begun == []
    await organisations.put(OPS, was)
    provider.clock.advance(minutes=6)
    await provider.send()
    assert len(provider.receivers.begun) == 1


async def test_the_desk_disables_with_a_reason_and_only_the_desk_enables(provider: Provider) -> None:
    shown, service = await provider.endpoint(), provider.city.services
    disabled = await service.webhooks.disable_by_desk(OPS, shown.endpoint.id, "they asked us to")
    assert disabled.disabled_reason is DisabledReason.OPS
    missed = await provider.happened()
    await provider.send()
    assert provider.receivers.begun == []
    await service.webhooks.enable_by_desk(OPS, shown.endpoint.id, "they are ready")
    await service.webhook_deliveries.replay_by_desk(
        OPS, shown.endpoint.id, f"{missed.id}:{shown.endpoint.id}", new_id()
    )
    await provider.send()
    assert provider.receivers.begun == [(ONE, missed.id)]
    page = await service.webhooks.page(PageRequest())
    assert [one.id for one in page.items] == [shown.endpoint.id]
    assert page.items[0].secret == ""


async def test_a_replay_of_all_since_a_time_comes_in_its_order(provider: Provider) -> None:
    shown = await provider.endpoint()
    early = await provider.happened(subject="d1")
    await provider.send()
    provider.clock.advance(hours=1)
    since = provider.clock.now()
    later = [await provider.happened(subject="d1") for _ in range(5)]
    await provider.send()
    provider.receivers.begun.clear()
    count = await provider.city.services.webhook_deliveries.replay_since(
        provider.viewer, shown.endpoint.id, since, Which.ALL, new_id()
    )
    await provider.send()
    assert count == 5
    assert provider.receivers.begun == [(ONE, event.id) for event in later]
    assert (ONE, early.id) not in provider.receivers.begun


async def test_another_organisation_and_the_other_mode_see_nothing_of_it(provider: Provider) -> None:
    shown = await provider.endpoint()
    event = await provider.happened()
    services = provider.city.services
    strangers = (replace(provider.viewer, organisation="other"), replace(provider.viewer, test_mode=True))
    for stranger in strangers:
        assert await services.webhooks.mine(stranger) == []
        assert await services.webhooks.one(stranger, shown.endpoint.id) is None
        log = await services.webhook_deliveries.log(stranger, shown.endpoint.id, None, PageRequest())
        assert log.items == ()
        for refused in (
            services.webhooks.pause(stranger, shown.endpoint.id, new_id()),
            services.webhooks.rotate(stranger, shown.endpoint.id, 1, new_id()),
            services.webhooks.change(stranger, shown.endpoint.id, EndpointChange(description="x"), new_id()),
            services.webhooks.remove(stranger, shown.endpoint.id, new_id()),
            services.webhook_deliveries.ping(stranger, shown.endpoint.id, new_id()),
        ):
            with pytest.raises(WebhookUnknown):
                await refused
    assert [row.event for row in await provider.log(shown.endpoint)] == [event.id]


async def test_secrets_are_sealed_where_they_are_kept(provider: Provider) -> None:
    shown = await provider.endpoint()
    await provider.city.services.webhooks.rotate(provider.viewer, shown.endpoint.id, 2, new_id())
    rows = await provider.city.db["webhook_endpoints"].find({}).to_list(None)
    replies = await provider.city.db["idempotency"].find({}).to_list(None)
    assert "whsec_" not in str(rows) + str(replies)
    assert shown.secret.removeprefix("whsec_") not in str(rows) + str(replies)
