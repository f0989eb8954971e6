"""Refunds, disputes and risk at the console: shown, acted upon, and read only with a reason."""

from __future__ import annotations

from typing import Any

from app.core.ids import new_id
from app.core.money import Money
from app.core.viewer import Role, Viewer
from app.domains.payment.disputes.model import DisputeReason
from app.domains.payment.gateway.model import ErrandAnswer
from app.domains.payment.ledger.model import wallet
from app.domains.payment.packets.model import PacketKind
from app.domains.payment.packets.service import PacketWish
from app.domains.payment.refunds.model import RefundReason, RefundState
from graphql_schema.types.common import key_of
from tests.console.conftest import Desk
from tests.payment.test_wallet import begun, reference
from tests.support.api import Api
from tests.support.gateway import FakeGateway
from tests.support.giving import CARRIES, LINE, carrier, passenger
from tests.support.paying import holder, keeper, lies_on, pay, purse, shop

WORDS, ANSWER = "商品没有送到我手上", "已送达，有签收记录"


async def test_a_refund_that_nobody_could_take_is_taken_in_hand(desks: dict[str, Desk], shared_api: Api) -> None:
    city, desk, payee = shared_api.city, desks["operator"], shop()
    payer = await purse(city, 1_234)
    payment = await pay(city, payer, 1_234, payee)
    await city.db.transaction(lambda tx: city.services.payment.ledger.close(wallet(payer), tx))
    asking = city.services.payment.refund_asking
    refund = await asking.by_payee(keeper(payee.id), payment.id, None, RefundReason.RETURNED, new_id())
    assert "¥12.34" in (await desk.page("/admin/refunds")).text
    assert "waits for a hand" in (await desk.page(f"/admin/refunds/{refund.id}")).text
    done = await desk.act(f"/admin/refunds/{refund.id}/do/settle", hand="bank", note="已汇给本人")
    assert done.status_code == 200, done.text
    settled = await asking.one(refund.id)
    assert settled is not None
    assert settled.state is RefundState.DONE


async def test_the_desk_gives_back_in_the_payees_stead(desks: dict[str, Desk], shared_api: Api) -> None:
    city = shared_api.city
    payer = await purse(city, 1_000)
    payment = await pay(city, payer, 1_000, shop())
    said = {"payment": payment.id, "amount": "2.5", "why": "paid_twice", "note": "重复付款"}
    done = await desks["operator"].act("/admin/refunds/do/give", **said)
    assert done.status_code == 200, done.text
    assert await lies_on(city, wallet(payer)) == 250
    for changed, code in (({"amount": "8"}, "REFUND_TOO_HIGH"), ({"payment": new_id()}, "PAYMENT_UNKNOWN")):
        refused = await desks["operator"].act("/admin/refunds/do/give", **{**said, **changed})
        assert refused.json()["code"] == code


async def test_a_dispute_is_read_with_a_reason_and_decided(desks: dict[str, Desk], shared_api: Api) -> None:
    city, desk, payee, service = shared_api.city, desks["operator"], shop(), shared_api.city.services.payment
    payer = await purse(city, 900)
    payment = await pay(city, payer, 900, payee)
    reason = DisputeReason.NOT_RECEIVED
    dispute = await service.disputes.open(holder(payer), payment.id, None, reason, WORDS, [], new_id())
    await service.dispute_answers.answer(keeper(payee.id), dispute.id, ANSWER, [], new_id())
    await service.disputes.reply(holder(payer), dispute.id, WORDS, [], new_id())
    address = f"/admin/payment-disputes/{dispute.id}"
    assert "¥9.00" in (await desk.page("/admin/payment-disputes")).text
    assert WORDS not in (await desk.page(address)).text
    assert WORDS not in (await desks["viewer"].page(address)).text
    read = await desk.act(f"{address}/do/reveal", reason="裁定前核对")
    assert WORDS in read.text
    assert ANSWER in read.text
    decided = await desk.act(f"{address}/do/decide", amount="4.00", words="部分支持")
    assert decided.status_code == 200, decided.text
    assert await lies_on(city, wallet(payer)) == 400
    assert "upheld" in (await desk.page(address)).text


async def test_a_rule_is_proposed_by_one_and_put_in_force_by_another(desks: dict[str, Desk], shared_api: Api) -> None:
    one, other, code = desks["operator"], desks["administrator"], f"trial_{new_id()[-12:]}"
    said: dict[str, Any] = {
        "code": code,
        "name_zh": "单笔过大",
        "name_en": "A large amount",
        "measure": "amount",
        "most": "50000",
        "window": "",
        "action": "confirm",
        "purposes": "ride",
        "reason": "试行",
    }
    assert (await one.act("/admin/risk-rules/do/propose", **said)).status_code == 200
    address = f"/admin/risk-rules/{code}"
    assert "¥50,000.00" in (await one.page(address)).text
    assert (await one.act(f"{address}/do/approve")).json()["code"] == "ANOTHER_APPROVES"
    assert (await other.act(f"{address}/do/approve")).status_code == 200
    assert code in (await one.page("/admin/risk-rules")).text
    assert (await one.act(f"{address}/do/end", reason="试行结束")).status_code == 200
    assert (await other.act(f"{address}/do/approve")).status_code == 200
    bad = await one.act("/admin/risk-rules/do/propose", **{**said, "code": "other_rule", "measure": "count"})
    assert bad.json()["code"] == "RISK_RULE_INVALID"


async def test_a_payer_is_stopped_and_let_pay_again(desks: dict[str, Desk], shared_api: Api) -> None:
    desk, payer = desks["operator"], key_of(str((await shared_api.verified()).citizen_id), "Citizen")
    stopped = await desk.act("/admin/payer-blocks/do/block", citizen=payer, reason="怀疑被盗用")
    assert stopped.json()["go"] == f"/admin/payer-blocks/{payer}"
    assert "怀疑被盗用" in (await desk.page("/admin/payer-blocks")).text
    assert (await desk.act("/admin/payer-blocks/find", citizen=payer)).json()["go"].endswith(payer)
    assert (await desk.act(f"/admin/payer-blocks/{payer}/do/lift", reason="本人来电")).status_code == 200


async def test_a_red_packet_that_no_wallet_takes_back_is_taken_in_hand(desks: dict[str, Desk], shared_api: Api) -> None:
    city, desk, rooms = shared_api.city, desks["operator"], shared_api.city.services.payment.packets
    anna = await purse(city, 321)
    packet = (await rooms.packets.send(holder(anna), PacketWish(Money(321), 3, PacketKind.LUCKY), new_id())).packet.id
    await city.db.transaction(lambda tx: city.services.payment.ledger.close(wallet(anna), tx))
    await city.db["packets"].update_one({"_id": packet}, {"$set": {"lapses_at": city.clock.now()}})
    await rooms.lapsing.look()
    assert "¥3.21" in (await desk.page("/admin/red-packets?state=stranded")).text
    assert "waits for a hand" in (await desk.page(f"/admin/red-packets/{packet}")).text
    done = await desk.act(f"/admin/red-packets/{packet}/do/settle", hand="bank", note="已汇给本人")
    assert done.status_code == 200, done.text
    again = await desk.act(f"/admin/red-packets/{packet}/do/settle", hand="bank", note="已汇给本人")
    assert again.json()["code"] == "PACKET_NOT_STRANDED"


async def test_money_that_went_back_nowhere_is_tried_again_and_paid_by_hand(
    desks: dict[str, Desk], shared_api: Api
) -> None:
    payment, desk, gateway = shared_api.city.services.payment, desks["operator"], shared_api.city.outside.gateway
    assert isinstance(gateway, FakeGateway)
    person = await shared_api.verified()
    order, own = reference(await begun(shared_api, person, "7.77")), wallet(shared_api.key(person))
    await shared_api.city.db.transaction(lambda tx: payment.ledger.close(own, tx))
    await payment.orders.close(order)
    gateway.pay(order)
    await payment.orders.look(order)
    gateway.ends = ErrandAnswer.FAILED
    try:
        back = await payment.gateway_refunds.send(f"{order}-back")
        assert "7.77 CNY" in (await desk.page("/admin/gateway-refunds")).text
        tried = await desk.act(f"/admin/gateway-refunds/{back.id}/do/retry")
        assert tried.status_code == 200, tried.text
    finally:
        gateway.ends = ErrandAnswer.DONE
    assert "waits for a hand" in (await desk.page(f"/admin/gateway-refunds/{back.id}2")).text
    done = await desk.act(f"/admin/gateway-refunds/{back.id}2/do/settle", note="已汇给本人")
    assert done.status_code == 200, done.text
    assert "paid out by hand" in (await desk.page(f"/admin/gateway-refunds/{back.id}2")).text


async def test_a_ride_that_nobody_is_left_to_owe_is_shown(desks: dict[str, Desk], shared_api: Api) -> None:
    rules, person, city = await carrier(shared_api), await passenger(shared_api), shared_api.city
    code = await shared_api.code(person, "TRANSIT")
    bus = Viewer(Role.PROVIDER_CLIENT, new_id(), organisation=rules.operator, scopes=frozenset(CARRIES))
    riding = city.services.payment.rides
    ride = await riding.rides.report(bus, new_id(), LINE, code, None, new_id())
    await city.db["citizens"].update_one({"_id": ride.citizen}, {"$set": {"erased_at": city.clock.now()}})
    await city.db["rides"].update_one({"_id": ride.id}, {"$set": {"look_at": city.clock.now()}})
    await riding.debts.look()
    assert LINE in (await desks["viewer"].page("/admin/borne-rides")).text
    assert ride.reference in (await desks["viewer"].page(f"/admin/borne-rides/{ride.id}")).text
