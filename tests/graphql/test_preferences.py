"""How one wants to be told: the default, a change, null and left out, and what cannot be chosen."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.ids import new_id
from tests.support.api import Api, Person

TOPICS = [
    "account",
    "card",
    "lookups",
    "family",
    "news",
    "applications",
    "appointments",
    "cases",
    "conversations",
    "payments",
    "community",
]


async def changed(api: Api, person: Person, **changes: Any) -> dict[str, Any]:
    done = await api.data("ChangeNotificationPreferences", person.token, changes=changes, key=new_id())
    assert done["__typename"] == "NotificationPreferencesChanged", done
    return dict(done["preferences"])


def of(preferences: dict[str, Any], source: str) -> tuple[str, bool, bool]:
    (found,) = [one for one in preferences["sources"] if one["source"] == source]
    return found["push"], found["sms"], found["chosen"]


@pytest.fixture
async def person(shared_api: Api) -> Person:
    return await shared_api.sign_in(shared_api.person())


async def test_who_chose_nothing_has_the_default(shared_api: Api, person: Person) -> None:
    found = await shared_api.data("NotificationPreferences", person.token)
    assert [one["source"] for one in found["sources"]] == [*TOPICS, "org:*"]
    assert {(one["push"], one["chosen"], one["provider"]) for one in found["sources"]} == {("ON", False, None)}
    assert [one["source"] for one in found["sources"] if one["sms"]] == ["account"]
    assert [one["source"] for one in found["sources"] if not one["canBeSilent"]] == ["account"]
    assert found | {"sources": None} == {
        "sources": None,
        "quietHours": None,
        "timeZone": "Asia/Shanghai",
        "digestAt": "18:00",
        "smsAfterMinutes": 15,
        "lockScreenPersonal": False,
    }


async def test_null_goes_back_to_the_default_and_what_is_left_out_stays(shared_api: Api, person: Person) -> None:
    chosen = {
        "sources": [{"source": "card", "push": "OFF", "sms": True}, {"source": "news", "push": "DIGEST"}],
        "quietHours": {"start": "22:00", "end": "07:30"},
        "timeZone": "Europe/London",
        "digestAt": "08:15",
        "smsAfterMinutes": 0,
        "lockScreenPersonal": True,
    }
    first = await changed(shared_api, person, **chosen)
    assert {name: value for name, value in first.items() if name != "sources"} == {
        name: value for name, value in chosen.items() if name != "sources"
    }
    assert (of(first, "card"), of(first, "news")) == (("OFF", True, True), ("DIGEST", False, True))
    assert await changed(shared_api, person) == first
    assert await shared_api.data("NotificationPreferences", person.token) == first
    halves = [{"source": "card", "push": None}, {"source": "news", "sms": True}, {"source": "family"}]
    second = await changed(shared_api, person, sources=halves)
    assert of(second, "card") == ("ON", True, True)
    assert of(second, "news") == ("DIGEST", True, True)
    assert of(second, "family") == ("ON", False, False)
    forgotten = await changed(shared_api, person, sources=[{"source": "card", "push": None, "sms": None}])
    assert of(forgotten, "card") == ("ON", False, False)
    default = await shared_api.data("NotificationPreferences", (await shared_api.sign_in(shared_api.person())).token)
    assert await changed(shared_api, person, **dict.fromkeys(chosen)) == default


async def test_a_provider_can_be_chosen_by_its_code(shared_api: Api, person: Person) -> None:
    code = await shared_api.organisation()
    found = await changed(shared_api, person, sources=[{"source": f"org:{code}", "push": "OFF"}])
    assert found["sources"][-1] == {
        "source": f"org:{code}",
        "provider": {"code": code, "name": "测试单位"},
        "push": "OFF",
        "sms": False,
        "chosen": True,
        "canBeSilent": True,
    }


async def test_a_repeat_is_answered_as_the_first_time(shared_api: Api, person: Person) -> None:
    said = {"changes": {"digestAt": "09:00"}, "key": new_id()}
    done = await shared_api.data("ChangeNotificationPreferences", person.token, **said)
    await changed(shared_api, person, digestAt="10:00")
    assert await shared_api.data("ChangeNotificationPreferences", person.token, **said) == done
    assert (await shared_api.data("NotificationPreferences", person.token))["digestAt"] == "10:00"
    for other in ({"digestAt": "11:00"}, {"digestAt": None}, {}):
        again = {**said, "changes": other}
        refused = await shared_api.refused(
            "IdempotencyConflict", "ChangeNotificationPreferences", person.token, **again
        )
        assert refused == {}


@pytest.mark.parametrize(
    ("changes", "error", "data"),
    [
        ({"sources": [{"source": "weather"}]}, "SourceUnknown", {"source": "weather"}),
        ({"sources": [{"source": "org:nowhere", "push": "OFF"}]}, "SourceUnknown", {"source": "org:nowhere"}),
        (
            {"sources": [{"source": "account", "push": "OFF", "sms": False}]},
            "CannotBeTurnedOff",
            {"source": "account"},
        ),
        ({"timeZone": "Mars/Olympus"}, "TimeZoneUnknown", {}),
    ],
)
async def test_what_cannot_be_chosen_has_a_name_and_changes_nothing(
    spoken: Api, holder: Person, changes: dict[str, Any], error: str, data: dict[str, Any]
) -> None:
    before = await spoken.data("NotificationPreferences", holder.token)
    said = {"changes": {"digestAt": "05:00", **changes}, "key": new_id()}
    assert await spoken.refused(error, "ChangeNotificationPreferences", holder.token, **said) == data
    assert await spoken.data("NotificationPreferences", holder.token) == before


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"quietHours": {"start": "7:00", "end": "22:00"}}, "quietHours.start"),
        ({"quietHours": {"start": "07:00", "end": "24:00"}}, "quietHours.end"),
        ({"digestAt": "08:00+08:00"}, "digestAt"),
        ({"digestAt": ""}, "digestAt"),
        ({"smsAfterMinutes": -1}, "smsAfterMinutes"),
        ({"smsAfterMinutes": 1441}, "smsAfterMinutes"),
        ({"sources": [{"source": "card"}, {"source": "card", "push": "OFF"}]}, "sources"),
    ],
)
async def test_a_value_of_another_form_is_bad_input(
    shared_api: Api, holder: Person, changes: dict[str, Any], field: str
) -> None:
    variables = {"changes": changes, "key": new_id()}
    answer = (await shared_api.raw("ChangeNotificationPreferences", variables, token=holder.token)).json()
    (error,) = answer["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("BAD_INPUT", field)


async def test_a_guardian_neither_sees_nor_changes_a_wards_choices(shared_api: Api) -> None:
    parent = await shared_api.verified()
    ward = (await shared_api.ward(parent))["ward"]["id"]
    acting = shared_api.acting_for(ward)
    assert await acting.codes("NotificationPreferences", parent.token) == ["FORBIDDEN"]
    said = {"changes": {"digestAt": "09:00"}, "key": new_id()}
    assert await acting.codes("ChangeNotificationPreferences", parent.token, **said) == ["FORBIDDEN"]


async def test_five_hundred_choices_are_enough(shared_api: Api, person: Person) -> None:
    codes = [await shared_api.organisation() for _ in range(3)]
    key = shared_api.key(person)
    many = [{"source": f"org:gone-{n}", "push": "off", "sms": False} for n in range(499)]
    await changed(shared_api, person, sources=[{"source": f"org:{codes[0]}", "push": "OFF"}])
    await shared_api.city.db["preferences"].update_one({"_id": key}, {"$push": {"choices": {"$each": many}}})
    said = {"changes": {"sources": [{"source": f"org:{codes[1]}", "push": "OFF"}]}, "key": new_id()}
    refused = await shared_api.refused("TooManyChoices", "ChangeNotificationPreferences", person.token, **said)
    assert refused == {"limit": 500}
