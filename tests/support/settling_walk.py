"""An organisation looks at what it is paid, with one payment behind it that is settled."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from app.core.clock import civil_day
from app.core.ids import global_id, new_id
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.payment.payments.model import Payee, PayeeKind
from app.domains.payment.settlement.model import Payee as Settled
from tests.support.api import OPS, Api
from tests.support.paying import pay, purse

SCOPE = "payments:manage"
Step = Callable[..., Awaitable[Any]]


async def paid_merchant(api: Api) -> tuple[str, str]:
    """An organisation that somebody paid 100 yuan: its code, and a token of its program."""
    code = f"shop-{new_id()[-12:]}"
    made = Organisation(code, "鼓楼小店", Kind.MERCHANT, scopes=frozenset({SCOPE}))
    await api.city.services.organisations.put(OPS, made)
    await pay(api.city, await purse(api.city, 10_000), 10_000, Payee(PayeeKind.MERCHANT, code), fee=60, order="A-1")
    return code, await api.provider(code, (SCOPE,))


class SettlingWalk:
    def __init__(self, api: Api, step: Step) -> None:
        self._api = api
        self._step = step

    async def walk(self) -> None:
        code, token = await paid_merchant(self._api)
        today = civil_day(self._api.city.clock.now())
        days = {"since": (today - timedelta(days=1)).isoformat(), "until": today.isoformat()}
        named = global_id("Settlement", f"{Settled(PayeeKind.MERCHANT, code).id}:{today.isoformat()}")
        await self._step("Settlements", token, "provider")
        await self._step("Settlement", token, "provider", settlementId=str(named))
        await self._step("MerchantStatement", token, "provider", **days)
        await self._step("MerchantStatementFile", token, "provider", **days)
