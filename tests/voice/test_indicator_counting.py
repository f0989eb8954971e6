"""Counting against a database: each change once, whoever counts; anew from the events, with nothing different."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from random import Random

import pytest

from app.core.errors import Forbidden
from app.core.viewer import Role, Viewer
from app.domains.identity.organisations.model import Kind, Level, Organisation
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.store import CaseStore
from app.domains.voice.figures.indicators.cells.errors import CountingBusy
from app.domains.voice.figures.indicators.cells.model import CITY, Deltas, Grain, deltas_of
from app.domains.voice.figures.indicators.cells.service import CountingService
from app.domains.voice.figures.indicators.cells.store import CellStore
from app.domains.voice.figures.indicators.definitions import DEFINITIONS
from app.domains.voice.figures.indicators.errors import IndicatorUnitUnknown
from app.domains.voice.figures.indicators.facts.model import CaseFacts, facts_of
from app.domains.voice.figures.indicators.model import By, Figure, Months
from app.seed.voice.lives import Lives, LivingUnit
from app.wiring import City

DAY = timedelta(days=1)
UNITS = [LivingUnit(f"unit-{n}", ("city",), f"35010{n}000000") for n in range(1, 5)]


async def kept(city: City, cases: Iterable[Case]) -> None:
    """As the store writes them; of one that is there, the newer state."""
    store = CaseStore(city.db, city.persons)
    for case in cases:
        was = await store.get(case.id)
        if was is None:
            await city.db.transaction(partial(store.add, case))
        else:
            assert await city.db.transaction(partial(store.save, case, was))


def lived(city: City, seed: int, many: int) -> list[list[Case]]:
    made, now = Lives(Random(seed), UNITS, ["a", "b", "d"]), city.clock.now()
    return [list(made.of(now - 200 * DAY + n * timedelta(hours=31), now)) for n in range(many)]


def counting(city: City) -> CountingService:
    return CountingService(city.db, CellStore(city.db), CaseStore(city.db, city.persons), city.clock)


async def cells_of(city: City) -> Deltas:
    store = CellStore(city.db)
    generation = (await store.standing()).generation
    return {cell.key: cell.flat() async for cell in store.every(generation)}  # type: ignore[misc]


def expected(facts: Iterable[CaseFacts]) -> dict[object, dict[str, int]]:
    return {key: dict(sums) for key, sums in deltas_of(facts).items()}


def without_nothing(cells: Deltas) -> dict[object, dict[str, int]]:
    kept = {key: {path: n for path, n in sums.items() if n} for key, sums in cells.items()}
    return {key: sums for key, sums in kept.items() if sums}


async def test_each_change_is_counted_once_however_often_and_by_however_many_it_is_folded(city: City) -> None:
    lives = lived(city, 3, 12)
    states = sorted((state for life in lives for state in life), key=lambda state: state.changed_at)
    for start in range(0, len(states), 9):
        await kept(city, states[start : start + 9])
        await asyncio.gather(*(counting(city).fold() for _ in range(3)))
    await counting(city).fold()
    assert without_nothing(await cells_of(city)) == expected(facts_of(life[-1]) for life in lives)


async def test_counting_anew_changes_nothing_and_a_check_finds_what_was_changed_by_hand(city: City) -> None:
    lives = lived(city, 5, 8)
    await kept(city, [life[-1] for life in lives])
    service = counting(city)
    assert await service.fold() == 8
    before = without_nothing(await cells_of(city))
    assert await service.differences() == []
    assert await service.recompute() == 8
    assert without_nothing(await cells_of(city)) == before
    assert await service.differences() == []
    assert await service.fold() == 0

    await city.db["case_cells"].update_one({"n.all.filed": {"$gt": 0}}, {"$inc": {"n.all.filed": 7}})
    assert [one.counted - one.found for one in await service.differences()] == [7]
    assert await service.recompute() == 8
    assert await service.differences() == []


async def test_a_check_of_a_city_that_goes_on_speaks_of_the_counting_not_of_its_delay(city: City) -> None:
    lives = lived(city, 9, 8)
    states = sorted((state for life in lives for state in life), key=lambda state: state.changed_at)
    service = counting(city)
    await kept(city, states[:-5])
    await service.fold()
    await kept(city, states[-5:])  # not folded yet, and no difference
    assert await service.differences() == []
    await service.fold()
    assert await service.differences() == []


async def test_nobody_folds_or_counts_anew_while_somebody_counts_anew(city: City) -> None:
    await kept(city, [life[-1] for life in lived(city, 2, 4)])
    store, service = CellStore(city.db), counting(city)
    await store.open()
    standing, now = await store.standing(), city.clock.now()
    assert await store.occupy(standing, now + timedelta(minutes=5), now)
    assert await service.fold() == 0
    with pytest.raises(CountingBusy):
        await service.recompute()
    with pytest.raises(CountingBusy):
        await service.differences()
    assert await store.settle(now + timedelta(minutes=5), None)
    assert await service.fold() == 4


async def organised(city: City) -> None:
    service = city.services.organisations
    nodes = [Organisation("city", "Fuzhou", Kind.GOVERNMENT, Level.CITY, path=())]
    for n in range(1, 5):
        nodes.append(
            Organisation(
                f"unit-{n}", f"Unit {n}", Kind.DEPARTMENT, Level.COUNTY, "city", ("city",), frozenset({"cases"})
            )
        )
    service.tree.put(nodes)


async def test_a_board_is_what_the_cases_say(city: City) -> None:
    await organised(city)
    lives = lived(city, 11, 40)
    await kept(city, [life[-1] for life in lives])
    await counting(city).fold()
    reading = city.services.voice.indicators.reading
    months = reading.now(9)
    board = await reading.board(months)
    facts = [facts_of(life[-1]) for life in lives]

    def total(what: str, unit: str | None = None) -> int:
        return sum(c.n for one in facts for c in one.counts if c.what == what and unit in (None, c.unit))

    for definition in DEFINITIONS.values():
        figure = Figure.of(definition, board.sums)
        assert figure.top == total(definition.top)
        assert definition.bottom is None or figure.bottom == total(definition.bottom)
    for by in (By.KIND, By.CHANNEL, By.DISTRICT):
        assert sum(part.sums["filed"] for part in board.parts[by]) == 40
    assert sum(part.sums.get("filed", 0) for part in board.trend) == 40
    by_unit = {part.value: part.sums for part in board.parts[By.UNIT]}
    assert {unit: sums.get("replied", 0) for unit, sums in by_unit.items() if unit.startswith("unit")} == {
        f"unit-{n}": total("replied", f"unit-{n}") for n in range(1, 5)
    }

    own = await reading.board(months, "unit-2")
    assert own.sums["dispatched"] == total("dispatched", "unit-2")
    below = await reading.board(months, "city")
    assert below.sums["dispatched"] == total("dispatched")
    assert {part.value for part in below.parts[By.UNIT]} == {f"unit-{n}" for n in range(1, 5)}
    days = await reading.days()
    assert len(days) == 31


async def test_a_unit_reads_itself_and_what_is_below_it_and_the_centre_reads_all(city: City) -> None:
    await organised(city)
    reading, months = city.services.voice.indicators.reading, Months("2026-01", "2026-01")

    def staff(organisation: str, *scopes: str) -> Viewer:
        return Viewer(role=Role.PROVIDER_STAFF, actor="x", organisation=organisation, scopes=frozenset(scopes))

    async def scope(viewer: Viewer, unit: str | None, centre: bool = False) -> str | None:
        board = await (reading.of_centre if centre else reading.of_unit)(viewer, months, unit, ())
        return board.scope if board else None

    assert await scope(staff("unit-1", "cases"), None) == "unit-1"
    assert await scope(staff("city", "cases"), "unit-1") == "unit-1"
    assert await scope(staff("unit-1", "cases:centre"), None, centre=True) == CITY
    assert await scope(staff("unit-1", "cases:centre"), "unit-2", centre=True) == "unit-2"
    assert await scope(staff("unit-1", "cases:centre"), "nowhere", centre=True) is None
    for unit in ("unit-2", "city", CITY, "nowhere"):
        assert await scope(staff("unit-1", "cases"), unit) is None
    for centre in (False, True):
        with pytest.raises(Forbidden):
            await scope(staff("unit-1", "cases:grid"), None, centre)
    with pytest.raises(IndicatorUnitUnknown):
        await reading.board(months, "nowhere", ())


async def test_a_wave_of_reports_is_found_once_and_kept_with_its_first_day(city: City, clock: object) -> None:
    spots, store = city.services.voice.indicators.hotspots, CellStore(city.db)
    await store.open()
    now = city.clock.now()

    def filed(days_ago: int, count: int) -> list[CaseFacts]:
        made = Lives(Random(days_ago), UNITS[:1], ["flood"])
        at = now - days_ago * DAY
        return [facts_of(made.begun(at)[0]) for _ in range(count)]

    usual = [one for week in range(1, 9) for one in filed(7 * week, 2)]
    await store.add(1, deltas_of(usual))
    assert (await spots.look()).spots == ()
    await store.add(1, deltas_of(filed(1, 14)))
    (spot,) = (await spots.look()).spots
    assert (spot.count, spot.usual, spot.weeks) == (14, 2.0, (2,) * 8)
    assert (await spots.look()).spots == (spot,)
    latest = await spots.latest()
    assert latest is not None
    assert latest.spots == (spot,)
    assert Grain.DAY
