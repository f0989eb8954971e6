"""The seeded people's wallets: issued by the city's own service, and not twice."""

from __future__ import annotations

from datetime import date

from app.core.ids import new_id
from app.domains.identity.citizens.model import IdNumber
from app.seed.licences import seed_licences
from mocks.city import PEOPLE, UNITS
from mocks.licences import licences
from tests.support.api import OPS, Api, Person
from virtual_card.licences.kinds import kind_of
from virtual_card.licences.model import LicenceState


def test_what_the_people_hold_stands_on_its_kind_and_comes_of_a_unit_there_is() -> None:
    people, units = {person.key for person in PEOPLE}, {unit.code for unit in UNITS}
    for one in licences(date(2026, 11, 1)):
        kind = kind_of(one.kind)
        given = {field.key for field in kind.fields if field.source is None}
        assert one.person in people, one
        assert one.unit in units, one
        assert one.facts.keys() <= given, one


async def test_each_finds_his_licences_in_his_wallet_and_a_repeat_adds_none(api: Api) -> None:
    seeded = next(person for person in PEOPLE if person.key == "lin-xiaofeng")
    assert seeded.phone is not None
    device = {"id": f"device-{new_id()}", "name": "Test phone", "platform": "test"}
    person = await api.verified(Person(seeded.name, seeded.phone, seeded.id_number, device))
    said: list[str] = []
    for _ in range(2):
        await seed_licences(api.city, said.append)
    assert said == ["7 licences in the wallets", "0 licences in the wallets"]
    wallet = await api.data("Licences", person.token)
    assert {one["kind"]["code"] for one in wallet} >= {"resident_id", "household_register", "driving_licence"}
    assert {one["state"] for one in wallet} == {LicenceState.ACTIVE.name}
    citizen = await api.city.citizens.id_by_real_name(IdNumber.parse(seeded.id_number))
    assert citizen is not None
    assert OPS.actor not in {e.actor for one in await api.city.services.licences.held_by(citizen) for e in one.history}
