"""Broadcasts: who is reached, how a run is stopped, and that nobody has a message twice whoever dies midway."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.core.errors import Forbidden
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.viewer import Role, Viewer
from app.domains.identity.citizens.model import areas_of
from app.domains.identity.organisations.model import OrganisationState
from notifications.broadcasts.errors import (
    AudienceEmpty,
    AudienceInvalid,
    AudienceTooWide,
    BroadcastInOtherState,
    BroadcastUnknown,
    PaceInvalid,
)
from notifications.broadcasts.model import Audience, Broadcast, BroadcastState
from notifications.broadcasts.sending.service import Broadcaster
from notifications.broadcasts.service import NewBroadcast
from notifications.channels.base import Delivery, DeliveryOutcome, Push
from notifications.preferences.model import Urgency
from notifications.templates.errors import PlaceholderUnknown, TemplateLanguageMissing
from notifications.templates.model import Texts
from tests.support.api import ALL_SCOPES, OPS, Person, soon
from tests.telling.conftest import Town
from tests.telling.words import approved

WORDS = {locale: Texts("Water off", "No water on Friday.", "No water on Friday.") for locale in ("zh-CN", "en")}


def to(audience: Audience, **changed: Any) -> NewBroadcast:
    return replace(NewBroadcast("Water off on Friday", audience, 500, texts=WORDS), **changed)


async def crowd(town: Town, count: int = 4) -> tuple[Audience, list[Person]]:
    """People with a tag that nobody else has."""
    tag, people = f"t{new_id().replace('-', '')[-12:]}", [await town.reader() for _ in range(count)]
    which = {"_id": {"$in": [town.api.key(person) for person in people]}}
    await town.api.city.db["citizens"].update_many(which, {"$set": {"tags": [tag]}})
    return Audience(tags=(tag,)), people


async def started(town: Town, audience: Audience, **changed: Any) -> Broadcast:
    service = town.api.city.services.broadcasts
    made = await service.create(OPS, to(audience, **changed), new_id())
    return await service.start(OPS, made.id, new_id())


async def now(town: Town, broadcast: Broadcast) -> Broadcast:
    found = await town.api.city.services.broadcasts.one(OPS, broadcast.id)
    assert found is not None
    return found


async def lines(town: Town, broadcast: Broadcast) -> int:
    return await town.api.city.db["inbox"].count_documents({"message": broadcast.id})


async def test_everybody_in_the_audience_has_it_once_and_nobody_else(town: Town) -> None:
    audience, people = await crowd(town)
    town.quiet()
    running = await started(town, audience)
    while await town.api.city.broadcaster.round():
        pass
    done = await now(town, running)
    assert (done.state, done.total, done.sent) == (BroadcastState.DONE, len(people), len(people))
    assert await lines(town, running) == len(people)
    assert len(town.rung) == len(set(town.rung)) == len(people)
    assert [change.state.value for change in done.history] == ["draft", "running", "done"]


async def test_a_paused_one_rests_and_goes_on_after_the_last_who_has_it(town: Town) -> None:
    audience, people = await crowd(town)
    service, broadcaster = town.api.city.services.broadcasts, town.api.city.broadcaster
    running = await started(town, audience, pace=1)
    run = asyncio.create_task(broadcaster.round())
    await soon(lambda: lines(town, running))
    await service.pause(OPS, running.id, new_id())
    await run
    resting = await lines(town, running)
    assert 1 <= resting < len(people)
    assert await broadcaster.round() == 0
    assert (await now(town, running)).sent == resting
    await service.resume(OPS, running.id, new_id())
    await town.api.city.db["broadcasts"].update_one({"_id": running.id}, {"$set": {"pace": 500}})
    while await broadcaster.round():
        pass
    done = await now(town, running)
    assert (done.state, done.sent, await lines(town, running)) == (BroadcastState.DONE, len(people), len(people))


async def test_a_cancelled_one_is_over(town: Town) -> None:
    audience, people = await crowd(town)
    service, broadcaster = town.api.city.services.broadcasts, town.api.city.broadcaster
    running = await started(town, audience, pace=1)
    run = asyncio.create_task(broadcaster.round())
    await soon(lambda: lines(town, running))
    await service.cancel(OPS, running.id, new_id())
    await run
    reached = await lines(town, running)
    assert reached < len(people)
    assert await broadcaster.round() == 0
    assert await lines(town, running) == reached
    for move in (service.resume, service.pause, service.cancel, service.start):
        with pytest.raises(BroadcastInOtherState):
            await move(OPS, running.id, new_id())


async def test_who_died_midway_is_taken_over_and_nobody_is_told_twice(town: Town) -> None:
    audience, people = await crowd(town)
    town.quiet()
    running, city = await started(town, audience), town.api.city

    class Killed(Exception):
        pass

    async def dies_after_sending(messages: Any, *, leave: bool = False) -> int:
        await city.dispatcher.deliver(messages, leave=leave)
        raise Killed

    broadcaster = city.broadcaster
    doomed = Broadcaster(
        city.db,
        broadcaster._broadcasts,
        broadcaster._population,
        dies_after_sending,
        lambda _: True,
        city.audit,
        town.clock,
    )
    with pytest.raises(Killed):
        await doomed.round()
    assert await broadcaster.round() == 0, "the dead one's lease still runs"
    town.clock.advance(seconds=31)
    while await broadcaster.round():
        pass
    assert (await now(town, running)).sent == await lines(town, running) == len(people)
    assert len(town.rung) == len(people)


async def test_a_pause_is_felt_though_a_channel_hangs(town: Town) -> None:
    audience, _ = await crowd(town, 1)
    running, city = await started(town, audience), town.api.city
    hanging, broken_off = asyncio.Event(), asyncio.Event()

    async def hangs(messages: Any, *, leave: bool = False) -> int:
        hanging.set()
        try:
            await asyncio.Event().wait()
        finally:
            broken_off.set()
        return 0

    broadcaster = city.broadcaster
    stuck = Broadcaster(
        city.db,
        broadcaster._broadcasts,
        broadcaster._population,
        hangs,
        broadcaster._speaks,
        city.audit,
        town.clock,
    )
    run = asyncio.create_task(stuck.round())
    await hanging.wait()
    await city.services.broadcasts.pause(OPS, running.id, new_id())
    assert await run == 0
    assert broken_off.is_set()
    assert (await now(town, running)).cursor == ""


async def test_two_workers_run_one_broadcast_in_turn_not_together(town: Town) -> None:
    audience, people = await crowd(town)
    town.quiet()
    running = await started(town, audience)
    await asyncio.gather(*(town.api.city.broadcaster.round() for _ in range(4)))
    while await town.api.city.broadcaster.round():
        pass
    assert (await now(town, running)).sent == len(people)
    assert len(town.rung) == len(people)


async def test_a_channel_that_is_down_holds_a_broadcast_up_and_loses_nobody(town: Town) -> None:
    audience, people = await crowd(town)
    town.quiet()
    town.fakes.push.outcomes = [DeliveryOutcome.ACCEPTED, DeliveryOutcome.RETRY]
    running = await started(town, audience)
    await town.api.city.broadcaster.round()
    assert (await now(town, running)).state is BroadcastState.RUNNING
    town.clock.advance(seconds=10)
    while await town.api.city.broadcaster.round():
        pass
    assert (await now(town, running)).state is BroadcastState.DONE
    assert len(set(town.rung)) == len(people)
    assert len(town.rung) == len(people) + 1


@pytest.mark.parametrize(
    ("narrower", "people"),
    [
        (Audience(), 3),
        (Audience(districts=("350102000000",)), 2),
        (Audience(districts=("350102", "350103")), 3),
        (Audience(districts=("440000000000",)), 0),
        (Audience(age_from=60), 1),
        (Audience(age_to=17), 1),
        (Audience(age_from=18, age_to=59), 1),
        (Audience(services=("the-library",)), 1),
        (Audience(services=("the-library",), age_from=60), 0),
    ],
)
async def test_an_audience_is_narrowed_by_district_age_tag_and_service(
    town: Town, narrower: Audience, people: int
) -> None:
    audience, crowded = await crowd(town, 3)
    kinds = [
        {"areas": areas_of("350102001000"), "birth_month": "1950-01", "services": []},
        {"areas": areas_of("350102000000"), "birth_month": "1990-01", "services": ["the-library"]},
        {"areas": areas_of("350103000000"), "birth_month": f"{town.clock.now().year - 10}-01", "services": []},
    ]
    for person, kind in zip(crowded, kinds, strict=True):
        await town.api.city.db["citizens"].update_one({"_id": town.api.key(person)}, {"$set": kind})
    asked = replace(narrower, tags=audience.tags)
    estimate = await town.api.city.services.broadcasts.estimate(OPS, asked, 10)
    assert (estimate.people, estimate.duration.total_seconds()) == (people, people / 10)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (to(Audience(), texts={"en": WORDS["en"]}), TemplateLanguageMissing),
        (to(Audience(), texts={**WORDS, "en": Texts("t", "Dear {name}", "p")}), PlaceholderUnknown),
        (to(Audience(), pace=0), PaceInvalid),
        (to(Audience(), pace=1001), PaceInvalid),
        (to(Audience(age_from=60, age_to=18)), AudienceInvalid),
        (to(Audience(districts=("Gulou",))), AudienceInvalid),
        (to(Audience(districts=("35010",))), AudienceInvalid),
        (to(Audience(tags=("$where",))), AudienceInvalid),
    ],
)
async def test_a_broadcast_that_cannot_be_is_refused_and_nothing_is_made(
    town: Town, wrong: NewBroadcast, error: type[Exception]
) -> None:
    before = await town.api.city.db["broadcasts"].count_documents({})
    with pytest.raises(error):
        await town.api.city.services.broadcasts.create(OPS, wrong, new_id())
    assert await town.api.city.db["broadcasts"].count_documents({}) == before


async def test_an_audience_of_nobody_is_not_started(town: Town) -> None:
    service = town.api.city.services.broadcasts
    made = await service.create(OPS, to(Audience(tags=("nobody_has_this",))), new_id())
    with pytest.raises(AudienceEmpty):
        await service.start(OPS, made.id, new_id())
    assert (await now(town, made)).state is BroadcastState.DRAFT


async def test_a_provider_reaches_who_used_its_services_and_nobody_else(town: Town) -> None:
    organisation = await town.api.organisation()
    scopes = frozenset({*ALL_SCOPES, "broadcast"})
    viewer = Viewer(Role.PROVIDER_CLIENT, actor="c-1", organisation=organisation, scopes=scopes)
    token = await town.api.provider(organisation)
    await approved(town.api, token, "closed", body="Closed today.")
    customer, _ = await town.reader(), await town.reader()
    service = town.api.city.services.broadcasts
    assert (await service.estimate(viewer, Audience(), 1)).people == 0
    await town.api.city.citizens.mark_service_used(town.api.key(customer), organisation)
    assert (await service.estimate(viewer, Audience(), 1)).people == 1
    with pytest.raises(AudienceTooWide):
        await service.estimate(viewer, Audience(services=("another",)), 1)
    made = await service.create(viewer, NewBroadcast("Closed", Audience(), 100, template="closed"), new_id())
    await service.start(viewer, made.id, new_id())
    town.quiet()
    while await town.api.city.broadcaster.round():
        pass
    assert len(town.rung) == 1
    stranger = replace(viewer, organisation="somebody-else")
    assert await service.one(stranger, made.id) is None
    with pytest.raises(BroadcastUnknown):
        await service.cancel(stranger, made.id, new_id())
    with pytest.raises(Forbidden):
        await service.page(replace(viewer, scopes=frozenset()), None)  # type: ignore[arg-type]


async def test_starting_twice_at_once_starts_once(town: Town) -> None:
    audience, _ = await crowd(town, 1)
    service = town.api.city.services.broadcasts
    made = await service.create(OPS, to(audience), new_id())
    done = await asyncio.gather(*(service.start(OPS, made.id, new_id()) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(one, Broadcast) for one in done) == 1
    assert all(isinstance(one, Broadcast | BroadcastInOtherState) for one in done), done


async def test_one_phone_that_always_fails_does_not_keep_the_message_from_the_others(town: Town) -> None:
    audience, people = await crowd(town)
    broken, push = await town.phone(people[0]), town.fakes.push
    send, town_pace = push.send, 2

    async def refused(pushes: Sequence[Push]) -> list[Delivery]:
        answers = await send(pushes)
        trouble = Delivery(DeliveryOutcome.BLOCKED)
        return [trouble if one.target.value == broken else answer for one, answer in zip(pushes, answers, strict=True)]

    push.send = refused  # type: ignore[method-assign]
    try:
        running = await started(town, audience, pace=town_pace)
        for _ in range(12):
            await town.api.city.broadcaster.round()
            town.clock.advance(seconds=31)
        done = await now(town, running)
        assert (done.state, done.sent) == (BroadcastState.DONE, len(people))
    finally:
        push.send = send  # type: ignore[method-assign]
    town.quiet()
    await town.later(minutes=5)
    assert town.rung == [broken], "the outbox goes on with it"


async def test_who_came_while_it_was_a_draft_has_it_and_who_came_after_the_start_has_not(town: Town) -> None:
    audience, _ = await crowd(town, 1)
    service = town.api.city.services.broadcasts
    made = await service.create(OPS, to(audience), new_id())

    async def comes() -> None:
        which = {"_id": town.api.key(await town.reader())}
        await town.api.city.db["citizens"].update_one(which, {"$set": {"tags": list(audience.tags)}})

    await comes()
    assert (await service.start(OPS, made.id, new_id())).total == 2
    await comes()
    while await town.api.city.broadcaster.round():
        pass
    assert ((await now(town, made)).sent, await lines(town, made)) == (2, 2)


async def a_provider(town: Town, *more: str) -> Viewer:
    """Of an organisation with an approved template `closed` and one customer."""
    organisation = await town.api.organisation()
    await approved(town.api, await town.api.provider(organisation), "closed", body="Closed today.")
    await town.api.city.citizens.mark_service_used(town.api.key(await town.reader()), organisation)
    scopes = frozenset({*ALL_SCOPES, *more})
    return Viewer(Role.PROVIDER_CLIENT, actor=f"c-{new_id()}", organisation=organisation, scopes=scopes)


def closed(urgency: Urgency = Urgency.NORMAL) -> NewBroadcast:
    return NewBroadcast("Closed", Audience(), 100, urgency, template="closed")


async def test_what_rings_at_night_or_cannot_be_turned_off_needs_its_own_scope(town: Town) -> None:
    plain, granted = await a_provider(town), await a_provider(town, "notify:urgent", "notify:legal")
    service = town.api.city.services.broadcasts
    for urgency in (Urgency.URGENT, Urgency.LEGAL):
        with pytest.raises(Forbidden):
            await service.create(plain, closed(urgency), new_id())
        assert (await service.create(granted, closed(urgency), new_id())).urgency is urgency


async def test_a_client_in_test_mode_neither_sees_nor_starts_what_is_meant_for_real_people(town: Town) -> None:
    viewer, service = await a_provider(town), town.api.city.services.broadcasts
    made = await service.create(viewer, closed(), new_id())
    trying = replace(viewer, actor=f"c-{new_id()}", test_mode=True)
    assert await service.one(trying, made.id) is None
    assert (await service.page(trying, PageRequest())).items == ()
    for move in (service.start, service.cancel):
        with pytest.raises(BroadcastUnknown):
            await move(trying, made.id, new_id())
    assert [one.id for one in (await service.page(viewer, PageRequest())).items] == [made.id]


async def test_a_suspended_organisations_broadcast_waits(town: Town) -> None:
    viewer, services = await a_provider(town), town.api.city.services
    made = await services.broadcasts.create(viewer, closed(), new_id())
    await services.broadcasts.start(viewer, made.id, new_id())
    await services.organisations.set_state(OPS, viewer.provider(), OrganisationState.SUSPENDED)
    await town.api.city.broadcaster.round()  # others of this city may go on
    assert await lines(town, made) == 0
    await services.organisations.set_state(OPS, viewer.provider(), OrganisationState.ACTIVE)
    town.clock.advance(minutes=6)
    while await town.api.city.broadcaster.round():
        pass
    assert (await now(town, made)).state is BroadcastState.DONE
