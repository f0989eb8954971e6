"""The seeded guardian of an elder: proposed by the one, agreed to by the other, and not twice."""

from __future__ import annotations

from app.core.ids import new_id
from app.domains.identity.citizens.model import IdNumber
from app.domains.identity.guardians.model import GuardianshipState
from app.seed.demo import as_citizen
from app.seed.identity import seed_elders
from mocks.city import ELDERS, PEOPLE
from tests.support.api import Api, Person


async def test_a_daughter_acts_for_her_father_who_agreed(api: Api) -> None:
    people, accounts = {person.key: person for person in PEOPLE}, {}
    for key in {one for pair in ELDERS for one in pair}:
        one = people[key]
        assert one.phone is not None
        device = {"id": f"device-{new_id()}", "name": "Test phone", "platform": "test"}
        await api.verified(Person(one.name, one.phone, one.id_number, device))
        citizen = await api.city.citizens.id_by_real_name(IdNumber.parse(one.id_number))
        assert citizen is not None
        accounts[key] = citizen
    assert ("wang-lihua", "wang-defu") in ELDERS
    for _ in range(2):
        await seed_elders(api.city, accounts)
    (made,) = await api.city.services.guardians.wards(as_citizen(accounts["wang-lihua"]))
    assert (made.ward, made.state, made.relation) == (accounts["wang-defu"], GuardianshipState.ACTIVE, "child")
