"""A city with many cases: lives lived by the rules of the case, rows made by the stores, each life many times.

Twenty thousand lives are lived (`app/seed/voice/lives.py`): kinds, channels, categories, returns, ratings, times
over two years as a city has them. Each is then kept so many times as the city is large, every time with an id, a
number, a citizen, a place and sealed words of its own. The indicators' sums are those of the lives, so many times.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pymongo import MongoClient, WriteConcern

from app.core.collections import COLLECTIONS
from app.core.mongo import index_model
from app.core.person_keys import PersonKey
from app.core.places.model import AREA, Point, cell_of
from app.core.viewer import Role, Viewer
from app.domains.identity.organisations.model import Kind, Level, Organisation
from app.domains.voice.cases.history.model import Identity
from app.domains.voice.cases.model import Case, Words
from app.domains.voice.cases.store import _row, _sealed
from app.domains.voice.figures.indicators.cells.model import Deltas, deltas_of
from app.domains.voice.figures.indicators.cells.store import CellStore
from app.domains.voice.figures.indicators.facts.model import facts_of
from app.domains.voice.public.alike.model import KEPT, Signs, words_of
from app.domains.voice.public.alike.store import SignStore
from app.domains.voice.public.alike.store import _row as signs_row
from app.seed.voice.categories import seed_categories
from app.seed.voice.lives import Lives, LivingUnit
from app.seed.voice.places import seed_places
from app.wiring import City
from mocks.divisions import governments

FILE = Path(__file__).resolve().parents[2] / "shared/data/divisions_fujian.csv"
_LIVES = 20_000
_CITIZENS = 2_000
_YEARS = timedelta(days=730)
_PER_BATCH = 4_000
_KEPT_IN_HAND = 4_000
_IN_HAND = 200
_OPS = Viewer(role=Role.OPS, actor="bench")


@dataclass(slots=True)
class VoiceCity:
    """`some`: ids of cases with their citizens; `in_hand`: some as the centre has them."""

    city: City
    cases: int
    units: list[str]
    categories: list[str]
    points: list[Point]
    some: list[tuple[str, str]]
    texts: list[str]
    in_hand: list[Case]

    def words(self) -> str:
        return random.choice(self.texts)


async def settled(city: City, uri: str, cases: int) -> VoiceCity:
    units, quiet = await _units(city), lambda text: None
    await seed_categories(city, quiet)
    await seed_places(city, quiet)
    await _ruled(city, units)
    shapes = city.services.voice.places.shapes
    middles = [middle for code, _ in shapes.outlines() if (middle := shapes.middle(code)) is not None]
    tree = city.services.voice.categories.tree
    categories = [one.code for one in tree.leaves()]
    random.Random(1).shuffle(categories)
    texts = [
        f"{tree.name(code, 'zh-CN')}，反映多次没有处理，影响居民出行，请尽快安排人员到现场。" for code in categories
    ]
    now = city.clock.now()
    living = [LivingUnit(one.code, one.path, _district(one), random.Random(one.code).choice(middles)) for one in units]
    lives = Lives(random.Random(7), living, categories)
    patterns = _lived(lives, now, min(cases, _LIVES))
    keys = await _keys(city)
    in_hand = [one for one in patterns if one.place.asset is None]
    voice = VoiceCity(city, cases, [one.code for one in units], categories, [], [], texts, in_hand[:_IN_HAND])
    await _stored(voice, uri, patterns, keys)
    return voice


async def _units(city: City) -> list[Organisation]:
    """The tree of the file where it is, else the seeded one; all of them handle cases."""
    service = city.services.organisations
    if FILE.exists():
        await service.import_units(_OPS, FILE.read_bytes())
    else:
        print(f"{FILE} is not there: the seeded units are taken")
        for one in governments():
            level = Level(one.level.value)
            await service.put(_OPS, Organisation(one.code, one.name, Kind.GOVERNMENT, level, one.parent))
    return [node for node in service.tree.nodes.values() if node.kind is Kind.GOVERNMENT]


async def _ruled(city: City, units: list[Organisation]) -> None:
    """Every unit handles cases, and has a rule for each top of the tree of categories; it is its own fallback."""
    voice, codes = city.services.voice, [unit.code for unit in units]
    await city.services.organisations.grant(_OPS, codes, {"cases"})
    tops = [one.code for one in voice.categories.tree.nodes.values() if one.parent is None]
    rules = [{"category": top, "division": code, "unit": code} for top in tops for code in codes]
    fallbacks = [{"table": "fallbacks", "division": code, "unit": code} for code in codes]
    await voice.centre.rule_imports.load(_OPS, [*rules, *fallbacks])


def _district(unit: Organisation) -> str:
    return f"{unit.code[:6]}000000"


def _lived(lives: Lives, now: datetime, many: int) -> list[Case]:
    draw = random.Random(11)
    return [replace(lives.last(now - draw.random() * _YEARS, now), rev=1) for _ in range(many)]


async def _keys(city: City) -> list[tuple[str, PersonKey]]:
    made: list[tuple[str, PersonKey]] = []

    async def work(tx: Any, names: Sequence[str]) -> list[tuple[str, PersonKey]]:
        return [(name, await city.persons.sealing(name, tx)) for name in names]

    for start in range(0, _CITIZENS, 200):
        names = [f"citizen-{n}" for n in range(start, start + 200)]
        made += await city.db.transaction(lambda tx, names=names: work(tx, names))  # type: ignore[misc]
    return made


async def _stored(voice: VoiceCity, uri: str, patterns: list[Case], keys: list[tuple[str, PersonKey]]) -> None:
    """Without indexes, which are then built. Each row is that of the store."""
    city, times = voice.city, Counter[int]()
    for n in range(voice.cases):
        times[n % len(patterns)] += 1
    await city.db["cases"].drop()
    await asyncio.to_thread(_write, voice, uri, patterns, keys)
    await city.db.prepare()
    await _cells(city, patterns, times)


def _write(voice: VoiceCity, uri: str, patterns: list[Case], keys: list[tuple[str, PersonKey]]) -> None:
    since = voice.city.clock.now() - KEPT
    signs = SignStore(voice.city.db, voice.city.ring)
    hashed = {text: signs.hashed(words_of(text)) for text in voice.texts}
    texts = dict(zip(voice.categories, voice.texts, strict=True))
    with MongoClient[dict[str, Any]](uri) as client:
        quick = WriteConcern(w=1, j=False)
        names = ("cases", "case_numbers", "case_signs")
        cases, numbers, kept = (client[voice.city.db.name].get_collection(name, write_concern=quick) for name in names)
        for batch in _batches(voice, patterns, keys, texts):
            cases.insert_many([row for row, _ in batch], ordered=False)
            numbers.insert_many([{"_id": row["number"], "case": row["_id"]} for row, _ in batch], ordered=False)
            near = [
                {
                    "_id": row["_id"],
                    **signs_row(
                        Signs(row["_id"], point, row["category"], hashed[texts[row["category"]]], row["filed_at"])
                    ),
                }
                for row, point in batch
                if row["filed_at"] >= since
            ]
            if near:
                kept.insert_many(near, ordered=False)
        # Here, where nothing has a time limit: an index of a million rows takes longer than a request may.
        for collection in (cases, numbers, kept):
            indexes = [index_model(index) for index in COLLECTIONS[collection.name].indexes]
            if indexes:
                collection.create_indexes(indexes)


def _batches(
    voice: VoiceCity, patterns: list[Case], keys: list[tuple[str, PersonKey]], texts: dict[str, str]
) -> Iterator[list[tuple[dict[str, Any], Point]]]:
    draw, rows = random.Random(13), [_row(case) for case in patterns]
    batch: list[tuple[dict[str, Any], Point]] = []
    for n in range(voice.cases):
        pattern, row = patterns[n % len(patterns)], rows[n % len(patterns)]
        assert pattern.place.point is not None
        citizen, key = keys[draw.randrange(len(keys))]
        point = Point(
            pattern.place.point.latitude + draw.gauss(0, 0.01), pattern.place.point.longitude + draw.gauss(0, 0.01)
        )
        batch.append((_copy(pattern, row, citizen, key, point, texts[pattern.category]), point))
        if n % max(voice.cases // _KEPT_IN_HAND, 1) == 0:
            voice.some.append((batch[-1][0]["_id"], citizen))
            voice.points.append(point)
        if len(batch) == _PER_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _copy(pattern: Case, row: dict[str, Any], citizen: str, key: PersonKey, point: Point, text: str) -> dict[str, Any]:
    """The pattern's row with an id of its own wherever one stands in it, and sealed anew."""
    id_ = _id_at(pattern.filed_at)
    own = replace(pattern, id=id_, owner=citizen, words=Words("", text))
    made = {
        **row,
        "_id": id_,
        "number": f"SQ-{id_}",
        "owner": citizen,
        "citizen": citizen,
        "identity": Identity.NAMED.value,
        "place": {**row["place"], "point": {"latitude": point.latitude, "longitude": point.longitude}},
        "cell": cell_of(point),
        "area": cell_of(point, AREA),
        **{name: f"{row[name].partition('~')[0]}~{id_}" for name in ("turn", "look") if row.get(name)},
        **_sealed(own, key),
    }
    return {name: value for name, value in made.items() if value is not None}


def _id_at(at: datetime) -> str:
    """A UUIDv7 of that moment (RFC 9562)."""
    moment, rest = int(at.timestamp() * 1_000), secrets.randbits(74)
    whole = (moment << 80) | (0x7 << 76) | ((rest >> 62) << 64) | (0b10 << 62) | (rest & ((1 << 62) - 1))
    return str(uuid.UUID(int=whole))


async def _cells(city: City, patterns: list[Case], times: Counter[int]) -> None:
    """Sums of so many of each life: those of all lives that are there equally often, at once."""
    store = CellStore(city.db)
    await store.open()
    by_times: dict[int, list[int]] = {}
    for n, many in times.items():
        by_times.setdefault(many, []).append(n)
    for many, numbers in by_times.items():
        deltas: Deltas = deltas_of(facts_of(patterns[n]) for n in numbers)
        await store.add(1, {key: Counter({path: many * n for path, n in sums.items()}) for key, sums in deltas.items()})
