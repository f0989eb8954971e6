"""A day of the payment gateway with trouble in it: whether reconciliation finds what was planted, and nothing else.

`python -m benchmarks payment-day` (`--payments 20000`). Of a hundred payments one meets trouble, drawn from a seed: a
notice that is lost, told three times at once, late by a day, or with a wrong amount; another amount paid; a line that
the file leaves out, says otherwise, has twice, or has and nobody here knows. These go through the city's own rooms and
the stand-in's own protocol; the other ninety-nine are written as such days leave them behind.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2
from pydantic import SecretStr
from starlette.applications import Starlette

from app.core.clock import CITY_TIME
from app.core.ids import new_id
from app.core.money import Money
from app.core.mongo import Document
from app.core.paging import PageRequest
from app.core.viewer import Role, Viewer
from app.domains.payment.gateway.model import Kind, Notice
from app.domains.payment.ledger.model import GATEWAY
from app.domains.payment.payments.model import Method, NewPayment, Payee, PayeeKind, Purpose
from app.domains.payment.reconciliation.differences.model import Difference, DifferenceState, Remedy
from app.domains.payment.reconciliation.matching.model import What
from app.domains.payment.reconciliation.model import Day, DayState, bounds
from app.embedded import EmbeddedDatabase
from app.gateways.payment import HttpPaymentGateway
from app.wiring import City, build
from app.wiring.outside import outside
from benchmarks import bed
from benchmarks.bed import Row
from mocks.gateway import PaymentGateway
from mocks.gateway_books import Line
from mocks.gateway_files import Differences

DAY = date(2026, 11, 20)
_KEY, _NOTICE_KEY = "bench-gateway", "bench-notices"
_AT_ONCE, _TOGETHER = 1_000, 8
_SHOP = Payee(PayeeKind.MERCHANT, "bench-shop")
_CLERK, _HEAD = (Viewer(role=Role.OPS, actor=name, roles=frozenset({"operator"})) for name in ("clerk", "head"))
Found = dict[str, tuple[What, int]]
"""By reference: how it differs, and the gap."""


class Clock:
    """Stands where it is put."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@dataclass
class Ground:
    city: City
    clock: Clock
    gateway: PaymentGateway
    draw: random.Random
    wanted: Found = field(default_factory=dict)
    troubles: Counter[str] = field(default_factory=Counter)

    def moment(self) -> datetime:
        """Of the day, to the second; some a moment before midnight."""
        return bounds(DAY)[0].astimezone(UTC) + timedelta(seconds=self.draw.randrange(60, 86_398))

    async def begun(self, fen: int) -> str:
        """A payment that waits to be paid at the gateway; its reference."""
        payments, orders = self.city.services.payment.payments, self.city.services.payment.orders
        new = NewPayment(new_id(), new_id(), _SHOP, Money(fen), Method.GATEWAY, Purpose.DYNAMIC_CODE)
        await self.city.db.transaction(lambda tx: payments.pay(new, tx))
        await orders.open(new.id)
        return new.id

    def pays(self, reference: str, fen: int | None = None) -> Notice:
        """As a citizen on the gateway's page; what it tells of that."""
        order = self.gateway.books.orders.get(reference)
        assert order is not None
        told = self.gateway.books.pay(order, fen).notice()
        return Notice(Kind.ORDER, reference, told["gateway_id"], told["state"], told["amount_fen"])

    async def heard(self, notice: Notice) -> None:
        await self.city.services.payment.orders.heard(notice)


@asynccontextmanager
async def ground_of(uri: str, name: str, folder: Path, seed: int) -> AsyncIterator[Ground]:
    """A city before that day, and a gateway of its own."""
    gateway = PaymentGateway(_KEY, _NOTICE_KEY)
    door = httpx2.ASGITransport(Starlette(routes=[*gateway.routes(), *gateway.control_routes()]))
    settings = bed.settings_of(bed.settings_for(uri, name, folder))
    client = HttpPaymentGateway(
        "http://gateway.bench/gateway", SecretStr(_KEY), SecretStr(_NOTICE_KEY), "http://city.bench", transport=door
    )
    clock = Clock(bounds(DAY)[0].astimezone(UTC))
    city = build(settings, beyond=replace(outside(settings), gateway=client), clock=clock)
    await city.start(follow=False)
    try:
        yield Ground(city, clock, gateway, random.Random(seed))
    finally:
        await city.stop()
        await gateway.aclose()


async def planted(ground: Ground, payments: int) -> None:
    """The day as it was, and what its file says of it."""
    troubled = max(len(TROUBLES), payments // 100)
    kinds = [list(TROUBLES)[number % len(TROUBLES)] for number in range(troubled)]
    # Who moves the clock does so alone.
    alone = [kind for kind in kinds if TROUBLES[kind] is _late]
    others = [kind for kind in kinds if TROUBLES[kind] is not _late]
    for together in [others[at : at + _TOGETHER] for at in range(0, len(others), _TOGETHER)] + [[one] for one in alone]:
        ground.clock.at = ground.gateway.books.stands_at = ground.moment()
        await asyncio.gather(*(TROUBLES[kind](ground) for kind in together))
    ground.troubles.update(kinds)
    for start in range(0, payments - troubled, _AT_ONCE):
        await _ordinary(ground, min(_AT_ONCE, payments - troubled - start))
    after = bounds(DAY)[1].astimezone(UTC) + timedelta(hours=3)
    ground.clock.at = ground.gateway.books.stands_at = after


async def _ordinary(ground: Ground, count: int) -> None:
    """Paid, told of within half a minute, and settled: some a moment after midnight. One in twenty is a refund."""
    orders: list[Document] = []
    refunds: list[Document] = []
    lines: list[Line] = []
    for _ in range(count):
        fen, at, back = ground.draw.randrange(100, 90_000), ground.moment(), ground.draw.random() < 0.05
        reference, settled = new_id(), at + timedelta(milliseconds=ground.draw.randrange(80, 30_000))
        common: Document = {"_id": reference, "fen": fen, "at": at, "settled_at": settled, "looks": 0}
        if back:
            refunds.append({**common, "state": "done", "order": new_id(), "purpose": "refund", "reason": ""})
        else:
            about = {"purpose": "payment", "about": reference, "citizen": "bench", "what": "bench", "expires_at": at}
            orders.append({**common, **about, "state": "paid", "paid_fen": fen})
        kind = "refund" if back else "order"
        lines.append(_line(kind, reference, fen, at))
    for name, rows in (("gateway_orders", orders), ("gateway_refunds", refunds)):
        if rows:
            await ground.city.db[name].insert_many(rows, ordered=False)
    ground.gateway.files.add(lines)


def _line(kind: str, reference: str, fen: int, at: datetime) -> Line:
    state = "done" if kind == "refund" else "paid"
    told = {"kind": kind, "reference": reference, "gateway_id": f"G{reference}", "amount_fen": fen, "state": state}
    return Line.model_validate({**told, "fee_fen": fen // 500, "at": at})


# Trouble. Each says in `wanted` what has to be found of it, if anything.


async def _lost(ground: Ground) -> None:
    """Paid, and never told of."""
    reference = await ground.begun(2_000)
    ground.pays(reference)
    ground.wanted[reference] = What.STATE_DIFFERS, 2_000


async def _lost_and_asked(ground: Ground) -> None:
    """Never told of, and found by asking: nothing differs."""
    reference = await ground.begun(2_100)
    ground.pays(reference)
    await ground.city.services.payment.orders.look(reference)


async def _doubled(ground: Ground) -> None:
    """Told three times at once: booked once, nothing differs."""
    notice = ground.pays(await ground.begun(2_200))
    await asyncio.gather(*(ground.heard(notice) for _ in range(3)))


async def _late(ground: Ground) -> None:
    """Told after midnight: nothing differs."""
    notice, then = ground.pays(await ground.begun(2_300)), ground.clock.at
    ground.clock.at = bounds(DAY)[1].astimezone(UTC) + timedelta(minutes=30)
    await ground.heard(notice)
    ground.clock.at = then


async def _wrongly_told(ground: Ground) -> None:
    """Told with another amount: the gateway is asked, and nothing differs."""
    notice = ground.pays(await ground.begun(2_400))
    await ground.heard(replace(notice, fen=1))


async def _wrongly_paid(ground: Ground) -> None:
    """Another amount was paid than was asked for: nothing is booked of it."""
    reference = await ground.begun(2_500)
    await ground.heard(ground.pays(reference, 2_450))
    ground.wanted[reference] = What.AMOUNT_DIFFERS, 2_450


async def _settled(ground: Ground, fen: int) -> str:
    reference = await ground.begun(fen)
    await ground.heard(ground.pays(reference))
    return reference


async def _left_out(ground: Ground) -> None:
    reference = await _settled(ground, 2_600)
    ground.gateway.files.plant(Differences(leave_out={reference}))
    ground.wanted[reference] = What.MISSING_THERE, -2_600


async def _said_otherwise(ground: Ground) -> None:
    reference = await _settled(ground, 2_700)
    ground.gateway.files.plant(Differences(amounts={reference: 2_690}))
    ground.wanted[reference] = What.AMOUNT_DIFFERS, -10


async def _twice(ground: Ground) -> None:
    reference = await _settled(ground, 2_800)
    ground.gateway.files.plant(Differences(twice={reference}))
    ground.wanted[reference] = What.TWICE_THERE, 2_800


async def _nobodys(ground: Ground) -> None:
    reference = new_id()
    ground.gateway.files.plant(Differences(extra=[_line("order", reference, 2_900, ground.clock.at)]))
    ground.wanted[reference] = What.MISSING_HERE, 2_900


TROUBLES: dict[str, Callable[[Ground], Awaitable[None]]] = {
    "notice lost": _lost,
    "notice lost, asked for": _lost_and_asked,
    "notice three times at once": _doubled,
    "notice after midnight": _late,
    "notice with a wrong amount": _wrongly_told,
    "another amount paid": _wrongly_paid,
    "missing in the file": _left_out,
    "another amount in the file": _said_otherwise,
    "twice in the file": _twice,
    "unknown here": _nobodys,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """`missed` was planted and not found, `invented` found and not planted; `gap` is what was booked to put all right,
    `seconds` what comparing took the first time and again.
    """

    day: Day
    wanted: int
    missed: Found
    invented: Found
    gap: int
    seconds: tuple[float, float]


async def compared(ground: Ground) -> Outcome:
    """The day is compared twice, worked, and closed."""
    rooms, ledger = ground.city.services.payment.settlement, ground.city.services.payment.ledger
    began = time.perf_counter()
    day = await rooms.comparison.compare(DAY)
    first = time.perf_counter() - began
    again = await rooms.comparison.compare(DAY)
    seconds = first, time.perf_counter() - began - first
    differences = await _differences(ground)
    found = {one.reference: (one.what, one.gap) for one in differences}
    before = (await ledger.balance(GATEWAY)).posted.fen
    await _put_right(ground, differences)
    booked = (await ledger.balance(GATEWAY)).posted.fen - before
    closed = await rooms.days.close(_CLERK, DAY, new_id())
    assert (again.tallies, closed.day.state) == (day.tallies, DayState.CLOSED)
    missed = {ref: what for ref, what in ground.wanted.items() if found.get(ref) != what}
    invented = {ref: what for ref, what in found.items() if ground.wanted.get(ref) != what}
    return Outcome(day, len(ground.wanted), missed, invented, booked, seconds)


async def _differences(ground: Ground) -> Sequence[Difference]:
    service, found, after = ground.city.services.payment.settlement.differences, list[Difference](), None
    while True:
        page = await service.of_day(DAY, PageRequest(100, after))
        found += page.items
        if not page.has_next:
            return found
        after = page.items[-1].id


async def _put_right(ground: Ground, differences: Sequence[Difference]) -> None:
    service = ground.city.services.payment.settlement.differences
    for one in differences:
        await service.take(_CLERK, one.id, new_id())
        done = await service.resolve(_CLERK, one.id, Remedy.SUSPENSE, "bench", new_id())
        if done.state is DifferenceState.PROPOSED:
            await service.approve(_HEAD, one.id, new_id())


async def day_of_payments(payments: int = 20_000, seed: int = 6) -> list[Row]:
    with TemporaryDirectory(prefix="rong-day-") as folder, EmbeddedDatabase(Path(folder)) as database:
        async with ground_of(database.uri, "day", Path(folder), seed) as ground:
            began = time.perf_counter()
            await planted(ground, payments)
            lasted = time.perf_counter() - began
            return _rows(ground, await compared(ground), payments, lasted)


def _rows(ground: Ground, done: Outcome, payments: int, lasted: float) -> list[Row]:
    lines = sum(tally.theirs for tally in done.day.tallies.values())
    gap = sum(fen for _, fen in ground.wanted.values())
    return [
        ("a day of payments", f"{payments:,}, {lines:,} lines in the file of {DAY:%Y-%m-%d} ({CITY_TIME})", ""),
        *((f"  {name}", f"{count:,}", "") for name, count in sorted(ground.troubles.items())),
        ("planted so that it has to be found", f"{done.wanted:,}", ""),
        ("of these not found", f"{len(done.missed):,}", "0"),
        ("found and not planted", f"{len(done.invented):,}", "0"),
        ("booked to put them right", f"{done.gap / 100:,.2f} yuan", f"{gap / 100:,.2f} yuan"),
        ("comparing", f"{done.seconds[0]:.1f} s, again {done.seconds[1]:.1f} s", "≤ 60 s"),
        ("to make the day", f"{lasted:.0f} s", ""),
    ]
