"""Merchants with their tills, and payers with a wallet, over the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.core.ids import new_id
from app.core.viewer import Viewer
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.payment.ledger.model import FEES, GATEWAY, wallet
from app.domains.payment.merchants.model import Category
from app.domains.payment.merchants.service import Profile
from app.wiring import City
from tests.support.api import OPS, Api, Person
from tests.support.paying import keeper, put_on

SCOPES = ("payments", "payments:manage", "webhooks")
PIN, ANOTHER_PIN = "739164", "480275"


@dataclass(frozen=True, slots=True)
class Till:
    """One client of one merchant."""

    api: Api
    merchant: str
    token: str

    async def collect(self, code: str, amount: str, order: str | None = None, **changed: Any) -> Any:
        said = {"amount": amount, "currency": changed.pop("currency", "CNY")}
        order, key = order or f"S{new_id()[-12:]}", changed.pop("key", new_id())
        return await self.call("CollectPayment", code=code, amount=said, order=order, key=key)

    async def call(self, operation: str, **variables: Any) -> Any:
        return await self.api.data(operation, self.token, "provider", **variables)

    async def query(self, order: str) -> Any:
        return await self.call("QueryPayment", order=order)


async def merchant_of(city: City, *, fee: int = 38) -> str:
    """A new organisation that takes payments; its code."""
    code = f"shop-{new_id()[-12:]}"
    made = Organisation(code, "测试商户", Kind.MERCHANT, scopes=frozenset(SCOPES))
    await city.services.organisations.put(OPS, made)
    profile = Profile.parse("测试小店", Category.CONVENIENCE, fee)
    await city.services.payment.merchants.put(OPS, code, profile, new_id())
    return code


async def till_of(api: Api, merchant: str | None = None, *scopes: str) -> Till:
    merchant = merchant or await merchant_of(api.city)
    client = await api.city.services.clients.create(OPS, merchant, "till", scopes or SCOPES)
    answer = await api.http.post(
        "/oauth/token", data={"grant_type": "client_credentials"}, auth=(client.client, client.secret)
    )
    return Till(api, merchant, str(answer.json()["access_token"]))


async def payer_of(api: Api, fen: int = 10_000_00) -> Person:
    """Somebody known by name with so much in his wallet."""
    person = await api.verified()
    for account in (GATEWAY, FEES, wallet(api.key(person))):
        await api.city.services.payment.ledger.open(account)
    if fen:
        await put_on(api.city, api.key(person), fen)
    return person


async def shown(api: Api, person: Person, **said: Any) -> str:
    """The digits of a fresh code."""
    done = await api.data("CreatePayCode", person.token, key=new_id(), **said)
    assert done["__typename"] == "PayCodeShown", done
    return str(done["payCode"]["text"])


async def with_pin(api: Api, person: Person) -> Person:
    done = await api.data("ChoosePayPin", person.token, pin=PIN, key=new_id())
    assert done["__typename"] == "PayPinSet", done
    return person


async def balance(api: Api, person: Person) -> int:
    return (await api.city.services.payment.ledger.balance(wallet(api.key(person)))).posted.fen


def manager(merchant: str) -> Viewer:
    return keeper(merchant, *SCOPES)
