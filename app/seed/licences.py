"""Licences in the wallets of the seeded people, issued by the city's own service."""

from __future__ import annotations

from dataclasses import replace

from app.core.clock import civil_day
from app.core.viewer import Viewer
from app.domains.identity.citizens.model import IdNumber
from app.seed.demo import SEEDER, Progress
from app.wiring import City
from mocks.city import PEOPLE
from mocks.licences import HeldLicence, licences
from virtual_card.licences.model import Order


async def seed_licences(city: City, say: Progress) -> None:
    """One of each that the data names, for who is there and verified; who has one of the kind keeps it."""
    numbers, issued = {person.key: person.id_number for person in PEOPLE}, 0
    wallets: dict[str, tuple[str, set[str]] | None] = {}
    for wanted in licences(civil_day(city.clock.now())):
        if wanted.person not in wallets:
            wallets[wanted.person] = await _wallet(city, numbers[wanted.person])
        wallet = wallets[wanted.person]
        if wallet is not None and wanted.kind not in wallet[1]:
            await city.services.licences.issue_at_desk(_unit(wanted), _order(wallet[0], wanted), _key(wanted))
            issued += 1
    say(f"{issued} licences in the wallets")


async def _wallet(city: City, number: str) -> tuple[str, set[str]] | None:
    """The citizen and the kinds he holds; None when he has not proven who he is."""
    citizen = await city.citizens.id_by_real_name(IdNumber.parse(number))
    if citizen is None:
        return None
    return citizen, {licence.kind for licence in await city.services.licences.held_by(citizen)}


def _unit(wanted: HeldLicence) -> Viewer:
    return replace(SEEDER, organisation=wanted.unit)


def _order(citizen: str, wanted: HeldLicence) -> Order:
    return Order(citizen, wanted.kind, wanted.unit, wanted.facts, valid_from=wanted.since, valid_until=wanted.until)


def _key(wanted: HeldLicence) -> str:
    return f"seed-{wanted.person}-{wanted.kind}"[:64]
