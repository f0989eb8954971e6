"""A provider tells one citizen something: whom it may reach, in which words, and what it learns of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.viewer import Role, Viewer
from graphql_schema.types.common import global_id, key_of
from notifications.notices.errors import NoticeUnknown
from tests.support.api import ALL_SCOPES, Api, Person
from tests.telling.conftest import Town
from tests.telling.words import approved

TITLE = [{"name": "title", "kind": "TEXT", "personal": True}]
# Letters that show in whatever way they are kept, unless they are sealed.
BOOK = "红楼梦 (Hongloumeng)"
SCOPES = (*ALL_SCOPES, "notify:urgent")


async def met(town: Town, person: Person, provider: str) -> str:
    """The look-up by which this provider knows the person."""
    code = await town.api.code(person, "LIBRARY")
    done = await town.api.data("VerifyCode", provider, "provider", code=code, purpose="LIBRARY", key=new_id())
    assert done["__typename"] == "CodeVerified", done
    return str(done["id"])


async def sent(api: Api, provider: str, to: dict[str, str], **changed: Any) -> dict[str, Any]:
    said = {"to": to, "template": "book_due", "facts": [{"name": "title", "value": BOOK}], "key": new_id()}
    done = await api.data("SendNotice", provider, "provider", **{**said, **changed})
    assert done["__typename"] == "NoticeSent", done
    return dict(done["notice"])


async def library(town: Town) -> str:
    token = await town.api.provider(await town.api.organisation())
    await approved(town.api, token, facts=TITLE, body="Please return {title}.")
    return token


async def report(town: Town, provider: str, notice: str) -> dict[str, Any]:
    return dict(await town.api.data("Notice", provider, "provider", noticeId=notice))


async def test_a_citizen_is_told_in_the_providers_words_and_nobody_else_reads_them(town: Town) -> None:
    person, provider = await town.reader(), await library(town)
    verification = await met(town, person, provider)
    await town.work()
    town.quiet()
    notice = await sent(town.api, provider, {"verificationId": verification})
    await town.work()
    ((_, push),) = town.fakes.push.sent
    assert "Hongloumeng" not in push.title + push.body
    inbox = (await town.api.raw("Inbox", {"first": 1}, token=person.token)).json()["data"]["inbox"]
    message = inbox["edges"][0]["node"]
    assert message["body"] == f"Please return {BOOK}."
    assert message["source"].startswith("org:")
    for name in ("inbox", "notices", "outbox", "deliveries", "audit"):
        assert "Hongloumeng" not in str(await town.api.city.db[name].find({}).to_list(None))
    assert (await report(town, provider, notice["id"]))["deliveries"][0]["state"] == "ACCEPTED"
    await town.api.data("MarkMessageRead", person.token, messageId=message["id"])
    assert (await report(town, provider, notice["id"]))["deliveries"][0]["state"] == "READ"
    events = [row["type"] async for row in town.api.city.db["outbox"].find({"citizen": town.api.key(person)})]
    assert events.count("message.read") == 1


async def test_a_notice_sent_twice_under_one_key_is_one_and_by_card_number_too(town: Town) -> None:
    person, provider = await town.reader(), await library(town)
    card = await town.api.data("Card", person.token)
    key = new_id()
    ids = {(await sent(town.api, provider, {"cardNumber": card["number"]}, key=key))["id"] for _ in range(3)}
    assert len(ids) == 1
    await town.work()
    assert len(town.rung) == 1
    other = {"to": {"cardNumber": card["number"]}, "template": "book_due", "facts": [], "key": key}
    assert await town.api.refused("IdempotencyConflict", "SendNotice", provider, "provider", **other) == {}


@pytest.mark.parametrize(
    ("changed", "error", "data"),
    [
        ({"template": "unheard_of"}, "TemplateUnknown", {}),
        ({"template": "only_saved"}, "TemplateNotApproved", {}),
        ({"facts": []}, "FactMissing", {"fact": "title"}),
        ({"facts": [{"name": "titel", "value": "x"}]}, "FactUnknown", {"fact": "titel"}),
        ({"facts": [{"name": "title", "value": "a\nb"}]}, "FactUnfit", {"fact": "title", "kind": "text"}),
        ({"to": {"cardNumber": "0000 0000 0000"}}, "RecipientUnknown", {}),
        ({"to": {"verificationId": global_id("Disclosure", new_id())}}, "RecipientUnknown", {}),
    ],
)
async def test_a_notice_that_cannot_be_is_refused_by_name(
    town: Town, changed: dict[str, Any], error: str, data: dict[str, Any]
) -> None:
    person, provider = await town.reader(), await library(town)
    both = [{"locale": one, "title": "t", "body": "b", "push": "p"} for one in ("zh-CN", "en")]
    draft = {"code": "only_saved", "texts": both, "facts": []}
    await town.api.data("SaveMessageTemplate", provider, "provider", template=draft, key=new_id())
    card = await town.api.data("Card", person.token)
    said: dict[str, Any] = {"template": "book_due", "facts": [{"name": "title", "value": "x"}], "key": new_id()}
    said = {"to": {"cardNumber": card["number"]}, **said, **changed}
    for language in ("en", "zh-CN"):
        assert await town.api.speaking(language).refused(error, "SendNotice", provider, "provider", **said) == data
    await town.work()
    assert (town.rung, await town.api.city.db["notices"].count_documents({"citizen": town.api.key(person)})) == ([], 0)


async def test_another_providers_look_up_and_notice_are_as_if_not_there(town: Town) -> None:
    person, provider = await town.reader(), await library(town)
    verification = await met(town, person, provider)
    stranger = await library(town)
    said = {"template": "book_due", "facts": [{"name": "title", "value": "x"}], "key": new_id()}
    to = {"verificationId": verification}
    assert await town.api.refused("RecipientUnknown", "SendNotice", stranger, "provider", to=to, **said) == {}
    notice = await sent(town.api, provider, to)
    assert await town.api.data("Notice", stranger, "provider", noticeId=notice["id"]) is None
    gone = {"noticeId": notice["id"], "key": new_id()}
    assert await town.api.refused("NoticeUnknown", "WithdrawNotice", stranger, "provider", **gone) == {}


async def test_a_notice_withdrawn_before_it_went_is_never_told(town: Town) -> None:
    person, provider = await town.reader(), await library(town)
    card = await town.api.data("Card", person.token)
    notice = await sent(town.api, provider, {"cardNumber": card["number"]})
    for _ in range(2):
        gone = await town.api.data("WithdrawNotice", provider, "provider", noticeId=notice["id"], key=new_id())
        assert gone["notice"]["withdrawnAt"] is not None
    await town.work()
    assert town.rung == []
    inbox = (await town.api.raw("Inbox", {}, token=person.token)).json()["data"]["inbox"]["edges"]
    assert not any(edge["node"]["event"] == "notice.sent" for edge in inbox)


async def test_urgency_is_granted_not_taken(town: Town) -> None:
    person, provider = await town.reader(), await library(town)
    card = await town.api.data("Card", person.token)
    said = {"to": {"cardNumber": card["number"]}, "template": "book_due", "facts": [{"name": "title", "value": "x"}]}
    for urgency in ("URGENT", "LEGAL"):
        codes = await town.api.codes("SendNotice", provider, "provider", **said, urgency=urgency, key=new_id())
        assert codes == ["FORBIDDEN"]


async def test_one_person_is_written_to_twenty_times_a_day_and_no_more(town: Town) -> None:
    person, provider = await town.reader(), await library(town)
    card = await town.api.data("Card", person.token)
    for _ in range(20):
        await sent(town.api, provider, {"cardNumber": card["number"]})
    said = {"to": {"cardNumber": card["number"]}, "template": "book_due", "facts": [{"name": "title", "value": "x"}]}
    assert await town.api.codes("SendNotice", provider, "provider", **said, key=new_id()) == ["RATE_LIMITED"]


async def test_card_numbers_are_not_tried_out_and_right_ones_do_not_count_as_tries(town: Town) -> None:
    people, organisation = [await town.reader() for _ in range(3)], await town.api.organisation()
    provider = await town.api.provider(organisation)
    await approved(town.api, provider, facts=TITLE, body="Please return {title}.")
    numbers = [(await town.api.data("Card", person.token))["number"] for person in people]
    said = {"template": "book_due", "facts": [{"name": "title", "value": "x"}]}
    for number in numbers * 18:  # more than may be wrong
        await sent(town.api, provider, {"cardNumber": number})

    async def tried(number: str) -> list[str]:
        asked = {"to": {"cardNumber": number}, **said, "key": new_id()}
        answer = (await town.api.raw("SendNotice", asked, token=provider, schema="provider")).json()
        return [error["extensions"]["code"] for error in answer.get("errors", [])]

    wrong = [await tried(f"0000 0000 {n:04}") for n in range(52)]
    assert wrong[:50] == [[]] * 50
    assert wrong[50:] == [["RATE_LIMITED"]] * 2
    assert await tried(numbers[0]) == ["RATE_LIMITED"]  # else the answer would tell which one is right
    stranger = await library(town)
    await sent(town.api, stranger, {"cardNumber": numbers[0]})
    await town.later(hours=1)
    await sent(town.api, await town.api.provider(organisation), {"cardNumber": numbers[0]})


async def test_a_provider_learns_neither_how_many_phones_there_are_nor_of_guardians(town: Town) -> None:
    person, provider = await town.reader(), await library(town)
    elsewhere = await town.api.sign_in(replace(person, device={**person.device, "id": f"device-{new_id()}"}))
    await town.phone(elsewhere)
    notice = await sent(town.api, provider, {"verificationId": await met(town, person, provider)})
    await town.work()
    rings = [push for _, push in town.fakes.push.sent if push.data["event"] == "notice.sent"]
    assert len(rings) == 2
    (line,) = (await report(town, provider, notice["id"]))["deliveries"]
    assert (line["channel"], line["state"]) == ("PUSH", "ACCEPTED")
    for phone in (person, elsewhere):
        confirmed = await town.api.data("ConfirmMessages", phone.token, messageIds=[rings[0].data["inbox_id"]])
        assert confirmed["__typename"] == "MessagesConfirmed", confirmed
    (line,) = (await report(town, provider, notice["id"]))["deliveries"]
    assert (line["state"], line["readAt"]) == ("DELIVERED", None)
    await town.api.data("MarkMessageRead", person.token, messageId=rings[0].data["inbox_id"])
    (line,) = (await report(town, provider, notice["id"]))["deliveries"]
    assert line["state"] == "READ"
    events = [row["type"] async for row in town.api.city.db["outbox"].find({"citizen": town.api.key(person)})]
    assert (events.count("message.delivered"), events.count("message.read")) == (1, 1)


async def test_what_rang_at_a_guardians_phone_is_not_reported_to_a_provider(town: Town) -> None:
    parent, provider = await town.reader(), await library(town)
    ward = await town.api.ward(parent)
    acting = town.api.acting_for(ward["ward"]["id"])
    card = (await acting.data("IssueCard", parent.token, key=new_id()))["card"]
    await town.work()
    town.quiet()
    notice = await sent(town.api, provider, {"cardNumber": card["number"]})
    await town.work()
    ((_, push),) = town.fakes.push.sent
    await town.api.data("ConfirmMessages", parent.token, messageIds=[push.data["inbox_id"]])
    assert (await report(town, provider, notice["id"]))["deliveries"] == []
    told = {"type": {"$in": ["message.delivered", "message.read"]}, "facts.message": key_of(notice["id"], "Notice")}
    assert await town.api.city.db["outbox"].count_documents(told) == 0


async def test_a_client_in_test_mode_neither_sees_nor_withdraws_what_went_to_real_people(town: Town) -> None:
    person, organisation = await town.reader(), await town.api.organisation()
    provider = await town.api.provider(organisation)
    await approved(town.api, provider, facts=TITLE, body="Please return {title}.")
    card = await town.api.data("Card", person.token)
    notice = key_of((await sent(town.api, provider, {"cardNumber": card["number"]}))["id"], "Notice")
    service, scopes = town.api.city.services.notices, frozenset({"notify"})
    trying = Viewer(Role.PROVIDER_CLIENT, actor="t", organisation=organisation, scopes=scopes, test_mode=True)
    assert await service.one(trying, notice) is None
    assert (await service.mine(trying, PageRequest())).items == ()
    with pytest.raises(NoticeUnknown):
        await service.withdraw(trying, notice, new_id())
    await town.work()
    assert len(town.rung) == 1
