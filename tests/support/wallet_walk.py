"""Every operation of the wallet once, for the count of what each sends to the database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from app.core.clock import civil_day
from app.core.ids import new_id
from graphql_schema.types.common import key_of
from tests.support.api import Api, Person
from tests.support.gateway import FakeGateway

Step = Callable[..., Awaitable[Any]]
CARD = "6222021234567890128"


class WalletWalk:
    def __init__(self, api: Api, step: Step) -> None:
        self._api = api
        self._step = step
        gateway = api.city.outside.gateway
        assert isinstance(gateway, FakeGateway)
        self._gateway = gateway

    async def walk(self) -> None:
        person = await self._api.with_card()
        await self._fills(person)
        await self._reads(person)
        await self._empties(person)

    async def _fills(self, person: Person) -> None:
        mine, amount = person.token, {"amount": "20.00", "currency": "CNY"}
        top_up = (await self._step("TopUpWallet", mine, amount=amount, key=new_id()))["topUp"]["id"]
        self._gateway.pay(key_of(top_up, "TopUp"))
        await self._step("CheckTopUp", mine, topUp=top_up, key=new_id())
        await self._step("TopUp", mine, topUp=top_up)
        other = await self._api.data("TopUpWallet", mine, amount=amount, key=new_id())
        await self._step("CancelTopUp", mine, topUp=other["topUp"]["id"], key=new_id())

    async def _reads(self, person: Person) -> None:
        today = civil_day(self._api.city.clock.now())
        first = (today - timedelta(days=30)).isoformat()
        await self._step("Wallet", person.token)
        await self._step("WalletMonth", person.token, day=today.isoformat())
        for filters in ({"kinds": ["TOP_UP"], "incoming": True}, {"from": first, "to": today.isoformat()}, {}):
            await self._step("WalletLines", person.token, **filters)
        asked = {"from": first, "to": today.isoformat(), "form": "PDF"}
        await self._step("WalletStatement", person.token, **asked)

    async def _empties(self, person: Person) -> None:
        mine, amount = person.token, {"amount": "20.00", "currency": "CNY"}
        card = (await self._step("BindBankCard", mine, number=CARD, key=new_id()))["card"]["id"]
        await self._step("WithdrawFromWallet", mine, card=card, amount=amount, key=new_id())
        await self._step("Withdrawals", mine)
        await self._step("LetGoOfBankCard", mine, card=card, key=new_id())
        await self._step("CloseWallet", mine, key=new_id())
