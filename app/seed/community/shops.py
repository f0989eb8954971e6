"""Shops with menus at the estates that are told in full, and parcels for somebody who lives there."""

from __future__ import annotations

from typing import Any

from app.core.ids import new_id
from app.core.said import Said
from app.domains.community.shops.model import Delivery, Hours, Shop, ShopKind
from app.domains.community.shops.service import SCOPE, ItemWish
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.payment.merchants.model import Category
from app.domains.payment.merchants.service import Profile
from app.seed.demo import SEEDER, Demo, Progress
from app.wiring import City
from mocks.city import PEOPLE
from mocks.estates import told_estates
from mocks.shops import parcels, shops

_SCOPES = (SCOPE, "payments", "payments:manage", "webhooks")


async def seed_shops(city: City, demo: Demo, say: Progress) -> None:
    """Where the estates are; once."""
    service = city.services.community.together.shopping.shops
    estates = tuple(await city.services.community.neighbourhood.estates.many([one.code for one in told_estates()]))
    if not estates or await service.many([shops()[0]["code"]]):
        return
    for row in shops():
        await _shop(city, demo, row, estates)
    waiting = await _parcels(city)
    say(f"{len(shops())} shops, {waiting} parcels")


async def _parcels(city: City) -> int:
    """For the first of the demo people who lives somewhere."""
    station = next(row["code"] for row in shops() if row["kind"] == ShopKind.PARCELS)
    service = city.services.community.together.shopping.parcels
    for phone in (person.phone for person in PEOPLE if person.phone):
        citizen = await city.citizens.id_by_phone(phone)
        if citizen and await city.services.community.neighbourhood.residents.living(citizen):
            for number, label in enumerate(parcels()):
                await service.announce(SEEDER, station, phone, label, f"seed-parcel-{number}")
            return len(parcels())
    return 0


async def _shop(city: City, demo: Demo, row: dict[str, Any], estates: tuple[str, ...]) -> None:
    code, name = row["code"], Said(*row["name"])
    made = Organisation(code, name.zh, Kind.MERCHANT, scopes=frozenset(_SCOPES), name_en=name.en)
    await city.services.organisations.put(SEEDER, made)
    profile = Profile.parse(name.zh, Category.CONVENIENCE, 0)
    await city.services.payment.merchants.put(SEEDER, code, profile, new_id())
    client = await city.services.clients.create(SEEDER, code, name.zh, _SCOPES)
    said = {"organisation": code, "name": name.zh, "name_en": name.en, "kind": Kind.MERCHANT.value}
    demo.payees.append({**said, "scopes": list(_SCOPES), "client_id": client.client, "client_secret": client.secret})
    service = city.services.community.together.shopping.shops
    shop = Shop(code, code, name, ShopKind(row["kind"]), Hours(*row["hours"]), Delivery(estates, *row["delivery"]))
    await service.save(SEEDER, shop, f"seed-shop-{code}")
    for number, (category, zh, en, fen, stock) in enumerate(row["items"]):
        counted = stock if stock >= 0 else None
        wish = ItemWish(Said(*category), Said(zh, en), Said(""), fen, counted, 20, Hours())
        await service.save_item(SEEDER, code, None, wish, f"seed-item-{code}-{number}")
