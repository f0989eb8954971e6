"""Health as it is seeded: who may ask, packages, a family under contract, a certificate; a repeat adds nothing."""

from __future__ import annotations

from app.core.ids import new_id
from app.domains.identity.organisations.model import Kind, Organisation
from app.seed.appointments import seed_appointments
from app.seed.demo import Demo
from app.seed.life.health import seed_health
from app.seed.queues import seed_queues
from mocks.city import PEOPLE
from mocks.venues import venues
from tests.support.api import ALL_SCOPES, OPS, Api, Person

_CENTRES = ("first-hospital", "mother-child-hospital", "350100-wjw")


async def _known(api: Api, key: str) -> Person:
    one = next(person for person in PEOPLE if person.key == key)
    assert one.phone is not None
    device = {"id": f"device-{new_id()}", "name": "Test phone", "platform": "test"}
    return await api.verified(Person(one.name, one.phone, one.id_number, device))


async def test_the_family_is_looked_after(api: Api) -> None:
    city = api.city
    for code in _CENTRES:
        made = Organisation(code, code, Kind.HOSPITAL, scopes=frozenset(ALL_SCOPES))
        await city.services.organisations.put(OPS, made)
    said: list[str] = []
    await seed_appointments(city, [one for one in venues() if one.organisation == _CENTRES[1]], said.append)
    await seed_queues(city, Demo(), said.append)
    elder, father = await _known(api, "lin-qingsheng"), await _known(api, "lin-xiaofeng")
    child = next(one for one in PEOPLE if one.key == "lin-zimo")
    wish = {"name": child.name, "idNumber": child.id_number, "scopes": ["HEALTH_READ"], "key": new_id()}
    ward = (await api.data("AddWard", father.token, **wish))["guardianship"]["ward"]["id"]

    await seed_health(city, said.append)
    await seed_health(city, said.append)

    plans = await api.data("MyFollowUpPlans", elder.token)
    assert {(one["kind"], one["done"]) for one in plans} == {("BLOOD_PRESSURE", 1), ("ELDER_CHECK", 0)}
    mine = await api.data("MyFamilyDoctor", elder.token)
    assert (mine["contract"]["state"], mine["contract"]["package"], len(mine["team"]["packages"])) == (
        "ACTIVE",
        "chronic",
        3,
    )
    sharing = await api.acting_for(ward).data("HealthSharing", father.token)
    assert {one["organisation"]["code"] for one in sharing["readers"]} == set(_CENTRES[:2])
    assert sharing["certificateRenews"] is True
