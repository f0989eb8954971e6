"""What the gateway's client believes, and under which keys it asks; what was taken there is never given up here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx2
import pytest
from pydantic import SecretStr

from app.core.errors import Unavailable
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.viewer import Role, Viewer
from app.domains.payment.gateway.errands.model import ErrandState
from app.domains.payment.gateway.errors import GatewayRefused
from app.domains.payment.gateway.model import BankAccount, ErrandAnswer
from app.domains.payment.gateway.refunds.errors import GatewayRefundNotStranded
from app.domains.payment.gateway.refunds.model import GatewayRefund
from app.domains.payment.ledger.model import BANK, GATEWAY, SUSPENSE, TransferKind, Wanted, credit, debit, wallet
from app.gateways.payment import HttpPaymentGateway
from graphql_schema.types.common import key_of
from tests.conftest import Fakes
from tests.http.test_desk_credit import call
from tests.payment.test_wallet import balance, begun, card_of, cny, paid, reference, told, topped_up
from tests.support.api import Api
from tests.support.gateway import FakeGateway

CARD = BankAccount("6222021234567890128", "林晓峰")
UNKNOWN = {"error": {"code": "UNKNOWN", "message": "no such payout"}}


def client(answer: Callable[[httpx2.Request], httpx2.Response]) -> HttpPaymentGateway:
    key = SecretStr("a-key-of-this-test")
    return HttpPaymentGateway("http://gateway.test", key, key, "", transport=httpx2.MockTransport(answer))


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(404, html="<h1>404 Not Found</h1>"),
        httpx2.Response(404, json={"detail": "Not Found"}),
        httpx2.Response(404, json={"error": {"code": "NO_SUCH_PATH"}}),
    ],
)
async def test_the_404_of_somebody_between_is_no_answer(answer: httpx2.Response) -> None:
    async with client(lambda _: answer) as gateway:
        with pytest.raises(Unavailable):
            await gateway.payout_state("a-reference")
        with pytest.raises(Unavailable):
            await gateway.pay_out("a-reference", 1, CARD, "提现")


async def test_the_404_of_the_gateway_is_believed() -> None:
    async with client(lambda _: httpx2.Response(404, json=UNKNOWN)) as gateway:
        assert await gateway.payout_state("a-reference") is None
        with pytest.raises(GatewayRefused, match="GATEWAY_REFUSED"):
            await gateway.pay_out("a-reference", 1, CARD, "提现")


async def test_what_has_an_effect_keeps_its_key_and_each_reading_has_its_own() -> None:
    keys: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        keys.append(request.headers["idempotency-key"])
        if request.url.path.endswith("check"):
            return httpx2.Response(200, json={"belongs": True})
        told = {"reference": "r", "gateway_id": "P", "state": "processing", "amount_fen": 1}
        return httpx2.Response(200, json=told)

    async with client(answer) as gateway:
        for _ in range(2):
            await gateway.pay_out("a-reference", 1, CARD, "提现")
        for _ in range(2):
            await gateway.payout_state("a-reference")
            await gateway.check_account(CARD)
    assert keys[:2] == ["payouts/a-reference"] * 2
    assert len(set(keys[2:])) == 4


@pytest.fixture
def gateway(fakes: Fakes) -> FakeGateway:
    gateway = fakes.outside.gateway
    assert isinstance(gateway, FakeGateway)
    return gateway


async def test_a_payout_the_gateway_took_is_neither_failed_nor_asked_for_again(api: Api, gateway: FakeGateway) -> None:
    person, payouts = await api.verified(), api.city.services.payment.payouts
    await topped_up(api, gateway, person)
    card, gateway.ends = await card_of(api, person), ErrandAnswer.PROCESSING
    done = await api.data("WithdrawFromWallet", person.token, card=card, amount=cny("30"), key=new_id())
    id_ = key_of(done["withdrawal"]["id"], "Withdrawal")
    taken = gateway.payouts.pop(id_)  # it says that it knows nothing of it
    gateway.asked.clear()
    assert (await payouts.send(id_)).state is ErrandState.PROCESSING
    assert gateway.asked == ["payout_state"]
    assert await balance(api, person) == ("100.00", "30.00", "70.00")
    gateway.payouts[id_] = taken
    gateway.end(id_, ErrandAnswer.DONE)
    assert (await payouts.send(id_)).state is ErrandState.DONE
    assert await balance(api, person) == ("70.00", "0.00", "70.00")


async def given_back(api: Api, gateway: FakeGateway, order: str) -> GatewayRefund:
    """Of an order that was given up and then paid all the same."""
    await api.city.services.payment.orders.close(order)
    gateway.pay(order)
    await told(api, paid(order, gateway.orders[order].fen))
    return await api.city.services.payment.gateway_refunds.send(f"{order}-back")


async def test_a_refund_the_gateway_took_is_neither_failed_nor_asked_for_again(api: Api, gateway: FakeGateway) -> None:
    person, refunds = await api.verified(), api.city.services.payment.gateway_refunds
    gateway.ends = ErrandAnswer.PROCESSING
    back = await given_back(api, gateway, reference(await begun(api, person, "7")))
    taken = gateway.refunds.pop(back.id)
    gateway.asked.clear()
    assert (await refunds.send(back.id)).state is ErrandState.PROCESSING
    assert gateway.asked == ["refund_state"]
    gateway.refunds[back.id] = taken
    gateway.end(back.id, ErrandAnswer.DONE)
    assert (await refunds.send(back.id)).state is ErrandState.DONE


async def test_what_the_gateway_does_not_take_back_goes_to_the_wallet(api: Api, gateway: FakeGateway) -> None:
    person, ledger = await api.verified(), api.city.services.payment.ledger
    await topped_up(api, gateway, person, "5")
    gateway.ends = ErrandAnswer.FAILED
    back = await given_back(api, gateway, reference(await begun(api, person, "7")))
    assert (back.state, back.stranded) == (ErrandState.FAILED, False)
    assert await balance(api, person) == ("12.00", "0.00", "12.00")
    assert (await ledger.balance(SUSPENSE)).posted.fen == 0
    inbox = await api.told(person)
    assert [one["body"] for one in inbox if one["title"] == "Money that could not go back"] == [
        "A payment of ¥7.00 could not be used, and your bank did not take it back: it is in your wallet."
    ]


async def test_what_is_stranded_is_paid_out_by_hand_once(api: Api, gateway: FakeGateway) -> None:
    person, payment, desk = await api.verified(), api.city.services.payment, Viewer(role=Role.OPS, actor="ops-1")
    gateway.ends = ErrandAnswer.FAILED
    order = reference(await begun(api, person, "7"))
    await api.city.db.transaction(lambda tx: payment.ledger.close(wallet(api.key(person)), tx))
    back = await given_back(api, gateway, order)
    hands = (payment.gateway_returns.pay_by_hand(desk, back.id, "已汇给本人") for _ in range(3))
    done = await asyncio.gather(*hands, payment.gateway_returns.retry(desk, back.id), return_exceptions=True)
    by_hand = [one for one in done[:3] if not isinstance(one, BaseException)]
    retried = done[3]
    assert not isinstance(retried, BaseException)
    assert len(by_hand) + (retried.id != back.id) == 1
    if by_hand:
        assert (await payment.ledger.balance(SUSPENSE)).posted.fen == 0
        assert abs((await payment.ledger.balance(BANK)).posted.fen) == 7_00
    with pytest.raises(GatewayRefundNotStranded):
        await payment.gateway_returns.pay_by_hand(desk, back.id, "已汇给本人")


async def test_what_no_wallet_can_take_is_stranded_until_the_desk_tries_again(api: Api, gateway: FakeGateway) -> None:
    person, payment = await api.verified(), api.city.services.payment
    desk = Viewer(role=Role.OPS, actor="ops-1")
    gateway.ends = ErrandAnswer.FAILED
    order, own = reference(await begun(api, person, "7")), wallet(api.key(person))
    await api.city.db.transaction(lambda tx: payment.ledger.close(own, tx))
    back = await given_back(api, gateway, order)
    assert [one.id for one in (await payment.gateway_refunds.stranded(PageRequest(5))).items] == [back.id]
    again = await payment.gateway_returns.retry(desk, back.id)
    assert (again.id, again.state, again.stranded) == (f"{back.id}2", ErrandState.FAILED, True)
    assert (await payment.gateway_returns.retry(desk, back.id)).state is ErrandState.FAILED  # a repeat does nothing
    assert (await payment.ledger.balance(SUSPENSE)).posted.fen == 7_00
    gateway.ends = ErrandAnswer.DONE
    rivals = await asyncio.gather(*(payment.gateway_returns.retry(desk, again.id) for _ in range(3)))
    assert {one.id for one in rivals} <= {again.id, f"{back.id}3"}
    assert (await payment.ledger.balance(SUSPENSE)).posted.fen == 0
    assert not (await payment.gateway_refunds.stranded(PageRequest(5))).items


async def test_the_desk_puts_what_is_stranded_into_a_wallet_that_can_take_it_now(
    api: Api, gateway: FakeGateway
) -> None:
    person, payment = await api.verified(), api.city.services.payment
    desk, own, full = await api.ops_token("operator"), wallet(api.key(person)), 50_000_00
    gateway.ends = ErrandAnswer.FAILED
    order = reference(await begun(api, person, "7"))
    fills = Wanted(new_id(), TransferKind.TOP_UP, (debit(GATEWAY, full), credit(own, full)))
    await api.city.db.transaction(lambda tx: payment.ledger.post(fills, tx))
    back = await given_back(api, gateway, order)
    leaves = Wanted(new_id(), TransferKind.WITHDRAWAL, (debit(own, full - 5_00), credit(GATEWAY, full - 5_00)))
    await api.city.db.transaction(lambda tx: payment.ledger.post(leaves, tx))
    status, rows = await call(api, desk, "GET", "/gateway-refunds?stranded=true")
    assert (status, [row["id"] for row in rows["items"]]) == (200, [back.id])
    status, done = await call(api, desk, "POST", f"/gateway-refunds/{back.id}/retry")
    assert (status, done["stranded"]) == (200, False)
    assert await balance(api, person) == ("12.00", "0.00", "12.00")
    assert (await payment.ledger.balance(SUSPENSE)).posted.fen == 0
    status, answer = await call(api, desk, "POST", f"/gateway-refunds/{new_id()}/retry")
    assert (status, answer["code"]) == (422, "GATEWAY_REFUND_UNKNOWN")
