"""Shared data of the seeded city: what its departments offer each other, who may ask, what some agreed to; and which
of them handle applications in systems of their own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.core.clock import civil_day
from app.core.paging import PageRequest
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.government.catalogue.offering.service import Terms
from app.domains.government.shared_data.accesses.model import AccessState, Ground
from app.domains.government.shared_data.accesses.service import Wanted
from app.domains.government.shared_data.consents.service import Wish
from app.domains.government.shared_data.sets.model import SCOPE, DataField, DataKind, Offer, Purpose, Sensitivity
from app.seed.demo import SEEDER, Progress, as_citizen
from app.wiring import City
from mocks.catalogue import items
from mocks.city import PEOPLE
from mocks.exchange import data_sets

_ACCESS_FOR = timedelta(days=365)
# Departments that handle applications in a system of their own, at the city and in its counties: department, system.
_SYSTEMS = {"350100-gjj": "gjj", "350100-ybj": "ybj"}
_CITY, _COUNTY = "350100000000", "3501"


async def seed_shared_data(city: City, say: Progress) -> None:
    """After identity and the catalogue."""
    data = data_sets()
    say(f"{len(data['set'])} data sets of departments, {len(data['access'])} accesses to them")
    for one in data["set"]:
        await _offer(city, one)
    for place, one in enumerate(data["access"]):
        await _access(city, one, f"seed-access-{place}")
    for place, one in enumerate(data["consent"]):
        await _consent(city, one, f"seed-consent-{place}")
    await _systems(city)


def _department(code: str) -> Viewer:
    return Viewer(Role.PROVIDER_CLIENT, actor="seed", organisation=code, scopes=frozenset({SCOPE}))


async def _offer(city: City, row: dict[str, Any]) -> None:
    if any(one.code == row["code"] for one in await city.services.government.data_sets.all()):
        return
    offer = Offer(
        code=row["code"],
        name=Said(*row["name"]),
        fields=tuple(_field(*field) for field in row["fields"]),
        purposes=tuple(Purpose(code, Said(zh, en)) for code, zh, en in row["purposes"]),
        basis=row["basis"],
        fresh_hours=row["fresh_hours"],
        source=row["source"],
    )
    await city.services.government.data_sets.offer(_department(row["owner"]), offer, f"seed-set-{row['code']}")


def _field(code: str, zh: str, en: str, kind: str, sensitivity: str) -> DataField:
    return DataField(code, Said(zh, en), DataKind(kind), Sensitivity(sensitivity))


async def _access(city: City, row: dict[str, Any], key: str) -> None:
    """Asked for by one department and granted by the other; what there is already is left alone."""
    accesses, fields = city.services.government.data_accesses, tuple(row["fields"])
    if await accesses.covering(row["organisation"], row["set"], fields, row["purpose"]):
        return
    wanted = Wanted(
        data_set=row["set"],
        fields=fields,
        purpose=row["purpose"],
        why=row["why"],
        ground=Ground(row["ground"]),
        until=civil_day(city.clock.now()) + _ACCESS_FOR,
        law=row.get("law"),
    )
    asked = await accesses.request(_department(row["organisation"]), wanted, key)
    await accesses.answer(_department(asked.owner), asked.id, AccessState.GRANTED, "同意按所列用途使用。", key)


async def _consent(city: City, row: dict[str, Any], key: str) -> None:
    person = next(one for one in PEOPLE if one.key == row["person"])
    citizen = await city.citizens.id_by_phone(person.phone) if person.phone else None
    assert citizen is not None
    given, _ = await city.services.government.consents.mine(as_citizen(citizen), PageRequest(100))
    if any((one.data_set, one.organisation) == (row["set"], row["organisation"]) for one in given.items):
        return
    until = city.clock.now() + timedelta(days=row["days"])
    wish = Wish(row["set"], tuple(row["fields"]), row["organisation"], row["purpose"], until)
    await city.services.government.consents.give(as_citizen(citizen), wish, key)


async def _systems(city: City) -> None:
    """Offers of theirs in the seeded city are handled there."""
    catalogue, offering = city.services.government.catalogue, city.services.government.offering
    for item in items():
        system = _SYSTEMS.get(str(item["owner"]))
        if system is None or system not in city.settings.departments_systems:
            continue
        offered = (await catalogue.units_of([item["code"]])).get(item["code"], ())
        here = [unit for unit in offered if unit == _CITY or (unit.startswith(_COUNTY) and unit.endswith("000000"))]
        if here:
            await offering.offer(SEEDER, item["code"], here, Terms(system=system), f"seed-system-{item['code']}")
