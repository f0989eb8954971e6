"""Merchants of the seeded city: their organisations and profiles; at three of them a client, a cashier, a manager."""

from __future__ import annotations

from dataclasses import replace

from app.core.ids import new_id, new_secret
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.identity.staff.model import StaffRole
from app.domains.payment.merchants.model import Category
from app.domains.payment.merchants.service import MANAGE, TAKE, Profile
from app.seed.demo import SEEDER, Demo, Progress
from app.wiring import City
from mocks.merchants import SeedMerchant, merchants

SCOPES = (TAKE, MANAGE, "webhooks")
_MANAGER = "掌柜"


async def seed_merchants(city: City, demo: Demo, say: Progress) -> None:
    say(f"{len(merchants())} merchants")
    for one in merchants():
        await _organisation(city, one)
        profile = Profile.parse(one.name, Category[one.category], one.fee)
        await city.services.payment.merchants.put(SEEDER, one.key, profile, f"seed-merchant-{one.key}")
        if one.cashier is not None:
            await _till(city, demo, one)


async def _organisation(city: City, one: SeedMerchant) -> None:
    """What is an organisation already takes payments from now on, too."""
    known = city.services.organisations.tree.get(one.key)
    node = known or Organisation(one.key, one.name, Kind.MERCHANT, parent=one.unit, name_en=one.name_en)
    await city.services.organisations.put(SEEDER, replace(node, scopes=node.scopes | frozenset(SCOPES)))


async def _till(city: City, demo: Demo, one: SeedMerchant) -> None:
    made = await city.services.clients.create(SEEDER, one.key, one.name, SCOPES)
    demo.payees.append(
        {
            "organisation": one.key,
            "name": one.name,
            "name_en": one.name_en,
            "kind": Kind.MERCHANT.value,
            "scopes": list(SCOPES),
            "client_id": made.client,
            "client_secret": made.secret,
        }
    )
    await _staff(city, demo, one.key, "cashier", one.cashier or "", StaffRole.CASHIER)
    await _staff(city, demo, one.key, "manager", _MANAGER, StaffRole.SUPERVISOR)


async def _staff(city: City, demo: Demo, organisation: str, login: str, name: str, role: StaffRole) -> None:
    login, password = f"{login}-{new_id()[-6:]}", new_secret(128)
    made = await city.services.staff.enrol(SEEDER, organisation, login, name, password, [role])
    said = {"organisation": organisation, "role": role.value, "login": login, "password": password}
    demo.staff.append({**said, "totp_uri": made.totp_uri})
