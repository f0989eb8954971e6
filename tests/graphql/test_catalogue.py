"""The catalogue over the API: units write and offer, everybody reads and finds the unit to go to."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from app.core.ids import new_id
from app.domains.identity.organisations.model import Kind, Level, Organisation
from graphql_schema.types.common import global_id
from tests.support.api import ALL_SCOPES, OPS, Api
from tests.support.catalogue import Town, code, published, said, town


@pytest.fixture
async def place(shared_api: Api) -> Town:
    return await town(shared_api.city)


@pytest.fixture
async def office(shared_api: Api, place: Town) -> str:
    """A token of the department."""
    return await shared_api.provider(place.department)


async def read(api: Api, code_: str, **more: Any) -> Any:
    return await api.data("ServiceItem", None, code=code_, **more)


async def step(api: Api, token: str, operation: str, done: str, **given: Any) -> Any:
    answer = await api.data(operation, token, "provider", **given, key=new_id())
    assert answer["__typename"] == done, answer
    return answer


async def test_a_draft_is_found_by_nobody_until_it_is_published(shared_api: Api, office: str) -> None:
    draft = said(
        fees=[{"amount": 4_000, "what": {"zh": "工本费", "en": "Fee"}}],
        materials=[
            {
                "key": "book",
                "name": {"zh": "户口簿"},
                "form": "ORIGINAL",
                "needed": "if:phone=1",
                "licence": "book",
            }
        ],
        conditions=[{"zh": "本市户籍", "en": "Registered here"}],
        guide={"zh": "先申请", "en": "Apply first"},
        lifeEvents=["BIRTH"],
        also=["旧叫法"],
        basis=["《户口登记条例》"],
    )
    saved = await step(shared_api, office, "SaveServiceItem", "ServiceItemSaved", item=draft)
    assert (saved["version"]["current"], saved["version"]["item"]["version"]) == (False, 1)
    assert await read(shared_api, draft["code"]) is None
    assert await read(shared_api, draft["code"], version=1) is None
    await step(shared_api, office, "PublishServiceItem", "ServiceItemPublished", code=draft["code"])
    found = await read(shared_api, draft["code"])
    assert (found["name"], found["guide"], found["conditions"]) == ("Test item", "Apply first", ["Registered here"])
    assert found["fees"] == [{"amount": {"amount": "40.00", "currency": "CNY"}, "what": "Fee"}]
    assert found["materials"][0] | {"name": "户口簿", "needed": "if:phone=1"} == found["materials"][0]
    assert (found["state"], found["form"], found["department"]["name"]) == ("PUBLISHED", draft["form"], "测试局")
    assert (await shared_api.speaking("zh-CN").data("ServiceItem", None, code=draft["code"]))["name"] == "测试事项"


async def test_versions_before_stay_readable_and_the_draft_of_the_next_changes_nothing(
    shared_api: Api, office: str
) -> None:
    name = await published(shared_api, office)
    await step(shared_api, office, "SaveServiceItem", "ServiceItemSaved", item=said(name, promisedDays=3))
    assert (await read(shared_api, name))["promisedDays"] == 5
    await step(shared_api, office, "PublishServiceItem", "ServiceItemPublished", code=name)
    found = await read(shared_api, name)
    assert (found["version"], found["promisedDays"]) == (2, 3)
    assert (await read(shared_api, name, version=1))["promisedDays"] == 5
    versions = await shared_api.data("ServiceItemVersions", office, "provider", code=name)
    assert [(one["item"]["version"], one["current"]) for one in versions] == [(2, True), (1, False)]
    assert [event["what"] for event in versions[0]["history"]] == ["DRAFTED", "PUBLISHED"]


async def test_every_fault_of_a_draft_is_named(shared_api: Api, office: str) -> None:
    bad = said("bad code", promisedDays=30, form={"type": "object", "properties": {"a": {"$ref": "http://x.test/"}}})
    answer = await shared_api.data("SaveServiceItem", office, "provider", item=bad, key=new_id())
    assert (answer["__typename"], answer["code"]) == ("ItemUnfit", "ITEM_UNFIT")
    assert {(one["field"], one["misfit"]) for one in answer["faults"]} == {
        ("code", "FORM"),
        ("promised_days", "DAYS"),
        ("form.properties.a.$ref", "SCHEMA_REFERENCE"),
    }
    assert await shared_api.codes("SaveServiceItem", office, "provider", item=said(form="no object"), key=new_id())


async def test_a_cancelled_item_is_read_but_no_longer_listed_or_amended(
    shared_api: Api, office: str, place: Town
) -> None:
    name = await published(shared_api, office)
    await shared_api.refused(
        "ItemReasonMissing", "CancelServiceItem", office, "provider", code=name, reason=" ", key=new_id()
    )
    await step(shared_api, office, "CancelServiceItem", "ServiceItemCancelled", code=name, reason="done by computers")
    assert (await read(shared_api, name))["state"] == "CANCELLED"
    listed = await shared_api.data("ServiceItems", None, department=place.department)
    assert listed["edges"] == []
    lost = {"item": name, "state": "CANCELLED"}
    for operation, given in (
        ("CancelServiceItem", {"code": name, "reason": "twice"}),
        ("PublishServiceItem", {"code": name}),
        ("OfferServiceItem", {"code": name, "units": [place.county]}),
        ("SaveServiceItem", {"item": said(name)}),
    ):
        answer = await shared_api.data(operation, office, "provider", **given, key=new_id())
        assert answer["__typename"] == "ItemNotInState"
        assert {key: answer[key] for key in lost} == lost


async def test_a_merged_item_leads_to_the_other_which_is_offered_wherever_it_was(
    shared_api: Api, office: str, place: Town
) -> None:
    old, new = await published(shared_api, office), await published(shared_api, office, levels=["TOWNSHIP"])
    units = [place.county, *place.townships]
    await step(shared_api, office, "OfferServiceItem", "ServiceItemOffered", code=old, units=units)
    terms = {"phone": "0591-8888", "place": {"zh": "一楼"}}
    await step(
        shared_api,
        office,
        "OfferServiceItem",
        "ServiceItemOffered",
        code=new,
        units=[place.townships[0]],
        terms=terms,
    )
    await shared_api.refused(
        "ItemMergedIntoItself", "MergeServiceItem", office, "provider", code=old, into=old, reason="why", key=new_id()
    )
    await step(shared_api, office, "MergeServiceItem", "ServiceItemMerged", code=old, into=new, reason="one is enough")
    found = await read(shared_api, old)
    assert (found["state"], found["mergedInto"]) == ("MERGED", new)
    offers = (await shared_api.data("ServiceOffers", None, code=new))["edges"]
    assert [(edge["node"]["unit"]["code"], edge["node"]["phone"]) for edge in offers] == [
        (place.townships[0], "0591-8888"),
        (place.townships[1], None),
    ]


async def test_a_delegation_moves_the_offers_and_the_levels(shared_api: Api, office: str, place: Town) -> None:
    name = await published(shared_api, office, levels=["COUNTY"])
    await step(shared_api, office, "OfferServiceItem", "ServiceItemOffered", code=name, units=[place.county])
    given = {"code": name, "giver": "COUNTY", "taker": "TOWNSHIP", "reason": "nearer to people"}
    moved = await step(shared_api, office, "DelegateServiceItem", "ServiceItemDelegated", **given)
    assert (moved["version"]["item"]["version"], moved["version"]["item"]["levels"]) == (2, ["TOWNSHIP"])
    offers = (await shared_api.data("ServiceOffers", None, code=name))["edges"]
    assert [edge["node"]["unit"]["code"] for edge in offers] == list(place.townships)
    await shared_api.refused("NothingToDelegate", "DelegateServiceItem", office, "provider", **given, key=new_id())
    back = {"code": name, "giver": "TOWNSHIP", "taker": "COUNTY", "reason": "it was too much"}
    await step(shared_api, office, "DelegateServiceItem", "ServiceItemDelegated", **back)
    offers = (await shared_api.data("ServiceOffers", None, code=name))["edges"]
    assert [edge["node"]["unit"]["code"] for edge in offers] == [place.county]
    assert (await read(shared_api, name, version=1))["levels"] == ["COUNTY"]


async def test_your_unit_is_the_nearest_by_argument_or_by_where_one_lives(
    shared_api: Api, office: str, place: Town
) -> None:
    name = await published(shared_api, office)
    await step(shared_api, office, "OfferServiceItem", "ServiceItemOffered", code=name, units=[place.county])
    assert (await read(shared_api, name))["yourUnit"] is None
    near = await read(shared_api, name, division=place.townships[1])
    assert (near["yourUnit"]["unit"], near["yourUnit"]["level"]) == ({"code": place.county, "name": "测试县"}, "COUNTY")
    assert (await read(shared_api, name, division=place.city))["yourUnit"] is None
    assert await shared_api.codes("ServiceItem", None, code=name, division="Fuzhou") == ["BAD_INPUT"]
    person = await shared_api.verified()
    where = {"_id": shared_api.key(person)}
    await shared_api.city.db["citizens"].update_one(where, {"$set": {"division": place.townships[0]}})
    mine = await shared_api.data("ServiceItem", person.token, code=name)
    assert mine["yourUnit"]["unit"]["code"] == place.county
    listed = await shared_api.data("ServiceItems", person.token, department=place.department)
    assert [edge["node"]["yourUnit"]["unit"]["code"] for edge in listed["edges"]] == [place.county]
    node = await shared_api.data("Node", person.token, id=global_id("ServiceItem", f"{name}@1"))
    assert node["__typename"] == "ServiceItem"
    for strange in (f"{name}@2", name, f"{name}@x", "@1"):
        assert await shared_api.data("Node", person.token, id=global_id("ServiceItem", strange)) is None


async def test_an_offer_is_withdrawn_and_offered_again(shared_api: Api, office: str, place: Town) -> None:
    name, unit = await published(shared_api, office), place.townships[0]
    await step(shared_api, office, "OfferServiceItem", "ServiceItemOffered", code=name, units=[unit])
    gone = await step(shared_api, office, "WithdrawOffer", "OfferWithdrawn", code=name, units=[unit])
    assert [one["state"] for one in gone["offers"]] == ["WITHDRAWN"]
    assert (await read(shared_api, name, division=unit))["yourUnit"] is None
    assert await shared_api.refused(
        "NotOffered", "WithdrawOffer", office, "provider", code=name, units=[unit], key=new_id()
    ) == {"unit": unit}
    mine = await shared_api.data("UnitOffers", office, "provider", unit=unit)
    assert [(edge["node"]["item"], edge["node"]["state"]) for edge in mine["edges"]] == [(name, "WITHDRAWN")]
    await step(shared_api, office, "OfferServiceItem", "ServiceItemOffered", code=name, units=[unit])
    assert (await read(shared_api, name, division=unit))["yourUnit"]["unit"]["code"] == unit


async def test_nothing_is_offered_where_it_does_not_belong(shared_api: Api, office: str, place: Town) -> None:
    name, elsewhere = await published(shared_api, office), await town(shared_api.city)

    async def refused(outcome: str, units: list[str], **more: Any) -> Any:
        given = {"code": name, "units": units, **more, "key": new_id()}
        return await shared_api.refused(outcome, "OfferServiceItem", office, "provider", **given)

    assert await refused("UnitUnknown", ["nowhere"]) == {"unit": "nowhere"}
    assert await refused("UnitUnknown", [place.county, elsewhere.county]) == {"unit": elsewhere.county}
    assert await refused("UnitOfOtherLevel", [place.city]) == {"unit": place.city}
    assert await refused("TooManyUnits", []) == {"maximum": 2_000}
    bad = await refused("ItemUnfit", [place.county], terms={"promisedDays": 21, "phone": "call me"})
    assert [one["field"] for one in bad["faults"]] == ["promisedDays", "phone"]
    assert (await shared_api.data("ServiceOffers", None, code=name))["edges"] == []


async def neighbour_of(api: Api, place: Town) -> str:
    """A token of another department of the same city."""
    made = Organisation(
        f"office-{new_id()}", "别的局", Kind.DEPARTMENT, Level.CITY, place.city, scopes=frozenset(ALL_SCOPES)
    )
    await api.city.services.organisations.put(OPS, made)
    return await api.provider(made.code)


async def test_no_department_offers_or_withdraws_the_items_of_another(
    shared_api: Api, office: str, place: Town
) -> None:
    name, other = await published(shared_api, office), await neighbour_of(shared_api, place)
    await step(shared_api, office, "OfferServiceItem", "ServiceItemOffered", code=name, units=[place.county])
    for operation in ("OfferServiceItem", "WithdrawOffer"):
        given = {"code": name, "units": [place.county], "key": new_id()}
        assert await shared_api.refused("UnitUnknown", operation, other, "provider", **given) == {"unit": place.county}
    offers = (await shared_api.data("ServiceOffers", None, code=name))["edges"]
    assert [edge["node"]["unit"]["code"] for edge in offers] == [place.county]


async def test_a_system_is_named_by_the_owner_or_the_unit_and_is_one_that_is_connected(
    shared_api: Api, office: str, place: Town
) -> None:
    name, unit = await published(shared_api, office), place.county
    node = shared_api.city.services.organisations.tree.nodes[unit]
    await shared_api.city.services.organisations.put(OPS, replace(node, scopes=frozenset({"catalogue"})))
    county = await shared_api.provider(unit, ("catalogue",))

    async def system() -> Any:
        return (await shared_api.city.db["offers"].find_one({"_id": f"{name}@{unit}"}) or {}).get("system")

    given = {"code": name, "units": [unit]}
    bad = {**given, "terms": {"system": "nobodys"}, "key": new_id()}
    assert await shared_api.refused("ItemUnfit", "OfferServiceItem", office, "provider", **bad) == {
        "faults": [{"field": "system", "misfit": "CHOICE"}]
    }
    named = {**given, "terms": {"system": "gjj"}}
    await step(shared_api, office, "OfferServiceItem", "ServiceItemOffered", **named)
    assert await system() == "gjj"
    await step(shared_api, county, "OfferServiceItem", "ServiceItemOffered", **given)
    assert await system() is None
    below = {"code": name, "units": [place.townships[0]], "terms": {"system": "gjj"}, "key": new_id()}
    await shared_api.refused("ItemUnfit", "OfferServiceItem", county, "provider", **below)


async def test_another_unit_can_do_nothing_to_an_item_and_learns_nothing_of_drafts(
    shared_api: Api, office: str, place: Town
) -> None:
    name = await published(shared_api, office)
    await step(shared_api, office, "SaveServiceItem", "ServiceItemSaved", item=said(name, promisedDays=1))
    stranger = await shared_api.provider((await town(shared_api.city)).department)
    for operation, given, outcome in (
        ("PublishServiceItem", {"code": name}, "ItemUnknown"),
        ("CancelServiceItem", {"code": name, "reason": "mine now"}, "ItemUnknown"),
        ("MergeServiceItem", {"code": name, "into": name + "X", "reason": "mine"}, "ItemUnknown"),
        ("DelegateServiceItem", {"code": name, "giver": "COUNTY", "taker": "CITY", "reason": "mine"}, "ItemUnknown"),
        ("SaveServiceItem", {"item": said(name)}, "ItemCodeTaken"),
        ("SaveServiceItem", {"item": said(owner=place.department)}, "UnitUnknown"),
        ("OfferServiceItem", {"code": name, "units": [place.county]}, "UnitUnknown"),
        ("WithdrawOffer", {"code": name, "units": [place.county]}, "UnitUnknown"),
    ):
        answer = await shared_api.data(operation, stranger, "provider", **given, key=new_id())
        assert answer["__typename"] == outcome, operation
    assert await shared_api.data("ServiceItemVersions", stranger, "provider", code=name) == []
    assert (await shared_api.data("UnitOffers", stranger, "provider", unit=place.county))["edges"] == []
    mine = await shared_api.data("ServiceItems", stranger, "provider")
    assert mine["edges"] == []


async def test_a_county_offers_what_its_city_defines(shared_api: Api, office: str, place: Town) -> None:
    name = await published(shared_api, office)
    node = shared_api.city.services.organisations.tree.nodes[place.county]
    await shared_api.city.db["organisations"].update_one({"_id": node.code}, {"$set": {"scopes": ["catalogue"]}})
    await shared_api.city.services.organisations.load()
    county = await shared_api.provider(place.county, ("catalogue",))
    await step(shared_api, county, "OfferServiceItem", "ServiceItemOffered", code=name, units=[place.townships[0]])
    answer = await shared_api.data(
        "CancelServiceItem", county, "provider", code=name, reason="not needed here", key=new_id()
    )
    assert answer["__typename"] == "ItemUnknown"


async def test_a_repeat_is_answered_as_the_first_time_and_other_content_is_a_conflict(
    shared_api: Api, office: str
) -> None:
    draft, key = said(audience=["PERSON", "BUSINESS"], channels=["APP", "COUNTER", "KIOSK"]), new_id()
    first = await shared_api.data("SaveServiceItem", office, "provider", item=draft, key=key)
    assert await shared_api.data("SaveServiceItem", office, "provider", item=draft, key=key) == first
    turned = {**draft, "audience": ["BUSINESS", "PERSON"]}
    assert await shared_api.data("SaveServiceItem", office, "provider", item=turned, key=key) == first
    await shared_api.refused(
        "IdempotencyConflict", "SaveServiceItem", office, "provider", item={**draft, "visits": 2}, key=key
    )


async def test_of_many_who_publish_at_once_one_does(shared_api: Api, office: str) -> None:
    draft = said()
    await step(shared_api, office, "SaveServiceItem", "ServiceItemSaved", item=draft)
    answers = await asyncio.gather(
        *(shared_api.data("PublishServiceItem", office, "provider", code=draft["code"], key=new_id()) for _ in range(8))
    )
    names = sorted(answer["__typename"] for answer in answers)
    assert names == ["ItemNotInState"] * 7 + ["ServiceItemPublished"]


async def test_of_many_who_save_a_first_draft_at_once_all_come_to_one_version(shared_api: Api, office: str) -> None:
    name = code()
    answers = await asyncio.gather(
        *(
            shared_api.data("SaveServiceItem", office, "provider", item=said(name, promisedDays=n), key=new_id())
            for n in range(6)
        )
    )
    assert {answer["__typename"] for answer in answers} <= {"ServiceItemSaved", "ItemChangedMeanwhile"}
    versions = await shared_api.data("ServiceItemVersions", office, "provider", code=name)
    assert [one["item"]["version"] for one in versions] == [1]


async def test_the_subjects_are_counted_and_a_change_is_seen_at_once(shared_api: Api, office: str) -> None:
    async def count(category: str) -> int:
        counts = await shared_api.data("ServiceCategories", None)
        assert len(counts["categories"]) == 21
        return int(next(one["items"] for one in counts["categories"] if one["category"] == category))

    before = await count("JUSTICE")
    name = await published(shared_api, office, category="JUSTICE")
    assert await count("JUSTICE") == before + 1
    await step(shared_api, office, "CancelServiceItem", "ServiceItemCancelled", code=name, reason="no longer")
    assert await count("JUSTICE") == before


async def test_lists_are_read_page_by_page(shared_api: Api, office: str, place: Town) -> None:
    names = [await published(shared_api, office, popularity=50 + n) for n in range(5)]
    seen, after = list[str](), None
    while True:
        page = await shared_api.data("ServiceItems", None, department=place.department, first=2, after=after)
        seen += [edge["node"]["code"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert seen == names[::-1]
    assert await shared_api.codes("ServiceItems", None, first=101) == ["BAD_INPUT"]
    mine = await shared_api.data("ServiceItems", office, "provider", first=3, state="PUBLISHED")
    assert (len(mine["edges"]), mine["pageInfo"]["hasNextPage"]) == (3, True)


async def test_what_is_done_is_in_the_audit_with_its_reason(shared_api: Api, office: str) -> None:
    name = await published(shared_api, office)
    await step(shared_api, office, "CancelServiceItem", "ServiceItemCancelled", code=name, reason="nobody asks for it")
    rows = await shared_api.city.db["audit"].find({"target": name}).sort("_id", 1).to_list(None)
    assert [row["action"] for row in rows] == ["item.drafted", "item.published", "item.cancelled"]


async def test_a_client_in_test_mode_writes_drafts_and_changes_nothing_that_is_found(
    shared_api: Api, office: str, place: Town
) -> None:
    name = await published(shared_api, office)
    node = shared_api.city.services.organisations.tree.nodes[place.department]
    await shared_api.city.services.organisations.put(OPS, replace(node, test_mode=True))
    trial = await shared_api.provider(place.department)
    draft = said()
    await step(shared_api, trial, "SaveServiceItem", "ServiceItemSaved", item=draft)
    units = {"code": name, "units": [place.county]}
    for operation, given in (
        ("PublishServiceItem", {"code": draft["code"]}),
        ("CancelServiceItem", {"code": name, "reason": "a trial"}),
        ("MergeServiceItem", {"code": name, "into": draft["code"], "reason": "a trial"}),
        ("DelegateServiceItem", {"code": name, "giver": "COUNTY", "taker": "TOWNSHIP", "reason": "a trial"}),
        ("OfferServiceItem", units),
        ("WithdrawOffer", units),
        ("PublishAnswer", {"code": "any"}),
        ("ReviewAnswer", {"code": "any"}),
        ("WithdrawAnswer", {"code": "any", "reason": "a trial"}),
    ):
        await shared_api.refused("NotInTestMode", operation, trial, "provider", **given, key=new_id())
