"""The seeded bills against the billers' stand-in, over its own protocol; and what the stand-in refuses."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal

import httpx2
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette

from app.core.clock import civil_day
from app.core.errors import Unavailable
from app.core.events import Event
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.passwords import Passwords
from app.core.viewer import Assurance, Viewer
from app.domains.payment.bills.asking.errors import BillChanged
from app.domains.payment.bills.billers.model import BillKind
from app.domains.payment.bills.errors import BillerSilent, BillWithdrawn
from app.domains.payment.bills.model import Bill
from app.domains.payment.bills.paying.model import Choice
from app.domains.payment.payments.model import Method
from app.gateways.billers import HttpBillers
from app.seed.demo import Demo, as_citizen
from app.seed.identity import seed_identity
from app.seed.payment.bills import seed_bills
from app.settings import Settings
from app.wiring import City, build
from mocks.biller_data import ACCOUNTS
from mocks.billers import Billers
from mocks.city import PEOPLE
from mocks.divisions import neighbourhood
from mocks.faults import Faults
from tests.conftest import QUICK, Databases, Fakes, settings_for
from tests.support.billing import filled

KEY = "billers-key"


@pytest.fixture(scope="module")
def stand_in() -> Billers:
    return Billers(KEY)


@pytest.fixture(scope="module")
async def seeded(databases: Databases, stand_in: Billers) -> AsyncIterator[City]:
    with databases.lent() as name:
        async with _seeded(settings_for(databases.uri, name), stand_in) as city:
            yield city


@asynccontextmanager
async def _seeded(settings: Settings, stand_in: Billers) -> AsyncIterator[City]:
    """Twice: what is there is left alone."""
    desk = HttpBillers("http://billers.test/billers", SecretStr(KEY), transport=_inside(stand_in))
    city = build(settings, beyond=replace(Fakes().outside, billers=desk), passwords=Passwords(QUICK))
    await city.start()
    demo = Demo()
    await seed_identity(city, demo, neighbourhood(), lambda said: None)
    await filled(city, (await _citizen(city, "lin-xiaofeng")).citizen(), 1_000_000)
    for _ in range(2):
        await seed_bills(city, demo, lambda said: None)
    yield city
    await city.stop()


def _inside(stand_in: Billers) -> httpx2.AsyncBaseTransport:
    return httpx2.ASGITransport(app=Starlette(routes=[*stand_in.routes(), *stand_in.control_routes()]))


async def _citizen(city: City, key: str) -> Viewer:
    phone = next(person.phone for person in PEOPLE if person.key == key)
    assert phone is not None
    citizen = await city.citizens.id_by_phone(phone)
    assert citizen is not None
    return replace(as_citizen(citizen), assurance=Assurance.REAL_NAME)


async def _bills(city: City, viewer: Viewer, kind: BillKind | None = None) -> list[Bill]:
    reading = city.services.payment.bills.reading
    return list((await reading.mine(viewer, PageRequest(100), payable=True, kind=kind)).items)


async def _pay(city: City, viewer: Viewer, bill: Bill) -> str:
    paying = city.services.payment.bills.paying
    (done,) = await paying.pay(viewer, [Choice(bill.id, bill.terms.version)], Method.WALLET, new_id())
    return done.payment.id


async def test_nine_kinds_are_there_and_two_children_have_bills_of_their_own(seeded: City) -> None:
    viewer = await _citizen(seeded, "lin-xiaofeng")
    assert {one.kind for one in await seeded.services.payment.bills.billers.active()} == set(BillKind)
    bound = await seeded.services.payment.bills.bound.mine(viewer)
    assert len(bound) == len({one.number for one in ACCOUNTS if "lin-xiaofeng" in one.who})
    schools = await _bills(seeded, viewer, BillKind.SCHOOL)
    assert Counter(bill.terms.beneficiary for bill in schools) == {"林语桐": 1, "林子墨": 1}
    kinds = {bill.kind for bill in await _bills(seeded, viewer)}
    assert len(kinds) >= 7
    receipts = (await seeded.services.payment.bills.receipts.mine(viewer, PageRequest(100))).items
    assert len(receipts) > 10
    for receipt in receipts:
        paid = await seeded.services.payment.bills.reading.one(viewer, receipt.bill)
        assert paid is not None
        assert paid.terms.due >= civil_day(receipt.at), "nobody looks like a defaulter"
    assert len(await seeded.services.payment.bills.auto_pay.mine(viewer)) == 2


async def test_the_stand_in_hears_of_a_payment_once_and_refuses_what_is_not_owed(
    seeded: City, stand_in: Billers
) -> None:
    viewer = await _citizen(seeded, "lin-xiaofeng")
    (bill,) = await _bills(seeded, viewer, BillKind.FINE)
    payment = await _pay(seeded, viewer, bill)
    event = Event(new_id(), "bill.paid", viewer.citizen(), {"payment": payment}, seeded.clock.now())
    for _ in range(2):
        await seeded.services.payment.bills.tell_billers(event)
    (told,) = stand_in.systems["fines"].payments.values()
    assert (told["number"], Decimal(told["amount"]), told["tries"]) == (bill.number, Decimal(100), 1)
    desk = seeded.outside.billers
    assert await desk.paid("fines", told["reference"], bill.number, 10_000, seeded.clock.now())
    assert not await desk.paid("fines", "another-payment", bill.number, 1, seeded.clock.now())
    assert await desk.bill("fines", bill.number) is None
    assert await desk.open_bills("fines", "993501002601", "林晓峰") == []
    assert await desk.open_bills("fines", "993501002601", "别人") is None


async def test_a_bill_changed_taken_back_or_out_of_reach_at_the_stand_in_is_not_paid_unseen(
    seeded: City, stand_in: Billers
) -> None:
    viewer = await _citizen(seeded, "lin-xiaofeng")
    (power, *_) = await _bills(seeded, viewer, BillKind.POWER)
    system = stand_in.systems["power"]
    system.put(
        {
            **system.bills[power.number],
            "version": power.terms.version + 1,
            "due": power.terms.due.isoformat(),
            "lines": [_line("9")],
        }
    )
    with pytest.raises(BillChanged) as changed:
        await _pay(seeded, viewer, power)
    assert changed.value.bill.terms.fen == 900
    stand_in.switch.set(Faults(status=503))
    with pytest.raises(BillerSilent):
        await _pay(seeded, viewer, changed.value.bill)
    stand_in.switch.clear()
    system.gone.add(power.number)
    with pytest.raises(BillWithdrawn):
        await _pay(seeded, viewer, changed.value.bill)


async def test_a_pushing_billers_stand_in_takes_what_is_paid_of_bills_it_does_not_hold(seeded: City) -> None:
    desk, now = seeded.outside.billers, seeded.clock.now()
    assert await desk.paid("schools", new_id(), "PUSHED-1", 43_200, now)
    assert not await desk.paid("power", new_id(), "PUSHED-1", 43_200, now)


async def test_a_city_without_a_platform_asks_no_biller() -> None:
    with pytest.raises(Unavailable):
        await HttpBillers().bill("power", "1")


async def test_a_wrong_key_is_a_biller_that_does_not_answer(stand_in: Billers) -> None:
    desk = HttpBillers("http://billers.test/billers", SecretStr("other"), transport=_inside(stand_in))
    with pytest.raises(Unavailable):
        await desk.open_bills("power", "9910020010", "林晓峰")


def _line(amount: str) -> dict[str, object]:
    return {"text": {"zh": "电费", "en": "Power"}, "amount": amount}
