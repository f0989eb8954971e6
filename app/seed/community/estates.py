"""Estates with their committees, homes and gates; who of the demo people lives there, and what they are told."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta

from app.core.clock import civil_day
from app.core.ids import new_id, new_secret
from app.core.places.model import Point
from app.core.said import Said
from app.core.viewer import Assurance, Role, Viewer
from app.domains.community.estates.gates.model import Gate, GateKind
from app.domains.community.estates.model import Estate, Home
from app.domains.community.estates.service import GATE_SCOPE, REPAIR_SCOPE, SCOPE
from app.domains.community.notices.model import NoticeWish
from app.domains.community.parking.bays.service import BayWish
from app.domains.community.repairs.model import RepairKind, RepairWish
from app.domains.community.residents.model import Relation, Wish
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.identity.staff.model import StaffRole
from app.seed.demo import SEEDER, Demo, Progress
from app.wiring import City
from mocks.city import PEOPLE
from mocks.estates import SeededCommittee, SeededEstate, all_estates, company, notices, told_estates

_SCOPES = (SCOPE, GATE_SCOPE, REPAIR_SCOPE, "verify:gate", "webhooks")
_OF_COMMITTEES = frozenset({SCOPE, REPAIR_SCOPE, "webhooks"})
_AT_ONCE = 8  # making one is mostly waiting for the journal
_STAFF = {StaffRole.SUPERVISOR: "方经理", StaffRole.GATE: "门岗一号", StaffRole.HANDLER: "维修李师傅"}


async def seed_estates(city: City, demo: Demo, say: Progress, *, small: bool = False) -> None:
    """Three in a small city, else 146 of 67 committees. Those whose government is not there are left out."""
    tree = city.services.organisations.tree
    wanted = [one for one in (told_estates() if small else all_estates()) if tree.get(one.committee.unit) is not None]
    if not wanted or await city.services.community.neighbourhood.estates.one(wanted[0].code) is not None:
        return
    await _company(city, demo)
    committees = {one.committee.code: one.committee for one in wanted}
    await _committees(city, committees.values())
    for start in range(0, len(wanted), _AT_ONCE):
        await asyncio.gather(*(_estate(city, one) for one in wanted[start : start + _AT_ONCE]))
    await city.services.community.neighbourhood.homes.seed([door for one in wanted for door in _doors(one)])
    for one in wanted:
        await _living(city, one)
        await _bays(city, one)
    say(f"{len(wanted)} estates of {len(committees)} committees")


async def _company(city: City, demo: Demo) -> None:
    code, name, name_en = company()
    made = Organisation(code, name, Kind.COMMUNITY, scopes=frozenset(_SCOPES), name_en=name_en)
    await city.services.organisations.put(SEEDER, made)
    client = await city.services.clients.create(SEEDER, code, name, _SCOPES)
    said = {"organisation": code, "name": name, "name_en": name_en, "kind": Kind.COMMUNITY.value}
    secret = {"client_id": client.client, "client_secret": client.secret}
    demo.payees.append({**said, "scopes": list(_SCOPES), **secret})
    for role, who in _STAFF.items():
        login, password = f"{role.value}-{new_id()[-6:]}", new_secret(128)
        enrolled = await city.services.staff.enrol(SEEDER, code, login, who, password, [role])
        credentials = {"organisation": code, "role": role.value, "login": login, "password": password}
        demo.staff.append({**credentials, "totp_uri": enrolled.totp_uri})


async def _committees(city: City, committees: Collection[SeededCommittee]) -> None:
    """One that is an organisation already keeps estates from now on, too."""
    for one in committees:
        known = city.services.organisations.tree.get(one.code)
        node = known or Organisation(one.code, one.name, Kind.COMMUNITY, parent=one.unit, name_en=one.name_en)
        await city.services.organisations.put(SEEDER, replace(node, scopes=node.scopes | _OF_COMMITTEES))


async def _estate(city: City, one: SeededEstate) -> None:
    place, names = Point(one.latitude, one.longitude), Said(one.zh, one.en)
    made = Estate(one.code, names, one.committee.code, company()[0], place, one.address, bays=one.bays)
    neighbourhood = city.services.community.neighbourhood
    await neighbourhood.estates.save(SEEDER, made, f"seed-{one.code}")
    gates = [Gate(one.code, "main", Said("大门", "Main gate"))]
    if one.told:
        gates.append(Gate(one.code, "side", Said("侧门", "Side gate")))
    if one.bays and one.told:
        gates.append(Gate(one.code, "cars", Said("车行门", "Car gate"), GateKind.CARS))
    for gate in gates:
        await neighbourhood.gates.keeping.save(SEEDER, gate, f"seed-{gate.id}")


def _doors(one: SeededEstate) -> Sequence[Home]:
    return [Home(one.code, building, room) for building, room in one.doors]


async def _living(city: City, one: SeededEstate) -> None:
    """The demo people of an estate, what they are told, and something to mend."""
    neighbourhood, moved = city.services.community.neighbourhood, []
    for home in one.living:
        citizen = await _citizen(city, home.key)
        if citizen is None:
            continue
        wish = Wish(one.code, home.building, home.room, Relation(home.relation))
        asked = await neighbourhood.residents.ask(_named(citizen), wish, f"seed-home-{home.key}")
        key = f"seed-verify-{home.key}"
        await neighbourhood.verifying.settle(SEEDER, asked.residency.id, True, "", key)
        moved.append((citizen, asked.residency.id))
    if not moved:
        return
    until = city.clock.now() + timedelta(days=14)
    for number, notice in enumerate(notices()):
        told = NoticeWish(notice.title, notice.text, until, notice.urgent)
        await neighbourhood.keeping.publishing.publish(SEEDER, [one.code], told, f"seed-notice-{one.code}-{number}")
    citizen, residency = moved[0]
    broken = RepairWish(RepairKind.LIGHT, "三楼楼道灯不亮，晚上看不清台阶。", at_home=False, spot="3 幢三楼楼道")
    await neighbourhood.keeping.repairs.report(_named(citizen), residency, broken, f"seed-repair-{one.code}")


async def _bays(city: City, one: SeededEstate) -> None:
    """Twenty with numbers, where there is a car park that is told of; each home of the demo people has one."""
    if not (one.told and one.bays):
        return
    bays, today = city.services.community.neighbourhood.gates.bays, civil_day(city.clock.now())
    await bays.add(SEEDER, one.code, [f"A-{number:02d}" for number in range(1, 21)], f"seed-bays-{one.code}")
    for number, (building, room) in enumerate(dict.fromkeys((home.building, home.room) for home in one.living), 1):
        wish = BayWish(building, room, today, today + timedelta(days=364))
        await bays.let(SEEDER, one.code, f"A-{number:02d}", wish, f"seed-bay-{one.code}-{number}")


async def _citizen(city: City, key: str) -> str | None:
    phone = next((one.phone for one in PEOPLE if one.key == key), None)
    return await city.citizens.id_by_phone(phone) if phone else None


def _named(citizen: str) -> Viewer:
    return Viewer(role=Role.CITIZEN, actor=citizen, subject=citizen, assurance=Assurance.REAL_NAME)
