"""Refunds: to where it came from, part by part, never more than was captured, whoever asks how often at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Forbidden, Outcome
from app.core.idempotency import IdempotencyConflict
from app.core.ids import new_id
from app.core.money import Currency, Money
from app.core.paging import PageRequest
from app.domains.payment.gateway.model import ErrandAnswer
from app.domains.payment.ledger.model import (
    FEES,
    GATEWAY,
    Account,
    AccountKind,
    Line,
    Side,
    Transfer,
    TransferKind,
    TransferState,
    Wanted,
    credit,
    credit_line,
    debit,
    points,
    wallet,
)
from app.domains.payment.payments.errors import PaymentUnknown
from app.domains.payment.payments.model import Method, Payment, PaymentState
from app.domains.payment.refunds.errors import (
    PaymentNotRefundable,
    RefundNotStranded,
    RefundTooHigh,
    RefundTooLate,
    RefundUnknown,
)
from app.domains.payment.refunds.model import Cause, Part, Refund, RefundReason, RefundState, Way, taken_back
from app.domains.payment.refunds.service import RefundWanted
from app.wiring import City
from tests.conftest import Fakes
from tests.support.fakes import MovableClock
from tests.support.gateway import FakeGateway
from tests.support.paying import (
    NOBODYS,
    collector,
    desk,
    holder,
    keeper,
    lies_on,
    pay,
    pay_by_gateway,
    purse,
    shop,
    takings,
)

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
BACK = RefundReason.RETURNED


def captured(*credits: int) -> Transfer:
    """One payment, of which the first credit is the payee's and the others are the city's."""
    accounts = [Account(AccountKind.MERCHANT, "m"), FEES, Account(AccountKind.CAUSE, "c")]
    lines = tuple(Line(accounts[number], Side.CREDIT, fen) for number, fen in enumerate(credits))
    whole = (debit(wallet("p"), sum(credits)), *lines)
    return Transfer("t", "s", TransferKind.PAYMENT, whole, TransferState.POSTED, NOW, posted=whole)


@given(
    main=st.integers(min_value=20, max_value=10**7),
    fee=st.integers(min_value=0, max_value=60),
    parts=st.lists(st.integers(min_value=1, max_value=10**6), min_size=1, max_size=12),
)
def test_parts_take_back_what_the_whole_does_to_the_fen(main: int, fee: int, parts: list[int]) -> None:
    fee = min(fee, main // 16)
    paid = captured(main, fee) if fee else captured(main)
    whole, before = main + fee, 0
    taken: dict[str, int] = {}
    for part in parts:
        now = min(part, whole - before)
        if now:
            lines = taken_back(paid, before, now)
            assert sum(line.fen for line in lines) == now
            assert all(line.fen > 0 and line.side is Side.DEBIT for line in lines)
            for line in lines:
                taken[line.account.id] = taken.get(line.account.id, 0) + line.fen
            before += now
    if before < whole:
        for line in taken_back(paid, before, whole - before):
            taken[line.account.id] = taken.get(line.account.id, 0) + line.fen
    assert taken == {line.account.id: line.fen for line in paid.posted if line.side is Side.CREDIT}


@pytest.fixture
def right(shared_city: tuple[City, Fakes]) -> City:
    return shared_city[0]


async def give(city: City, payment: Payment, fen: int | None = None, key: str = "") -> Refund:
    amount = None if fen is None else Money(fen, payment.amount.currency)
    asking = city.services.payment.refund_asking
    return await asking.by_payee(keeper(payment.payee.id), payment.id, amount, BACK, key or new_id())


async def refunded(city: City, payment: Payment) -> int:
    found = await city.services.payment.payments.get(payment.id)
    assert found is not None
    return found.refunded


async def test_a_whole_refund_brings_back_the_fee_too(right: City) -> None:
    payer, payee = await purse(right, 10_000), shop()
    fees = await lies_on(right, FEES)
    payment = await pay(right, payer, 8_000, payee, fee=48)
    refund = await give(right, payment)
    assert (refund.state, refund.parts) == (RefundState.DONE, (Part(Way.WALLET, 8_000),))
    assert await lies_on(right, wallet(payer)) == 10_000
    assert await lies_on(right, takings(payee)) == 0
    assert await lies_on(right, FEES) >= fees
    assert await refunded(right, payment) == 8_000


async def test_parts_go_back_until_nothing_is_left(right: City) -> None:
    payer, payee = await purse(right, 1_000), shop()
    payment = await pay(right, payer, 1_000, payee, fee=6)
    for fen in (333, 333, 333):
        await give(right, payment, fen)
    with pytest.raises(RefundTooHigh) as refused:
        await give(right, payment, 2)
    assert refused.value.left == Money(1)
    await give(right, payment, 1)
    with pytest.raises(RefundTooHigh):
        await give(right, payment)
    assert await lies_on(right, wallet(payer)) == 1_000
    assert await lies_on(right, takings(payee)) == 0


async def test_of_fifty_rivals_never_more_goes_back_than_was_captured(right: City) -> None:
    payer, payee = await purse(right, 1_000), shop()
    payment = await pay(right, payer, 1_000, payee, fee=6)

    async def one(fen: int) -> int:
        try:
            return (await give(right, payment, fen)).amount.fen
        except RefundTooHigh:
            return 0

    given = await asyncio.gather(*(one(70 + number % 3) for number in range(50)))
    assert 900 < sum(given) <= 1_000
    assert await refunded(right, payment) == sum(given)
    assert await lies_on(right, wallet(payer)) == sum(given)


async def test_rivals_who_do_not_know_of_each_other_meet_at_the_database(right: City) -> None:
    payer, payee, refunds = await purse(right, 1_000), shop(), right.services.payment.refunds
    payment = await pay(right, payer, 1_000, payee, fee=6)

    async def one(fen: int) -> int:
        wanted = RefundWanted(new_id(), payment.id, fen, Cause.CANCELLED, RefundReason.CANCELLED, desk())
        try:
            return (await right.db.transaction(lambda tx: refunds.give(wanted, tx))).amount.fen
        except RefundTooHigh:
            return 0

    given = await asyncio.gather(*(one(300) for _ in range(8)))
    assert sum(given) == 900
    assert await refunded(right, payment) == 900
    assert await lies_on(right, wallet(payer)) == 900


async def test_the_same_key_gives_back_once(right: City) -> None:
    payment, key = await pay(right, await purse(right, 500), 500, shop()), new_id()
    by = keeper(payment.payee.id)
    asking = right.services.payment.refund_asking
    found = await asyncio.gather(*(asking.by_payee(by, payment.id, Money(100), BACK, key) for _ in range(5)))
    assert len({refund.id for refund in found}) == 1
    assert await refunded(right, payment) == 100
    with pytest.raises(IdempotencyConflict):
        await asking.by_payee(by, payment.id, Money(101), BACK, key)


async def test_points_go_back_to_points(right: City) -> None:
    payer, payee = await collector(right, 5_000), shop()
    payment = await pay(right, payer, 3_000, payee, method=Method.POINTS)
    refund = await give(right, payment, 1_000)
    assert refund.parts == (Part(Way.POINTS, 1_000),)
    assert await lies_on(right, points(payer)) == 3_000


async def test_what_was_paid_on_credit_lowers_the_debt_and_what_was_repaid_goes_to_the_wallet(right: City) -> None:
    payer, payee, ledger = await purse(right, 1_000), shop(), right.services.payment.ledger
    line = credit_line(payer)
    await ledger.open(line, limit=10_000)
    payment = await pay(right, payer, 2_000, payee, method=Method.CREDIT)
    await right.services.payment.credit.repayments.by_wallet(holder(payer), 600, new_id())
    refund = await give(right, payment)
    assert refund.parts == (Part(Way.CREDIT, 1_400), Part(Way.WALLET, 600))
    assert (await lies_on(right, line), await lies_on(right, wallet(payer))) == (0, 1_000)


async def test_what_a_closed_wallet_cannot_take_waits_for_the_desk(right: City) -> None:
    payer, payee = await purse(right, 700), shop()
    payment, service = await pay(right, payer, 700, payee), right.services.payment
    await right.db.transaction(lambda tx: service.ledger.close(wallet(payer), tx))
    before = await lies_on(right, NOBODYS)
    refund = await give(right, payment)
    assert (refund.state, refund.stranded) == (RefundState.STRANDED, 700)
    assert await lies_on(right, NOBODYS) == before + 700
    take = service.refund_asking.take_in_hand
    done = await take(desk(), refund.id, to_bank=True, note="按本人指定账户汇出", key=new_id())
    assert (done.state, done.parts) == (RefundState.DONE, (Part(Way.BANK, 700),))
    assert await lies_on(right, NOBODYS) == before
    row = await right.db["refunds"].find_one({"_id": refund.id})
    assert row is not None
    assert isinstance(row["note"], bytes)  # sealed under the payer's key
    shown = await service.refund_asking.one(refund.id)
    assert (shown and shown.note) == "按本人指定账户汇出"
    with pytest.raises(RefundNotStranded):
        await take(desk(), refund.id, to_bank=True, note="再汇一次", key=new_id())
    with pytest.raises(RefundUnknown):
        await take(desk(), new_id(), to_bank=True, note="没有这笔", key=new_id())


async def test_what_comes_back_to_who_has_left_is_settled_without_a_note(right: City) -> None:
    payer, payee = await purse(right, 700), shop()
    payment, service = await pay(right, payer, 700, payee), right.services.payment
    await right.db.transaction(lambda tx: service.ledger.close(wallet(payer), tx))
    await right.db.transaction(lambda tx: right.persons.destroy(payer, "test", tx))
    await right.persons.forget()
    refund = await give(right, payment)
    take = service.refund_asking.take_in_hand
    await take(desk(), refund.id, to_bank=True, note="按家属指定账户汇出", key=new_id())
    shown = await service.refund_asking.one(refund.id)
    assert (shown and shown.state, shown and shown.note) == (RefundState.DONE, None)


async def test_a_full_wallet_takes_its_refund_when_there_is_room_again(right: City) -> None:
    payer, payee, service = await purse(right, 1_000, most=1_000), shop(), right.services.payment
    payment = await pay(right, payer, 900, payee)
    lines = (debit(GATEWAY, 500), credit(wallet(payer), 500))
    await right.db.transaction(lambda tx: service.ledger.post(Wanted(new_id(), TransferKind.TOP_UP, lines), tx))
    refund = await give(right, payment)
    assert refund.state is RefundState.STRANDED
    await pay(right, payer, 500, payee)
    await service.refund_asking.take_in_hand(desk(), refund.id, to_bank=False, note="余额已降", key=new_id())
    assert await lies_on(right, wallet(payer)) == 1_000


async def test_only_who_was_paid_gives_back_and_only_with_the_right_to(right: City) -> None:
    payment, asking = await pay(right, await purse(right, 100), 100, shop()), right.services.payment.refund_asking
    with pytest.raises(PaymentUnknown):
        await asking.by_payee(keeper("another-shop"), payment.id, None, BACK, new_id())
    with pytest.raises(Forbidden):
        await asking.by_payee(keeper(payment.payee.id, "payments"), payment.id, None, BACK, new_id())
    with pytest.raises(PaymentUnknown):
        await asking.by_payee(keeper(payment.payee.id), new_id(), None, BACK, new_id())
    with pytest.raises(RefundTooHigh):
        await asking.by_payee(keeper(payment.payee.id), payment.id, Money(100, Currency.POINTS), BACK, new_id())
    assert await refunded(right, payment) == 0


async def test_what_was_not_captured_is_not_given_back(right: City) -> None:
    payment = await pay(right, await purse(right, 100), 100, shop())
    await right.db["payments"].update_one({"_id": payment.id}, {"$set": {"state": PaymentState.FAILED.value}})
    with pytest.raises(PaymentNotRefundable):
        await give(right, payment)


async def test_after_a_year_the_desk_gives_back_and_the_payee_does_not(city: City, clock: MovableClock) -> None:
    payment = await pay(city, await purse(city, 100), 100, shop())
    clock.advance(days=366)
    with pytest.raises(RefundTooLate):
        await give(city, payment)
    asking = city.services.payment.refund_asking
    refund = await asking.by_desk(desk(), payment.id, None, RefundReason.PAID_TWICE, "付了两次", new_id())
    assert refund.state is RefundState.DONE


@pytest.fixture
def gateway(shared_city: tuple[City, Fakes]) -> Iterator[FakeGateway]:
    found = shared_city[1].outside.gateway
    assert isinstance(found, FakeGateway)
    yield found
    found.down, found.ends = False, ErrandAnswer.DONE


async def test_what_the_gateway_took_the_gateway_gives_back(right: City, gateway: FakeGateway) -> None:
    payer, payee = await purse(right), shop()
    at_gateway, nobodys = await lies_on(right, GATEWAY), await lies_on(right, NOBODYS)
    payment = await pay_by_gateway(right, gateway, payer, 5_000, payee, fee=30)
    assert await lies_on(right, GATEWAY) == at_gateway + 5_000
    refund = await give(right, payment, 2_000)
    assert (refund.state, refund.parts) == (RefundState.DONE, (Part(Way.GATEWAY, 2_000),))
    assert await lies_on(right, GATEWAY) == at_gateway + 3_000
    assert await lies_on(right, NOBODYS) == nobodys
    assert await lies_on(right, takings(payee)) == 4_970 - 1_988


async def test_a_gateway_that_is_down_is_asked_again_and_settles_once(right: City, gateway: FakeGateway) -> None:
    payment = await pay_by_gateway(right, gateway, await purse(right), 5_000, shop())
    nobodys = await lies_on(right, NOBODYS)
    gateway.down = True
    refund = await give(right, payment)
    assert refund.state is RefundState.UNDER_WAY
    assert await lies_on(right, NOBODYS) == nobodys + 5_000
    gateway.down, gateway.ends = False, ErrandAnswer.PROCESSING
    service = right.services.payment
    await service.gateway_refunds.send(refund.id)
    gateway.end(refund.id, ErrandAnswer.DONE)
    await asyncio.gather(*(service.gateway_refunds.send(refund.id) for _ in range(5)))
    settled = await service.refund_asking.one(refund.id)
    assert settled is not None
    assert settled.state is RefundState.DONE
    assert await lies_on(right, NOBODYS) == nobodys


async def test_what_the_gateway_cannot_give_back_goes_to_the_wallet(right: City, gateway: FakeGateway) -> None:
    payer = await purse(right)
    payment = await pay_by_gateway(right, gateway, payer, 5_000, shop())
    nobodys, gateway.ends = await lies_on(right, NOBODYS), ErrandAnswer.FAILED
    refund = await give(right, payment, 1_500)
    assert (refund.state, refund.parts) == (RefundState.DONE, (Part(Way.WALLET, 1_500),))
    assert refund.fault
    assert await lies_on(right, wallet(payer)) == 1_500
    assert await lies_on(right, NOBODYS) == nobodys


async def test_what_the_gateway_refuses_outright_goes_to_the_wallet(right: City, gateway: FakeGateway) -> None:
    payer = await purse(right)
    payment = await pay_by_gateway(right, gateway, payer, 500, shop())
    gateway.fail(payment.id)
    refund = await give(right, payment)
    assert (refund.state, refund.fault) == (RefundState.DONE, "NOT_PAID")
    assert await lies_on(right, wallet(payer)) == 500


async def test_without_a_wallet_it_waits_for_the_desk(right: City, gateway: FakeGateway) -> None:
    payment, asking = await pay_by_gateway(right, gateway, new_id(), 900, shop()), right.services.payment.refund_asking
    gateway.ends = ErrandAnswer.FAILED
    refund = await give(right, payment)
    assert (refund.state, refund.stranded) == (RefundState.STRANDED, 900)
    stranded = await asking.in_state(RefundState.STRANDED, PageRequest(first=50))
    assert refund.id in {one.id for one in stranded.items}
    done = await asking.take_in_hand(desk(), refund.id, to_bank=True, note="按本人指定账户汇出", key=new_id())
    assert done.state is RefundState.DONE


async def test_nothing_of_a_refund_is_kept_when_it_is_refused(right: City, gateway: FakeGateway) -> None:
    payment = await pay_by_gateway(right, gateway, await purse(right), 900, shop())
    with pytest.raises(Outcome):
        await give(right, payment, 901)
    assert await right.services.payment.refund_asking.of_payments([payment.id]) == []
    assert await right.services.payment.gateway_refunds.of_order(payment.id) == []


async def test_after_all_of_it_the_books_are_sound(right: City, gateway: FakeGateway) -> None:
    payer, payee = await purse(right, 2_000), shop()
    by_wallet = await pay(right, payer, 1_999, payee, fee=11)
    by_gateway = await pay_by_gateway(right, gateway, payer, 777, payee, fee=4)
    for payment in (by_wallet, by_gateway):
        for fen in (1, 332, 333):
            await give(right, payment, fen)
        await give(right, payment)
    verdict = await right.services.payment.proof.verify()
    assert verdict.faults == ()
    assert await lies_on(right, takings(payee)) == 0
