"""Disputes: whose turn it is, what time does, and that never more goes back than was paid."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.core.errors import Forbidden
from app.core.ids import new_id
from app.core.money import Money
from app.core.paging import PageRequest
from app.domains.payment.disputes.errors import (
    DisputeAmountTooHigh,
    DisputeNotPossible,
    DisputeOpen,
    DisputeStateWrong,
    DisputeTooLate,
    DisputeUnknown,
)
from app.domains.payment.disputes.model import (
    Dispute,
    DisputeOutcome,
    DisputeReason,
    DisputeState,
    Party,
    Statement,
)
from app.domains.payment.ledger.model import wallet
from app.domains.payment.payments.model import Payment
from app.domains.payment.refunds.errors import RefundTooHigh
from app.domains.payment.refunds.model import Cause, RefundReason
from app.wiring import City
from tests.conftest import Fakes
from tests.support.fakes import MovableClock
from tests.support.paying import desk, holder, keeper, lies_on, pay, purse, shop, takings

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
WORDS, ANSWER = "没有收到货", "已送达，有签收"


def opened(**changed: object) -> Dispute:
    said = Statement(Party.PAYER, "c", NOW, WORDS)
    reason, state = DisputeReason.NOT_RECEIVED, DisputeState.OPENED
    due = NOW + timedelta(days=7)
    return Dispute("d", "p", "c", "merchant", "shop", Money(1_000), reason, state, NOW, due, (said,))


def test_who_does_not_answer_is_warned_once_and_has_lost_after_seven_days() -> None:
    dispute, early = opened(), NOW + timedelta(days=4, hours=23)
    assert dispute.warning(early) is dispute
    warned = dispute.warning(NOW + timedelta(days=5))
    assert warned.warned
    assert warned.warning(NOW + timedelta(days=6)) is warned
    assert warned.lapsed(Money(0), NOW + timedelta(days=7, seconds=-1)) is warned
    lost = warned.lapsed(Money(1_000), NOW + timedelta(days=7))
    assert lost.ending is not None
    assert (lost.state, lost.ending.outcome) == (DisputeState.SETTLED, DisputeOutcome.UNANSWERED)


def test_who_does_not_reply_leaves_it_to_the_desk() -> None:
    answered = opened().answered(ANSWER, (), "m", NOW + timedelta(days=6))
    assert answered.due == NOW + timedelta(days=9)
    decided = answered.lapsed(Money(0), NOW + timedelta(days=9))
    assert (decided.state, decided.due, decided.ending) == (DisputeState.TO_DECIDE, None, None)


@pytest.mark.parametrize("state", DisputeState)
def test_each_step_has_its_state(state: DisputeState) -> None:
    dispute = replace(opened(), state=state)
    steps: dict[str, tuple[Callable[[], Dispute], set[DisputeState]]] = {
        "answer": (lambda: dispute.answered(ANSWER, (), "m", NOW), {DisputeState.OPENED}),
        "reply": (lambda: dispute.replied(WORDS, (), "c", NOW), {DisputeState.ANSWERED}),
        "decide": (lambda: dispute.decided(Money(1), "r", "o", NOW), {DisputeState.TO_DECIDE}),
        "accept": (lambda: dispute.accepted(Money(1), "m", NOW), set(DisputeState) - {DisputeState.SETTLED}),
        "withdraw": (lambda: dispute.withdrawn("c", NOW), set(DisputeState) - {DisputeState.SETTLED}),
    }
    for step, allowed in steps.values():
        if state in allowed:
            assert step().rev == dispute.rev + 1
        else:
            with pytest.raises(DisputeStateWrong):
                step()


@pytest.fixture
def right(shared_city: tuple[City, Fakes]) -> City:
    return shared_city[0]


async def contest(city: City, payment: Payment, fen: int | None = None) -> Dispute:
    amount, by = None if fen is None else Money(fen), holder(payment.payer)
    reason = DisputeReason.NOT_RECEIVED
    return await city.services.payment.disputes.open(by, payment.id, amount, reason, WORDS, [], new_id())


async def paid(city: City, fen: int = 1_000) -> Payment:
    return await pay(city, await purse(city, fen), fen, shop(), fee=fen * 6 // 1_000)


async def to_decide(city: City, payment: Payment, fen: int | None = None) -> Dispute:
    service, dispute = city.services.payment, await contest(city, payment, fen)
    await service.dispute_answers.answer(keeper(payment.payee.id), dispute.id, ANSWER, [], new_id())
    return await service.disputes.reply(holder(payment.payer), dispute.id, WORDS, [], new_id())


async def test_what_the_payee_accepts_goes_back(right: City) -> None:
    payment = await paid(right)
    dispute = await contest(right, payment, 400)
    done = await right.services.payment.dispute_answers.accept(keeper(payment.payee.id), dispute.id, new_id())
    assert done.ending is not None
    assert (done.ending.outcome, done.ending.given) == (DisputeOutcome.ACCEPTED, Money(400))
    assert await lies_on(right, wallet(payment.payer)) == 400
    (refund,) = await right.services.payment.refund_asking.of_payments([payment.id])
    assert refund.cause is Cause.DISPUTE


@pytest.mark.parametrize(
    ("awarded", "outcome"), [(0, DisputeOutcome.REJECTED), (250, DisputeOutcome.UPHELD), (1_000, DisputeOutcome.UPHELD)]
)
async def test_the_desk_awards_nothing_a_part_or_all(right: City, awarded: int, outcome: DisputeOutcome) -> None:
    payment = await paid(right)
    dispute = await to_decide(right, payment)
    decide = right.services.payment.dispute_decisions.decide
    with pytest.raises(DisputeAmountTooHigh):
        await decide(desk(), dispute.id, Money(1_001), "超过", new_id())
    done = await decide(desk(), dispute.id, Money(awarded), "双方材料已核对", new_id())
    assert done.ending is not None
    assert (done.ending.outcome, done.ending.reason) == (outcome, "双方材料已核对")
    assert await lies_on(right, wallet(payment.payer)) == awarded
    causes = [one.cause for one in await right.services.payment.refund_asking.of_payments([payment.id])]
    assert causes == ([Cause.CHARGEBACK] if awarded else [])
    with pytest.raises(DisputeStateWrong):
        await decide(desk(), dispute.id, Money(1), "再来", new_id())


async def test_refunds_and_a_dispute_together_never_exceed_what_was_paid(right: City) -> None:
    payment = await paid(right)
    dispute = await to_decide(right, payment)
    service, merchant = right.services.payment, keeper(payment.payee.id)

    async def refund() -> None:
        try:
            await service.refund_asking.by_payee(merchant, payment.id, Money(300), RefundReason.RETURNED, new_id())
        except RefundTooHigh:
            return

    async def charge_back() -> None:
        try:
            await service.dispute_decisions.decide(desk(), dispute.id, Money(700), "部分支持", new_id())
        except (DisputeAmountTooHigh, RefundTooHigh):
            return

    await asyncio.gather(*(refund() for _ in range(5)), charge_back())
    back = await lies_on(right, wallet(payment.payer))
    assert back in {900, 1_000}
    assert await lies_on(right, takings(payment.payee)) <= 1_000 - back


@pytest.mark.parametrize("given", [399, 150])
async def test_what_the_payee_gives_back_meanwhile_is_not_given_twice(right: City, given: int) -> None:
    payment, service = await paid(right), right.services.payment
    dispute, merchant = await contest(right, payment, 400), keeper(payment.payee.id)
    await service.refund_asking.by_payee(merchant, payment.id, Money(given), RefundReason.RETURNED, new_id())
    done = await service.dispute_answers.accept(merchant, dispute.id, new_id())
    assert done.ending is not None
    assert (done.ending.outcome, done.ending.given) == (DisputeOutcome.ACCEPTED, Money(400 - given))
    assert await lies_on(right, wallet(payment.payer)) == 400


async def test_the_desk_awards_no_more_than_was_contested_less_what_went_back(right: City) -> None:
    payment, service = await paid(right), right.services.payment
    merchant = keeper(payment.payee.id)
    await service.refund_asking.by_payee(merchant, payment.id, Money(200), RefundReason.RETURNED, new_id())
    dispute = await to_decide(right, payment, 400)
    await service.refund_asking.by_payee(merchant, payment.id, Money(100), RefundReason.RETURNED, new_id())
    with pytest.raises(DisputeAmountTooHigh) as refused:
        await service.dispute_decisions.decide(desk(), dispute.id, Money(301), "支持", new_id())
    assert refused.value.left == Money(300)
    await service.dispute_decisions.decide(desk(), dispute.id, Money(300), "支持", new_id())
    assert await lies_on(right, wallet(payment.payer)) == 600


@pytest.mark.parametrize("awarded", [0, 250])
async def test_what_the_desk_decided_is_not_opened_again(right: City, awarded: int) -> None:
    payment = await paid(right)
    dispute = await to_decide(right, payment)
    await right.services.payment.dispute_decisions.decide(desk(), dispute.id, Money(awarded), "已核对", new_id())
    with pytest.raises(DisputeNotPossible):
        await contest(right, payment)


async def test_of_rivals_one_opens_a_dispute(right: City) -> None:
    payment = await paid(right)

    async def one() -> bool:
        try:
            await contest(right, payment)
        except DisputeOpen:
            return False
        return True

    assert sum(await asyncio.gather(*(one() for _ in range(8)))) == 1


async def test_a_settled_dispute_lets_another_be_opened(right: City) -> None:
    payment, disputes = await paid(right), right.services.payment.disputes
    first = await contest(right, payment)
    await disputes.withdraw(holder(payment.payer), first.id, new_id())
    second = await contest(right, payment)
    page = await disputes.mine(holder(payment.payer), PageRequest())
    assert [one.id for one in page.items] == [second.id, first.id]


async def test_nobody_elses_hands_are_on_it(right: City) -> None:
    payment, service = await paid(right), right.services.payment
    dispute, stranger = await contest(right, payment), keeper("another-shop")
    assert await service.dispute_answers.one(stranger, dispute.id) is None
    assert await service.disputes.one(holder(new_id()), dispute.id) is None
    with pytest.raises(DisputeUnknown):
        await service.dispute_answers.accept(stranger, dispute.id, new_id())
    with pytest.raises(Forbidden):
        await service.dispute_answers.accept(keeper(payment.payee.id, "payments"), dispute.id, new_id())
    with pytest.raises(DisputeUnknown):
        await service.disputes.withdraw(holder(new_id()), dispute.id, new_id())


async def test_what_has_gone_back_whole_is_not_disputed(right: City) -> None:
    payment = await paid(right)
    asking = right.services.payment.refund_asking
    await asking.by_payee(keeper(payment.payee.id), payment.id, None, RefundReason.RETURNED, new_id())
    with pytest.raises(DisputeNotPossible):
        await contest(right, payment)


async def test_what_is_said_is_sealed_and_ends_with_the_payers_leaving(right: City) -> None:
    payment = await paid(right)
    dispute = await contest(right, payment)
    row = await right.db["disputes"].find_one({"_id": dispute.id})
    assert row is not None
    assert WORDS not in str(row)
    await right.services.payment.disputes.end_all(holder(payment.payer), payment.payer)
    found = await right.services.payment.dispute_decisions.one(dispute.id)
    assert found is not None
    assert found.ending is not None
    assert found.ending.outcome is DisputeOutcome.WITHDRAWN
    assert found.statements[0].words == WORDS


async def test_time_settles_what_nobody_answers(city: City, clock: MovableClock) -> None:
    service = city.services.payment
    silent, answered, returned = await paid(city), await paid(city), await paid(city)
    lost, waits = await contest(city, silent, 600), await contest(city, answered)
    over = await contest(city, returned, 400)
    shop_of = keeper(returned.payee.id)
    await service.refund_asking.by_payee(shop_of, returned.id, Money(400), RefundReason.RETURNED, new_id())
    await service.dispute_answers.answer(keeper(answered.payee.id), waits.id, ANSWER, [], new_id())
    assert await service.dispute_decisions.look() == 0
    clock.advance(days=5)
    assert await service.dispute_decisions.look() == 2  # one is warned, of the other the time to reply is over
    clock.advance(days=2)
    assert sum(await asyncio.gather(*(service.dispute_decisions.look() for _ in range(3)))) >= 1
    assert await service.dispute_decisions.look() == 0
    after = [await service.dispute_decisions.one(one.id) for one in (lost, waits, over)]
    assert [one and one.state_word for one in after] == ["unanswered", "to_decide", "refunded"]
    assert await lies_on(city, wallet(silent.payer)) == 600
    assert await lies_on(city, wallet(returned.payer)) == 400
    clock.advance(days=180)
    with pytest.raises(DisputeTooLate):
        await contest(city, silent)


@pytest.mark.parametrize("parts", [(400,), (150, 250), (600,)])
async def test_a_dispute_over_what_was_all_given_back_is_settled_by_that(right: City, parts: tuple[int, ...]) -> None:
    payment, service = await paid(right), right.services.payment
    dispute, merchant = await contest(right, payment, 400), keeper(payment.payee.id)
    for part in parts:
        now = await service.disputes.one(holder(payment.payer), dispute.id)
        assert now is not None
        assert now.state is DisputeState.OPENED
        await service.refund_asking.by_payee(merchant, payment.id, Money(part), RefundReason.RETURNED, new_id())
    done = await service.disputes.one(holder(payment.payer), dispute.id)
    assert done is not None
    assert done.ending is not None
    assert (done.state, done.due) == (DisputeState.SETTLED, None)
    assert (done.ending.outcome, done.ending.given) == (DisputeOutcome.REFUNDED, Money(400))
    assert [said.words for said in done.statements] == [WORDS]
    row = await right.db["outbox"].find_one({"type": "dispute.refunded", "facts.dispute": dispute.id})
    assert row is not None
    assert row["facts"]["organisation"] == payment.payee.id


async def test_a_dispute_and_a_refund_of_all_at_once_leave_nothing_open(right: City) -> None:
    payment, service = await paid(right), right.services.payment

    async def open_one() -> None:
        try:
            await contest(right, payment)
        except DisputeNotPossible:
            return

    refund = service.refund_asking.by_payee(keeper(payment.payee.id), payment.id, None, RefundReason.RETURNED, new_id())
    await asyncio.gather(open_one(), refund)
    page = await service.disputes.mine(holder(payment.payer), PageRequest())
    assert [one.state for one in page.items] in ([], [DisputeState.SETTLED])
