"""Merchants and payments at the console and the desk's endpoints: made, changed, suspended, looked at."""

from __future__ import annotations

import pytest

from app.core.ids import new_id
from app.domains.identity.organisations.model import Kind, Organisation
from tests.console.conftest import Desk
from tests.support.api import OPS, Api
from tests.support.tills import payer_of, shown, till_of


async def test_a_merchant_is_made_changed_suspended_and_closed(desks: dict[str, Desk], shared_api: Api) -> None:
    code, desk = f"shop-{new_id()[-12:]}", desks["operator"]
    await shared_api.city.services.organisations.put(OPS, Organisation(code, "巷口茶铺", Kind.MERCHANT))
    profile = {"name": "巷口茶铺", "category": "5499", "fee": "38"}
    made = await desk.act("/admin/merchants/do/add", organisation=code, **profile)
    assert made.json()["go"] == f"/admin/merchants/{code}"
    page = (await desk.page(f"/admin/merchants/{code}")).text
    assert ("convenience shop" in page, "RONG:M" in page) == (True, True)

    for action, said in (("change", {**profile, "fee": "55"}), ("suspend", {"reason": "several complaints"})):
        assert (await desk.act(f"/admin/merchants/{code}/do/{action}", **said)).status_code == 200
    assert "suspended" in (await desk.page("/admin/merchants?state=suspended")).text
    for action in ("resume", "close"):
        done = await desk.act(f"/admin/merchants/{code}/do/{action}", reason="as agreed")
        assert done.status_code == 200, done.text

    found = await shared_api.city.services.payment.merchants.get(code)
    assert found is not None
    assert (found.fee, found.state.value) == (55, "closed")
    again = await desk.act(f"/admin/merchants/{code}/do/resume", reason="after all")
    assert again.json()["code"] == "MERCHANT_STATE_FIXED"
    unknown = await desk.act("/admin/merchants/do/add", organisation="nobody-here", **profile)
    assert unknown.json()["code"] == "ORGANISATION_UNKNOWN"


@pytest.mark.parametrize(("language", "said"), [("en", "shown code"), ("zh-CN", "付款码")])
async def test_a_payment_is_shown_with_what_it_moved(
    desks: dict[str, Desk], shared_api: Api, language: str, said: str
) -> None:
    desk, till = Desk(desks["viewer"].http, language), await till_of(shared_api)
    person = await payer_of(shared_api)
    done = await till.collect(await shown(shared_api, person), "40.00", "A-1")
    number = done["order"]["payment"]["number"]

    assert number in (await desk.page("/admin/payments?state=captured")).text
    row = await shared_api.city.db["payments"].find_one({"number": number})
    assert row is not None
    page = (await desk.page(f"/admin/payments/{row['_id']}")).text

    assert all(one in page for one in (said, "¥40.00", "¥39.85", f"merchant:{till.merchant}:CNY"))
    answer = await desk.http.get(f"/admin/api/payments/{row['_id']}")
    assert answer.status_code == 200, answer.text
    assert [len(moved["lines"]) for moved in answer.json()["transfers"]] == [3]
    listed = await desk.http.get("/admin/api/payments", params={"state": "captured", "first": 5})
    assert number in listed.text
    assert "payer" not in listed.text
    assert (await desk.http.get(f"/admin/api/merchants/{till.merchant}")).json()["active"] is True
