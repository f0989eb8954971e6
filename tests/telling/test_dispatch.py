"""From what happened to who hears it, when and how: by each reader's own choices, looked at again when it is sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.core.clock import CITY_TIME
from app.core.events import Event
from app.core.holdings.service import Holdings
from app.core.ids import new_id
from notifications.channels.base import Delivery, DeliveryOutcome, SmsState
from tests.stores.support import RING
from tests.support.api import Person
from tests.telling.conftest import Town


async def lose_and_find(town: Town, person: Person) -> None:
    """One urgent event (card.suspended) and one that is not (card.reinstated)."""
    await town.api.data("ReportCardLoss", person.token, key=new_id())
    await town.api.data("ReinstateCard", person.token, key=new_id())


async def newest(town: Town, person: Person) -> dict[str, Any]:
    """Of somebody whose token may have run out meanwhile."""
    await town.api.sign_in(person)
    answer = (await town.api.raw("Inbox", {"first": 1}, token=person.token)).json()["data"]
    return dict(answer["inbox"]["edges"][0]["node"])


async def why(town: Town, person: Person) -> dict[str, Any]:
    message = await newest(town, person)
    return dict(await town.api.data("WhyDidIGetThis", person.token, messageId=message["id"]))


def set_to(town: Town, hour: int) -> None:
    """The next time the city's clocks show this hour."""
    now = town.clock.now().astimezone(CITY_TIME)
    then = datetime(now.year, now.month, now.day, hour, 30, tzinfo=CITY_TIME)
    town.clock.ahead += (then if then > now else then + timedelta(days=1)) - now


async def test_what_happened_rings_once_however_often_it_is_told(town: Town) -> None:
    person = await town.reader()
    await lose_and_find(town, person)
    for _ in range(3):
        for event in await town.api.events(person):
            await town.api.city.dispatcher.tell(event)
    assert len(town.rung) == 2
    texts = [f"{message.title} {message.body}" for _, message in town.fakes.push.sent]
    assert not any(person.name in text or "{" in text for text in texts)
    assert [message.urgent for _, message in town.fakes.push.sent] == [True, False]


@pytest.mark.parametrize("trouble", [DeliveryOutcome.RETRY, DeliveryOutcome.BLOCKED])
async def test_only_the_phone_that_was_not_reached_is_rung_again(town: Town, trouble: DeliveryOutcome) -> None:
    person = await town.reader()
    first = town.fakes.push
    await town.api.data("ReportCardLoss", person.token, key=new_id())
    first.outcomes = [trouble]
    await town.work()
    await town.later(minutes=2)
    await town.later(minutes=2)
    assert len(town.rung) == 2
    assert (await why(town, person))["deliveries"][0]["state"] == "ACCEPTED"


async def test_a_phone_that_is_gone_is_forgotten(town: Town) -> None:
    person = await town.reader()
    town.fakes.push.outcomes = [DeliveryOutcome.UNREGISTERED]
    await lose_and_find(town, person)
    await town.work()
    assert len(town.rung) <= 2
    assert await town.api.city.services.devices.of(town.api.key(person)) == []
    town.quiet()
    await lose_and_find(town, person)
    await town.work()
    assert town.rung == []


async def test_in_quiet_hours_only_the_urgent_rings_and_the_rest_waits_for_the_morning(town: Town) -> None:
    person = await town.reader()
    await town.prefer(person, quietHours={"start": "22:00", "end": "07:00"})
    set_to(town, 23)
    await town.api.sign_in(person)  # the token of before has run out
    town.quiet()
    await lose_and_find(town, person)
    await town.work()
    assert [message.urgent for _, message in town.fakes.push.sent] == [True]
    told = await why(town, person)
    assert told["routings"][0]["push"]["kind"] == "AT"
    assert [reason["code"] for reason in told["routings"][0]["reasons"]] == ["QUIET_HOURS"]
    await town.later(hours=9)
    assert [message.urgent for _, message in town.fakes.push.sent] == [True, False]


async def test_what_was_read_at_night_does_not_ring_in_the_morning(town: Town) -> None:
    person = await town.reader()
    await town.prefer(person, quietHours={"start": "00:00", "end": "23:59"})
    await town.api.data("ReportCardLoss", person.token, key=new_id())
    await town.api.data("ReinstateCard", person.token, key=new_id())
    await town.work()
    message = await newest(town, person)
    await town.api.data("MarkMessageRead", person.token, messageId=message["id"])
    town.quiet()
    await town.later(days=1, hours=1)
    assert town.rung == []


async def test_a_digest_is_one_push_for_all_that_is_still_unread(town: Town) -> None:
    person = await town.reader()
    await town.prefer(person, sources=[{"source": "card", "push": "DIGEST"}], digestAt="18:00")
    set_to(town, 9)
    await town.api.sign_in(person)
    for _ in range(3):
        await lose_and_find(town, person)
    await town.work()
    town.quiet()
    read = await newest(town, person)
    await town.api.data("MarkMessageRead", person.token, messageId=read["id"])
    await town.later(hours=9)
    ((_, push),) = town.fakes.push.sent
    assert "2" in push.body
    assert push.collapse_key == "digest"
    citizen = town.api.key(person)
    assert citizen not in push.message_id
    (told,) = await town.api.city.db["deliveries"].find({"message": push.message_id}).to_list(None)
    assert citizen not in told["key"]
    assert await told_of(town, citizen) > 0
    city = town.api.city
    await Holdings(city.db, RING, city.persons).erase(citizen)
    assert await told_of(town, citizen) == 0


async def told_of(town: Town, citizen: str) -> int:
    """How many deliveries rang at his phones, about whomever."""
    return await town.api.city.db["deliveries"].count_documents({"recipient": citizen})


async def test_what_comes_while_the_digest_is_told_is_in_the_next_one(town: Town) -> None:
    person = await town.reader()
    await town.prefer(person, sources=[{"source": "card", "push": "DIGEST"}], digestAt="18:00")
    set_to(town, 9)
    await town.api.sign_in(person)
    for _ in range(2):
        await lose_and_find(town, person)
    await town.work()
    # The digest of today is being told, and was taken, in the moment in which another message is put into it.
    waiting = {"recipient": town.api.key(person)}
    (digest,) = await town.api.city.db["digests"].find(waiting).to_list(None)
    await town.api.city.db["digests"].update_one({"_id": digest["_id"]}, {"$set": {"taken": True}})
    for _ in range(2):
        await lose_and_find(town, person)
    await town.work()
    town.quiet()
    await town.later(hours=9)
    ((_, today),) = town.fakes.push.sent
    assert "2" in today.body
    town.quiet()
    await town.later(days=1)
    ((_, tomorrow),) = town.fakes.push.sent
    assert "2" in tomorrow.body
    assert tomorrow.message_id != today.message_id


async def test_who_turned_a_topic_off_finds_it_in_the_inbox_and_is_not_rung(town: Town) -> None:
    person = await town.reader()
    await town.prefer(person, sources=[{"source": "card", "push": "OFF", "sms": False}])
    await lose_and_find(town, person)
    await town.work()
    assert (town.rung, town.fakes.texts.sent) == ([], [])
    told = await why(town, person)
    assert [reason["code"] for reason in told["routings"][0]["reasons"]] == ["TURNED_OFF"]
    assert (await newest(town, person))["event"] == "card.reinstated"


async def with_texts(town: Town) -> Person:
    person = await town.reader()
    await town.prefer(person, sources=[{"source": "card", "push": "ON", "sms": True}], smsAfterMinutes=10)
    return person


async def test_a_push_that_nobody_confirms_is_followed_by_one_text_message(town: Town) -> None:
    person = await with_texts(town)
    await town.api.data("ReportCardLoss", person.token, key=new_id())
    await town.work()
    assert (len(town.rung), town.fakes.texts.sent) == (1, [])
    await town.later(minutes=11)
    await town.later(minutes=11)
    ((phone, text, message_id),) = town.fakes.texts.sent
    assert phone == person.phone
    assert person.name not in text
    receipts = town.api.city.services.deliveries
    for state in (SmsState.SUBMITTED, SmsState.DELIVERED, SmsState.DELIVERED):
        await receipts.sms_report(message_id, state, None, town.clock.now())
    await receipts.sms_report(message_id, SmsState.UNDELIVERABLE, "PHONE_OFF", town.clock.now())
    await receipts.sms_report("unheard-of", SmsState.DELIVERED, None, town.clock.now())
    sms = next(one for one in (await why(town, person))["deliveries"] if one["channel"] == "SMS")
    assert sms["state"] == "BOUNCED"
    assert sms["deliveredAt"] is not None


async def test_a_push_that_a_phone_confirms_or_its_owner_reads_needs_no_text_message(town: Town) -> None:
    person = await with_texts(town)
    await lose_and_find(town, person)
    await town.work()
    inbox = (await town.api.raw("Inbox", {"first": 2}, token=person.token)).json()["data"]["inbox"]
    found, lost = (edge["node"]["id"] for edge in inbox["edges"])
    # Two events that are told at once may ring in either order.
    (shown,) = (push.data for _, push in town.fakes.push.sent if push.data["inbox_id"] == found)
    assert shown["subject"] == person.citizen_id
    for count in (1, 0):
        done = await town.api.data("ConfirmMessages", person.token, messageIds=[shown["inbox_id"]])
        assert done["count"] == count
    await town.api.data("MarkMessageRead", person.token, messageId=lost)
    await town.later(minutes=11)
    assert town.fakes.texts.sent == []
    assert (await why(town, person))["deliveries"][0]["state"] == "DELIVERED"


async def test_a_text_message_the_gateway_cannot_take_now_is_tried_again(town: Town) -> None:
    person = await with_texts(town)
    town.fakes.texts.outcomes = [Delivery(DeliveryOutcome.RETRY, retry_after=40)]
    await town.api.data("ReportCardLoss", person.token, key=new_id())
    await town.work()
    await town.later(minutes=11)
    await town.later(seconds=20)
    assert len(town.fakes.texts.sent) == 1
    await town.later(seconds=30)
    await town.later(minutes=30)
    assert len(town.fakes.texts.sent) == 2
    assert len({message_id for _, _, message_id in town.fakes.texts.sent}) == 1


async def test_without_a_phone_that_takes_pushes_an_alarm_comes_as_a_text_message(town: Town) -> None:
    person = await town.api.with_card()
    await town.work()
    town.quiet()
    person.device = {**person.device, "id": f"device-{new_id()}"}
    await town.api.sign_in(person)
    await town.work()
    assert [to for to, _, _ in town.fakes.texts.sent] == [person.phone]


async def test_a_guardian_is_rung_for_the_ward_by_his_own_choice(town: Town) -> None:
    parent = await town.reader()
    ward = await town.api.ward(parent)
    await town.work()
    town.quiet()
    acting = town.api.acting_for(ward["ward"]["id"])
    await acting.data("IssueCard", parent.token, key=new_id())
    await town.work()
    assert len(town.rung) == 1
    answer = (await acting.raw("Inbox", {"first": 1}, token=parent.token)).json()["data"]["inbox"]
    message = answer["edges"][0]["node"]
    told = await acting.data("WhyDidIGetThis", parent.token, messageId=message["id"])
    assert {routing["toGuardian"] for routing in told["routings"]} == {True, False}
    town.quiet()
    await town.prefer(parent, sources=[{"source": "family", "push": "OFF"}])
    await acting.data("ReportCardLoss", parent.token, key=new_id())
    await town.work()
    assert town.rung == []


async def test_nobody_is_reminded_of_a_card_that_was_revoked_meanwhile(town: Town) -> None:
    person = await town.reader()
    card = await town.api.data("Card", person.token)
    key = str((await town.api.city.db["cards"].find_one({"number": card["number"].replace(" ", "")}) or {})["_id"])
    facts = {"card": key, "valid_until": "2030-01-01"}
    citizen = town.api.key(person)
    await town.api.city.db["cards"].update_one({"_id": key}, {"$set": {"state": "revoked", "live": False}})
    await town.api.city.dispatcher.tell(Event(new_id(), "card.expires_soon", citizen, facts, town.clock.now()))
    assert town.rung == []
    assert (await newest(town, person))["event"] != "card.expires_soon"


async def test_all_are_marked_read_at_once_and_repeating_is_safe(town: Town) -> None:
    person = await town.reader()
    await lose_and_find(town, person)
    await town.work()
    counts = [(await town.api.data("MarkAllMessagesRead", person.token))["count"] for _ in range(2)]
    assert counts == [4, 0]
    assert (await town.api.raw("Inbox", {}, token=person.token)).json()["data"]["unreadCount"] == 0
    assert (await why(town, person))["deliveries"][0]["state"] == "READ"


async def test_the_lock_screen_says_more_only_to_who_wants_it(town: Town) -> None:
    person = await town.reader()
    await town.prefer(person, lockScreenPersonal=True)
    await town.api.data("ReportCardLoss", person.token, key=new_id())
    await town.work()
    ((_, push),) = town.fakes.push.sent
    assert push.body == (await newest(town, person))["body"]


async def test_why_of_a_message_of_others_is_answered_as_of_none(town: Town) -> None:
    person, other = await town.reader(), await town.reader()
    message = await newest(town, other)
    assert await town.api.data("WhyDidIGetThis", person.token, messageId=message["id"]) is None
    done = await town.api.data("ConfirmMessages", person.token, messageIds=[message["id"]])
    assert done["count"] == 0
    assert await town.api.codes("ConfirmMessages", person.token, messageIds=[]) == ["BAD_INPUT"]
    assert await town.api.codes("ConfirmMessages", person.token, messageIds=[message["id"]] * 101) == ["BAD_INPUT"]


async def test_an_event_of_no_known_kind_is_passed_over(town: Town) -> None:
    person = await town.reader()
    await town.api.city.dispatcher.tell(Event(new_id(), "card.of.tomorrow", town.api.key(person), {}, town.clock.now()))
    assert town.rung == []


async def test_nobody_is_told_who_is_not_there_any_more(town: Town) -> None:
    person = await town.reader()
    citizen = town.api.key(person)
    await town.api.city.db["citizens"].update_one({"_id": citizen}, {"$set": {"erased_at": town.clock.now()}})
    before = await town.api.city.db["inbox"].count_documents({"citizen": citizen})
    for of in (citizen, new_id()):
        await town.api.city.dispatcher.tell(Event(new_id(), "card.issued", of, {"card": "c"}, town.clock.now()))
    assert (town.rung, await town.api.city.db["inbox"].count_documents({"citizen": citizen})) == ([], before)
