"""A biller of a test, accounts that are bound, and money to pay with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from app.core.clock import SystemClock, civil_day
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.paging import PageRequest
from app.core.said import Said
from app.core.viewer import Assurance, Role, Viewer
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.payment.bills.billers.model import Biller, BillerWay, BillKind, NumberRule
from app.domains.payment.bills.billers.service import BillerProfile
from app.domains.payment.bills.bound.model import Bound
from app.domains.payment.bills.model import Bill
from app.domains.payment.bills.pushing.model import Answer, ToldBill, ToldLine
from app.domains.payment.ledger.model import GATEWAY, TransferKind, Wanted, credit, debit, wallet
from app.wiring import City
from graphql_schema.types.common import key_of
from tests.support.api import OPS, Api, Person

HOLDER = "测试户主"


async def a_biller(city: City, *, asked: bool = False, system: str | None = None) -> Biller:
    code = f"biller-{new_id()[-10:]}"
    scopes = frozenset({"bills", "webhooks"})
    await city.services.organisations.put(OPS, Organisation(code, "测试水务", Kind.UTILITY, scopes=scopes))
    profile = BillerProfile(
        id=code,
        kind=BillKind.SCHOOL,
        name=Said("测试学校", "Test school"),
        number=NumberRule(6, 12, example="12345678"),
        account_name=Said("学籍号", "Pupil number"),
        way=BillerWay.ASKED if asked else BillerWay.PUSHES,
        system=system or (code if asked else None),
    )
    return await city.services.payment.bills.billers.write(OPS, profile, new_id())


def of_biller(biller: Biller) -> Viewer:
    return Viewer(
        role=Role.PROVIDER_CLIENT, actor=f"client-{biller.id}", organisation=biller.id, scopes=frozenset({"bills"})
    )


def told(number: str | None = None, **changed: object) -> ToldBill:
    """A bill of 128.50, due in ten days, for a child."""
    bill = ToldBill(
        number=number or f"B-{new_id()[-12:]}",
        version=1,
        account="12345678",
        holder=HOLDER,
        lines=(ToldLine(Said("学费", "Fees"), "150.00"), ToldLine(Said("减免", "Reduction"), "-21.50")),
        due=today() + timedelta(days=10),
        reason=Said("本月课后服务", "After-school care of the month"),
        beneficiary="林小满",
    )
    return replace(bill, **changed)  # type: ignore[arg-type]


def today() -> date:
    return civil_day(SystemClock().now())


async def pushed(city: City, biller: Biller, *bills: ToldBill) -> tuple[Answer, ...]:
    return await city.services.payment.bills.pushing.push(of_biller(biller), bills, new_id())


def bill_owner(person: Person) -> Viewer:
    """A verified citizen, acting for himself."""
    citizen = key_of(str(person.citizen_id), "Citizen")
    return Viewer(role=Role.CITIZEN, actor=citizen, subject=citizen, assurance=Assurance.REAL_NAME)


async def payer(api: Api, fen: int = 0) -> tuple[Person, Viewer]:
    """Somebody verified, with so much in his wallet."""
    person = await api.verified()
    viewer = bill_owner(person)
    if fen:
        await filled(api.city, viewer.citizen(), fen)
    return person, viewer


async def filled(city: City, citizen: str, fen: int) -> None:
    """As a top-up does."""
    ledger, account = city.services.payment.ledger, wallet(citizen)

    async def work(tx: Tx) -> None:
        await ledger.open(account, tx)
        lines = (debit(GATEWAY, fen), credit(account, fen))
        await ledger.post(Wanted(f"test {new_id()}", TransferKind.TOP_UP, lines), tx)

    await city.db.transaction(work)


async def bound(city: City, viewer: Viewer, biller: Biller, number: str = "12345678") -> Bound:
    service = city.services.payment.bills.bound
    return (await service.bind(viewer, biller.id, number, HOLDER, "女儿的学校", new_id()))[0]


async def the_bill(city: City, viewer: Viewer, number: str) -> Bill:
    """As the citizen sees it, whether it can be paid or not."""
    reading = city.services.payment.bills.reading
    pages = [await reading.mine(viewer, PageRequest(100), payable=payable) for payable in (True, False)]
    return next(bill for page in pages for bill in page.items if bill.number == number)
