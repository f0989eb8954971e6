"""Bills by the app's own operations: pushed, bound, read, paid, receipted, paid by themselves, taken back."""

from __future__ import annotations

from typing import Any

from app.core.ids import global_id, new_id
from app.core.money import Money
from graphql_schema.types.common import key_of
from tests.support.api import Api, Person
from tests.support.billing import HOLDER, a_biller, bill_owner, bound, filled, pushed, the_bill, today, told
from tests.support.credit_walk import Step

SCOPES = ("bills", "webhooks")


def row(number: str, **changed: Any) -> dict[str, Any]:
    """A bill as a biller's client sends it."""
    sent = {
        "number": number,
        "version": 1,
        "account": "12345678",
        "holder": HOLDER,
        "reason": {"zh": "课后服务", "en": "After-school care"},
        "lines": [{"text": {"zh": "课后服务", "en": "Care"}, "amount": "80.00"}],
        "due": today().isoformat(),
        "beneficiary": "林小满",
        "partAllowed": True,
    }
    return {**sent, **changed}


async def bill_belongings(api: Api, owner: Person) -> dict[str, str]:
    """Ids of what is the owner's, by type."""
    biller, viewer = await a_biller(api.city), bill_owner(owner)
    one, two = told(), told()
    await pushed(api.city, biller, one, two)
    account = await bound(api.city, viewer, biller)
    await filled(api.city, viewer.citizen(), 20_000)
    paid = await the_bill(api.city, viewer, two.number)
    choice = {"billId": global_id("Bill", paid.id), "version": 1}
    done = await api.data("PayBills", owner.token, bills=[choice], method="WALLET", key=new_id())
    assert done["__typename"] == "BillsPaid", done
    open_ = await the_bill(api.city, viewer, one.number)
    return {
        "Bill": global_id("Bill", open_.id),
        "BillerAccount": global_id("BillerAccount", account.id),
        "BillReceipt": global_id("BillReceipt", key_of(done["payments"][0]["payment"]["id"], "Payment")),
    }


class BillWalk:
    def __init__(self, api: Api, step: Step) -> None:
        self._api = api
        self._step = step

    async def walk(self) -> None:
        person, biller = await self._api.with_card(), await a_biller(self._api.city)
        token = await self._api.provider(biller.id, SCOPES)
        await self._pushes(token)
        account = await self._binds(person, biller.id)
        await self._pays(person)
        await self._lets_pay(person, account)
        await self._step("WithdrawBill", token, "provider", number="B-3", key=new_id())
        await self._step("LabelBillerAccount", person.token, account=account, label="学校", key=new_id())
        await self._step("UnbindBillerAccount", person.token, account=account, key=new_id())

    async def _pushes(self, token: str) -> None:
        rows = [row(f"B-{n}") for n in range(1, 5)]
        await self._step("PushBills", token, "provider", bills=rows, key=new_id())
        await self._step("PushedBills", token, "provider", state="OPEN")
        await self._step("PushedBill", token, "provider", number="B-1")

    async def _binds(self, person: Person, biller: str) -> str:
        await self._step("Billers", kind="SCHOOL")
        given = {"biller": biller, "number": "12345678", "holder": HOLDER, "label": "女儿的学校", "key": new_id()}
        await self._step("BindBillerAccount", person.token, **given)
        await self._step("RefreshBills", person.token, key=new_id())
        await self._step("BillerAccounts", person.token)
        await self._step("BillsOwed", person.token)
        mine = await self._api.data("BillerAccounts", person.token)
        return str(mine[0]["id"])

    async def _pays(self, person: Person) -> None:
        mine = person.token
        await filled(self._api.city, key_of(str(person.citizen_id), "Citizen"), 50_000)
        await self._step("Bills", mine)
        bills = [edge["node"] for edge in (await self._api.data("Bills", mine))["edges"]]
        one, two = sorted(bills, key=lambda bill: str(bill["number"]))[:2]
        await self._step("Bill", mine, bill=one["id"])
        choices = [{"billId": bill["id"], "version": 1} for bill in (one, two)]
        await self._step("PayBills", mine, bills=choices, method="WALLET", key=new_id())
        (first, *_) = [edge["node"] for edge in (await self._api.data("BillReceipts", mine))["edges"]]
        await self._step("BillReceipts", mine)
        await self._step("BillReceipt", mine, receipt=first["id"])
        payment = global_id("Payment", key_of(first["id"], "BillReceipt"))
        await self._step("BillPayment", mine, payment=payment)

    async def _lets_pay(self, person: Person, account: str) -> None:
        mine, cap = person.token, {"amount": str(Money(20_000).amount), "currency": "CNY"}
        await self._step("AllowAutoPay", mine, account=account, cap=cap, method="WALLET", key=new_id())
        left = [edge["node"] for edge in (await self._api.data("Bills", mine))["edges"]]
        await self._step("SkipAutoPay", mine, bill=left[0]["id"], key=new_id())
        await self._step("EndAutoPay", mine, account=account, key=new_id())
