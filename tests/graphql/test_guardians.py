"""Acting for a minor or an elder: who may, in what, until when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from app.core.clock import civil_day
from app.core.ids import new_id
from graphql_schema.types.common import global_id
from tests.conftest import Fakes
from tests.support.api import Api, Person
from tests.support.fakes import MovableClock

ELDER = date(1950, 1, 2)


def _wish(child: Person, **changed: Any) -> dict[str, Any]:
    said = {"name": child.name, "idNumber": child.id_number, "scopes": ["CARD_SHOW"], "key": new_id()}
    return {**said, **changed}


@pytest.fixture(scope="session")
async def guardian(shared_api: Api) -> Person:
    return await shared_api.verified()


async def test_a_parent_takes_on_a_child_until_its_birthday_or_for_a_year(spoken: Api) -> None:
    parent = await spoken.verified()
    wish = _wish(spoken.child_of(parent))
    done = await spoken.data("AddWard", parent.token, **wish)
    made = done["guardianship"]
    assert (made["relation"], made["scopes"], made["state"]) == ("parent", ["CARD_SHOW"], "ACTIVE")
    assert made["guardian"]["id"] == parent.citizen_id
    assert made["ward"]["maskedName"] == "测**"
    assert made["until"] == (civil_day(spoken.city.clock.now()) + timedelta(days=365)).isoformat()
    assert await spoken.data("AddWard", parent.token, **wish) == done
    assert [one["id"] for one in await spoken.data("Wards", parent.token)] == [made["id"]]
    other = {**wish, "scopes": ["CARD_MANAGE"]}
    assert await spoken.refused("IdempotencyConflict", "AddWard", parent.token, **other) == {}


async def test_nearly_grown_up_it_ends_the_day_before_the_birthday(shared_api: Api, guardian: Person) -> None:
    today = civil_day(shared_api.city.clock.now())
    born = date(today.year - 17, 12, 31) if today < date(today.year, 12, 31) else date(today.year - 17, 6, 1)
    child = shared_api.child_of(guardian, born)
    made = await shared_api.ward(guardian, child=child)
    last = date(born.year + 18, born.month, born.day) - timedelta(days=1)
    assert made["until"] == min(last, today + timedelta(days=365)).isoformat()


@pytest.mark.parametrize("days", [-1, 366, 5000])
async def test_it_cannot_end_too_late_or_before_it_begins(spoken: Api, guardian: Person, days: int) -> None:
    until = civil_day(spoken.city.clock.now()) + timedelta(days=days)
    wish = _wish(spoken.child_of(guardian), until=until.isoformat())
    assert await spoken.refused("GuardianshipEndsTooLate", "AddWard", guardian.token, **wish) == {}


async def test_an_explicit_null_is_the_longest_time(shared_api: Api, guardian: Person) -> None:
    done = await shared_api.data("AddWard", guardian.token, **_wish(shared_api.child_of(guardian), until=None))
    assert done["guardianship"]["until"] == (civil_day(shared_api.city.clock.now()) + timedelta(365)).isoformat()


async def test_a_stranger_is_refused(spoken: Api, guardian: Person) -> None:
    child = spoken.person(date(2016, 3, 1))
    assert await spoken.refused("NotTheGuardian", "AddWard", guardian.token, **_wish(child)) == {}
    cousin = spoken.child_of(guardian, relation="sibling")
    assert await spoken.refused("NotTheGuardian", "AddWard", guardian.token, **_wish(cousin)) == {}


async def test_an_adult_acts_in_person(spoken: Api, guardian: Person) -> None:
    adult = spoken.child_of(guardian, date(1995, 1, 1))
    assert await spoken.refused("WardMustBeMinorOrElder", "AddWard", guardian.token, **_wish(adult)) == {}


async def test_a_guardian_has_a_real_name(spoken: Api) -> None:
    person = await spoken.sign_in(spoken.person())
    child = spoken.child_of(person)
    assert await spoken.refused("RealNameNeeded", "AddWard", person.token, **_wish(child)) == {}


async def test_names_and_numbers_that_cannot_be_are_refused(spoken: Api, guardian: Person) -> None:
    child = spoken.child_of(guardian)
    assert await spoken.refused("NameInvalid", "AddWard", guardian.token, **_wish(child, name="1")) == {}
    wish = _wish(child, idNumber="35")
    assert await spoken.refused("IdNumberInvalid", "AddWard", guardian.token, **wish) == {"fault": "FORM"}


async def test_guesses_at_a_ward_are_counted_and_lock(spoken: Api) -> None:
    parent = await spoken.verified()
    for remaining in (2, 1, 0):
        wish = _wish(spoken.child_of(parent), name="别人")
        told = await spoken.refused("IdentityNotMatched", "AddWard", parent.token, **wish)
        assert told == {"remaining": remaining}
    wish = _wish(spoken.child_of(parent))
    told = await spoken.refused("VerificationLocked", "AddWard", parent.token, **wish)
    assert told["until"] > spoken.city.clock.now().isoformat()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_while_the_registry_is_away_the_same_key_waits(api: Api, fakes: Fakes, language: str) -> None:
    spoken = api.speaking(language)
    parent = await spoken.verified()
    wish, fakes.registry.down = _wish(spoken.child_of(parent)), True
    for _ in range(4):
        assert await spoken.refused("RegistryUnavailable", "AddWard", parent.token, **wish) == {}
    fakes.registry.down = False
    assert (await spoken.data("AddWard", parent.token, **wish))["__typename"] == "WardAdded"


async def test_a_guardian_manages_the_wards_card_and_sees_its_look_ups(shared_api: Api, provider: str) -> None:
    parent = await shared_api.with_card()
    ward = (await shared_api.ward(parent))["ward"]["id"]
    acting = shared_api.acting_for(ward)
    issued = await acting.data("IssueCard", parent.token, key=new_id())
    assert (issued["__typename"], issued["card"]["kind"]) == ("CardIssued", "MINOR")
    assert (await acting.data("Me", parent.token))["id"] == ward
    code = (await acting.data("ShowCode", parent.token, purpose="TRANSIT", key=new_id()))["cardCode"]["text"]
    told = await shared_api.data("VerifyCode", provider, "provider", code=code, purpose="TRANSIT", key=new_id())
    assert told["attributes"]["under18"] is True
    assert [edge["node"]["id"] for edge in (await acting.data("Disclosures", parent.token))["edges"]] == [told["id"]]
    assert (await shared_api.data("Disclosures", parent.token))["edges"] == []
    row = await shared_api.city.db["audit"].find_one({"action": "card.issued", "actor": shared_api.key(parent)})
    rows = await shared_api.city.db["audit"].find({"action": "card.issued", "actor": shared_api.key(parent)}).to_list()
    assert row is not None
    assert {r["subject"] == r["actor"] for r in rows} == {True, False}


IN_PERSON = {
    "ReinstateCard": {"key": "reinstate-0001"},
    "Devices": {},
    "Wards": {},
    "Guardians": {},
    "SignOut": {},
    "VerifyIdentity": {"name": "测试人", "idNumber": "x", "key": "verify-00001"},
    "RegisterPushToken": {"token": "x" * 30},
    "DisputeDisclosure": {"disclosureId": "x", "reason": "none", "key": "dispute-0001"},
    "Node": {"id": "x"},
}


async def test_what_is_done_in_person_is_not_done_for_a_ward(shared_api: Api) -> None:
    parent = await shared_api.with_card()
    acting = shared_api.acting_for((await shared_api.ward(parent))["ward"]["id"])
    for operation, variables in IN_PERSON.items():
        assert await acting.codes(operation, parent.token, **variables) == ["FORBIDDEN"], operation


async def test_without_the_scope_it_is_forbidden(shared_api: Api) -> None:
    parent = await shared_api.verified()
    acting = shared_api.acting_for((await shared_api.ward(parent, "DISCLOSURES_READ"))["ward"]["id"])
    assert (await acting.data("Disclosures", parent.token))["edges"] == []
    for operation, variables in {"Card": {}, "Me": {}, "Inbox": {}, "IssueCard": {"key": new_id()}}.items():
        assert await acting.codes(operation, parent.token, **variables) == ["FORBIDDEN"], operation


async def test_who_is_no_guardian_is_forbidden_whoever_the_ward_is(shared_api: Api, outsider: Person) -> None:
    parent = await shared_api.verified()
    ward = (await shared_api.ward(parent))["ward"]["id"]
    for somebody in (ward, parent.citizen_id, global_id("Citizen", new_id())):
        assert await shared_api.acting_for(str(somebody)).codes("Card", outsider.token) == ["FORBIDDEN"]
    assert await shared_api.acting_for("nonsense").codes("Card", outsider.token) == ["BAD_INPUT"]
    assert await shared_api.acting_for(ward).codes("Card") == ["UNAUTHENTICATED"]


async def test_revoked_it_is_forbidden_at_once(spoken: Api) -> None:
    parent = await spoken.verified()
    made, key = await spoken.ward(parent), new_id()
    acting = spoken.acting_for(made["ward"]["id"])
    assert await acting.data("Card", parent.token) is None
    done = await spoken.data("RevokeGuardianship", parent.token, guardianshipId=made["id"], key=key)
    assert done["guardianship"]["state"] == "REVOKED"
    assert await acting.codes("Card", parent.token) == ["FORBIDDEN"]
    assert await spoken.data("RevokeGuardianship", parent.token, guardianshipId=made["id"], key=key) == done
    again = {"guardianshipId": made["id"], "key": new_id()}
    assert await spoken.refused("GuardianshipUnknown", "RevokeGuardianship", parent.token, **again) == {}
    other = {"guardianshipId": global_id("Guardianship", new_id()), "key": key}
    assert await spoken.refused("IdempotencyConflict", "RevokeGuardianship", parent.token, **other) == {}
    assert await spoken.data("Wards", parent.token) == []


async def test_it_ends_after_its_last_day(api: Api, clock: MovableClock) -> None:
    parent = await api.verified()
    acting = api.acting_for((await api.ward(parent))["ward"]["id"])
    clock.advance(days=365)
    await api.sign_in(parent)
    assert await acting.data("Card", parent.token) is None
    clock.advance(days=1)
    await api.sign_in(parent)
    assert await acting.codes("Card", parent.token) == ["FORBIDDEN"]


@pytest.mark.parametrize("operation", ["AcceptGuardian", "RevokeGuardianship"])
async def test_a_guardianship_of_others_and_one_that_is_not_there_are_alike(
    spoken: Api, outsider: Person, operation: str
) -> None:
    parent = await spoken.verified()
    theirs = (await spoken.ward(parent))["id"]
    for one in (theirs, global_id("Guardianship", new_id())):
        said = {"guardianshipId": one, "key": new_id()}
        assert await spoken.refused("GuardianshipUnknown", operation, outsider.token, **said) == {}
    assert await spoken.codes(operation, outsider.token, guardianshipId="x", key=new_id()) == ["BAD_INPUT"]
    assert (await spoken.data("Wards", parent.token))[0]["state"] == "ACTIVE"


async def test_an_elder_with_an_account_is_asked_first(spoken: Api) -> None:
    child, elder = await spoken.verified(), await spoken.verified(spoken.person(ELDER, "测试翁"))
    spoken.registry.relations[child.id_number, elder.id_number] = "child"
    made = await spoken.ward(child, child=elder)
    acting = spoken.acting_for(made["ward"]["id"])
    assert made["state"] == "PROPOSED"
    assert made["ward"]["id"] == elder.citizen_id
    assert await acting.codes("Card", child.token) == ["FORBIDDEN"]
    said = {"guardianshipId": made["id"], "key": new_id()}
    assert await spoken.refused("GuardianshipUnknown", "AcceptGuardian", child.token, **said) == {}

    assert [one["id"] for one in await spoken.data("Guardians", elder.token)] == [made["id"]]
    done = await spoken.data("AcceptGuardian", elder.token, **said)
    assert done["guardianship"]["state"] == "ACTIVE"
    assert await spoken.data("AcceptGuardian", elder.token, **said) == done
    assert await acting.data("Card", child.token) is None
    again = {**said, "key": new_id()}
    assert await spoken.refused("NotProposed", "AcceptGuardian", elder.token, **again) == {}
    conflict = {**said, "guardianshipId": global_id("Guardianship", new_id())}
    assert await spoken.refused("IdempotencyConflict", "AcceptGuardian", elder.token, **conflict) == {}
    told = [event.type for event in await spoken.events(elder)]
    assert "guardianship.proposed" in told
    assert "guardianship.accepted" in [event.type for event in await spoken.events(child)]

    await spoken.data("RevokeGuardianship", elder.token, guardianshipId=made["id"], key=new_id())
    assert await acting.codes("Card", child.token) == ["FORBIDDEN"]
