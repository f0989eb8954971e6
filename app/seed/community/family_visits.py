"""A care home and a ward, who stays there, and who may visit."""

from __future__ import annotations

from app.core.said import Said
from app.core.viewer import Assurance, Role, Viewer
from app.domains.community.family_visits.houses.model import CareHouse, HouseKind, VisitingTime, VisitRules
from app.domains.community.family_visits.houses.service import SCOPE
from app.domains.community.family_visits.stays.model import Kinship
from app.domains.identity.organisations.model import Kind, Organisation
from app.seed.demo import SEEDER, Demo, Progress
from app.wiring import City
from mocks.city import PEOPLE
from mocks.family_visits import SeededHouse, SeededStay, care_home, houses

_SCOPES = (SCOPE, "webhooks")


async def seed_family_visits(city: City, demo: Demo, say: Progress) -> None:
    """Once; a ward where its hospital is."""
    tree, visiting = city.services.organisations.tree, city.services.community.together.visiting
    if await visiting.houses.one(care_home()[0]) is not None:
        return
    await _organisation(city, demo)
    wanted = [one for one in houses() if tree.get(one.organisation) is not None]
    for one in wanted:
        await visiting.houses.save(SEEDER, _house(one), f"seed-{one.code}")
        for stay in one.stays:
            await _stay(city, one.code, stay)
    say(f"{len(wanted)} houses where relatives visit")


async def _organisation(city: City, demo: Demo) -> None:
    code, name, name_en = care_home()
    made = Organisation(code, name, Kind.COMMUNITY, scopes=frozenset(_SCOPES), name_en=name_en)
    await city.services.organisations.put(SEEDER, made)
    client = await city.services.clients.create(SEEDER, code, name, _SCOPES)
    said = {"organisation": code, "name": name, "name_en": name_en, "kind": Kind.COMMUNITY.value}
    secret = {"client_id": client.client, "client_secret": client.secret}
    demo.payees.append({**said, "scopes": list(_SCOPES), **secret})


def _house(one: SeededHouse) -> CareHouse:
    times = tuple(VisitingTime(*time) for time in one.times)
    head = (one.code, one.organisation, HouseKind(one.kind), Said(*one.name), one.address)
    return CareHouse(*head, times, VisitRules(*one.rules))


async def _stay(city: City, house: str, one: SeededStay) -> None:
    """Of who has an account; he says himself who may come."""
    stays, phones = city.services.community.together.visiting.stays, {each.key: each.phone for each in PEOPLE}
    phone = phones.get(one.key)
    citizen = await city.citizens.id_by_phone(phone) if phone else None
    if phone is None or citizen is None:
        return
    viewer = Viewer(role=Role.CITIZEN, actor=citizen, subject=citizen, assurance=Assurance.REAL_NAME)
    asked = await stays.propose(SEEDER, house, phone, one.label, f"seed-stay-{one.key}")
    await stays.answer(viewer, asked.stay.id, True, f"seed-stays-{one.key}")
    for key, kinship in one.named:
        other = phones.get(key)
        if other and await city.citizens.id_by_phone(other):
            await stays.name(viewer, asked.stay.id, other, Kinship(kinship), f"seed-named-{one.key}-{key}")
