"""Every operation of merchants and of paying by code once, for the count of their commands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from app.core.ids import new_id
from tests.support.api import Api, Person
from tests.support.tills import ANOTHER_PIN, PIN, Till, payer_of, till_of

Stepping = Callable[..., Awaitable[Any]]


class TillWalk:
    """`step` does an operation and counts what it sends."""

    def __init__(self, api: Api, step: Stepping) -> None:
        self._api = api
        self._step = step

    async def walk(self) -> None:
        till, person = await till_of(self._api), await payer_of(self._api)
        await self._pins(person)
        await self._opens(till)
        await self._charges(till, person)
        await self._pays(till, person)
        await self._closes(till)

    async def _pins(self, person: Person) -> None:
        await self._step("PayPin", person.token)
        await self._step("ChoosePayPin", person.token, pin=PIN, key=new_id())
        await self._step("ChangePayPin", person.token, pin=PIN, newPin=ANOTHER_PIN, key=new_id())
        asked = await self._api.data("RequestOtp", phone=person.phone, device=person.device, key=new_id())
        proof = {"challenge": asked["challenge"], "code": self._api.sms.code_for(person.phone)}
        await self._step("ResetPayPin", person.token, idNumber=person.id_number, pin=PIN, key=new_id(), **proof)

    async def _opens(self, till: Till) -> None:
        await self._step("Merchant", till.token, "provider")
        await self._step("RenewStaticCode", till.token, "provider", key=new_id())
        await self._step("OpenShift", till.token, "provider", till="一号台", key=new_id())

    async def _charges(self, till: Till, person: Person) -> None:
        await self._charge(till, person, "1.00", "C-0")  # the first of the day begins its row
        await self._charge(till, person, "1.00", "C-1")
        await self._step("QueryPayment", till.token, "provider", order="C-1")
        await self._step("CancelPayment", till.token, "provider", order="C-1", key=new_id())
        asked = (await self._charge(till, person, "1200.00", "C-2"))["order"]["payment"]["id"]
        await self._step("PaymentsToConfirm", person.token)
        await self._step("ConfirmPayment", person.token, paymentId=asked, pin=PIN, key=new_id())
        refused = (await self._charge(till, person, "1200.00", "C-3"))["order"]["payment"]["id"]
        await self._charge(till, person, "1.00", "C-5")
        await self._step("DeclinePayment", person.token, paymentId=refused, key=new_id())

    async def _charge(self, till: Till, person: Person, amount: str, order: str) -> Any:
        shown = await self._step("CreatePayCode", person.token, key=new_id())
        said = {"code": shown["payCode"]["text"], "amount": {"amount": amount}, "order": order}
        return await self._step("CollectPayment", till.token, "provider", key=new_id(), **said)

    async def _pays(self, till: Till, person: Person) -> None:
        said = {"amount": {"amount": "2.00"}, "order": "C-4", "key": new_id()}
        made = await self._step("CreateMerchantCode", till.token, "provider", **said)
        code = made["merchantCode"]["text"]
        await self._step("MerchantCode", person.token, text=code)
        await self._step("PayMerchant", person.token, code=code, key=new_id())
        await self._step("SpendingToday", person.token)

    async def _closes(self, till: Till) -> None:
        mine = await self._step("MyShift", till.token, "provider")
        await self._step("Shift", till.token, "provider", shiftId=mine["id"])
        await self._step("Shifts", till.token, "provider")
        await self._step("MerchantPayments", till.token, "provider")
        await self._step("CloseShift", till.token, "provider", key=new_id())
