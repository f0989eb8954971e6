"""Who is in the seeded city: units, providers with their clients and staff, the desk, and demo citizens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from app.core.ids import new_id, new_secret
from app.core.mongo import Tx
from app.core.viewer import Role, Viewer
from app.domains.identity.citizens.model import Citizen
from app.domains.identity.clients.model import IssuedSecret
from app.domains.identity.guardians.model import GuardianshipState, WardScope
from app.domains.identity.guardians.service import NewWard
from app.domains.identity.onboarding.model import Form
from app.domains.identity.organisations.errors import CreditCodeTaken
from app.domains.identity.organisations.model import Kind, Level, Organisation
from app.domains.identity.staff.model import StaffRole
from app.seed.demo import SEEDER, Demo, Progress, as_citizen
from app.wiring import City
from mocks.city import APPLICANTS, DEMO_PEOPLE, ELDERS, PEOPLE, PROVIDERS, UNITS, Applicant, Provider, Unit, UnitLevel
from mocks.people import DemoPerson, Person

_DEPARTMENTS = tuple(unit for unit in UNITS if unit.level is UnitLevel.DEPARTMENT)
_OF_DEPARTMENTS = frozenset(
    {"catalogue", "applications", "appointments", "answers", "data", "verify:licence", "verify:service_hall", "notify"}
)
_TEST_CITIZENS = 4
_STAFF_AT = ("first-hospital",)
_DESK = {
    StaffRole.ADMINISTRATOR: "陈运行",
    StaffRole.OPERATOR: "黄值班",
    StaffRole.AUDITOR: "郑审计",
    StaffRole.VIEWER: "吴查看",
}


async def seed_identity(city: City, demo: Demo, units: Sequence[Unit], say: Progress) -> None:
    """Units, providers and their clients, staff, and people with their cards."""
    say(f"{len(units)} units, {len(_DEPARTMENTS)} departments and {len(PROVIDERS)} providers")
    await seed_organisations(city, units)
    await _clients(city, demo)
    await _applicants(city, demo)
    await _staff(city, demo)
    await _desk(city, demo)
    say(f"{len(PEOPLE)} people in their households")
    await _people(city, demo)


async def seed_organisations(city: City, units: Sequence[Unit]) -> None:
    await city.services.organisations.import_units(SEEDER, _as_csv(units))
    for node in (*map(_department, _DEPARTMENTS), *map(_provider, PROVIDERS)):
        await city.services.organisations.put(SEEDER, node)


def _as_csv(units: Sequence[Unit]) -> bytes:
    rows = (f"{unit.code},{unit.parent or ''},{unit.name},{unit.level.value},{unit.name_en or ''}\n" for unit in units)
    return "".join(("code,parent,name,level,name_en\n", *rows)).encode()


def _department(unit: Unit) -> Organisation:
    return Organisation(
        code=unit.code,
        name=unit.name,
        name_en=unit.name_en or "",
        kind=Kind.DEPARTMENT,
        level=Level.CITY,
        parent=unit.parent,
        scopes=_OF_DEPARTMENTS,
    )


def _provider(provider: Provider) -> Organisation:
    return Organisation(
        code=provider.key,
        name=provider.name,
        name_en=provider.name_en,
        kind=Kind(provider.kind.value),
        parent=provider.unit,
        scopes=frozenset(provider.scopes),
    )


async def _clients(city: City, demo: Demo) -> None:
    for provider in PROVIDERS:
        made = await city.services.clients.create(SEEDER, provider.key, provider.name, provider.scopes)
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
        name_en=one.name_en,
        credit_code=one.credit_code,
        kind=Kind(one.kind.value),
        contact_name=one.contact_name,
        contact_phone=one.contact_phone,
        scopes=frozenset(one.scopes),
        purpose=one.purpose,
        parent=one.unit,
    )
    number = (await onboarding.apply(SEEDER, form, f"seed-apply-{one.key}")).number
    if one.trial:
        await onboarding.take_up(SEEDER, number, f"seed-review-{one.key}")
        await onboarding.approve(SEEDER, number, one.scopes, f"seed-approve-{one.key}")
        await city.services.trials.make_for(SEEDER, one.credit_code, _TEST_CITIZENS, f"seed-citizens-{one.key}")


async def _test_client(city: City, one: Applicant) -> IssuedSecret:
    """A fresh one each time: secrets are not kept."""
    return await city.services.clients.create(SEEDER, one.credit_code, one.name, one.scopes, test_mode=True)


async def _staff(city: City, demo: Demo) -> None:
    """A demo login, with a fresh password, where a person at a counter verifies codes."""
    for organisation in _STAFF_AT:
        login, password = f"gate-{new_id()[-6:]}", new_secret(128)
        made = await city.services.staff.enrol(SEEDER, organisation, login, "林门岗", password, [StaffRole.GATE])
        demo.staff.append(
            {"organisation": organisation, "login": login, "password": password, "totp_uri": made.totp_uri}
        )


async def _desk(city: City, demo: Demo) -> None:
    """A login of the ops desk for each of its roles, with a fresh password."""
    for role, name in _DESK.items():
        login, password = f"{role.value}-{new_id()[-6:]}", new_secret(128)
        made = await city.services.staff.enrol(SEEDER, None, login, name, password, [role])
        demo.desk.append({"role": role.value, "login": login, "password": password, "totp_uri": made.totp_uri})


async def _people(city: City, demo: Demo) -> None:
    unverified = {one.person.key for one in DEMO_PEOPLE if not one.verified}
    accounts = {person.key: await _account(city, person) for person in PEOPLE if person.phone}
    for person in PEOPLE:
        if person.key in accounts and person.key not in unverified:
            await _verified_with_card(city, accounts[person.key], person)
    await _wards(city, accounts, unverified)
    await seed_elders(city, accounts)
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
            as_citizen(citizen), person.name, person.id_number, f"seed-verify-{person.key}"
        )
    await city.services.cards.issue(as_citizen(citizen), f"seed-card-{person.key}")


async def _wards(city: City, accounts: dict[str, str], unverified: set[str]) -> None:
    """Each child without a phone gets a parent as guardian, and a family card."""
    for child in PEOPLE:
        parent = next((key for key in child.parents if key in accounts and key not in unverified), None)
        if child.phone is not None or parent is None:
            continue
        scopes = frozenset(WardScope)
        made = await city.services.guardians.add_ward(
            as_citizen(accounts[parent]), NewWard(child.name, child.id_number, scopes), f"seed-ward-{child.key}"
        )
        guardian = Viewer(role=Role.CITIZEN, actor=accounts[parent], subject=made.ward)
        await city.services.cards.issue(guardian, f"seed-card-{child.key}")


async def seed_elders(city: City, accounts: Mapping[str, str]) -> None:
    """Whom a child of theirs acts for: proposed by the one, and agreed to by the other in his own account."""
    people = {person.key: person for person in PEOPLE}
    for guardian, ward in ELDERS:
        elder, scopes = people[ward], frozenset(WardScope)
        wish = NewWard(elder.name, elder.id_number, scopes)
        made = await city.services.guardians.add_ward(as_citizen(accounts[guardian]), wish, f"seed-elder-{ward}")
        if made.state is GuardianshipState.PROPOSED:
            await city.services.guardians.accept(as_citizen(accounts[ward]), made.id, f"seed-agreed-{made.id}")


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
