"""Every operation of refunds and disputes once, of a payer and of who was paid."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from app.core.ids import global_id, new_id
from app.core.money import Money
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.payment.disputes.model import DisputeReason
from app.domains.payment.ledger.model import wallet
from app.domains.payment.payments.model import Payee, PayeeKind, Payment
from graphql_schema.types.common import key_of
from tests.support.api import OPS, Api, Person
from tests.support.paying import holder, pay, put_on

Step = Callable[..., Awaitable[Any]]
PAYMENT_SCOPES = ("payments", "payments:manage")
WORDS, ANSWER = "这笔款项我没有收到货", "货物已于当日送达，有签收记录"


async def a_merchant(api: Api) -> str:
    """A new organisation that may take payments; its code."""
    made = Organisation(f"org-{new_id()}", "试验小店", Kind.MERCHANT, scopes=frozenset(PAYMENT_SCOPES))
    await api.city.services.organisations.put(OPS, made)
    return made.code


@dataclass
class PuttingRightWalk:
    api: Api
    step: Step

    async def walk(self, person: Person) -> None:
        city, payer = self.api.city, key_of(str(person.citizen_id), "Citizen")
        organisation = await a_merchant(self.api)
        self.token = await self.api.provider(organisation, ("payments:manage",))
        self.payee = Payee(PayeeKind.MERCHANT, organisation)
        await city.services.payment.ledger.open(wallet(payer))
        await put_on(city, payer, 100_000)
        await self._gives_back(person, await pay(city, payer, 1_000, self.payee, fee=6))
        await self._disputes(person, await pay(city, payer, 2_000, self.payee))
        await self._accepts(person, await pay(city, payer, 3_000, self.payee))

    async def _gives_back(self, person: Person, payment: Payment) -> None:
        about = {"paymentId": global_id("Payment", payment.id)}
        given = {**about, "reason": "RETURNED", "amount": {"amount": "3.33"}, "key": new_id()}
        done = await self._payee("RefundPayment", **given)
        assert done["refund"]["amount"]["amount"] == "3.33"
        seen = await self.step("Refunds", person.token, **about)
        assert [one["state"] for one in seen] == ["DONE"]
        assert len((await self._payee("Refunds"))["edges"]) == 1

    async def _disputes(self, person: Person, payment: Payment) -> None:
        dispute = await self._opened(person, payment)
        answered = await self._payee("AnswerDispute", **dispute, words=ANSWER, key=new_id())
        assert answered["dispute"]["state"] == "ANSWERED"
        await self.step("ReplyToDispute", person.token, **dispute, words="签名不是我的", key=new_id())
        seen = await self.step("PaymentDispute", person.token, **dispute)
        assert [said["party"] for said in seen["statements"]] == ["PAYER", "PAYEE", "PAYER"]
        assert (await self._payee("PaymentDispute", **dispute))["statements"] == seen["statements"]
        mine = await self.step("PaymentDisputes", person.token)
        assert {said["words"] for said in mine["edges"][0]["node"]["statements"]} == {None}
        await self._payee("PaymentDisputes", states=["TO_DECIDE"])
        ended = await self.step("WithdrawDispute", person.token, **dispute, key=new_id())
        assert ended["dispute"]["ending"]["outcome"] == "WITHDRAWN"

    async def _accepts(self, person: Person, payment: Payment) -> None:
        dispute = await self._opened(person, payment)
        done = await self._payee("AcceptDispute", **dispute, key=new_id())
        assert done["dispute"]["ending"]["given"]["amount"] == "30.00"

    async def _opened(self, person: Person, payment: Payment) -> dict[str, str]:
        given = {"paymentId": global_id("Payment", payment.id), "reason": "NOT_RECEIVED", "words": WORDS}
        await self.step("Payment", person.token, paymentId=given["paymentId"])
        opened = await self.step("DisputePayment", person.token, **given, key=new_id())
        return {"disputeId": opened["dispute"]["id"]}

    async def _payee(self, operation: str, **given: Any) -> Any:
        return await self.step(operation, self.token, "provider", **given)


async def a_dispute(api: Api, payment: Payment) -> str:
    """An open one; its id."""
    disputes = api.city.services.payment.disputes
    by, amount = holder(payment.payer), Money(payment.amount.fen)
    return (await disputes.open(by, payment.id, amount, DisputeReason.OTHER, WORDS, [], new_id())).id
