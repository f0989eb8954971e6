"""Test citizens: made, shown and verified in test mode; nothing crosses the line between tests and life."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from app.core.ids import new_id
from app.domains.identity.citizens.model import parse_phone
from graphql_schema.types.common import global_id, key_of
from tests.support.api import OPS, Api, Person
from virtual_card.trials.model import MOST


@pytest.fixture(scope="session")
async def trying(shared_api: Api) -> str:
    """A client in test mode."""
    return await shared_api.provider_in_test_mode()


async def _made(api: Api, token: str, count: int = 1) -> list[dict[str, Any]]:
    done = await api.data("MakeTestCitizens", token, "provider", count=count, key=new_id())
    assert done["__typename"] == "TestCitizensMade", done
    return list(done["testCitizens"])


async def _shown(api: Api, token: str, citizen: str, purpose: str = "GATE") -> str:
    given = {"testCitizenId": citizen, "purpose": purpose, "key": new_id()}
    done = await api.data("ShowTestCode", token, "provider", **given)
    assert done["__typename"] == "CodeShown", done
    return str(done["cardCode"]["text"])


async def _verified(api: Api, token: str, code: str, purpose: str = "GATE") -> dict[str, Any]:
    return dict(await api.data("VerifyCode", token, "provider", code=code, purpose=purpose, key=new_id()))


async def test_a_provider_tries_its_call_from_end_to_end(shared_api: Api, trying: str) -> None:
    (one,) = await _made(shared_api, trying)
    code = await _shown(shared_api, trying, one["id"], "HOSPITAL")
    told = await _verified(shared_api, trying, code, "HOSPITAL")
    learned = told["attributes"]
    assert (learned["name"], learned["birthMonth"]) == (one["name"], one["birthMonth"])
    assert learned["cardNumber"] == one["cardNumber"]
    assert (await _verified(shared_api, trying, code, "HOSPITAL"))["__typename"] == "CodeUsed"
    found = await shared_api.data("Verifications", trying, "provider")
    assert told["id"] in {edge["node"]["id"] for edge in found["edges"]}


async def test_ten_are_of_all_ages_and_of_both_sexes(shared_api: Api) -> None:
    token = await shared_api.provider_in_test_mode()
    made = await _made(shared_api, token, 10)
    assert await shared_api.data("TestCitizens", token, "provider") == made
    assert len({one["name"] for one in made}) == len({one["cardNumber"] for one in made}) == 10
    assert {one["sex"] for one in made} == {"FEMALE", "MALE"}
    answers = [
        (await _verified(shared_api, token, await _shown(shared_api, token, one["id"], "TRANSIT"), "TRANSIT"))
        for one in made
    ]
    ages = {(told["attributes"]["over60"], told["attributes"]["under18"]) for told in answers}
    assert ages == {(False, False), (True, False), (False, True)}


async def test_a_test_citizen_can_be_nobody_and_reaches_nobody(shared_api: Api, trying: str) -> None:
    sent, asked = len(shared_api.sms.sent), len(shared_api.registry.asked)
    (one,) = await _made(shared_api, trying)
    assert (len(shared_api.sms.sent), len(shared_api.registry.asked)) == (sent, asked)
    citizen = await shared_api.city.citizens.get(key_of(one["id"], "TestCitizen"))
    number = await shared_api.city.citizens.id_number(key_of(one["id"], "TestCitizen"))
    assert citizen is not None
    assert number is not None
    assert (citizen.verified, number.text[0], str(citizen.phone)[:4]) == (True, "0", "+999")
    with pytest.raises(Exception, match="PHONE_INVALID"):
        parse_phone(str(citizen.phone))
    row = await shared_api.city.db["citizens"].find_one({"_id": citizen.id})
    assert row is not None
    assert row["test"] is True


async def test_a_real_code_is_unknown_in_test_mode_and_not_spent(
    spoken: Api, trying: str, holder: Person, provider: str
) -> None:
    code = await spoken.code(holder, "GATE")
    given = {"code": code, "purpose": "GATE", "key": new_id()}
    await spoken.refused("CodeUnknown", "VerifyCode", trying, "provider", **given)
    await spoken.refused("CodeUnknown", "VerifyCode", trying, "provider", **{**given, "purpose": "PATROL"})
    assert (await _verified(spoken, provider, code))["__typename"] == "CodeVerified"
    await spoken.refused("CodeUnknown", "VerifyCode", trying, "provider", **{**given, "key": new_id()})


async def test_a_test_code_is_unknown_in_life_and_to_other_testers_and_not_spent(
    spoken: Api, trying: str, provider: str
) -> None:
    other = await spoken.provider_in_test_mode()
    (one,) = await _made(spoken, trying)
    code = await _shown(spoken, trying, one["id"])
    before = await spoken.city.db["disclosures"].count_documents({})
    for token in (provider, other):
        given = {"code": code, "purpose": "GATE", "key": new_id()}
        await spoken.refused("CodeUnknown", "VerifyCode", token, "provider", **given)
    assert await spoken.city.db["disclosures"].count_documents({}) == before
    assert (await _verified(spoken, trying, code))["__typename"] == "CodeVerified"


async def test_anothers_test_citizen_looks_like_one_that_is_not_there(spoken: Api, trying: str) -> None:
    other = await spoken.provider_in_test_mode()
    (theirs,) = await _made(spoken, other)
    answers = []
    for id_ in (theirs["id"], str(global_id("TestCitizen", new_id()))):
        given = {"testCitizenId": id_, "purpose": "GATE", "key": new_id()}
        answers.append(await spoken.data("ShowTestCode", trying, "provider", **given))
    assert answers[0] == answers[1]
    assert answers[0]["__typename"] == "TestCitizenUnknown"
    assert theirs["id"] not in {one["id"] for one in await spoken.data("TestCitizens", trying, "provider")}


async def test_a_live_client_has_no_test_citizens(spoken: Api, provider: str, trying: str) -> None:
    (one,) = await _made(spoken, trying)
    await spoken.refused("OnlyInTestMode", "MakeTestCitizens", provider, "provider", count=1, key=new_id())
    given = {"testCitizenId": one["id"], "purpose": "GATE", "key": new_id()}
    await spoken.refused("OnlyInTestMode", "ShowTestCode", provider, "provider", **given)
    assert await spoken.data("TestCitizens", provider, "provider") == []


async def test_what_was_tried_is_not_seen_in_life_nor_life_in_tests(shared_api: Api, holder: Person) -> None:
    organisations, token = shared_api.city.services.organisations, await shared_api.provider_in_test_mode()
    code = (await shared_api.data("Me", token, "provider"))["organisation"]["code"]
    token = await shared_api.provider(code)  # made in test mode, it stays so
    (one,) = await _made(shared_api, token)
    tried = (await _verified(shared_api, token, await _shown(shared_api, token, one["id"])))["id"]
    await organisations.put(OPS, replace(organisations.tree.nodes[code], test_mode=False))
    live = await shared_api.provider(code)
    lived = (await _verified(shared_api, live, await shared_api.code(holder, "GATE")))["id"]

    async def listed(by: str) -> list[str]:
        return [e["node"]["id"] for e in (await shared_api.data("Verifications", by, "provider"))["edges"]]

    assert (await listed(token), await listed(live)) == ([tried], [lived])


async def test_there_is_room_for_fifty_also_when_all_are_wished_for_at_once(spoken: Api) -> None:
    token = await spoken.provider_in_test_mode()
    await asyncio.gather(
        *(spoken.data("MakeTestCitizens", token, "provider", count=10, key=new_id()) for _ in range(7))
    )
    while len(made := await spoken.data("TestCitizens", token, "provider")) < MOST:
        await _made(spoken, token, 10)  # rivals may have got in each other's way more often than is tried again
    assert len({one["name"] for one in made}) == MOST
    shown = await spoken.refused("TooManyTestCitizens", "MakeTestCitizens", token, "provider", count=1, key=new_id())
    assert shown["most"] == MOST


@pytest.mark.parametrize("count", [0, -1, 11])
async def test_one_to_ten_are_made_at_once(shared_api: Api, trying: str, count: int) -> None:
    assert await shared_api.codes("MakeTestCitizens", trying, "provider", count=count, key=new_id()) == ["BAD_INPUT"]


async def test_the_same_key_makes_them_once(spoken: Api) -> None:
    token, key = await spoken.provider_in_test_mode(), new_id()
    first = await spoken.data("MakeTestCitizens", token, "provider", count=2, key=key)
    assert await spoken.data("MakeTestCitizens", token, "provider", count=2, key=key) == first
    assert len(await spoken.data("TestCitizens", token, "provider")) == 2
    await spoken.refused("IdempotencyConflict", "MakeTestCitizens", token, "provider", count=3, key=key)


async def test_a_lost_test_card_is_refused_as_a_real_one_would_be(spoken: Api) -> None:
    token = await spoken.provider_in_test_mode()
    (one,) = await _made(spoken, token)
    code, holder = await _shown(spoken, token, one["id"]), key_of(one["id"], "TestCitizen")
    await spoken.city.db.transaction(lambda tx: spoken.city.services.cards.revoke(OPS, holder, "test_over", tx))
    given = {"code": code, "purpose": "GATE", "key": new_id()}
    await spoken.refused("CardNotActive", "VerifyCode", token, "provider", **given)
    given = {"testCitizenId": one["id"], "purpose": "GATE", "key": new_id()}
    await spoken.refused("CardNotActive", "ShowTestCode", token, "provider", **given)
