"""The seeded city: units, providers with their clients, and demo citizens, made through the city's own services.

Everything can be repeated: what is there is left alone. What a newcomer needs to try it (phones of demo people,
client credentials, staff logins) is written to a file that only its owner can read.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from app.core.ids import new_id, new_secret
from app.core.mongo import Tx
from app.core.viewer import Role, Viewer
from app.domains.identity.citizens.model import Citizen
from app.domains.identity.clients.model import IssuedSecret
from app.domains.identity.guardians.model import WardScope
from app.domains.identity.guardians.service import NewWard
from app.domains.identity.onboarding.model import Form
from app.domains.identity.organisations.errors import CreditCodeTaken
from app.domains.identity.organisations.model import Kind, Level, Organisation
from app.domains.identity.staff.model import StaffRole
from app.wiring import City
from mocks.city import APPLICANTS, DEMO_PEOPLE, PEOPLE, PROVIDERS, UNITS, Applicant, Provider, Unit
from mocks.people import DemoPerson, Person

_SEEDER = Viewer(role=Role.OPS, actor="seed", roles=frozenset({StaffRole.ADMINISTRATOR.value}))
_TEST_CITIZENS = 4
_STAFF_AT = ("first-hospital",)
_DESK = {
    StaffRole.ADMINISTRATOR: "陈运行",
    StaffRole.OPERATOR: "黄值班",
    StaffRole.AUDITOR: "郑审计",
    StaffRole.VIEWER: "吴查看",
}
Progress = Callable[[str], None]


@dataclass(slots=True)
class Demo:
    """What is shown to a newcomer: `as_json` is the demo file."""

    people: list[dict[str, Any]] = field(default_factory=list)
    providers: list[dict[str, Any]] = field(default_factory=list)
    staff: list[dict[str, Any]] = field(default_factory=list)
    desk: list[dict[str, Any]] = field(default_factory=list)
    trials: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=2)


async def seed(city: City, demo_file: Path, say: Progress) -> None:
    """Fill an empty city, and keep what a newcomer needs in `demo_file`.

    Raises what the services raise: a seed that fails is seen, and run again.
    """
    if await asyncio.to_thread(demo_file.exists) and city.services.organisations.tree.nodes:
        say("the city is there already")
        return
    demo = Demo()
    say(f"{len(UNITS)} units and {len(PROVIDERS)} providers")
    await _organisations(city)
    await _clients(city, demo)
    await _applicants(city, demo)
    await _staff(city, demo)
    await _desk(city, demo)
    say(f"{len(PEOPLE)} people in their households")
    await _people(city, demo)
    await asyncio.to_thread(_write, demo_file, demo.as_json())


async def _organisations(city: City) -> None:
    nodes = [*map(_unit, UNITS), *map(_provider, PROVIDERS)]
    for node in nodes:
        await city.services.organisations.put(_SEEDER, node)


def _unit(unit: Unit) -> Organisation:
    if unit.level.value == "department":
        return Organisation(unit.code, unit.name, Kind.DEPARTMENT, Level.CITY, unit.parent)
    return Organisation(unit.code, unit.name, Kind.GOVERNMENT, Level(unit.level.value), unit.parent)


def _provider(provider: Provider) -> Organisation:
    return Organisation(
        code=provider.key,
        name=provider.name,
        kind=Kind(provider.kind.value),
        parent=provider.unit,
        scopes=frozenset(provider.scopes),
    )


async def _clients(city: City, demo: Demo) -> None:
    for provider in PROVIDERS:
        made = await city.services.clients.create(_SEEDER, provider.key, provider.name, provider.scopes)
        demo.providers.append(_credentials(provider, provider.key, made))


def _credentials(of: Provider | Applicant, organisation: str, made: IssuedSecret) -> dict[str, Any]:
    return {
        "organisation": organisation,
        "name": of.name,
        "name_en": of.name_en,
        "kind": of.kind.value,
        "scopes": list(of.scopes),
        "client_id": made.client,
        "client_secret": made.secret,
    }


async def _applicants(city: City, demo: Demo) -> None:
    """One application waits at the desk; another was let in for tests and has its test citizens."""
    for one in APPLICANTS:
        with suppress(CreditCodeTaken):  # it applied when the city was seeded before
            await _apply(city, one)
        if one.trial:
            demo.trials.append(_credentials(one, one.credit_code, await _test_client(city, one)))


async def _apply(city: City, one: Applicant) -> None:
    onboarding = city.services.onboarding
    form = Form(
        name=one.name,
        credit_code=one.credit_code,
        kind=Kind(one.kind.value),
        contact_name=one.contact_name,
        contact_phone=one.contact_phone,
        scopes=frozenset(one.scopes),
        purpose=one.purpose,
        parent=one.unit,
    )
    number = (await onboarding.apply(_SEEDER, form, f"seed-apply-{one.key}")).number
    if one.trial:
        await onboarding.take_up(_SEEDER, number, f"seed-review-{one.key}")
        await onboarding.approve(_SEEDER, number, one.scopes, f"seed-approve-{one.key}")
        await city.services.trials.make_for(_SEEDER, one.credit_code, _TEST_CITIZENS, f"seed-citizens-{one.key}")


async def _test_client(city: City, one: Applicant) -> IssuedSecret:
    """A fresh one each time: secrets are not kept."""
    return await city.services.clients.create(_SEEDER, one.credit_code, one.name, one.scopes, test_mode=True)


async def _staff(city: City, demo: Demo) -> None:
    """A demo login, with a fresh password, where a person at a counter verifies codes."""
    for organisation in _STAFF_AT:
        login, password = f"gate-{new_id()[-6:]}", new_secret(128)
        made = await city.services.staff.enrol(_SEEDER, organisation, login, "林门岗", password, [StaffRole.GATE])
        demo.staff.append(
            {"organisation": organisation, "login": login, "password": password, "totp_uri": made.totp_uri}
        )


async def _desk(city: City, demo: Demo) -> None:
    """A login of the ops desk for each of its roles, with a fresh password."""
    for role, name in _DESK.items():
        login, password = f"{role.value}-{new_id()[-6:]}", new_secret(128)
        made = await city.services.staff.enrol(_SEEDER, None, login, name, password, [role])
        demo.desk.append({"role": role.value, "login": login, "password": password, "totp_uri": made.totp_uri})


async def _people(city: City, demo: Demo) -> None:
    unverified = {one.person.key for one in DEMO_PEOPLE if not one.verified}
    accounts = {person.key: await _account(city, person) for person in PEOPLE if person.phone}
    for person in PEOPLE:
        if person.key in accounts and person.key not in unverified:
            await _verified_with_card(city, accounts[person.key], person)
    await _wards(city, accounts, unverified)
    demo.people.extend(map(_shown, DEMO_PEOPLE))


async def _account(city: City, person: Person) -> str:
    assert person.phone is not None
    known = await city.citizens.id_by_phone(person.phone)
    if known is not None:
        return known
    citizen = Citizen(id=new_id(), created_at=city.clock.now(), phone=person.phone)

    async def work(tx: Tx) -> None:
        await city.citizens.add(citizen, tx)

    await city.db.transaction(work)
    return citizen.id


async def _verified_with_card(city: City, citizen: str, person: Person) -> None:
    found = await city.citizens.get(citizen)
    if found is None or not found.verified:
        await city.services.verification.verify(
            _as(citizen), person.name, person.id_number, f"seed-verify-{person.key}"
        )
    await city.services.cards.issue(_as(citizen), f"seed-card-{person.key}")


async def _wards(city: City, accounts: dict[str, str], unverified: set[str]) -> None:
    """Each child without a phone gets a parent as guardian, and a family card."""
    for child in PEOPLE:
        parent = next((key for key in child.parents if key in accounts and key not in unverified), None)
        if child.phone is not None or parent is None:
            continue
        scopes = frozenset(WardScope)
        made = await city.services.guardians.add_ward(
            _as(accounts[parent]), NewWard(child.name, child.id_number, scopes), f"seed-ward-{child.key}"
        )
        guardian = Viewer(role=Role.CITIZEN, actor=accounts[parent], subject=made.ward)
        await city.services.cards.issue(guardian, f"seed-card-{child.key}")


def _as(citizen: str) -> Viewer:
    return Viewer(role=Role.CITIZEN, actor=citizen, subject=citizen)


def _shown(demo: DemoPerson) -> dict[str, Any]:
    person = demo.person
    return {
        "name": person.name,
        "name_en": person.name_en,
        "phone": person.phone,
        "id_number": person.id_number,
        "verified": demo.verified,
        "line_zh": demo.line_zh,
        "line_en": demo.line_en,
    }


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")
