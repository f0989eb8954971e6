"""A past for the seeded city: cases of the last half year that are over, so that its figures say something; and a
present: some of the last hours that wait at the centre or at a unit, so that its map and its queues do.

They are anonymous: nobody of the seeded people has them in his list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from random import Random

from app.core.clock import civil_day
from app.core.mongo import Tx
from app.core.numbers import new_number
from app.domains.identity.organisations.model import Level
from app.domains.voice.cases.filing.service import PREFIX
from app.domains.voice.cases.history.model import CaseState, Identity
from app.domains.voice.cases.model import Case, Words
from app.domains.voice.cases.store import CaseStore
from app.seed.demo import Progress
from app.seed.voice.lives import Lives, LivingUnit
from app.wiring import City

_MANY, _FEW = 600, 40
_WAITING, _FEW_WAITING = 48, 6
_PAST, _LATELY = timedelta(days=180), timedelta(hours=3)
_AT_ONCE = 50
_OVER = frozenset({CaseState.CLOSED, CaseState.REFUSED})
_NOT_BEGUN = frozenset({CaseState.FILED, CaseState.ACCEPTED, CaseState.DISPATCHED})


async def seed_indicators(city: City, say: Progress, *, small: bool = False) -> None:
    """Once; then all is counted, and hot spots are looked for."""
    indicators = city.services.voice.indicators
    store, wanted = CaseStore(city.db, city.persons), _FEW if small else _MANY
    units = _units(city)
    if units and not (await indicators.reading.board(indicators.reading.now(12))).sums:
        waiting = _FEW_WAITING if small else _WAITING
        cases = [*_lived(city, units, wanted, _OVER, _PAST), *_lived(city, units, waiting, _NOT_BEGUN, _LATELY)]
        for start in range(0, len(cases), _AT_ONCE):
            await city.db.transaction(partial(_kept, store, cases[start : start + _AT_ONCE]))
        say(f"{wanted} cases of the last half year, {waiting} of this hour")
    await indicators.counting.recompute()
    await indicators.hotspots.look()


async def _kept(store: CaseStore, cases: list[Case], tx: Tx) -> None:
    for case in cases:
        await store.add(case, tx)


def _units(city: City) -> list[LivingUnit]:
    """Those that handle cases in a county of the city, around the middle of which they lie."""
    tree, shapes = city.services.organisations.tree, city.services.voice.places.shapes
    found = []
    for node in tree.nodes.values():
        county = next((one for one in (node.code, *node.path) if _is_county(city, one)), None)
        middle = shapes.middle(county) if county else None
        if county and middle and "cases" in node.scopes and node.active:
            found.append(LivingUnit(node.code, node.path, county, middle))
    return sorted(found, key=lambda unit: unit.code)


def _is_county(city: City, code: str) -> bool:
    node = city.services.organisations.tree.get(code)
    return node is not None and node.level is Level.COUNTY and code.isdigit()


def _lived(
    city: City, units: list[LivingUnit], wanted: int, states: frozenset[CaseState], past: timedelta
) -> Iterator[Case]:
    draw, now = Random(12345), city.clock.now()  # noqa: S311  (the same past each time)
    categories = [one.code for one in city.services.voice.categories.tree.leaves()]
    draw.shuffle(categories)
    lives, made = Lives(draw, units, categories, city.calendar.current), 0
    while made < wanted:
        case = lives.last(now - draw.random() * past, now)
        if case.state in states:
            made += 1
            yield _nobodys(case, now, city.services.voice.categories.tree.name(case.category, "zh-CN"))


def _nobodys(case: Case, now: datetime, about: str) -> Case:
    return replace(
        case,
        words=Words(about, f"{about}，请派人来看看。"),
        number=new_number(civil_day(now).year, PREFIX),
        owner=f"case:{case.id}",
        citizen=None,
        identity=Identity.ANONYMOUS,
        rev=1,
    )
