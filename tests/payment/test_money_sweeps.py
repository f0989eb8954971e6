"""What sweeps do when one item stumbles, and when their process dies between two: treatments, dues, packets, rides."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.core.ids import new_id
from app.core.money import Money
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.core.said import Said
from app.core.viewer import Viewer
from app.domains.payment.credit.dues.service import DueService
from app.domains.payment.credit.dues.store import DueStore
from app.domains.payment.ledger.model import FEES
from app.domains.payment.packets.lapsing.service import PacketLapsing
from app.domains.payment.packets.model import PacketKind
from app.domains.payment.packets.service import PacketWish
from app.domains.payment.packets.store import PacketStore
from app.domains.payment.rides.charging.service import RideCharging
from app.domains.payment.rides.debts.service import RideDebts
from app.domains.payment.rides.fares.model import FareRules, Journey, fare_of
from app.domains.payment.rides.model import Ride, RideChannel, RideState, ride_id
from app.domains.payment.rides.store import RideStore
from app.domains.payment.treatments.model import CONFIRM_WITHIN, TreatmentState
from app.domains.payment.treatments.service import TreatmentService
from app.domains.payment.treatments.store import TreatmentStore
from tests.payment.test_treatments import asked
from tests.support.credit import Lent

Sweep = Callable[[], Awaitable[object]]
RULES = FareRules("sweep-bus", "1", Said("一路"), date(2026, 1, 1), 200)


class Stumbled(Exception):
    """One item cannot be done."""


class Died(BaseException):
    """The process is gone: nothing after it runs."""


class StumblingOutbox(Outbox):
    """Over one citizen's events."""

    def __init__(self, lent: Lent, over: str, how: BaseException) -> None:
        super().__init__(lent.city.db, lent.clock)
        self._over, self._how = over, how

    async def add(self, type_: str, citizen: str, tx: Tx, **facts: Any) -> str:
        if citizen == self._over:
            raise self._how
        return await super().add(type_, citizen, tx, **facts)


class StumblingCharging(RideCharging):
    """Over one citizen's rides, when they are paid already."""

    over: str
    how: BaseException

    async def pay(self, ride: Ride, tx: Tx) -> str | None:
        paid = await super().pay(ride, tx)
        if ride.citizen == self.over:
            raise self.how
        return paid


class Swept:
    """Three people, each with something of one kind that the sweep is to end, in the order in which it meets them."""

    def __init__(self, lent: Lent) -> None:
        self.lent = lent
        self.people: list[Viewer] = []

    async def prepare(self) -> None:
        self.people = sorted([await self.lent.debtor(purse=1_000) for _ in range(3)], key=Viewer.citizen)
        for who in self.people:
            await self.begin(who)
            self.lent.clock.advance(seconds=1)

    async def begin(self, who: Viewer) -> None:
        raise NotImplementedError

    def stumbling(self, over: str, how: BaseException) -> Sweep:
        raise NotImplementedError

    def sweep(self) -> Sweep:
        raise NotImplementedError

    async def done(self, who: Viewer) -> int:
        """How often it was done for him."""
        raise NotImplementedError

    async def counts(self) -> list[int]:
        return [await self.done(who) for who in self.people]


class Treatments(Swept):
    async def prepare(self) -> None:
        await super().prepare()
        self.lent.clock.advance(seconds=CONFIRM_WITHIN.total_seconds())

    async def begin(self, who: Viewer) -> None:
        await asked(self.lent, who)

    def sweep(self) -> Sweep:
        return self.lent.treatments.sweep  # type: ignore[no-any-return]

    def stumbling(self, over: str, how: BaseException) -> Sweep:
        city, payment = self.lent.city, self.lent.city.services.payment
        outbox, store = StumblingOutbox(self.lent, over, how), TreatmentStore(city.db, city.persons)
        rooms = (city.services.codes, payment.credit.lines, payment.ledger, payment.payments, payment.pins)
        return TreatmentService(city.db, store, *rooms, outbox, city.audit, city.once, self.lent.clock).sweep

    async def done(self, who: Viewer) -> int:
        (one,) = await self.lent.city.db["treatments"].find({"citizen": who.citizen()}).to_list(None)
        told = (await self.lent.events(who)).count("treatment.expired")
        assert (one["state"] == TreatmentState.EXPIRED.value) is bool(told)
        return told


class Dues(Swept):
    async def prepare(self) -> None:
        self.lent.on(1, 5)
        await super().prepare()
        self.lent.on(2, 17)

    async def begin(self, who: Viewer) -> None:
        await self.lent.pays(who, 3_000)

    def sweep(self) -> Sweep:
        return self.lent.credit.dues.look  # type: ignore[no-any-return]

    def stumbling(self, over: str, how: BaseException) -> Sweep:
        city, outbox = self.lent.city, StumblingOutbox(self.lent, over, how)
        return DueService(city.db, DueStore(city.db), self.lent.credit.lines, outbox, self.lent.clock).look

    async def done(self, who: Viewer) -> int:
        return (await self.lent.events(who)).count("credit.due_soon")


class Packets(Swept):
    async def prepare(self) -> None:
        await super().prepare()
        self.lent.clock.advance(days=1)

    async def begin(self, who: Viewer) -> None:
        wish = PacketWish(Money(300), 3, PacketKind.LUCKY)
        await self.lent.city.services.payment.packets.packets.send(who, wish, new_id())

    def sweep(self) -> Sweep:
        return self.lent.city.services.payment.packets.lapsing.look

    def stumbling(self, over: str, how: BaseException) -> Sweep:
        city, payment = self.lent.city, self.lent.city.services.payment
        store, outbox = PacketStore(city.db, city.persons), StumblingOutbox(self.lent, over, how)
        return PacketLapsing(city.db, store, payment.ledger, payment.points.book, outbox, self.lent.clock).look

    async def done(self, who: Viewer) -> int:
        told = (await self.lent.events(who)).count("packet.returned")
        assert await self.lent.purse(who) == (1_000 if told else 700)
        return told


class Rides(Swept):
    async def prepare(self) -> None:
        await self.lent.city.services.payment.ledger.open(FEES)
        await super().prepare()

    async def begin(self, who: Viewer) -> None:
        reference, now = new_id(), self.lent.clock.now()
        id_, at = ride_id(RULES.operator, reference), datetime(2026, 3, 2, 4, tzinfo=UTC)
        names = (id_, RULES.operator, reference, who.citizen(), RULES.line, RULES.id, RideChannel.OFFLINE, at, now)
        ride = Ride(*names, fare_of(RULES, Journey()), RideState.OWED)
        await self.lent.city.db.transaction(lambda tx: RideStore(self.lent.city.db).add(ride, now, tx))

    def sweep(self) -> Sweep:
        return self.lent.city.services.payment.rides.debts.look

    def stumbling(self, over: str, how: BaseException) -> Sweep:
        city, payment = self.lent.city, self.lent.city.services.payment
        store, outbox = RideStore(city.db), Outbox(city.db, self.lent.clock)
        charging = StumblingCharging(store, city.citizens, payment.ledger, payment.payments, outbox, self.lent.clock)
        charging.over, charging.how = over, how
        return RideDebts(city.db, store, charging, self.lent.clock).look

    async def done(self, who: Viewer) -> int:
        (one,) = await self.lent.city.db["rides"].find({"citizen": who.citizen()}).to_list(None)
        paid = one["state"] == RideState.PAID.value
        assert await self.lent.purse(who) == (800 if paid else 1_000)
        return int(paid)


KINDS = [Treatments, Dues, Packets, Rides]


@pytest.mark.parametrize("kind", KINDS)
async def test_what_one_stumbles_over_does_not_keep_the_others_waiting(lent: Lent, kind: type[Swept]) -> None:
    swept = kind(lent)
    await swept.prepare()
    await swept.stumbling(swept.people[1].citizen(), Stumbled("by design"))()
    assert await swept.counts() == [1, 0, 1]
    lent.clock.advance(hours=7)  # rides are looked at each six hours
    await swept.sweep()()
    assert await swept.counts() == [1, 1, 1]


@pytest.mark.parametrize("kind", KINDS)
async def test_what_a_process_died_upon_is_finished_by_the_next_and_nothing_twice(
    lent: Lent, kind: type[Swept]
) -> None:
    swept = kind(lent)
    await swept.prepare()
    with pytest.raises(Died):
        await swept.stumbling(swept.people[1].citizen(), Died())()
    assert await swept.counts() == [1, 0, 0]
    for _ in range(2):
        await swept.sweep()()
        assert await swept.counts() == [1, 1, 1]
