"""Volunteers, wishes and calls by GraphQL: what is refused has its name and its words in both languages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.core.ids import new_id
from graphql_schema.types.common import global_id
from tests.support.api import Api, Person
from tests.support.volunteering import LAKE, SCOPES, Troop, activity_input, troop_of, wish_input

HERE = {"latitude": LAKE.latitude, "longitude": LAKE.longitude}
NOWHERE = {"latitude": 91.0, "longitude": 0.0}


@pytest.fixture
async def troop(shared_api: Api) -> Troop:
    return await troop_of(shared_api.city, budget=0)


@pytest.fixture
async def keeper(shared_api: Api, troop: Troop) -> str:
    return await shared_api.provider(troop.organisation, SCOPES)


@pytest.fixture
async def person(shared_api: Api) -> Person:
    """Registered."""
    one = await shared_api.verified()
    await shared_api.data("SaveVolunteer", one.token, skills=["FIRST_AID"], areas=[], agreed=True, key=new_id())
    return one


async def code_of(api: Api, keeper: str, activity: str, way: str = "IN") -> str:
    shown = await api.data("ActivityCode", keeper, "provider", activityId=activity, way=way)
    assert shown["__typename"] == "ActivityCode", shown
    return str(shown["text"])


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_check_ins_are_refused_by_name(
    shared_api: Api, troop: Troop, keeper: str, person: Person, language: str
) -> None:
    api, mine = shared_api.speaking(language), person.token
    activity = str(global_id("VolunteerActivity", (await troop.activity()).id))
    late = await troop.activity(starts_in=timedelta(hours=5))
    code = await code_of(api, keeper, activity)
    fix: dict[str, Any] = {"position": HERE, "accuracy": 10}
    refused = api.refused
    await refused("NotSignedUp", "CheckIntoActivity", mine, code=code, fix=fix, key=new_id())
    await api.data("SignUpForActivity", mine, activityId=activity, key=new_id())
    far = {"position": {**HERE, "latitude": LAKE.latitude + 0.01}, "accuracy": 10}
    data = await refused("CheckInTooFar", "CheckIntoActivity", mine, code=code, fix=far, key=new_id())
    assert data == {"metres": 1112, "within": 150}
    coarse = {**fix, "accuracy": 500}
    assert await refused("FixTooCoarse", "CheckIntoActivity", mine, code=code, fix=coarse, key=new_id()) == {
        "most": 100
    }
    await refused(
        "PlaceNotOnEarth", "CheckIntoActivity", mine, code=code, fix={**fix, "position": NOWHERE}, key=new_id()
    )
    other = code[:-9] + ("A" if code[-9] != "A" else "B") + code[-8:]
    for wrong in ("RONGVA:1", other, await code_of(api, keeper, activity, "OUT")):
        await refused("CheckInCodeUnknown", "CheckIntoActivity", mine, code=wrong, fix=fix, key=new_id())
    out = await code_of(api, keeper, activity, "OUT")
    await refused("NotCheckedIn", "CheckOutOfActivity", mine, code=out, fix=fix, key=new_id())
    later = {"activityId": global_id("VolunteerActivity", late.id), "way": "IN"}
    early = await api.data("ActivityCode", keeper, "provider", **later)
    assert (early["__typename"], early["code"]) == ("CheckInTooEarly", "CHECK_IN_TOO_EARLY")
    key = new_id()
    for _ in range(2):
        done = await api.data(
            "CheckIntoActivity", mine, code=await code_of(api, keeper, activity), fix=fix, key=new_id()
        )
        assert done["__typename"] == "VolunteerCheckedIn", done
    await api.data("CancelSignUp", mine, activityId=activity, key=key)
    await refused("IdempotencyConflict", "CancelSignUp", mine, activityId=later["activityId"], key=key)


async def test_who_is_no_volunteer_by_name_takes_no_part(shared_api: Api, troop: Troop) -> None:
    activity = global_id("VolunteerActivity", (await troop.activity()).id)
    nameless, named = await shared_api.sign_in(shared_api.person()), await shared_api.verified()
    refused = shared_api.refused
    wish = {"activityId": activity, "key": new_id()}
    await refused("RealNameNeeded", "SignUpForActivity", nameless.token, **wish)
    await refused("VolunteersOnly", "SignUpForActivity", named.token, **wish)
    unagreed = {"skills": [], "areas": [], "agreed": False, "key": new_id()}
    await refused("VolunteerConsentMissing", "SaveVolunteer", named.token, **unagreed)
    strange = {**unagreed, "areas": ["nowhere"], "key": new_id()}
    assert await refused("VolunteerInvalid", "SaveVolunteer", named.token, **strange) == {"field": "areas"}
    call = {"skills": ["AED"], "radius": 500, "agreed": True}
    await refused("VolunteersOnly", "BecomeResponder", named.token, responder=call, key=new_id())
    assert await shared_api.codes("SignUpForActivity", None, **wish) == ["UNAUTHENTICATED"]
    assert (await shared_api.raw("Volunteer", token=named.token)).json()["data"]["volunteer"] is None


async def test_organisers_hear_what_cannot_be(shared_api: Api, troop: Troop, keeper: str) -> None:
    refused = shared_api.refused
    for field, changed in (("places", {"places": 0}), ("title", {"title": "x"}), ("within", {"within": 1})):
        wish = activity_input(troop, **changed)
        data = await refused(
            "ActivityInvalid", "SaveVolunteerActivity", keeper, "provider", activity=wish, key=new_id()
        )
        assert data == {"field": field}
    other = activity_input(await troop_of(shared_api.city, budget=0))
    await refused("VolunteerGroupUnknown", "SaveVolunteerActivity", keeper, "provider", activity=other, key=new_id())
    running = {"activityId": global_id("VolunteerActivity", (await troop.activity()).id)}
    data = await refused("ActivityNotOpen", "ConfirmVolunteerHours", keeper, "provider", **running, key=new_id())
    assert data == {"state": "PUBLISHED"}
    none = {"hoursId": global_id("VolunteerHours", f"{new_id()}:1"), "key": new_id()}
    await refused("VolunteerHoursUnknown", "ApproveVolunteerHours", keeper, "provider", **none)


async def test_wishes_are_refused_by_name(shared_api: Api, troop: Troop, person: Person) -> None:
    refused, mine = shared_api.refused, person.token
    named = wish_input(troop.organisation, text="灯坏了，电话 13905911234 找我")
    data = await refused("PersonalDataFound", "MakeMicroWish", mine, wish=named, key=new_id())
    assert (data["field"], "13905911234" in data["struck"]) == ("text", False)
    short = wish_input(troop.organisation, title="灯")
    await refused("PostWordsMissing", "MakeMicroWish", mine, wish=short, key=new_id())
    long = wish_input(troop.organisation, days=90)
    assert await refused("MicroWishInvalid", "MakeMicroWish", mine, wish=long, key=new_id()) == {"field": "days"}
    made = await shared_api.data("MakeMicroWish", mine, wish=wish_input(troop.organisation), key=new_id())
    own = {"wishId": made["wish"]["id"]}
    await refused("MicroWishUnknown", "ClaimMicroWish", mine, **own, key=new_id())  # nobody has screened it
    done = {**own, "words": "好了", "uploadIds": []}
    await refused("MicroWishUnknown", "FinishMicroWish", mine, **done, key=new_id())
    assert await refused("MicroWishNotOpen", "ConfirmMicroWish", mine, **own, fulfilled=True, key=new_id()) == {
        "now": "screening"
    }
