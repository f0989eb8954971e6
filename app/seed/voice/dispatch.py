"""The centre and the units of the seeded city that handle cases, and the rules of its dispatch."""

from __future__ import annotations

from app.domains.identity.organisations.model import Kind, Level, Organisation
from app.seed.demo import SEEDER, Demo, Progress
from app.seed.government import client_of
from app.wiring import City
from mocks.dispatch import CENTRE, bureaus, dispatch_rules

_CITY = "350100000000"
_UTILITIES = ("city-water", "city-gas")
_HANDLES = frozenset({"cases", "conversations", "assets", "cases:grid", "webhooks"})
_CENTRE = frozenset({"cases:centre", "conversations", "webhooks"})
# Of these a newcomer gets a client: the centre, a bureau of a county, that county, the water company.
_SHOWN = (CENTRE[0], "350102-cgj", "350102000000", "city-water")


async def seed_units(city: City, demo: Demo, say: Progress) -> None:
    """All governments and departments handle cases; each county has bureaus of its own."""
    organisations = city.services.organisations
    tree = organisations.tree
    counties = {one.code: (one.name, one.name_en) for one in tree.under(_CITY) if one.level is Level.COUNTY}
    made = [
        Organisation(
            one.code, one.name, Kind.DEPARTMENT, Level.COUNTY, one.county, scopes=_HANDLES, name_en=one.name_en
        )
        for one in bureaus(counties)
    ]
    code, name, name_en, parent = CENTRE
    centre = Organisation(code, name, Kind.DEPARTMENT, Level.CITY, parent, scopes=_CENTRE, name_en=name_en)
    for node in (centre, *made):
        if tree.get(node.code) is None:
            await organisations.put(SEEDER, node)
    kinds = {Kind.GOVERNMENT, Kind.DEPARTMENT}
    handling = [one.code for one in tree.nodes.values() if one.kind in kinds and one.code != code]
    await organisations.grant(SEEDER, [*handling, *_UTILITIES], _HANDLES)
    say(f"{len(handling) + len(_UTILITIES):,} units that handle cases, and the 12345 centre")
    demo.departments += [await client_of(city, one) for one in _SHOWN]


async def seed_dispatch(city: City, say: Progress) -> None:
    """After the categories."""
    tree = city.services.organisations.tree
    counties = [one.code for one in tree.under(_CITY) if one.level is Level.COUNTY]
    done = await city.services.voice.centre.rule_imports.load(SEEDER, dispatch_rules(_CITY, counties))
    say(f"{done.fresh + done.amended + done.same} rules of dispatch")
