"""Health records: who reads them, by whose leave, and that he sees it; certificates of vaccination out of them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import civil_day
from app.core.ids import new_id
from app.domains.life.health.certificates.model import LOOKED_AT_EVERY, certified
from app.domains.life.health.records.errors import HealthKindsMissing
from app.domains.life.health.records.model import HealthRecord, Immunisation, RecordKind, chosen
from graphql_schema.types.common import key_of
from tests.support.api import Api, Person
from tests.support.fakes import otherwise
from tests.support.health import Hospital, allowed, hospital_of, hospitals, seen_at
from tests.support.hospital_records import dose

PROVIDER = "provider"


@pytest.fixture
async def hospital(shared_api: Api) -> Hospital:
    return await hospital_of(shared_api)


@pytest.fixture
async def person(shared_api: Api) -> Person:
    return await shared_api.with_card()


async def ledger(api: Api, person: Person) -> list[dict[str, Any]]:
    page = await api.data("Disclosures", person.token, first=50)
    return [edge["node"] for edge in page["edges"] if edge["node"]["channel"] == "SHARED_DATA"]


async def fetched(api: Api, hospital: Hospital, subject: dict[str, str], *kinds: str, key: str | None = None) -> Any:
    said = {"subject": subject, "kinds": list(kinds or ("OBSERVATIONS",)), "key": key or new_id()}
    return await api.data("FetchHealthRecord", hospital.token, PROVIDER, **said)


async def refused(api: Api, wanted: str, hospital: Hospital, subject: dict[str, str], *kinds: str) -> None:
    said = {"subject": subject, "kinds": list(kinds or ("OBSERVATIONS",)), "key": new_id()}
    await api.refused(wanted, "FetchHealthRecord", hospital.token, PROVIDER, **said)


# The rules


def test_parts_are_named_once_in_their_own_order() -> None:
    wanted = [RecordKind.MEDICATIONS, RecordKind.ENCOUNTERS, RecordKind.MEDICATIONS]
    assert chosen(wanted) == (RecordKind.ENCOUNTERS, RecordKind.MEDICATIONS)
    with pytest.raises(HealthKindsMissing):
        chosen([])


@given(st.permutations([dose(1), dose(2), dose(1, "卡介苗"), dose(3, "百白破")]))
def test_the_same_doses_certify_the_same_in_whatever_order(doses: list[Immunisation]) -> None:
    assert certified(doses) == certified(sorted(doses, key=lambda one: one.id))
    assert certified(doses).facts["doses"] == "4"


@given(st.lists(st.integers(1, 60), min_size=1, max_size=60, unique=True))
def test_what_stands_on_a_certificate_is_never_too_long(numbers: list[int]) -> None:
    facts = certified([dose(n, f"第{n}号很长很长很长的疫苗名称") for n in numbers]).facts
    assert all(0 < len(text) <= 300 for text in facts.values())


# Reading


async def test_what_one_reads_oneself_stands_in_the_ledger_and_nobody_is_sent_word(
    shared_api: Api, person: Person
) -> None:
    read = await shared_api.data("ReadHealthRecord", person.token, kinds=["OBSERVATIONS"], key=new_id())
    assert [one["value"] for one in read["observations"]] == ["128/82"]
    assert read["immunisations"] == []
    (row,) = await ledger(shared_api, person)
    assert (row["id"], row["sharedData"]) == (read["id"], ["health_record.observations"])
    assert (row["purpose"], row["organisation"]["name"]) == ("health_record_own", "You or your guardian")
    assert "Your shared data was asked for" not in {one["title"] for one in await shared_api.told(person)}


async def test_a_repeat_asks_the_hospitals_nothing(shared_api: Api, person: Person) -> None:
    key = new_id()
    first = await shared_api.data("ReadHealthRecord", person.token, kinds=["OBSERVATIONS"], key=key)
    asked = len(hospitals(shared_api).asked)
    assert await shared_api.data("ReadHealthRecord", person.token, kinds=["OBSERVATIONS"], key=key) == first
    assert len(hospitals(shared_api).asked) == asked
    other = {"kinds": ["MEDICATIONS"], "key": key}
    await shared_api.refused("IdempotencyConflict", "ReadHealthRecord", person.token, **other)


@pytest.mark.parametrize(
    ("how", "error"), [({"down": True}, "HealthRecordUnavailable"), ({"missing": True}, "HealthRecordMissing")]
)
async def test_what_was_not_read_stands_in_no_ledger(
    shared_api: Api, person: Person, how: dict[str, bool], error: str
) -> None:
    with otherwise(hospitals(shared_api), **how):
        await shared_api.refused(error, "ReadHealthRecord", person.token, kinds=["OBSERVATIONS"], key=new_id())
    assert await ledger(shared_api, person) == []


async def test_who_is_not_verified_reads_nothing(shared_api: Api) -> None:
    stranger = await shared_api.sign_in(shared_api.person())
    await shared_api.refused("NotVerified", "ReadHealthRecord", stranger.token, kinds=["OBSERVATIONS"], key=new_id())


async def test_a_guardian_reads_for_a_child_and_the_childs_ledger_says_so(shared_api: Api, person: Person) -> None:
    ward = await shared_api.ward(person, "HEALTH_READ", "DISCLOSURES_READ")
    acting = shared_api.acting_for(ward["ward"]["id"])
    read = await acting.data("ReadHealthRecord", person.token, kinds=["IMMUNISATIONS"], key=new_id())
    assert len(read["immunisations"]) == 2
    (row,) = await ledger(acting, person)
    assert (row["purpose"], row["id"]) == ("health_record_guardian", read["id"])
    assert hospitals(shared_api).asked[-1][0].citizen != shared_api.key(person)


async def _grown_up(api: Api, ward: str) -> None:
    """The last day of the guardianship is over: that of a minor is the day before the eighteenth birthday."""
    yesterday = civil_day(api.city.clock.now()) - timedelta(days=1)
    which = {"ward": key_of(ward, "Citizen")}
    await api.city.db["guardianships"].update_many(which, {"$set": {"until": yesterday.isoformat()}})


async def test_a_ward_grown_up_is_lost_to_the_guardian_in_all_of_health(shared_api: Api, person: Person) -> None:
    ward = (await shared_api.ward(person, "HEALTH_READ", "APPOINTMENTS_MANAGE"))["ward"]["id"]
    acting, key = shared_api.acting_for(ward), new_id()
    await acting.data("ReadHealthRecord", person.token, kinds=["IMMUNISATIONS"], key=key)
    await _grown_up(shared_api, ward)
    asked = len(hospitals(shared_api).asked)
    repeated = {"kinds": ["IMMUNISATIONS"], "key": key}
    assert await acting.codes("ReadHealthRecord", person.token, **repeated) == ["FORBIDDEN"]
    for operation, said in (
        ("ReadHealthRecord", {"kinds": ["OBSERVATIONS"], "key": new_id()}),
        ("IssueVaccinationCertificate", {"key": new_id()}),
        ("HealthSharing", {}),
        ("MyFollowUpPlans", {}),
        ("MyFamilyDoctor", {}),
    ):
        assert await acting.codes(operation, person.token, **said) == ["FORBIDDEN"], operation
    assert len(hospitals(shared_api).asked) == asked


async def test_a_guardianship_that_ends_while_the_hospitals_are_asked_shows_nothing(
    shared_api: Api, person: Person
) -> None:
    ward = await shared_api.ward(person, "HEALTH_READ", "DISCLOSURES_READ")
    acting = shared_api.acting_for(ward["ward"]["id"])
    with otherwise(hospitals(shared_api), gate=asyncio.Event(), reached=asyncio.Event()) as source:
        asked = {"kinds": ["OBSERVATIONS"], "key": new_id()}
        reading = asyncio.create_task(acting.codes("ReadHealthRecord", person.token, **asked))
        await source.reached.wait()
        await shared_api.data("RevokeGuardianship", person.token, guardianshipId=ward["id"], key=new_id())
        assert source.gate is not None
        source.gate.set()
        assert await reading == ["FORBIDDEN"]
    child = key_of(ward["ward"]["id"], "Citizen")
    assert await shared_api.city.db["disclosures"].count_documents({"citizen": child}) == 0


# A hospital


async def test_a_hospital_reads_what_was_agreed_to_and_the_citizen_is_told(
    shared_api: Api, hospital: Hospital, person: Person
) -> None:
    subject = await seen_at(shared_api, person, hospital)
    await allowed(shared_api, person, hospital, "OBSERVATIONS")
    read = await fetched(shared_api, hospital, subject)
    assert [one["what"] for one in read["observations"]] == ["血压"]
    (row,) = await ledger(shared_api, person)
    assert (row["purpose"], row["organisation"]["code"]) == ("treatment", hospital.organisation)
    assert "Your shared data was asked for" in {one["title"] for one in await shared_api.told(person)}
    sharing = await shared_api.data("HealthSharing", person.token)
    assert [one["used"] for one in sharing["consents"]] == [1]


async def test_without_consent_or_for_more_than_it_or_after_its_end_nothing_is_read(
    shared_api: Api, hospital: Hospital, person: Person
) -> None:
    subject, other = await seen_at(shared_api, person, hospital), await hospital_of(shared_api)
    await refused(shared_api, "HealthConsentMissing", hospital, subject)
    consent = await allowed(shared_api, person, hospital, "OBSERVATIONS")
    await refused(shared_api, "HealthConsentMissing", hospital, subject, "OBSERVATIONS", "MEDICATIONS")
    theirs = await seen_at(shared_api, person, other)
    await refused(shared_api, "HealthConsentMissing", other, theirs)
    done = await shared_api.data("StopHealthRecord", person.token, consentId=consent, key=new_id())
    assert done["__typename"] == "HealthRecordStopped"
    await refused(shared_api, "HealthConsentMissing", hospital, subject)
    again = {"consentId": consent, "key": new_id()}
    await shared_api.refused("HealthConsentUnknown", "StopHealthRecord", person.token, **again)
    assert await ledger(shared_api, person) == []


async def test_a_repeat_after_the_withdrawal_tells_nothing_more(
    shared_api: Api, hospital: Hospital, person: Person
) -> None:
    subject, key = await seen_at(shared_api, person, hospital), new_id()
    consent = await allowed(shared_api, person, hospital)
    await fetched(shared_api, hospital, subject, key=key)
    await shared_api.data("StopHealthRecord", person.token, consentId=consent, key=new_id())
    again = await fetched(shared_api, hospital, subject, key=key)
    assert again["__typename"] == "HealthConsentMissing"


async def test_a_withdrawal_while_the_hospitals_are_asked_wins(
    shared_api: Api, hospital: Hospital, person: Person
) -> None:
    subject = await seen_at(shared_api, person, hospital)
    consent = await allowed(shared_api, person, hospital)
    with otherwise(hospitals(shared_api), gate=asyncio.Event(), reached=asyncio.Event()) as source:
        reading = asyncio.create_task(fetched(shared_api, hospital, subject))
        await source.reached.wait()
        await shared_api.data("StopHealthRecord", person.token, consentId=consent, key=new_id())
        assert source.gate is not None
        source.gate.set()
        assert (await reading)["__typename"] == "HealthConsentMissing"
    assert await ledger(shared_api, person) == []


async def test_only_who_may_ask_can_be_allowed(shared_api: Api, hospital: Hospital, person: Person) -> None:
    until = (shared_api.city.clock.now() + timedelta(days=3)).isoformat()
    stranger = {"organisation": "nobody-here", "kinds": ["OBSERVATIONS"], "until": until, "key": new_id()}
    found = await shared_api.refused("HealthReaderUnknown", "AllowHealthRecord", person.token, **stranger)
    assert found == {"organisation": "nobody-here"}
    too_long = (shared_api.city.clock.now() + timedelta(days=3_000)).isoformat()
    long = {"organisation": hospital.organisation, "kinds": ["OBSERVATIONS"], "until": too_long, "key": new_id()}
    await shared_api.refused("HealthConsentTimeInvalid", "AllowHealthRecord", person.token, **long)
    sharing = await shared_api.data("HealthSharing", person.token)
    assert hospital.organisation in {one["organisation"]["code"] for one in sharing["readers"]}


async def test_nobody_is_asked_about_who_was_never_there(shared_api: Api, hospital: Hospital, person: Person) -> None:
    await allowed(shared_api, person, hospital)
    card = await shared_api.data("Card", person.token)
    await refused(shared_api, "HealthSubjectUnknown", hospital, {"cardNumber": card["number"]})
    await seen_at(shared_api, person, hospital)
    assert (await fetched(shared_api, hospital, {"cardNumber": card["number"]}))["__typename"] == "HealthRecordRead"


# Certificates


async def issued(api: Api, person: Person, **said: Any) -> Any:
    return await api.data("IssueVaccinationCertificate", person.token, **said, key=new_id())


async def test_a_certificate_comes_into_the_wallet_and_is_one_for_the_same_doses(
    shared_api: Api, hospital: Hospital, person: Person
) -> None:
    first, again = await issued(shared_api, person), await issued(shared_api, person)
    assert first["licence"]["id"] == again["licence"]["id"]
    facts = {one["key"]: one["value"] for one in first["licence"]["facts"]}
    assert (facts["doses"], facts["vaccines"], facts["name"]) == ("2", "乙肝疫苗 ×2", person.name)
    assert {row["purpose"] for row in await ledger(shared_api, person)} == {"vaccination_certificate"}
    assert (await shared_api.data("HealthSharing", person.token))["certificateRenews"] is True


async def test_a_new_dose_renews_it_where_that_was_wished(shared_api: Api, hospital: Hospital, person: Person) -> None:
    before = (await issued(shared_api, person))["licence"]["id"]
    rooms = shared_api.city.services.life.health.certificates
    subject = await seen_at(shared_api, person, hospital)
    while await rooms.renew_due():  # of others, whom doses were noted for before
        pass
    with otherwise(hospitals(shared_api), record=HealthRecord(immunisations=(dose(1), dose(2), dose(3)))):
        assert await rooms.renew_due() == 0, "its turn has not come"
        noted = {"subject": subject, "key": new_id()}
        await shared_api.data("NoteVaccination", hospital.token, PROVIDER, **noted)
        assert await rooms.renew_due() == 1
        assert await rooms.renew_due() == 0
    held = await shared_api.city.services.licences.held(shared_api.key(person), ["vaccination"])
    assert held["vaccination"].facts["doses"] == "3"
    assert held["vaccination"].id not in before


async def test_one_that_is_not_kept_up_stays_as_it_is_and_a_silent_source_is_tried_again(
    shared_api: Api, hospital: Hospital, person: Person
) -> None:
    rooms, clock = shared_api.city.services.life.health.certificates, shared_api.city.clock
    await issued(shared_api, person, renews=False)
    assert (await shared_api.data("HealthSharing", person.token))["certificateRenews"] is False
    other = await shared_api.with_card()
    await issued(shared_api, other)
    subject = await seen_at(shared_api, other, hospital)
    await shared_api.data("NoteVaccination", hospital.token, PROVIDER, subject=subject, key=new_id())
    with otherwise(hospitals(shared_api), down=True):
        assert await rooms.renew_due() == 0
    row = await shared_api.city.db["vaccination_certificates"].find_one({"_id": shared_api.key(other)})
    assert row is not None
    assert timedelta(0) < row["look_at"] - clock.now() <= timedelta(hours=1) < LOOKED_AT_EVERY


async def test_of_nothing_nothing_is_certified(shared_api: Api, person: Person) -> None:
    with otherwise(hospitals(shared_api), record=HealthRecord()):
        await shared_api.refused("NothingVaccinated", "IssueVaccinationCertificate", person.token, key=new_id())


async def test_a_guardian_has_the_childs_certificate_drawn_up(
    shared_api: Api, hospital: Hospital, person: Person
) -> None:
    ward = (await shared_api.ward(person, "HEALTH_READ"))["ward"]["id"]
    made = await issued(shared_api.acting_for(ward), person)
    assert made["__typename"] == "VaccinationCertificateIssued"
    assert {one["key"]: one["value"] for one in made["licence"]["facts"]}["name"] != person.name
