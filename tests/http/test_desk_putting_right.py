"""Refunds, disputes and risk at the desk's endpoints."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.ids import new_id
from app.domains.payment.disputes.model import DisputeReason
from app.domains.payment.ledger.model import wallet
from app.domains.payment.payments.model import Purpose
from app.domains.payment.refunds.model import RefundReason
from app.domains.payment.risk.errors import PaymentRefused
from graphql_schema.types.common import key_of
from tests.support.api import Api
from tests.support.paying import holder, keeper, lies_on, pay, purse, shop

WORDS, ANSWER = "包裹一直没有收到", "已由门卫代收"


async def call(api: Api, token: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    headers = {"authorization": f"Bearer {token}", "idempotency-key": new_id()}
    answer = await api.http.request(method, f"/admin/api{path}", json=body, headers=headers)
    return answer.status_code, answer.json() if answer.content else None


async def test_the_desk_gives_back_and_takes_in_hand(shared_api: Api) -> None:
    city, desk, payee = shared_api.city, await shared_api.ops_token("operator"), shop()
    payer = await purse(city, 1_000)
    payment = await pay(city, payer, 1_000, payee)
    wish = {"fen": 400, "reason": "paid_twice", "note": "重复付款"}
    status, given = await call(shared_api, desk, "POST", f"/payments/{payment.id}/refunds", wish)
    assert (status, given["state"], given["parts"]) == (201, "done", [{"way": "wallet", "fen": 400}])
    status, told = await call(shared_api, desk, "POST", f"/payments/{payment.id}/refunds", {**wish, "fen": 601})
    assert (status, told["code"]) == (422, "REFUND_TOO_HIGH")
    status, told = await call(shared_api, desk, "POST", f"/payments/{new_id()}/refunds", wish)
    assert (status, told["code"]) == (422, "PAYMENT_UNKNOWN")
    await pay(city, payer, 400, payee)
    await city.db.transaction(lambda tx: city.services.payment.ledger.close(wallet(payer), tx))
    asking = city.services.payment.refund_asking
    stranded = await asking.by_payee(keeper(payee.id), payment.id, None, RefundReason.RETURNED, new_id())
    status, rows = await call(shared_api, desk, "GET", "/refunds?first=100")
    assert stranded.id in {row["id"] for row in rows["items"]}
    hand = {"to_bank": False, "note": "再试一次"}
    status, told = await call(shared_api, desk, "POST", f"/refunds/{stranded.id}/settlement", hand)
    assert (status, told["code"]) == (422, "ACCOUNT_CLOSED")
    status, done = await call(shared_api, desk, "POST", f"/refunds/{stranded.id}/settlement", {**hand, "to_bank": True})
    assert (status, done["state"], done["note"]) == (200, "done", "再试一次")
    assert (await call(shared_api, desk, "GET", f"/refunds/{stranded.id}"))[1] == done


async def test_a_dispute_is_read_with_a_reason_and_decided(shared_api: Api) -> None:
    city, payee, service = shared_api.city, shop(), shared_api.city.services.payment
    viewer, desk = await shared_api.ops_token("viewer"), await shared_api.ops_token("operator")
    payer = await purse(city, 900)
    payment = await pay(city, payer, 900, payee)
    reason = DisputeReason.NOT_RECEIVED
    dispute = await service.disputes.open(holder(payer), payment.id, None, reason, WORDS, [], new_id())
    path = f"/payment-disputes/{dispute.id}"
    decision = {"fen": 500, "reason": "部分支持"}
    status, told = await call(shared_api, desk, "POST", f"{path}/decision", decision)
    assert (status, told["code"]) == (422, "DISPUTE_STATE_WRONG")
    await service.dispute_answers.answer(keeper(payee.id), dispute.id, ANSWER, [], new_id())
    await service.disputes.reply(holder(payer), dispute.id, WORDS, [], new_id())
    status, seen = await call(shared_api, viewer, "GET", path)
    assert [one["words"] for one in seen["statements"]] == [None] * 3
    assert (await call(shared_api, viewer, "POST", f"{path}/reveals", {"reason": "看看"}))[0] == 403
    status, read = await call(shared_api, desk, "POST", f"{path}/reveals", {"reason": "裁定前核对"})
    assert [one["words"] for one in read["statements"]] == [WORDS, ANSWER, WORDS]
    status, done = await call(shared_api, desk, "POST", f"{path}/decision", decision)
    assert (status, done["ending"]["outcome"], done["ending"]["given_fen"]) == (200, "upheld", 500)
    assert await lies_on(city, wallet(payer)) == 500
    status, rows = await call(shared_api, viewer, "GET", "/payment-disputes?state=settled&first=100")
    assert dispute.id in {row["id"] for row in rows["items"]}


async def test_a_rule_stops_payments_and_its_refusals_are_listed(shared_api: Api) -> None:
    city, code = shared_api.city, f"trial_{new_id()[-12:]}"
    one, other = await shared_api.ops_token("operator"), await shared_api.ops_token("operator")
    path, wish = f"/risk-rules/{code}", {"measure": "amount", "most": 100, "action": "refuse", "purposes": ["ride"]}
    wish |= {"name_zh": "试验", "reason": "试行"}
    status, made = await call(shared_api, one, "POST", f"{path}/versions", wish)
    assert (status, made["state"], made["version"]) == (201, "proposed", 1)
    status, told = await call(shared_api, one, "POST", f"{path}/versions/1/approval")
    assert (status, told["code"]) == (422, "ANOTHER_APPROVES")
    assert (await call(shared_api, other, "POST", f"{path}/versions/1/approval"))[1]["state"] == "in_force"
    payer = await purse(city, 1_000)
    with pytest.raises(PaymentRefused):
        await pay(city, payer, 101, shop(), purpose=Purpose.RIDE)
    status, rows = await call(shared_api, one, "GET", f"/risk-refusals?rule={code}")
    assert [(row["payer"], row["fen"], row["version"]) for row in rows["items"]] == [(payer, 101, 1)]
    status, rows = await call(shared_api, one, "GET", f"/citizens/{payer}/risk-refusals")
    assert [row["rule"] for row in rows["items"]] == [code]
    await call(shared_api, one, "POST", f"{path}/versions", {**wish, "active": False})
    await call(shared_api, other, "POST", f"{path}/versions/2/approval")
    status, versions = await call(shared_api, one, "GET", path)
    assert [(row["version"], row["state"]) for row in versions] == [(2, "in_force"), (1, "replaced")]
    await pay(city, payer, 101, shop(), purpose=Purpose.RIDE)


async def test_a_payer_is_stopped_and_let_pay_again(shared_api: Api) -> None:
    desk, payer = (
        await shared_api.ops_token("operator"),
        key_of(str((await shared_api.verified()).citizen_id), "Citizen"),
    )
    path, why = f"/citizens/{payer}/payer-block", {"reason": "怀疑被盗用"}
    status, block = await call(shared_api, desk, "POST", path, why)
    assert (status, block["payer"], block["ended_at"]) == (201, payer, None)
    status, told = await call(shared_api, desk, "POST", path, why)
    assert (status, told["code"]) == (422, "PAYER_BLOCKED_ALREADY")
    status, rows = await call(shared_api, desk, "GET", "/payer-blocks?first=100")
    assert payer in {row["payer"] for row in rows["items"]}
    assert (await call(shared_api, desk, "POST", f"{path}/lift", why))[0] == 204
    status, rows = await call(shared_api, desk, "GET", "/payer-blocks?first=100")
    assert payer not in {row["payer"] for row in rows["items"]}
