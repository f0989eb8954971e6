"""The gateway and wallets at the desk's endpoints: what did not fit is found and asked about, wallets are frozen."""

from __future__ import annotations

from app.core.ids import new_id
from tests.http.test_desk_credit import call
from tests.payment.test_wallet import balance, begun, reference
from tests.support.api import Api
from tests.support.gateway import FakeGateway


async def test_a_mismatch_is_listed_without_who_paid_and_what_is_open_is_asked_about(shared_api: Api) -> None:
    desk, person = await shared_api.ops_token("operator"), await shared_api.verified()
    gateway = shared_api.city.outside.gateway
    assert isinstance(gateway, FakeGateway)
    wrong, good = reference(await begun(shared_api, person, "30")), reference(await begun(shared_api, person, "40"))
    gateway.pay(wrong, 29_00)
    gateway.pay(good)
    status, looked = await call(shared_api, desk, "POST", f"/gateway-orders/{wrong}/look")
    assert (status, looked["state"], looked["amount"], looked["paid"]) == (200, "mismatch", "30.00", "29.00")
    status, looked = await call(shared_api, desk, "POST", f"/gateway-orders/{good}/look")
    assert (status, looked["state"]) == (200, "paid")
    status, rows = await call(shared_api, desk, "GET", "/gateway-orders")
    assert status == 200
    assert wrong in [row["id"] for row in rows["items"]]
    assert shared_api.key(person) not in str(rows)
    status, answer = await call(shared_api, desk, "POST", f"/gateway-orders/{new_id()}/look")
    assert (status, answer["code"]) == (422, "GATEWAY_ORDER_UNKNOWN")
    assert await balance(shared_api, person) == ("40.00", "0.00", "40.00")


async def test_a_wallet_is_frozen_and_freed_with_a_reason_that_stands_in_the_audit(shared_api: Api) -> None:
    desk, person = await shared_api.ops_token("operator"), await shared_api.verified()
    path = f"/citizens/{shared_api.key(person)}/wallet"
    body = {"frozen": True, "reason": "reported stolen"}
    status, answer = await call(shared_api, desk, "PUT", f"{path}/state", body)
    assert (status, answer["code"]) == (422, "WALLET_NOT_OPEN")
    gateway = shared_api.city.outside.gateway
    assert isinstance(gateway, FakeGateway)
    order = reference(await begun(shared_api, person, "10"))
    gateway.pay(order)
    await shared_api.city.services.payment.orders.look(order)
    status, frozen = await call(shared_api, desk, "PUT", f"{path}/state", body)
    assert (status, frozen["state"], frozen["balance"]) == (200, "frozen", "10.00")
    status, answer = await call(shared_api, desk, "PUT", f"{path}/state", body)
    assert (status, answer["code"]) == (422, "WALLET_STATE_SAME")
    assert (await shared_api.told(person))[0]["title"] == "Wallet frozen"
    record = await shared_api.city.db["audit"].find_one({"action": "wallet.frozen", "subject": shared_api.key(person)})
    assert record is not None
    assert "reason" in record
    status, freed = await call(shared_api, desk, "PUT", f"{path}/state", {"frozen": False, "reason": "cleared"})
    assert (status, freed["state"]) == (200, "open")
