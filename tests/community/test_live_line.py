"""Who only tries things changes nothing that people live by: test citizens and test clients stop at the door."""

from __future__ import annotations

import pytest

from app.core.ids import new_id
from graphql_schema.types.common import global_id
from tests.support.api import OPS, Api, Person

SCOPES = ("community", "culture", "surroundings", "places")


async def invented(api: Api) -> Person:
    """A citizen with a verified name who is some organisation's for its tests."""
    person = await api.verified()
    mark = {"$set": {"test": True, "test_of": "org-that-tries"}}
    await api.city.db["citizens"].update_one({"_id": api.key(person)}, mark)
    return await api.sign_in(person)


@pytest.mark.parametrize(
    ("operation", "given"),
    [
        ("SaveVolunteer", {"skills": [], "areas": [], "agreed": True}),
        ("SignUpForActivity", {"activityId": global_id("VolunteerActivity", "0" * 32)}),
        ("JoinVolunteerGroup", {"groupId": global_id("VolunteerGroup", "0" * 32)}),
        ("ClaimMicroWish", {"wishId": global_id("MicroWish", "0" * 32)}),
    ],
)
async def test_a_test_citizen_takes_part_in_nothing_that_is_live(
    shared_api: Api, operation: str, given: dict[str, object]
) -> None:
    person = await invented(shared_api)
    assert await shared_api.codes(operation, person.token, **given, key=new_id()) == ["FORBIDDEN"]


async def test_a_test_citizen_has_a_home_page_still(shared_api: Api) -> None:
    person = await invented(shared_api)
    assert await shared_api.data("Home", person.token)


async def trying_for(api: Api, organisation: str) -> str:
    """The access token of a client of this live organisation that was made for tests."""
    client = await api.city.services.clients.create(OPS, organisation, "trial", SCOPES, test_mode=True)
    answer = await api.http.post(
        "/oauth/token", data={"grant_type": "client_credentials"}, auth=(client.client, client.secret)
    )
    return str(answer.json()["access_token"])


@pytest.mark.parametrize("operation", ["MissedCare", "StagedEvents", "KeptEstates", "RunStations", "OwnPlaces"])
async def test_a_test_client_of_a_live_organisation_touches_none_of_its_people(shared_api: Api, operation: str) -> None:
    live = await shared_api.provider("org-live-line", SCOPES)
    trying = await trying_for(shared_api, "org-live-line")
    await shared_api.data(operation, live, "provider")
    assert await shared_api.codes(operation, trying, "provider") == ["FORBIDDEN"]
