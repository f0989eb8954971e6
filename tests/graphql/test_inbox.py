"""The inbox, what is read in it, and the phone's registration for pushes."""

from __future__ import annotations

import pytest

from app.core.ids import new_id
from graphql_schema.types.common import global_id
from tests.conftest import Fakes
from tests.support.api import Api, Person


async def test_what_happened_is_told_in_the_readers_language(spoken: Api) -> None:
    person = await spoken.with_card()
    issued, verified = await spoken.told(person)
    assert (issued["event"], verified["event"]) == ("card.issued", "citizen.verified")
    for message in (issued, verified):
        chinese = any("一" <= letter <= "鿿" for letter in message["title"] + message["body"])
        assert chinese is (spoken.language == "zh-CN")
        assert message["readAt"] is None


async def test_a_message_is_read_once_and_the_first_time_counts(spoken: Api) -> None:
    person = await spoken.with_card()
    newest, _ = await spoken.told(person)
    first = await spoken.data("MarkMessageRead", person.token, messageId=newest["id"])
    again = await spoken.data("MarkMessageRead", person.token, messageId=newest["id"])
    assert first == again
    assert first["inboxMessage"]["readAt"] is not None
    answer = (await spoken.raw("Inbox", {"first": 1}, token=person.token)).json()["data"]
    assert (answer["unreadCount"], answer["inbox"]["pageInfo"]["hasNextPage"]) == (1, True)


async def test_a_message_of_others_and_one_that_is_not_there_are_alike(spoken: Api, outsider: Person) -> None:
    theirs = (await spoken.told(outsider))[0]
    person = await spoken.sign_in(spoken.person())
    for message in (theirs["id"], global_id("Message", new_id())):
        assert await spoken.refused("MessageUnknown", "MarkMessageRead", person.token, messageId=message) == {}
    for message in ("", "x", global_id("Card", new_id())):
        assert await spoken.codes("MarkMessageRead", person.token, messageId=message) == ["BAD_INPUT"]
    assert (await spoken.told(outsider))[0]["readAt"] is None


async def test_walking_all_pages_sees_each_message_once(shared_api: Api) -> None:
    person = await shared_api.with_card()
    for _ in range(2):
        await shared_api.data("ReportCardLoss", person.token, key=new_id())
        await shared_api.data("ReinstateCard", person.token, key=new_id())
    all_of_them = [message["id"] for message in await shared_api.told(person)]
    seen: list[str] = []
    after = None
    while True:
        answer = (await shared_api.raw("Inbox", {"first": 4, "after": after}, token=person.token)).json()
        page = answer["data"]["inbox"]
        seen += [edge["node"]["id"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert seen == all_of_them
    assert len(set(seen)) == 6


@pytest.mark.parametrize("page", [{"first": 0}, {"first": 101}, {"first": -1}, {"after": "%%%"}])
async def test_a_page_that_cannot_be_is_bad_input(shared_api: Api, holder: Person, page: dict[str, object]) -> None:
    assert await shared_api.codes("Inbox", holder.token, **page) == ["BAD_INPUT"]


async def test_a_guardian_reads_the_wards_inbox_and_not_his_own_there(shared_api: Api) -> None:
    parent = await shared_api.with_card()
    ward = await shared_api.ward(parent, "INBOX_READ")
    await shared_api.told(parent)
    acting = shared_api.acting_for(ward["ward"]["id"])
    answer = (await acting.raw("Inbox", token=parent.token)).json()["data"]
    assert (answer["unreadCount"], answer["inbox"]["edges"]) == (0, [])


@pytest.mark.parametrize("token", ["", "short", "x" * 4097, "码" * 30, "x" * 30 + "\n"])
async def test_what_cannot_be_a_push_token_is_refused(spoken: Api, holder: Person, token: str) -> None:
    assert await spoken.refused("PushTokenInvalid", "RegisterPushToken", holder.token, token=token) == {}


async def test_a_registered_phone_rings_until_it_is_signed_out(api: Api, fakes: Fakes) -> None:
    person = await api.with_card()
    for _ in range(2):  # repeating is safe
        done = await api.data("RegisterPushToken", person.token, token="push-token-of-this-phone")
        assert done["__typename"] == "PushTokenRegistered"
    await api.told(person)
    assert [token for token, _ in fakes.push.sent] == ["push-token-of-this-phone"] * 2
    assert person.name not in str(fakes.push.sent)
    await api.told(person)
    assert len(fakes.push.sent) == 2  # what was told is not told again

    await api.data("SignOut", person.token)
    await api.sign_in(person)
    await api.data("ReportCardLoss", person.token, key=new_id())
    await api.told(person)
    assert len(fakes.push.sent) == 2
