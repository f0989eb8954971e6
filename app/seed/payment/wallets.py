"""Wallets of the seeded city: people who topped up on the gateway's page; one of them has withdrawn.

Where no stand-ins are served there is no page to pay on, and wallets stay empty.
"""

from __future__ import annotations

import httpx2

from app.core.errors import Unavailable
from app.core.money import Money, parse_money
from app.core.viewer import Assurance, Role, Viewer
from app.seed.demo import Demo, Progress
from app.wiring import City
from mocks.city import PEOPLE
from mocks.wallets import SeedWallet, wallets


async def seed_wallets(city: City, demo: Demo, say: Progress) -> None:
    if city.settings.mocks_url is None or city.settings.gateway_url is None:
        return
    say(f"{len(wallets())} wallets")
    phones = {person.key: person.phone for person in PEOPLE}
    async with httpx2.AsyncClient(timeout=5, trust_env=False) as http:
        for one in wallets():
            citizen = await city.citizens.id_by_phone(phones[one.key] or "")
            if citizen is not None:
                await _filled(city, http, one, citizen)


async def _filled(city: City, http: httpx2.AsyncClient, one: SeedWallet, citizen: str) -> None:
    """By keys of its own; a wallet that was used before is left alone."""
    rooms, viewer = city.services.payment.wallet, _named(citizen)
    if (await rooms.wallets.of(citizen)).opened:
        return
    try:
        for number, amount in enumerate(one.top_ups):
            await _topped_up(city, http, viewer, parse_money(amount), f"seed-top-up-{one.key}-{number}")
        if one.card and one.withdraw:
            card = await rooms.cards.bind(viewer, one.card, f"seed-card-{one.key}")
            await rooms.withdrawals.begin(viewer, card.id, parse_money(one.withdraw), None, f"seed-withdraw-{one.key}")
    except (Unavailable, httpx2.HTTPError):
        return  # the gateway does not answer: the city can be tried without money in it


async def _topped_up(city: City, http: httpx2.AsyncClient, viewer: Viewer, amount: Money, key: str) -> None:
    top_ups = city.services.payment.wallet.top_ups
    order = await top_ups.begin(viewer, amount, key)
    if order.pay_at is not None:
        await http.post(order.pay_at, data={"do": "pay"})
        await top_ups.check(viewer, order.id, f"{key}-look")


def _named(citizen: str) -> Viewer:
    return Viewer(role=Role.CITIZEN, actor=citizen, subject=citizen, assurance=Assurance.REAL_NAME)
