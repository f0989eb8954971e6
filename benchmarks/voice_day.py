"""A day of 1,203 cases at the 12345 centre, a hundred times faster than life; and every clock looked at afterwards.

The city's own services take each step, by a clock that runs as fast; a worker looks each minute of it. It is the last
Friday before the Spring Festival of 2026. Three hundred cases of the days before run already. At noon the desk writes
that the made-up Saturday is not worked, at six it takes that back. What the clocks should say is counted anew from the
events (`counted_by_hand`), by code of its own.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from app.core.calendar import WorkingCalendar
from app.core.clock import CITY_TIME, civil_day
from app.core.errors import Outcome
from app.core.ids import new_id
from app.core.mongo import DatabaseFault
from app.core.said import Said
from app.domains.voice.cases.categories.model import Category
from app.domains.voice.cases.clocks.rules.model import PUBLISHED
from app.domains.voice.cases.errors import CaseChanged
from app.domains.voice.cases.history.model import CaseKind, CaseState
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.requests.model import Ask
from app.domains.voice.centre.seats.intake.service import Taking
from app.domains.voice.units.handling.service import Wish
from app.embedded import EmbeddedDatabase
from app.wiring import City, build
from benchmarks import bed
from benchmarks.bed import Row
from benchmarks.counted_by_hand import wrong
from tests.support.case_work import SEAT, CaseWork, governed, worker

_BEGINS = datetime(2026, 2, 13, tzinfo=CITY_TIME)
_LASTS = timedelta(hours=25)
_SATURDAY = date(2026, 2, 14)
_LAMP, _SMALL = "day-lamp", "day-small"
_TEAMS = ("team-1", "team-2", "water")
_AMOUNTS = {code.value: rule.amount for code, rule in PUBLISHED.items()}
# How many of a hundred calls come in each hour of a day.
_HOURS = (1, 1, 0.5, 0.5, 0.5, 1, 2, 4, 8, 10, 9, 7, 4, 5, 8, 8, 7, 6, 4, 4, 4, 3, 2, 1.5)


class DayOver(Exception):
    """What is left of a case's life happens on another day."""


class FastClock:
    """Stands until it is started; then so many times faster than life."""

    def __init__(self, at: datetime, speed: float) -> None:
        self.at, self.speed = at, speed
        self._since: float | None = None

    def start(self) -> None:
        self._since = time.monotonic()

    def stop(self) -> datetime:
        self.at, self._since = self.now(), None
        return self.at

    def now(self) -> datetime:
        gone = (time.monotonic() - self._since) * self.speed if self._since is not None else 0.0
        moment = self.at + timedelta(seconds=gone)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    async def until(self, moment: datetime) -> None:
        left = (moment - self.now()).total_seconds() / self.speed
        if left > 0:
            await asyncio.sleep(left)


@dataclass
class _Day:
    city: City
    clock: FastClock
    draw: random.Random
    work: CaseWork
    cases: list[str] = field(default_factory=list)
    steps: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    moved: list[str] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)


async def day_of_cases(speed: float = 100.0, count: int = 1_203, before: int = 300) -> list[Row]:
    with TemporaryDirectory(prefix="rong-day-") as folder, EmbeddedDatabase(Path(folder)) as database:
        clock = FastClock(_BEGINS - timedelta(days=14), speed)
        city = build(bed.settings_of(bed.settings_for(database.uri, "day", Path(folder))), clock=clock)
        await city.start(follow=False)
        try:
            return await _replayed(_Day(city, clock, random.Random(7), CaseWork(city)), count, before)
        finally:
            await city.stop()


async def _replayed(day: _Day, count: int, before: int) -> list[Row]:
    await governed(day.city)
    for code in (_LAMP, _SMALL):
        await day.city.services.voice.categories.save(
            bed.OPS, Category(code, Said(code), convenience=code == _SMALL), new_id()
        )
    await _days_before(day, before)
    day.clock.at = _BEGINS
    await day.city.services.voice.time.look()
    calendars = [(datetime.min.replace(tzinfo=CITY_TIME), day.city.calendar.current)]
    day.clock.start()
    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        group.create_task(_worker(day))
        group.create_task(_desk(day, calendars))
        for at in _arrivals(day.draw, count):
            group.create_task(_life(day, at))
    lasted, ends = time.perf_counter() - began, day.clock.stop()
    await day.city.services.voice.time.look()
    return _rows(day, await _wrong(day, calendars, ends), lasted)


async def _days_before(day: _Day, count: int) -> None:
    """Cases of the two weeks before, claimed and open; some of them paused up to the end of the day to come."""
    moments = sorted(day.draw.random() * 13.5 for _ in range(count))
    for gone in moments:
        day.clock.at = _BEGINS - timedelta(days=14) + timedelta(days=gone)
        case = await _sent(day, urgent=False)
        who = worker(case.unit or "")
        await day.city.services.voice.handling.claim(who, case.id, new_id())
        if day.draw.random() < 0.15:
            await _asked(day, case, Wish(Ask.PAUSE, "等待配件", until=max(civil_day(_BEGINS), _tomorrow(day))))


def _tomorrow(day: _Day) -> date:
    return civil_day(day.clock.now()) + timedelta(days=1)


def _arrivals(draw: random.Random, count: int) -> Iterator[datetime]:
    for hour in draw.choices(range(24), _HOURS, k=count):
        yield _BEGINS + timedelta(hours=hour, seconds=draw.random() * 3600)


async def _worker(day: _Day) -> None:
    """As each worker does: the look of each minute, the counting anew of every tenth."""
    for minute in range(1, int(_LASTS / timedelta(minutes=1)) + 1):
        await day.clock.until(_BEGINS + timedelta(minutes=minute))
        began = day.clock.now()
        try:
            await day.city.services.voice.time.look()
            if minute % 10 == 0:
                await day.city.services.voice.time.recount()
        except DatabaseFault as fault:  # as a worker's job: the next minute tries again
            day.refused[f"worker: {type(fault).__name__}"] += 1
        day.lags.append((day.clock.now() - began).total_seconds())


async def _desk(day: _Day, calendars: list[tuple[datetime, WorkingCalendar]]) -> None:
    calendar = day.city.calendar
    await day.clock.until(_BEGINS + timedelta(hours=12))
    await calendar.write(bed.OPS, _SATURDAY, False, "台风停工", new_id())
    calendars.append((day.clock.now(), calendar.current))
    await day.clock.until(_BEGINS + timedelta(hours=18))
    await calendar.take_back(bed.OPS, _SATURDAY, new_id())
    calendars.append((day.clock.now(), calendar.current))


async def _life(day: _Day, at: datetime) -> None:
    await day.clock.until(at)
    try:
        await _lived(day)
    except DayOver:
        return
    except DatabaseFault as fault:  # a busy machine: this case goes on another day
        day.refused[type(fault).__name__] += 1


async def _lived(day: _Day) -> None:
    luck, handling = day.draw.random(), day.city.services.voice.handling
    case = await _sent(day, urgent=day.draw.random() < 0.25, waits=True)
    who = worker(case.unit or "")
    if luck < 0.08:  # nobody takes it over
        return
    await _after(day, 60)
    if not await _tried(day, handling.claim(who, case.id, new_id())) or luck < 0.2:
        return
    if luck < 0.3:
        await _asked(day, case, Wish(Ask.EXTENSION, "需要采购", days=2), waits=True)
    elif luck < 0.4:
        await _asked(day, case, Wish(Ask.PAUSE, "等待配件", until=_tomorrow(day)), waits=True)
        if luck < 0.36:
            await _after(day, 40)
            await _tried(day, day.city.services.voice.centre.requests.resume(SEAT, case.id, new_id()))
    await _commented(day, case)
    await _after(day, 60)
    await _tried(day, handling.on_site(who, case.id, "已到现场", (), new_id()))
    await _after(day, 90)
    await _tried(day, handling.finish(who, case.id, "已修好", (), new_id()))
    await _after(day, 20)
    await _tried(day, handling.reply(who, case.id, "已修好，谢谢。", new_id()))


async def _sent(day: _Day, *, urgent: bool, waits: bool = False) -> Case:
    """Filed, accepted, dispatched."""
    centre, draw = day.city.services.voice.centre, day.draw
    filed = await day.work.filed(kind=draw.choice(list(CaseKind)), category=draw.choice((_LAMP, _SMALL)))
    day.cases.append(filed.id)
    if waits:
        await _after(day, 10)
    taken = await centre.intake.accept(SEAT, filed.id, Taking(urgent=urgent), new_id())
    if waits:
        await _after(day, 15)
    day.steps += 3
    while True:
        taken = await day.work.now(taken)  # its half may have gone meanwhile
        with suppress(CaseChanged):
            return await centre.dispatch.dispatch(SEAT, taken.id, draw.choice(_TEAMS), (), taken.rev, new_id())


async def _asked(day: _Day, case: Case, wish: Wish, *, waits: bool = False) -> None:
    who = worker(case.unit or "")
    if await _tried(day, day.city.services.voice.handling.request(who, case.id, wish, new_id())):
        if waits:
            await _after(day, 30)
        asked = await day.work.waiting(case)
        await _tried(day, day.city.services.voice.centre.requests.approve(SEAT, case.id, asked, None, new_id()))


async def _commented(day: _Day, case: Case) -> None:
    """A comment moves nothing."""
    was = await day.work.now(case)
    if was.is_open and was.state is not CaseState.REPLIED:
        with suppress(Outcome):
            now = await day.work.kept(was.commented("还没有修", (), SEAT, day.clock.now()), was)
            if now.clock != was.clock:
                day.moved.append(case.id)


async def _after(day: _Day, minutes: float) -> None:
    """Raises DayOver."""
    moment = day.clock.now() + timedelta(minutes=day.draw.expovariate(1 / minutes))
    if moment >= _BEGINS + _LASTS - timedelta(minutes=5):
        raise DayOver
    await day.clock.until(moment)


async def _tried(day: _Day, step: Awaitable[Case]) -> bool:
    try:
        await step
    except Outcome as refused:  # such as one that a worker was at in this very moment
        day.refused[refused.code] += 1
        return False
    day.steps += 1
    return True


async def _wrong(day: _Day, calendars: list[tuple[datetime, WorkingCalendar]], ends: datetime) -> Counter[str]:
    found: Counter[str] = Counter({"a comment moved it": len(day.moved)} if day.moved else {})
    for id_ in day.cases:
        case = await day.work.store.get(id_)
        assert case is not None
        for fault in wrong(case, calendars, ends, _AMOUNTS, timedelta(minutes=3)):
            found[fault] += 1
    return found


def _rows(day: _Day, faults: Counter[str], lasted: float) -> list[Row]:
    slowest = max(day.lags, default=0.0)
    refused = ", ".join(f"{code} {count}" for code, count in day.refused.most_common(4)) or "none"
    what = "; ".join(f"{fault} ({count})" for fault, count in faults.most_common(4))
    return [
        ("voice-day: cases, steps taken", f"{len(day.cases):,}, {day.steps:,} in {lasted:,.0f} s", ""),
        ("voice-day: wrong clocks", f"{sum(faults.values())}{' ' + what if what else ''}", "0"),
        ("voice-day: longest round of the worker, in its own time", f"{slowest:.0f} s", "≤ 60 s"),
        ("voice-day: steps refused", refused, ""),
    ]
