"""Between two steps of telling somebody: a phone answers early, a process dies, a night falls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from app.core.ids import new_id
from app.core.mongo import Tx, command_log
from app.core.paging import PageRequest
from app.core.viewer import Role, Viewer
from graphql_schema.types.common import key_of
from notifications.channels.base import Delivery, DeliveryOutcome, Push
from notifications.messages.model import Message
from notifications.messages.service import MessageService
from notifications.messages.store import InboxStore
from notifications.preferences.model import Urgency
from notifications.templates.model import Template, Texts
from tests.support.api import OPS
from tests.telling.conftest import Town
from tests.telling.test_dispatch import lose_and_find, newest, set_to, why, with_texts


async def test_a_phone_that_is_registered_anew_while_its_old_token_is_refused_is_kept(town: Town) -> None:
    person, push = await town.reader(), town.fakes.push
    send, fresh = push.send, f"push-token-{new_id()}"

    async def renewed(pushes: Sequence[Push]) -> list[Delivery]:
        push.outcomes = [DeliveryOutcome.UNREGISTERED] * len(pushes)
        answers = await send(pushes)
        await town.phone(person, fresh)
        return answers

    push.send = renewed  # type: ignore[method-assign]
    try:
        await town.api.data("ReportCardLoss", person.token, key=new_id())
        await town.work()
    finally:
        push.send = send  # type: ignore[method-assign]
    (device,) = await town.api.city.services.devices.of(town.api.key(person))
    assert device.target.value == fresh


async def test_a_phone_may_confirm_a_push_before_its_handing_over_is_noted(town: Town) -> None:
    person, push = await with_texts(town), town.fakes.push
    send = push.send

    async def confirmed_at_once(pushes: Sequence[Push]) -> list[Delivery]:
        shown = [one.message.data["inbox_id"] for one in pushes]
        await town.api.data("ConfirmMessages", person.token, messageIds=shown)
        return await send(pushes)

    push.send = confirmed_at_once  # type: ignore[method-assign]
    try:
        await town.api.data("ReportCardLoss", person.token, key=new_id())
        await town.work()
    finally:
        push.send = send  # type: ignore[method-assign]
    assert (await why(town, person))["deliveries"][0]["state"] == "DELIVERED"
    await town.later(minutes=11)
    assert town.fakes.texts.sent == []


async def test_what_was_read_is_known_as_read_though_the_process_was_killed_in_between(town: Town) -> None:
    person = await town.reader()
    await lose_and_find(town, person)
    await town.work()
    message = key_of((await newest(town, person))["id"], "Message")
    inbox, citizen = town.api.city.db["inbox"], town.api.key(person)
    viewer = Viewer(Role.CITIZEN, actor=citizen, subject=citizen)

    class Killed(Exception):
        pass

    class Dying(InboxStore):
        async def mark_read(self, *_: Any) -> bool:
            raise Killed

        async def mark_all_read(self, *_: Any) -> int:
            raise Killed

    city = town.api.city
    service = MessageService(
        Dying(city.db), city.services.deliveries, city.services.messages._wording, city.changes, town.clock
    )
    for read in (service.mark_read(viewer, message, "en"), service.mark_all_read(viewer)):
        with pytest.raises(Killed):
            await read
    assert await inbox.count_documents({"citizen": citizen, "read_at": None}) > 0
    assert {one["state"] for one in (await why(town, person))["deliveries"]} == {"READ"}


async def test_a_text_message_that_is_due_in_quiet_hours_waits_for_their_end(town: Town) -> None:
    person = await with_texts(town)
    set_to(town, 21)
    await town.api.sign_in(person)
    await lose_and_find(town, person)
    await town.work()
    await town.prefer(person, quietHours={"start": "21:00", "end": "07:00"})
    await town.later(minutes=11)
    assert len(town.fakes.texts.sent) == 1, "the urgent one"
    await town.later(hours=10)
    assert len(town.fakes.texts.sent) == 2


async def test_a_ward_and_his_guardian_are_told_of_one_broadcast_by_pushes_with_names_of_their_own(town: Town) -> None:
    parent = await town.reader()
    ward = key_of((await town.api.ward(parent))["ward"]["id"], "Citizen")
    await town.work()
    town.quiet()
    template = await town.api.city.services.templates.current("TELL_CARD_ISSUED")
    both = [
        Message(
            new_id(), "one-broadcast", who, "card.issued", "news", Urgency.NORMAL, template.ref, {}, town.clock.now()
        )
        for who in (town.api.key(parent), ward)
    ]
    await town.api.city.dispatcher.deliver(both)
    assert len(town.rung) == 2
    assert len({push.message_id for _, push in town.fakes.push.sent}) == 2


async def test_what_is_long_is_cut_for_the_lock_screen_so_that_fcm_takes_it(town: Town) -> None:
    person = await town.reader()
    await town.prefer(person, lockScreenPersonal=True)
    said = {locale: Texts("长", "长" * 2000, "短") for locale in ("zh-CN", "en")}
    await town.api.city.services.templates.publish(OPS, "TELL_CARD_SUSPENDED", said, new_id())
    try:
        await town.api.data("ReportCardLoss", person.token, key=new_id())
        await town.work()
        ((_, push),) = town.fakes.push.sent
        assert len(push.body.encode()) < 3000
        assert push.body.endswith("…")
        assert (await newest(town, person))["body"] == "长" * 2000
    finally:
        row = await town.api.city.db["templates"].find_one({"code": "TELL_CARD_SUSPENDED"})
        assert row is not None
        await town.api.city.services.templates.retract(OPS, row["_id"], "only tried", new_id())


async def test_a_page_of_the_inbox_reads_its_templates_at_once(town: Town) -> None:
    person = await town.reader()
    citizen, templates = town.api.key(person), town.api.city.services.templates
    for n in range(5):

        async def made(tx: Tx, code: str = f"broadcast_{new_id()}") -> Template:
            return await templates.occasion(OPS, code, {one: Texts("t", "b", "p") for one in ("zh-CN", "en")}, tx)

        ref, key = (await town.api.city.db.transaction(made)).ref, f"b{n}-{new_id()}"
        message = Message(new_id(), key, citizen, "broadcast.sent", "news", Urgency.NORMAL, ref, {}, town.clock.now())
        await InboxStore(town.api.city.db).add([message])
    viewer, log = Viewer(Role.CITIZEN, actor=citizen, subject=citizen), list[str]()
    token = command_log.set(log)
    try:
        page = await town.api.city.services.messages.inbox(viewer, PageRequest(first=5), "en")
    finally:
        command_log.reset(token)
    assert [told.texts.body for told in page.items] == ["b"] * 5
    assert log == ["find", "find"]
