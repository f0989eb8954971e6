"""Payments: begun, confirmed, captured, ended; once each, whoever asks how often."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pymongo.errors import NetworkTimeout

from app.core.errors import Outcome
from app.core.ids import new_id
from app.core.money import AmountFault, AmountInvalid, Currency, CurrencyWrong, Money, parse_money
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.core.viewer import Assurance, Role, Viewer
from app.domains.payment.gateway.errors import PaymentGatewayMissing
from app.domains.payment.gateway.orders.service import Orders
from app.domains.payment.gateway.orders.store import OrderStore
from app.domains.payment.ledger.errors import InsufficientBalance
from app.domains.payment.ledger.model import FEES, GATEWAY, TransferKind, Wanted, credit, debit, wallet
from app.domains.payment.payments.errors import MethodNotPossible, PaymentNotOpen, PaymentTooLate, PaymentUnknown
from app.domains.payment.payments.model import (
    OPEN,
    Method,
    NewPayment,
    Payee,
    PayeeKind,
    Payment,
    PaymentState,
    Purpose,
    new_payment,
)
from app.domains.payment.payments.service import Payments
from app.domains.payment.payments.store import PaymentStore
from app.wiring import City
from tests.support.fakes import MovableClock

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
SHOP = Payee(PayeeKind.MERCHANT, "shop")


@pytest.mark.parametrize(
    ("text", "currency", "fen"),
    [
        ("12", Currency.CNY, 1200),
        ("0.01", Currency.CNY, 1),
        ("12.5", Currency.CNY, 1250),
        ("10000000", Currency.CNY, 10**9),
        ("7", Currency.POINTS, 700),
    ],
)
def test_an_amount_is_read_to_the_fen(text: str, currency: Currency, fen: int) -> None:
    assert parse_money(text, currency) == Money(fen, currency)


@pytest.mark.parametrize(
    ("text", "currency", "reason"),
    [
        ("", Currency.CNY, AmountFault.NOT_A_NUMBER),
        ("1e3", Currency.CNY, AmountFault.NOT_A_NUMBER),
        ("１２", Currency.CNY, AmountFault.NOT_A_NUMBER),
        ("1,000", Currency.CNY, AmountFault.NOT_A_NUMBER),
        (" 1", Currency.CNY, AmountFault.NOT_A_NUMBER),
        ("NaN", Currency.CNY, AmountFault.NOT_A_NUMBER),
        ("01", Currency.CNY, AmountFault.NOT_A_NUMBER),
        ("0", Currency.CNY, AmountFault.NOT_POSITIVE),
        ("0.00", Currency.CNY, AmountFault.NOT_POSITIVE),
        ("-5", Currency.CNY, AmountFault.NOT_POSITIVE),
        ("1.005", Currency.CNY, AmountFault.TOO_MANY_DECIMALS),
        ("1.5", Currency.POINTS, AmountFault.TOO_MANY_DECIMALS),
        ("10000000.01", Currency.CNY, AmountFault.TOO_LARGE),
        ("9" * 5000, Currency.CNY, AmountFault.TOO_LARGE),
    ],
)
def test_what_is_no_amount_is_told_by_its_fault(text: str, currency: Currency, reason: AmountFault) -> None:
    with pytest.raises(AmountInvalid) as refused:
        parse_money(text, currency)
    assert refused.value.reason is reason


def test_another_currency_than_the_wanted_one_is_refused() -> None:
    with pytest.raises(CurrencyWrong):
        parse_money("5", Currency.POINTS, wanted=Currency.CNY)


def asked(payer: str = "p", **changed: object) -> NewPayment:
    new = NewPayment(new_id(), payer, SHOP, Money(1_000), Method.WALLET, Purpose.CODE, fee=6)
    return replace(new, **changed)  # type: ignore[arg-type]


def made(**changed: object) -> Payment:
    payment = new_payment(asked(), NOW, "P1", confirm_until=None)
    return replace(payment, **changed)  # type: ignore[arg-type]


_STEPS: dict[str, Callable[[Payment], Payment]] = {
    "confirm": lambda one: one.confirmed_at(NOW),
    "capture": lambda one: one.captured("t", NOW),
    "end": lambda one: one.ended(PaymentState.FAILED, "X", NOW),
}
_ALLOWED = {
    "confirm": {PaymentState.WAITING_FOR_CONFIRMATION},
    "capture": {PaymentState.PROCESSING, PaymentState.WAITING_FOR_GATEWAY},
    "end": set(OPEN),
}


@pytest.mark.parametrize("step", _STEPS)
@pytest.mark.parametrize("state", PaymentState)
def test_each_step_is_taken_from_its_states_alone(state: PaymentState, step: str) -> None:
    payment = made(state=state)
    if state in _ALLOWED[step]:
        assert _STEPS[step](payment).rev == payment.rev + 1
    else:
        with pytest.raises(PaymentNotOpen) as refused:
            _STEPS[step](payment)
        assert refused.value.state == state.value


def test_a_payment_is_confirmed_until_its_moment() -> None:
    waiting = made(state=PaymentState.WAITING_FOR_CONFIRMATION, until=NOW)
    assert waiting.confirmed_at(NOW - timedelta(milliseconds=1)).confirmed
    with pytest.raises(PaymentTooLate):
        waiting.confirmed_at(NOW)


def test_what_a_payee_gets_and_the_fee_are_what_was_paid() -> None:
    lines = {line.account.kind.value: line.fen for line in made().transfer_wanted.lines}
    assert lines == {"wallet": 1_000, "merchant": 994, "fees": 6}


@pytest.mark.parametrize(("method", "currency"), [(Method.POINTS, Currency.CNY), (Method.WALLET, Currency.POINTS)])
def test_points_are_paid_with_points_alone(method: Method, currency: Currency) -> None:
    with pytest.raises(MethodNotPossible):
        new_payment(asked(method=method, amount=Money(100, currency)), NOW, "P1", confirm_until=None)


def test_what_is_paid_at_the_gateway_is_confirmed_there_alone() -> None:
    with pytest.raises(MethodNotPossible):
        new_payment(asked(method=Method.GATEWAY), NOW, "P1", confirm_until=NOW)


async def purse(city: City, fen: int) -> str:
    """A new wallet with so much on it; whose it is."""
    owner, ledger = new_id(), city.services.payment.ledger
    await ledger.open(GATEWAY)
    await ledger.open(FEES)
    await ledger.open(wallet(owner))
    if fen:
        lines = (debit(GATEWAY, fen), credit(wallet(owner), fen))
        await city.db.transaction(lambda tx: ledger.post(Wanted(new_id(), TransferKind.TOP_UP, lines), tx))
    return owner


async def lies_on(city: City, owner: str) -> int:
    return (await city.services.payment.ledger.balance(wallet(owner))).posted.fen


def holder(owner: str) -> Viewer:
    return Viewer(Role.CITIZEN, owner, owner, assurance=Assurance.REAL_NAME)


@pytest.mark.parametrize("shown", ["whole", "twice"])
async def test_a_payment_moves_money_once(shared_city: tuple[City, object], shown: str) -> None:
    city, payments = shared_city[0], shared_city[0].services.payment.payments
    owner = await purse(city, 5_000)
    new = asked(owner)
    for _ in range(2 if shown == "twice" else 1):
        payment = await city.db.transaction(lambda tx: payments.pay(new, tx))
    assert (payment.state, await lies_on(city, owner)) == (PaymentState.CAPTURED, 4_000)
    (transfer,) = await city.services.payment.ledger.about(new.id)
    assert payment.transfer == transfer.id


async def test_what_a_wallet_cannot_pay_leaves_nothing_behind(shared_city: tuple[City, object]) -> None:
    city, payments = shared_city[0], shared_city[0].services.payment.payments
    owner = await purse(city, 999)
    new = asked(owner)
    with pytest.raises(InsufficientBalance) as refused:
        await city.db.transaction(lambda tx: payments.pay(new, tx))
    assert refused.value.available == Money(999)
    assert await payments.get(new.id) is None
    assert await lies_on(city, owner) == 999


async def test_a_charge_that_is_refused_has_failed_by_name(shared_city: tuple[City, object]) -> None:
    city, payments = shared_city[0], shared_city[0].services.payment.payments
    new = asked(await purse(city, 0))
    await city.db.transaction(lambda tx: payments.begin(new, tx))
    failed = await payments.charge(new.id)
    assert (failed.state, failed.reason) == (PaymentState.FAILED, "INSUFFICIENT_BALANCE")
    assert (await payments.charge(new.id)) == failed


async def test_of_thirty_who_charge_at_once_one_moves_money(shared_city: tuple[City, object]) -> None:
    city, payments = shared_city[0], shared_city[0].services.payment.payments
    owner = await purse(city, 5_000)
    new = asked(owner)
    await city.db.transaction(lambda tx: payments.begin(new, tx))
    done = await asyncio.gather(*(payments.charge(new.id) for _ in range(30)))
    assert {one.state for one in done} == {PaymentState.CAPTURED}
    assert await lies_on(city, owner) == 4_000


async def test_money_for_one_payment_pays_one_of_many(shared_city: tuple[City, object]) -> None:
    city, payments = shared_city[0], shared_city[0].services.payment.payments
    owner = await purse(city, 1_500)

    async def tried() -> bool:
        new = asked(owner)
        try:
            await city.db.transaction(lambda tx: payments.pay(new, tx))
        except InsufficientBalance:
            return False
        return True

    assert sum(await asyncio.gather(*(tried() for _ in range(12)))) == 1
    assert await lies_on(city, owner) == 500


async def test_what_has_to_be_confirmed_waits_for_its_payer(shared_city: tuple[City, object]) -> None:
    city, payments = shared_city[0], shared_city[0].services.payment.payments
    owner = await purse(city, 5_000)
    new = asked(owner, confirm_until=city.clock.now() + timedelta(minutes=1))
    waiting = await city.db.transaction(lambda tx: payments.begin(new, tx))
    assert waiting.state is PaymentState.WAITING_FOR_CONFIRMATION
    assert (await payments.charge(new.id)).state is PaymentState.WAITING_FOR_CONFIRMATION
    with pytest.raises(PaymentUnknown):
        await payments.confirm(holder("somebody else"), new.id)
    assert (await payments.confirm(holder(owner), new.id)).state is PaymentState.CAPTURED
    assert (await payments.confirm(holder(owner), new.id)).state is PaymentState.CAPTURED
    with pytest.raises(PaymentNotOpen):
        await payments.decline(holder(owner), new.id)
    assert await lies_on(city, owner) == 4_000


async def test_confirming_and_declining_at_once_leave_one_truth(shared_city: tuple[City, object]) -> None:
    city, payments = shared_city[0], shared_city[0].services.payment.payments
    owner = await purse(city, 5_000)
    new = asked(owner, confirm_until=city.clock.now() + timedelta(minutes=1))
    await city.db.transaction(lambda tx: payments.begin(new, tx))

    async def told(step: str) -> None:
        try:
            await (payments.confirm if step == "confirm" else payments.decline)(holder(owner), new.id)
        except Outcome:
            return

    await asyncio.gather(*(told(step) for step in ("confirm", "decline") * 5))
    await payments.charge(new.id)
    payment = await payments.get(new.id)
    assert payment is not None
    paid = {PaymentState.CAPTURED: 4_000, PaymentState.CANCELLED: 5_000}
    assert await lies_on(city, owner) == paid[payment.state]


async def test_what_nobody_confirms_lapses_and_what_died_is_finished(city: City, clock: MovableClock) -> None:
    payments = city.services.payment.payments
    owner = await purse(city, 5_000)
    lapsing, dying = asked(owner, confirm_until=clock.now() + timedelta(minutes=1)), asked(owner)
    await city.db.transaction(lambda tx: payments.begin(lapsing, tx))
    await city.db.transaction(lambda tx: payments.begin(dying, tx))
    clock.advance(seconds=61)
    assert (await payments.one(holder(owner), lapsing.id)).state is PaymentState.EXPIRED  # type: ignore[union-attr]
    with pytest.raises(PaymentTooLate):
        await payments.confirm(holder(owner), lapsing.id)
    assert await payments.sweep() == 2
    ended = [await payments.get(new.id) for new in (lapsing, dying)]
    states = {one.id: one.state for one in ended if one}
    assert states == {lapsing.id: PaymentState.EXPIRED, dying.id: PaymentState.CAPTURED}
    assert await payments.sweep() == 0


class Stumbling:
    """A room that cannot take the end of one payment."""

    def __init__(self, over: str, fault: Exception) -> None:
        self.over, self.fault = over, fault

    async def captured(self, payment: Payment, tx: Tx) -> None:
        await self.ended(payment, tx)

    async def ended(self, payment: Payment, tx: Tx) -> None:
        if payment.id == self.over:
            raise self.fault

    async def refunded(self, payment: Payment, fen: int, tx: Tx) -> None: ...


@pytest.mark.parametrize("fault", [PaymentUnknown(), RuntimeError("a fault")])
async def test_what_one_payment_stumbles_over_holds_up_no_other(
    city: City, clock: MovableClock, fault: Exception
) -> None:
    payments, owner = city.services.payment.payments, await purse(city, 5_000)
    new = [asked(owner, purpose=Purpose.RIDE, confirm_until=clock.now() + timedelta(minutes=1)) for _ in range(2)]
    new += [asked(owner, purpose=Purpose.RIDE) for _ in range(2)]
    for one in new:
        await city.db.transaction(lambda tx, one=one: payments.begin(one, tx))  # type: ignore[misc]
    clock.advance(seconds=61)
    for over, finished in ((new[0].id, 3), (new[0].id, 0), ("", 1)):
        payments.follow(Purpose.RIDE, Stumbling(over, fault))
        assert await payments.sweep() == finished
    kept = [await payments.get(one.id) for one in new]
    assert [one.state.value for one in kept if one] == ["expired"] * 2 + ["captured"] * 2


async def test_a_database_that_does_not_answer_ends_the_round(city: City, clock: MovableClock) -> None:
    payments, owner = city.services.payment.payments, await purse(city, 5_000)
    new = asked(owner, purpose=Purpose.RIDE)
    await city.db.transaction(lambda tx: payments.begin(new, tx))
    clock.advance(seconds=61)
    payments.follow(Purpose.RIDE, Stumbling(new.id, NetworkTimeout("it does not answer")))
    with pytest.raises(NetworkTimeout):
        await payments.sweep()


async def test_no_more_goes_back_than_was_captured(shared_city: tuple[City, object]) -> None:
    city, payments = shared_city[0], shared_city[0].services.payment.payments
    owner = await purse(city, 5_000)
    new = asked(owner)
    await city.db.transaction(lambda tx: payments.pay(new, tx))

    async def taken() -> bool:
        return await city.db.transaction(lambda tx: payments.take_refund(new.id, 30, tx)) is not None

    assert sum(await asyncio.gather(*(taken() for _ in range(50)))) == 1_000 // 30
    payment = await payments.get(new.id)
    assert payment is not None
    assert (payment.refunded, payment.left.fen) == (990, 10)


async def test_a_city_without_a_gateway_says_so_before_anything_is_written(shared_city: tuple[City, object]) -> None:
    city, rooms = shared_city[0], shared_city[0].services.payment
    back, outbox = rooms.gateway_refunds.give_back, Outbox(city.db, city.clock)
    orders = Orders(city.db, OrderStore(city.db), None, rooms.ledger, back, city.clock, city.base_url)
    payments = Payments(city.db, PaymentStore(city.db), rooms.ledger, rooms.risk, orders, outbox, city.clock)
    new = asked(await purse(city, 0), method=Method.GATEWAY)
    with pytest.raises(PaymentGatewayMissing):
        await city.db.transaction(lambda tx: payments.begin(new, tx))
    assert await payments.get(new.id) is None
