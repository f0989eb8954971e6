"""A porter between applications and departments that a test can make fail; clock and database are real."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from app.core.ids import new_id
from app.core.mongo import Tx
from app.domains.government.handover.model import Handover, News, Pace, Step, Submission, Taken
from app.domains.government.handover.reconciling.service import Reconciliation
from app.domains.government.handover.sending.model import Answer, Listed, Standing, Verdict
from app.domains.government.handover.sending.service import Porter
from app.domains.government.handover.service import HandoverService
from app.domains.government.handover.store import DifferenceStore, HandoverStore, StepStore
from app.wiring import City
from tests.support.fakes import MovableClock

ITEM, UNIT, SYSTEM = "T-0001", "350102000000", "gjj"


@dataclass
class Systems:
    """All departments. `down` do not answer; of `deaf` ones the answer is lost though the work is done; `forgetful`
    ones take a matter and lose it at once.
    """

    down: set[str] = field(default_factory=set)
    deaf: set[str] = field(default_factory=set)
    forgetful: set[str] = field(default_factory=set)
    refuse: str | None = None
    has: dict[str, dict[str, list[str]]] = field(default_factory=lambda: defaultdict(dict))
    created: list[tuple[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    steps: dict[str, list[News]] = field(default_factory=lambda: defaultdict(list))
    rest: set[str] = field(default_factory=set)
    slow: dict[str, float] = field(default_factory=dict)

    def room(self, system: str) -> int:
        return 0 if system in self.rest else 8

    def resting(self) -> Sequence[str]:
        return sorted(self.rest)

    async def tell(self, system: str, errand: str, key: str, body: dict[str, Any]) -> Answer:
        await asyncio.sleep(self.slow.get(system, 0))
        if system in self.down:
            return Answer(Verdict.NOT_NOW, code="unreachable")
        if self.refuse:
            return Answer(Verdict.REFUSED, code=self.refuse)
        if system in self.forgetful:
            self.has[system].pop(body["number"], None)
        if errand != "submit" and body["number"] not in self.has[system]:
            return Answer(Verdict.REFUSED, code="UNKNOWN_APPLICATION")
        errands = self.has[system].setdefault(body["number"], [])
        if errand not in errands:
            errands.append(errand)
            self.created.append((body["number"], errand))
        if system in self.deaf:
            return Answer(Verdict.NOT_NOW, code="timeout")
        return Answer(Verdict.TAKEN, reference=f"R-{body['number']}")

    async def status(self, system: str, number: str) -> Standing:
        self.asked.append(number)
        if system in self.down:
            return Standing(heard=False, code="unreachable")
        if number not in self.has[system]:
            return Standing(heard=True)
        errands = frozenset(self.has[system][number])
        return Standing(True, True, f"R-{number}", errands, tuple(self.steps[number]))

    async def known(self, system: str, numbers: Sequence[str]) -> Sequence[Listed] | None:
        if system in self.down:
            return None
        return [Listed(number, len(self.steps[number])) for number in numbers if number in self.has[system]]

    async def listing(self, system: str, since: datetime, after: str) -> Sequence[Listed] | None:
        found = sorted(number for number in self.has[system] if number > after)
        return None if system in self.down else [Listed(one, len(self.steps[one])) for one in found[:50]]

    async def aclose(self) -> None:
        pass


_ORDER = (Step.ACCEPTED, Step.IN_REVIEW, Step.GRANTED, Step.DELIVERED)


@dataclass
class Matters:
    """Applications as far as they matter here: each step may follow only those before it."""

    applied: dict[str, list[Step]] = field(default_factory=lambda: defaultdict(list))
    words: list[str | None] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    nameless: set[str] = field(default_factory=set)  # their applicant was erased: the row is there, his words are not
    impossible: set[Step] = field(default_factory=set)

    async def content(self, number: str) -> Submission | None:
        if number in self.gone:
            return None
        at = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
        if number in self.nameless:
            return Submission(number, ITEM, 1, UNIT, at, {}, {})
        return Submission(number, ITEM, 1, UNIT, at, {"name": "测试人"}, {"phone": "1"})

    async def settle(self, number: str, news: News) -> Taken:
        await asyncio.sleep(0)
        if news.step in self.applied[number]:
            return Taken.ALREADY
        if news.step in self.impossible:
            return Taken.IMPOSSIBLE
        if news.step in _ORDER and any(one in _ORDER[_ORDER.index(news.step) :] for one in self.applied[number]):
            return Taken.IMPOSSIBLE
        self.applied[number].append(news.step)
        self.words.append(news.reason)
        return Taken.APPLIED


@dataclass
class Post:
    """Both sides, and who goes between them."""

    city: City
    clock: MovableClock
    systems: Systems
    matters: Matters
    store: HandoverStore
    differences: DifferenceStore
    service: HandoverService
    porters: list[Porter]
    reconciling: Reconciliation

    @property
    def porter(self) -> Porter:
        return self.porters[0]

    async def enlist(self, system: str = SYSTEM, number: str | None = None) -> str:
        number = number or f"FZ2026-{new_id()}"
        citizen = new_id()

        async def work(tx: Tx) -> None:
            where = {"number": number, "citizen": citizen, "item": ITEM, "unit": UNIT}
            await self.service.enlist(**where, system=system, tx=tx)

        await self.city.db.transaction(work)
        return number

    async def errand(self, number: str, *, answered: int = 0) -> None:
        async def work(tx: Tx) -> None:
            if answered:
                await self.service.answered(number, answered, tx)
            else:
                await self.service.withdrawn(number, tx)

        await self.city.db.transaction(work)

    async def work(self, rounds: int = 3) -> None:
        """What is due now, to its end."""
        for _ in range(rounds):
            for porter in self.porters:
                await porter.round()
            for porter in self.porters:
                while porter._serving:
                    await asyncio.wait(set(porter._serving))

    async def of(self, number: str) -> Handover:
        found = await self.store.get(number)
        assert found is not None
        return found

    def says(self, number: str, *steps: Step) -> list[News]:
        """The department goes on: these are its next steps."""
        told = self.systems.steps[number]
        for step in steps:
            told.append(News(number, len(told) + 1, step, self.clock.now(), reason=f"因为 {step.value}"))
        return told[-len(steps) :]

    async def differing(self) -> list[tuple[str, str]]:
        rows = await self.city.db["handover_differences"].find({"open": True}).sort("_id", 1).to_list(None)
        return [(row["number"], row["kind"]) for row in rows]


@pytest.fixture
async def post(city: City, clock: MovableClock) -> AsyncIterator[Post]:
    systems, matters = Systems(), Matters()
    store, steps, differences = HandoverStore(city.db), StepStore(city.db, city.persons), DifferenceStore(city.db)
    pace = Pace()
    porters = [Porter(store, steps, differences, systems, matters, clock, pace) for _ in range(3)]
    reconciling = Reconciliation(store, differences, systems, clock, pace)
    service = HandoverService(city.db, store, steps, differences, city.audit, clock)
    yield Post(city, clock, systems, matters, store, differences, service, porters, reconciling)
    for porter in porters:
        await porter.finish()
