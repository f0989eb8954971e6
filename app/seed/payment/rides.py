"""Lines of the seeded city, what they cost, and some rides that were taken this morning."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.core.clock import civil_day
from app.core.errors import Outcome
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.payment.rides.fares.errors import FareInForce
from app.domains.payment.rides.fares.model import FareRules
from app.domains.payment.rides.service import SCOPE
from app.seed.demo import SEEDER, Demo, Progress, as_citizen
from app.seed.payment.giving import person
from app.wiring import City
from mocks.giving import SeedLine, SeedRide, seed_lines, seed_operators, seed_rides
from virtual_card.codes.model import Purpose

SCOPES = (SCOPE, Purpose.TRANSIT.scope)
_SINCE = timedelta(days=60)


async def seed_riding(city: City, demo: Demo, say: Progress) -> None:
    for key, (name, name_en) in seed_operators().items():
        await _operator(city, demo, key, name, name_en)
    for line in seed_lines():
        await _priced(city, line)
    for number, ride in enumerate(seed_rides()):
        await _taken(city, ride, f"seed-{number}")
    say(f"{len(seed_lines())} lines with their fares")


async def _operator(city: City, demo: Demo, key: str, name: str, name_en: str) -> None:
    node = city.services.organisations.tree.get(key)
    if node is None:
        return
    await city.services.organisations.put(SEEDER, replace(node, scopes=node.scopes | frozenset(SCOPES)))
    made = await city.services.clients.create(SEEDER, key, name, SCOPES)
    who = {"organisation": key, "name": name, "name_en": name_en, "kind": node.kind.value, "scopes": list(SCOPES)}
    demo.payees.append({**who, "client_id": made.client, "client_secret": made.secret})


async def _priced(city: City, one: SeedLine) -> None:
    since = civil_day(city.clock.now()) - _SINCE
    rules = FareRules(operator=one.operator, line=one.line, name=Said(*one.name), from_day=since, **one.rules)  # type: ignore[arg-type]
    try:
        await city.services.payment.rides.fares.put(SEEDER, rules)
    except FareInForce:
        return  # it was seeded on another day


async def _taken(city: City, one: SeedRide, reference: str) -> None:
    """With a code that is shown and verified, as in life."""
    citizen = await person(city, one.person)
    if citizen is None:
        return
    bus = Viewer(Role.PROVIDER_CLIENT, "seed", organisation=one.operator, scopes=frozenset(SCOPES))
    try:
        shown = await city.services.codes.show(as_citizen(citizen), Purpose.TRANSIT, f"seed-ride-{reference}")
        wish = (reference, one.line, shown.text, one.metres, f"seed-ride-{reference}")
        await city.services.payment.rides.rides.report(bus, *wish)
    except Outcome:
        return  # whoever has no card, or has ridden already
