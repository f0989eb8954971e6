"""Look-ups as the citizen and as the provider see them, page by page, and disputes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.core.ids import new_id
from app.core.paging import encode_cursor
from graphql_schema.types.common import global_id
from tests.support.api import OPS, Api, Person


async def looked_up(api: Api, person: Person, provider: str, times: int = 1) -> list[str]:
    """Ids of so many look-ups of this person, oldest first."""
    ids = []
    for _ in range(times):
        code = await api.code(person, "GATE")
        done = await api.data("VerifyCode", provider, "provider", code=code, purpose="GATE", key=new_id())
        ids.append(done["id"])
    return ids


async def _walk(api: Api, operation: str, token: str | None, schema: str, first: int) -> list[str]:
    """Ids of all rows, page by page."""
    seen: list[str] = []
    after: str | None = None
    while True:
        page = await api.data(operation, token, schema, first=first, after=after)
        assert len(page["edges"]) <= first
        seen += [edge["node"]["id"] for edge in page["edges"]]
        assert not page["edges"] or page["pageInfo"]["endCursor"] == page["edges"][-1]["cursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return seen
        after = page["pageInfo"]["endCursor"]


async def test_walking_all_pages_sees_each_look_up_once_newest_first(shared_api: Api) -> None:
    person, organisation = await shared_api.with_card(), await shared_api.organisation()
    provider = await shared_api.provider(organisation)
    ids = await looked_up(shared_api, person, provider, 5)
    for first in (1, 2, 5, 100):
        assert await _walk(shared_api, "Disclosures", person.token, "citizen", first) == ids[::-1]
    mine = await _walk(shared_api, "Verifications", provider, "provider", 2)
    assert len(set(mine)) == len(mine) == 5


async def test_a_look_up_says_who_learned_what_and_what_for(shared_api: Api, outsider: Person) -> None:
    person, organisation = await shared_api.with_card(), await shared_api.organisation()
    provider = await shared_api.provider(organisation)
    (made,) = await looked_up(shared_api, person, provider)
    (edge,) = (await shared_api.data("Disclosures", person.token))["edges"]
    assert edge["node"] | {"at": None} == {
        "id": made,
        "organisation": {"code": organisation, "name": "测试单位"},
        "purpose": "gate",
        "attributes": ["RESIDENT", "MASKED_NAME"],
        "sharedData": [],
        "channel": "ONLINE_CODE",
        "licence": None,
        "at": None,
        "dispute": None,
    }
    record = (await shared_api.data("Verifications", provider, "provider"))["edges"][0]["node"]
    assert record["attributes"] == ["RESIDENT", "MASKED_NAME"]
    assert record["verifier"].startswith("c-")
    others = await shared_api.data("Disclosures", outsider.token, first=100)
    assert made not in {edge["node"]["id"] for edge in others["edges"]}


async def test_who_looked_is_named_in_the_readers_language(spoken: Api) -> None:
    person, organisation = await spoken.with_card(), await spoken.organisation()
    organisations = spoken.city.services.organisations
    names = {"zh-CN": "北门图书馆", "en": "North Gate Library"}
    node = replace(organisations.tree.nodes[organisation], name=names["zh-CN"], name_en=names["en"])
    await organisations.put(OPS, node)
    await looked_up(spoken, person, await spoken.provider(organisation))
    (edge,) = (await spoken.data("Disclosures", person.token))["edges"]
    assert edge["node"]["organisation"] == {"code": organisation, "name": names[spoken.language]}
    told = next(one for one in await spoken.told(person) if one["event"] == "disclosure.made")
    assert names[spoken.language] in told["body"]
    assert not any(name in told["body"] for language, name in names.items() if language != spoken.language)


async def test_another_provider_does_not_see_what_this_one_verified(shared_api: Api) -> None:
    person = await shared_api.with_card()
    one = await shared_api.provider(await shared_api.organisation())
    other = await shared_api.provider(await shared_api.organisation())
    await looked_up(shared_api, person, one)
    assert len((await shared_api.data("Verifications", one, "provider"))["edges"]) == 1
    assert (await shared_api.data("Verifications", other, "provider"))["edges"] == []


@pytest.mark.parametrize(("operation", "schema"), [("Disclosures", "citizen"), ("Verifications", "provider")])
@pytest.mark.parametrize("page", [{"first": 0}, {"first": 101}, {"first": -1}, {"after": "%%%"}, {"after": "é"}])
async def test_a_page_that_cannot_be_is_bad_input(
    shared_api: Api, holder: Person, provider: str, operation: str, schema: str, page: dict[str, Any]
) -> None:
    token = holder.token if schema == "citizen" else provider
    answer = (await shared_api.raw(operation, page, token=token, schema=schema)).json()
    (error,) = answer["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("BAD_INPUT", next(iter(page)))


async def test_nulls_are_the_defaults_and_a_foreign_cursor_shows_nothing_foreign(
    shared_api: Api, holder: Person, outsider: Person, provider: str
) -> None:
    (theirs,) = await looked_up(shared_api, outsider, provider)
    plain = await shared_api.data("Disclosures", holder.token)
    assert await shared_api.data("Disclosures", holder.token, first=None, after=None) == plain
    from_far = await shared_api.data("Disclosures", holder.token, first=100, after=encode_cursor("z"))
    assert theirs not in {edge["node"]["id"] for edge in from_far["edges"]}


async def test_a_look_up_is_disputed_once(spoken: Api, provider: str) -> None:
    person, key = await spoken.with_card(), new_id()
    (made,) = await looked_up(spoken, person, provider)
    said = {"disclosureId": made, "reason": " 我没有去过 ", "key": key}
    done = await spoken.data("DisputeDisclosure", person.token, **said)
    dispute = done["disclosure"]["dispute"]
    assert (dispute["reason"], dispute["state"]) == ("我没有去过", "OPEN")
    assert await spoken.data("DisputeDisclosure", person.token, **said) == done
    again = {**said, "key": new_id()}
    assert await spoken.refused("AlreadyDisputed", "DisputeDisclosure", person.token, **again) == {}
    other = {**said, "reason": "another"}
    assert await spoken.refused("IdempotencyConflict", "DisputeDisclosure", person.token, **other) == {}
    kept = await spoken.city.db["disclosures"].find_one({"citizen": spoken.key(person)})
    assert kept is not None
    assert "我没有去过" not in str(kept)
    assert "disclosure.disputed" in [event.type for event in await spoken.events(person)]


@pytest.mark.parametrize("reason", ["", " ", "x", "x" * 501])
async def test_a_dispute_needs_a_reason(spoken: Api, holder: Person, provider: str, reason: str) -> None:
    said = {"disclosureId": global_id("Disclosure", new_id()), "reason": reason, "key": new_id()}
    assert await spoken.refused("ReasonMissing", "DisputeDisclosure", holder.token, **said) == {}


async def test_somebody_elses_look_up_and_one_that_is_not_there_are_alike(
    spoken: Api, holder: Person, outsider: Person, provider: str
) -> None:
    (theirs,) = await looked_up(spoken, outsider, provider)
    for disclosure in (theirs, global_id("Disclosure", new_id())):
        said = {"disclosureId": disclosure, "reason": "never there", "key": new_id()}
        assert await spoken.refused("DisclosureUnknown", "DisputeDisclosure", holder.token, **said) == {}
    for disclosure in ("", "x", global_id("Card", new_id())):
        said = {"disclosureId": disclosure, "reason": "never there", "key": new_id()}
        assert await spoken.codes("DisputeDisclosure", holder.token, **said) == ["BAD_INPUT"]
