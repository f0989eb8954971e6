"""Citizen credit by the app's own operations, from the consent to the last repayment, and a treatment paid later."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from app.core.ids import new_id
from app.core.mongo import Tx
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.payment.credit.line.model import AGREEMENT
from app.domains.payment.credit.repayments.model import Means, Repayment, RepaymentState
from app.domains.payment.credit.repayments.store import RepaymentStore
from app.domains.payment.credit.score.model import TERMS
from app.domains.payment.ledger.model import wallet
from graphql_schema.types.common import global_id, key_of
from tests.support.api import OPS, Api, Person
from tests.support.paying import put_on

HOSPITAL_SCOPES = ("treatments", "verify:hospital")
Step = Callable[..., Awaitable[Any]]


async def hospital(api: Api) -> str:
    """A token of a new hospital."""
    code = f"hospital-{new_id()[-12:]}"
    made = Organisation(code, "市立医院", Kind.HOSPITAL, scopes=frozenset(HOSPITAL_SCOPES))
    await api.city.services.organisations.put(OPS, made)
    return await api.provider(code, HOSPITAL_SCOPES)


def yuan(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "CNY"}


def bill(*amounts: str) -> list[dict[str, Any]]:
    return [{"what": f"第 {number} 项", "amount": yuan(amount)} for number, amount in enumerate(amounts, 1)]


async def wanted(api: Api, person: Person, **changed: Any) -> dict[str, Any]:
    """What a hospital says when it asks, with a fresh code of this person's card."""
    code = await api.code(person, "HOSPITAL")
    said = {"code": code, "reference": "V-1", "about": "门诊", "estimate": yuan("300"), "key": new_id()}
    return {**said, **changed}


async def asked(api: Api, person: Person, token: str, **changed: Any) -> str:
    """The id of a treatment that waits to be confirmed."""
    done = await api.data("AuthoriseTreatment", token, "provider", **await wanted(api, person, **changed))
    assert done["__typename"] == "TreatmentAsked", done
    return str(done["treatment"]["id"])


async def lent_to(api: Api, person: Person, purse: int = 0) -> None:
    """A score, a line of 500 yuan, and a wallet with so many fen."""
    await api.data("JoinCredit", person.token, terms=TERMS, key=new_id())
    await api.data("OpenCreditLine", person.token, agreement=AGREEMENT, most=None, key=new_id())
    payer = key_of(str(person.citizen_id), "Citizen")
    await api.city.services.payment.ledger.open(wallet(payer))
    if purse:
        await put_on(api.city, payer, purse)


async def credit_belongings(api: Api, owner: Person) -> dict[str, str]:
    """Ids of what is the owner's, by type."""
    citizen, now = key_of(str(owner.citizen_id), "Citizen"), api.city.clock.now()
    one = replace(Repayment(new_id(), citizen, 100, Means.WALLET, RepaymentState.DONE, now), left=0)

    async def work(tx: Tx) -> None:
        await RepaymentStore(api.city.db).add(one, tx)

    await api.city.db.transaction(work)
    treatment = await asked(api, owner, await hospital(api))
    return {"CreditRepayment": global_id("CreditRepayment", one.id), "Treatment": treatment}


class CreditWalk:
    def __init__(self, api: Api, step: Step) -> None:
        self._api = api
        self._step = step

    async def walk(self) -> None:
        person, token = await self._api.with_card(), await hospital(self._api)
        await self._is_counted(person)
        await self._is_treated(person, token)
        await self._repays(person)
        await self._leaves(person)

    async def _is_counted(self, person: Person) -> None:
        mine = person.token
        await self._step("CreditRules")
        await self._step("JoinCredit", mine, terms=TERMS, key=new_id())
        await self._step("RecountCredit", mine, key=new_id())
        await self._step("CreditStanding", mine)
        await self._step("CreditHistory", mine)
        await self._step("OpenCreditLine", mine, agreement=AGREEMENT, most=yuan("400"), key=new_id())
        await self._step("CreditLine", mine)
        await self._step("AppealCredit", mine, reason="生病了", factor="APPOINTMENTS", key=new_id())
        await self._step("CreditAppeals", mine)

    async def _is_treated(self, person: Person, token: str) -> None:
        mine, given = person.token, await wanted(self._api, person)
        done = await self._step("AuthoriseTreatment", token, "provider", **given)
        first = _answer(done)["treatment"]["id"]
        await self._step("ConfirmTreatment", mine, treatment=first, key=new_id())
        await self._step("ChargeTreatment", token, "provider", treatment=first, bill=bill("200"), key=new_id())
        for operation in ("CancelTreatment", "DeclineTreatment"):
            other = await asked(self._api, person, token)
            whose = (mine, "citizen") if operation == "DeclineTreatment" else (token, "provider")
            await self._step(operation, *whose, treatment=other, key=new_id())
        for whose in ((mine, "citizen"), (token, "provider")):
            await self._step("Treatments", *whose)
            await self._step("Treatment", *whose, treatment=first)

    async def _repays(self, person: Person) -> None:
        mine, payer = person.token, key_of(str(person.citizen_id), "Citizen")
        await self._api.city.services.payment.ledger.open(wallet(payer))
        await put_on(self._api.city, payer, 20_000)
        await self._step("CreditStatement", mine)
        await self._step("CreditDues", mine, open=True)
        begun = await self._step("RepayCreditByGateway", mine, amount=yuan("1"), key=new_id())
        await self._step("RepayCredit", mine, amount=yuan("200"), key=new_id())
        await self._step("CreditRepayments", mine)
        await self._step("CreditRepayment", mine, repayment=_answer(begun)["repayment"]["id"])

    async def _leaves(self, person: Person) -> None:
        await self._step("CloseCreditLine", person.token, key=new_id())
        await self._step("LeaveCredit", person.token, key=new_id())


def _answer(done: dict[str, Any]) -> dict[str, Any]:
    """Of an operation's only field, whether or not the step took it out of the data."""
    return done if "__typename" in done else next(iter(done.values()))
