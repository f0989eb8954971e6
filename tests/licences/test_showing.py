"""Showing a licence: a code for one purpose, accepted once, telling no more than the purpose needs."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.core.ids import new_id
from tests.licences.orders import checked, issued, shown
from tests.support.api import OPS, Api, Person
from tests.support.fakes import MovableClock
from virtual_card.licences.model import DeskAct, LicenceState


@pytest.fixture
async def provider(shared_api: Api) -> str:
    return await shared_api.provider(await shared_api.organisation())


async def held(api: Api, kind: str = "driving_licence", **given: Any) -> tuple[Person, str]:
    """Somebody and his licence, by the id that the app knows."""
    person = await api.verified()
    await issued(api, person, kind, **given)
    (licence,) = await api.data("Licences", person.token)
    return person, licence["id"]


async def test_a_code_is_accepted_once_and_the_citizen_sees_it(shared_api: Api, provider: str) -> None:
    person, licence = await held(shared_api)
    code = await shown(shared_api, person, licence)
    done = await checked(shared_api, provider, code)
    assert (done["__typename"], done["kind"]["code"]) == ("LicenceVerified", "driving_licence")
    assert {fact["key"]: fact["value"] for fact in done["facts"]} == {"name": person.name, "class": "C1"}
    assert (await checked(shared_api, provider, code))["__typename"] == "CodeUsed"
    seen = (await shared_api.data("Disclosures", person.token))["edges"][0]["node"]
    assert (seen["id"], seen["channel"], seen["purpose"]) == (done["id"], "LICENCE_CODE", "inspection")
    assert seen["licence"]["title"] == "机动车驾驶证"
    assert seen["attributes"] == ["LICENCE", "LICENCE_NUMBER", "NAME", "LICENCE_FACTS"]
    (told, *_) = await shared_api.told(person)
    assert "Driving Licence" in told["body"]
    assert "an inspection" in told["body"]
    record = (await shared_api.data("Verifications", provider, "provider"))["edges"][0]["node"]
    assert record["licence"]["code"] == "driving_licence"


@pytest.mark.parametrize(
    ("kind", "facts", "purpose", "told", "number"),
    [
        ("disability_card", {"category": "听力", "guardian": "甲"}, "BENEFIT", "name category", False),
        ("medical_insurance", {"scheme": "职工", "insured_at": "市"}, "HOSPITAL", "name sex scheme insured_at", True),
        ("resident_id", {"address": "东街"}, "SERVICE_HALL", "name sex birth address", True),
        ("resident_id", {"address": "东街"}, "INSPECTION", "name", True),
    ],
)
async def test_a_purpose_is_told_what_it_needs_and_never_the_id_number(
    shared_api: Api, provider: str, kind: str, facts: dict[str, str], purpose: str, told: str, number: bool
) -> None:
    person, licence = await held(shared_api, kind, facts=facts)
    done = await checked(shared_api, provider, await shown(shared_api, person, licence, purpose), purpose)
    assert [fact["key"] for fact in done["facts"]] == told.split()
    assert (done["number"] is not None) is number
    assert person.id_number not in repr(done)
    name = done["facts"][0]["value"]
    assert name == (person.name[0] + "**" if purpose == "BENEFIT" else person.name)


async def test_of_fifty_that_scan_it_one_is_told(shared_api: Api, provider: str) -> None:
    person, licence = await held(shared_api)
    code = await shown(shared_api, person, licence)
    answers = await asyncio.gather(*(checked(shared_api, provider, code) for _ in range(50)))
    assert sorted(answer["__typename"] for answer in answers) == [*["CodeUsed"] * 49, "LicenceVerified"]


async def test_a_repeat_under_the_same_key_is_the_same_look(shared_api: Api, provider: str) -> None:
    person, licence = await held(shared_api)
    code, key = await shown(shared_api, person, licence), new_id()
    assert await checked(shared_api, provider, code, key=key) == await checked(shared_api, provider, code, key=key)
    assert len((await shared_api.data("Disclosures", person.token))["edges"]) == 1


async def test_a_code_is_for_its_purpose_and_its_minute(api: Api, clock: MovableClock) -> None:
    provider = await api.provider(await api.organisation())
    person, licence = await held(api)
    code = await shown(api, person, licence)
    assert (await checked(api, provider, code, "SERVICE_HALL"))["__typename"] == "CodeForOtherPurpose"
    clock.advance(seconds=61)
    assert (await checked(api, provider, code))["__typename"] == "CodeExpired"
    assert (await checked(api, provider, "RONGL:" + "A" * 26))["__typename"] == "CodeUnknown"
    for text in ("", "RONGL:", await api.code(await api.with_card())):
        assert (await checked(api, provider, text))["__typename"] == "CodeMalformed"


async def test_what_does_not_hold_is_neither_shown_nor_accepted(shared_api: Api, provider: str) -> None:
    person, licence = await held(shared_api)
    code = await shown(shared_api, person, licence)
    (found,) = await shared_api.city.services.licences.held_by(shared_api.key(person))
    act = DeskAct(LicenceState.SUSPENDED, "investigation")
    await shared_api.city.services.licences.act(OPS, found.number, act, new_id())
    refused = await checked(shared_api, provider, code)
    assert (refused["__typename"], refused["state"]) == ("LicenceNotActive", "SUSPENDED")
    wish = {"id": licence, "purpose": "INSPECTION", "key": new_id()}
    assert await shared_api.refused("LicenceNotActive", "ShowLicence", person.token, **wish) == {"state": "SUSPENDED"}


async def test_a_licence_is_shown_for_what_its_kind_is_for_by_who_holds_it(shared_api: Api) -> None:
    person, licence = await held(shared_api)
    wish = {"id": licence, "purpose": "BENEFIT", "key": new_id()}
    await shared_api.refused("PurposeNotForLicence", "ShowLicence", person.token, **wish)
    other = await shared_api.verified()
    await shared_api.refused("LicenceUnknown", "ShowLicence", other.token, **wish)


async def test_a_provider_without_the_scope_or_in_test_mode_is_told_nothing(shared_api: Api) -> None:
    person, licence = await held(shared_api)
    code = await shown(shared_api, person, licence)
    given = {"code": code, "purpose": "INSPECTION", "key": new_id()}
    without = await shared_api.provider(await shared_api.organisation(), ("verify:gate",))
    assert await shared_api.codes("VerifyLicence", without, "provider", **given) == ["FORBIDDEN"]
    trial = await shared_api.provider_in_test_mode()
    assert (await checked(shared_api, trial, code))["__typename"] == "CodeUnknown"


async def test_a_look_at_a_licence_can_be_disputed(shared_api: Api, provider: str) -> None:
    person, licence = await held(shared_api)
    done = await checked(shared_api, provider, await shown(shared_api, person, licence))
    wish = {"disclosureId": done["id"], "reason": "I was never there", "key": new_id()}
    assert (await shared_api.data("DisputeDisclosure", person.token, **wish))["__typename"] == "DisclosureDisputed"
