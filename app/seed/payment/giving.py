"""Points of the seeded city: who may give them, causes, partners, what some people earned, and one red packet."""

from __future__ import annotations

from dataclasses import replace

from app.core.clock import civil_day
from app.core.errors import Outcome
from app.core.money import Money
from app.core.mongo import Tx
from app.core.said import Said
from app.core.viewer import Assurance, Role, Viewer
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.payment.packets.model import PacketKind
from app.domains.payment.packets.service import PacketWish
from app.domains.payment.points.causes.model import Cause
from app.domains.payment.points.errors import PointsShort
from app.domains.payment.points.grants.model import GrantReason, Wish
from app.domains.payment.points.grants.service import SCOPE
from app.seed.demo import SEEDER, Demo, Progress
from app.wiring import City
from mocks.city import PEOPLE
from mocks.giving import SeedGift, SeedGiver, SeedGrant, SeedPartner, seed_points

SCOPES = (SCOPE, "verify:service_hall")
_PACKET = ("chen-jingyi", "lin-xiaofeng", "搬家顺利，常来坐坐")


async def seed_giving(city: City, demo: Demo, say: Progress) -> None:
    data, points = seed_points(), city.services.payment.points
    for rank, one in enumerate(data.causes):
        cause = Cause(one.key, Said(*one.name), Said(*one.words), one.goal, True, rank)
        if await points.causes.one(one.key) is None:
            await points.causes.put(SEEDER, cause)
    tree = city.services.organisations.tree
    for partner in data.partners:
        if tree.get(partner.key) is not None:
            await points.partners.put(SEEDER, partner.key, partner.rate, Said(*partner.offers))
            await _paid_for(city, partner)
    for giver in data.givers:
        await _giver(city, demo, giver)
    for number, grant in enumerate(data.grants):
        await _granted(city, grant, f"seed-{number}")
    for gift in data.gifts:
        await _given(city, gift)
    await _packet(city)
    say(f"{len(data.causes)} good causes, {len(data.partners)} merchants that take points")


async def _paid_for(city: City, one: SeedPartner) -> None:
    """What the city pays it for a point, from the first day on."""
    rates = city.services.payment.points.rates
    if not await rates.of(one.key):
        await rates.put(SEEDER, one.key, civil_day(city.clock.now()), one.pays, "年度合作协议")


async def _giver(city: City, demo: Demo, one: SeedGiver) -> None:
    tree = city.services.organisations.tree
    known = tree.get(one.key)
    if known is None and (one.unit is None or tree.get(one.unit) is None):
        return
    node = known or Organisation(one.key, one.name[0], Kind.COMMUNITY, parent=one.unit, name_en=one.name[1])
    await city.services.organisations.put(SEEDER, replace(node, scopes=node.scopes | frozenset(SCOPES)))
    await city.services.payment.points.grants.set_budget(SEEDER, one.key, one.points, "爱心积分年度额度")
    if one.unit is not None:
        made = await city.services.clients.create(SEEDER, one.key, one.name[0], SCOPES)
        called = dict(zip(("name", "name_en"), one.name, strict=True))
        who = {"organisation": one.key, **called, "kind": node.kind.value, "scopes": list(SCOPES)}
        demo.payees.append({**who, "client_id": made.client, "client_secret": made.secret})


async def _granted(city: City, one: SeedGrant, reference: str) -> None:
    citizen = await person(city, one.to)
    if citizen is None or city.services.organisations.tree.get(one.giver) is None:
        return
    wish = Wish.of(reference, one.points, GrantReason(one.reason), one.what)

    async def work(tx: Tx) -> None:
        await city.services.payment.points.grants.give(one.giver, citizen, wish, tx)

    await city.db.transaction(work)


async def _given(city: City, one: SeedGift) -> None:
    citizen = await person(city, one.giver)
    if citizen is None:
        return
    key = f"seed-gift-{one.giver}-{one.cause}"
    try:
        await city.services.payment.points.causes.donate(_named(citizen), one.cause, one.points, key)
    except PointsShort:
        return  # who would have given him points is not there


async def _packet(city: City) -> None:
    """Waits to be opened by whoever tries the city out."""
    sender, receiver, said = _PACKET
    citizen = await person(city, sender)
    phone = next((one.phone for one in PEOPLE if one.key == receiver), None)
    if citizen is None or phone is None:
        return
    wish = PacketWish(Money(2_000), 1, PacketKind.FIXED, said, (phone,))
    try:
        await city.services.payment.packets.packets.send(_named(citizen), wish, "seed-packet-of-chen")
    except Outcome:
        return  # no money in the wallet: no gateway is served


async def person(city: City, key: str) -> str | None:
    """A demo person's id."""
    phone = next((one.phone for one in PEOPLE if one.key == key), None)
    return await city.citizens.id_by_phone(phone) if phone else None


def _named(citizen: str) -> Viewer:
    return Viewer(role=Role.CITIZEN, actor=citizen, subject=citizen, assurance=Assurance.REAL_NAME)
