"""Payers with something in their wallets, what they paid, and those who were paid."""

from __future__ import annotations

from typing import Any

from app.core.ids import new_id
from app.core.money import Currency, Money
from app.core.viewer import Assurance, Role, Viewer
from app.domains.payment.ledger.errors import AccountUnknown
from app.domains.payment.ledger.model import (
    CITY,
    FEES,
    GATEWAY,
    ISSUED,
    MOST_FEN,
    Account,
    AccountKind,
    TransferKind,
    Wanted,
    credit,
    debit,
    points,
    wallet,
)
from app.domains.payment.payments.model import Method, NewPayment, Payee, PayeeKind, Payment, Purpose
from app.wiring import City
from tests.support.gateway import FakeGateway


def holder(citizen: str) -> Viewer:
    return Viewer(role=Role.CITIZEN, actor=citizen, subject=citizen, assurance=Assurance.REAL_NAME)


def keeper(organisation: str, *scopes: str) -> Viewer:
    """One of a merchant's staff."""
    granted = frozenset(scopes or ("payments", "payments:manage"))
    return Viewer(role=Role.PROVIDER_STAFF, actor=new_id(), organisation=organisation, scopes=granted)


def desk(name: str = "") -> Viewer:
    return Viewer(role=Role.OPS, actor=name or new_id())


def shop() -> Payee:
    """A merchant nobody else in the test knows."""
    return Payee(PayeeKind.MERCHANT, f"shop-{new_id()[-12:]}")


async def purse(city: City, fen: int = 0, *, most: int = MOST_FEN) -> str:
    """A new wallet with so much on it; whose it is. No more than `most` fen may lie on it."""
    owner, ledger = new_id(), city.services.payment.ledger
    for account in (GATEWAY, FEES):
        await ledger.open(account)
    await ledger.open(wallet(owner), most=most)
    if fen:
        await put_on(city, owner, fen)
    return owner


async def put_on(city: City, owner: str, fen: int) -> None:
    """On a wallet that is open."""
    lines, ledger = (debit(GATEWAY, fen), credit(wallet(owner), fen)), city.services.payment.ledger
    await city.db.transaction(lambda tx: ledger.post(Wanted(new_id(), TransferKind.TOP_UP, lines), tx))


async def collector(city: City, fen: int) -> str:
    """Somebody with so many hundredths of points."""
    owner, ledger = new_id(), city.services.payment.ledger
    await ledger.open(ISSUED)
    await ledger.open(points(owner))
    lines = (debit(ISSUED, fen), credit(points(owner), fen))
    await city.db.transaction(lambda tx: ledger.post(Wanted(new_id(), TransferKind.GRANT, lines), tx))
    return owner


async def pay(city: City, payer: str, fen: int, payee: Payee, **changed: Any) -> Payment:
    """A payment that is captured at once."""
    method, purpose = changed.pop("method", Method.WALLET), changed.pop("purpose", Purpose.DYNAMIC_CODE)
    amount = Money(fen, Currency.POINTS if method is Method.POINTS else Currency.CNY)
    new = NewPayment(new_id(), payer, payee, amount, method, purpose, **changed)
    return await city.db.transaction(lambda tx: city.services.payment.payments.pay(new, tx))


async def pay_by_gateway(
    city: City, gateway: FakeGateway, payer: str, fen: int, payee: Payee, **changed: Any
) -> Payment:
    """A payment that was paid on the gateway's page."""
    payments, orders = city.services.payment.payments, city.services.payment.orders
    begun = await pay(city, payer, fen, payee, method=Method.GATEWAY, **changed)
    await orders.open(begun.id)
    gateway.pay(begun.id)
    await orders.look(begun.id)
    paid = await payments.get(begun.id)
    assert paid is not None
    return paid


async def lies_on(city: City, account: Account) -> int:
    """In fen; nothing on what was never opened."""
    try:
        return (await city.services.payment.ledger.balance(account)).posted.fen
    except AccountUnknown:
        return 0


def takings(payee: Payee, currency: Currency = Currency.CNY) -> Account:
    return payee.account(currency)


NOBODYS = Account(AccountKind.SUSPENSE, CITY)
