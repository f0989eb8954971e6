"""Looking for a doctor: the departments of a hospital, their doctors, what each asks, and when each has time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.core.ids import new_id
from graphql_schema.types.common import key_of
from tests.support.api import Api, Person
from tests.support.clinics import Clinic, clinic_of


@pytest.fixture
async def clinic(shared_api: Api) -> Clinic:
    return await clinic_of(shared_api)


@pytest.fixture
async def person(shared_api: Api) -> Person:
    return await shared_api.verified()


async def doctors(api: Api, person: Person, clinic: Clinic, department: str = "内科", **page: Any) -> list[Any]:
    found = await api.data("DepartmentDoctors", person.token, venueId=clinic.venue, department=department, **page)
    return [edge["node"] for edge in found["edges"]]


def times(doctor: Any) -> list[str]:
    return [key_of(one["id"], "AppointmentSlot") for one in doctor["next"]]


async def test_departments_are_named_with_how_many_doctors_they_have(
    shared_api: Api, clinic: Clinic, person: Person
) -> None:
    found = await shared_api.data("HospitalDepartments", person.token, venueId=clinic.venue)
    assert [(one["key"], one["name"], one["doctors"]) for one in found] == [
        ("内科", "Internal", 2),
        ("外科", "Surgery", 1),
    ]


async def test_of_each_doctor_the_next_three_free_times_and_his_fee(
    shared_api: Api, clinic: Clinic, person: Person
) -> None:
    first = await clinic.times(shared_api, 0, 5, 3, 30, 50)
    await clinic.times(shared_api, 2, 1)
    one, other = await doctors(shared_api, person, clinic)
    assert times(one) == [first[1], first[0], first[2]]
    assert [service["fee"] for service in one["services"]] == [5_000]
    assert (times(other), other["services"][0]["fee"]) == ([], 1_500)


async def test_what_is_taken_closed_or_not_given_out_is_no_free_time(
    shared_api: Api, clinic: Clinic, person: Person
) -> None:
    later = shared_api.city.clock.now() + timedelta(hours=20)
    await clinic.times(shared_api, 0, 2, free=0)
    await clinic.times(shared_api, 0, 3, closed=True)
    await clinic.times(shared_api, 0, 40, opens_at=later)
    (free,) = await clinic.times(shared_api, 0, 44)
    assert times((await doctors(shared_api, person, clinic))[0]) == [free]


async def test_to_a_patient_of_the_house_times_open_a_day_earlier(shared_api: Api, clinic: Clinic) -> None:
    mine, other = await shared_api.verified(), await shared_api.verified()
    (free,) = await clinic.times(shared_api, 0, 60, opens_at=shared_api.city.clock.now() + timedelta(hours=20))
    await shared_api.city.db["family_contracts"].insert_one(_contract(shared_api.key(mine), clinic, shared_api))
    assert times((await doctors(shared_api, mine, clinic))[0]) == [free]
    assert times((await doctors(shared_api, other, clinic))[0]) == []


def _contract(citizen: str, clinic: Clinic, api: Api) -> dict[str, Any]:
    now = api.city.clock.now()
    days = {"since": now.date().isoformat(), "until": (now.date() + timedelta(days=300)).isoformat()}
    ended: dict[str, Any] = {"ended_at": None, "ended_by": None, "test": False, "open": True}
    house = {"team": "t", "venue": clinic.house, "organisation": clinic.organisation, "signed_at": now}
    return {"_id": new_id(), "citizen": citizen, **house, **days, **ended}


async def test_pages_follow_each_other_and_nobody_is_on_two(shared_api: Api, clinic: Clinic, person: Person) -> None:
    asked = {"venueId": clinic.venue, "department": "内科", "first": 1}
    page = await shared_api.data("DepartmentDoctors", person.token, **asked)
    assert page["pageInfo"]["hasNextPage"]
    after = page["pageInfo"]["endCursor"]
    rest = await shared_api.data("DepartmentDoctors", person.token, **asked, after=after)
    assert not rest["pageInfo"]["hasNextPage"]
    ids = [edge["node"]["doctor"]["id"] for edge in page["edges"] + rest["edges"]]
    assert len(set(ids)) == 2


async def test_of_what_is_not_there_nobody_is_found(shared_api: Api, clinic: Clinic, person: Person) -> None:
    assert await doctors(shared_api, person, clinic, "没有这个科") == []
    assert await doctors(shared_api, person, clinic, "") == []
