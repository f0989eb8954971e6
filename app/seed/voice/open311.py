"""A client of the Open311 door, and the city's neighbours, behind their stand-in."""

from __future__ import annotations

from dataclasses import replace

from app.core.paging import PageRequest
from app.core.places.model import Box
from app.domains.identity.organisations.model import Kind, Level, Organisation
from app.domains.voice.channels.neighbours.errors import NeighbourInvalid
from app.domains.voice.channels.neighbours.model import Neighbour
from app.domains.voice.channels.open311.keys.model import MOST_KEYS
from app.seed.demo import SEEDER, Demo, Progress
from app.wiring import City
from mocks.neighbours import SeededNeighbour, neighbours

_CLIENT = "市民随手拍（示例）"


async def seed_open311(city: City, demo: Demo, say: Progress) -> None:
    """After the categories. Keys are not kept: of a client that is there, the older key makes room for a fresh one."""
    keys = city.services.voice.open311_keys
    known = next((one for one in (await keys.page(PageRequest(100))).items if one.name == _CLIENT), None)
    if known is None:
        made = await keys.create(SEEDER, _CLIENT, "open311@example.cn")
    else:
        if len(known.keys) == MOST_KEYS:
            await keys.withdraw_key(SEEDER, known.id, known.keys[0].id)
        made = await keys.add_key(SEEDER, known.id)
    demo.open311.append({"name": _CLIENT, "api_key": made.api_key})
    say("a client of the Open311 door")


async def seed_neighbours(city: City, say: Progress) -> None:
    """After the categories, and where a stand-in is known by its address."""
    for one in neighbours():
        if city.services.organisations.tree.get(one.unit) is None:
            node = Organisation(one.unit, one.name, Kind.DEPARTMENT, Level.CITY, scopes=frozenset({"cases"}))
            await city.services.organisations.put(SEEDER, replace(node, name_en=one.name_en))
    url, key = city.settings.neighbour_url, city.settings.neighbour_key
    if url is None or key is None:
        return
    for one in neighbours():
        try:
            await city.services.voice.neighbours.put(SEEDER, _known(city, one, str(url)), key.get_secret_value())
            say(f"{one.name}, a neighbouring city")
        except NeighbourInvalid as refused:
            say(f"{one.name} is not reached: {refused.field}")


def _known(city: City, one: SeededNeighbour, url: str) -> Neighbour:
    tree = city.services.voice.categories.tree
    groups = {leaf.code: tree.path(leaf.code)[0].code for leaf in tree.leaves()}
    return Neighbour(
        code=one.code,
        name=one.name,
        unit=one.unit,
        url=url,
        service=one.service,
        jurisdiction=one.jurisdiction,
        services={code: one.groups[group] for code, group in groups.items() if group in one.groups},
        boxes=(Box(*one.box),),
    )
