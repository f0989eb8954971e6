"""Systems of billers that are asked for bills, each behind a line and a circuit breaker of its own.

All are reached through one platform (`{url}/{system}/…`). Everything goes by POST, so that account numbers and names
stay out of the logs of addresses.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import httpx2
from pydantic import SecretStr

from app.core.errors import Unavailable
from app.core.ids import new_id
from app.core.money import Money
from app.domains.payment.bills.pushing.model import ToldBill, read_told
from app.gateways.http import HttpGateway, Patience, fields_of

# A citizen waits while a biller is asked.
PATIENCE = Patience(attempt=3.0, overall=5.0, attempts=2)


class BillerLine(HttpGateway):
    """One biller's system."""

    def __init__(self, system: str, url: str, key: SecretStr, transport: httpx2.AsyncBaseTransport | None) -> None:
        self.name = f"biller_{system}"
        super().__init__(url, key, patience=PATIENCE, transport=transport)

    async def open_bills(self, account: str, holder: str) -> Sequence[ToldBill] | None:
        answer = await self._post("bills", {"account": account, "holder": holder}, idempotency_key=new_id())
        if answer.status_code == 404:
            return None
        try:
            return [read_told(one) for one in _good(answer)["bills"]]
        except (ValueError, KeyError, TypeError) as error:
            raise self._not_understood(answer) from error

    async def bill(self, number: str) -> ToldBill | None:
        answer = await self._post("bills/state", {"number": number}, idempotency_key=new_id())
        if answer.status_code == 404:
            return None
        try:
            told = _good(answer)
            return read_told(told["bill"]) if told["owed"] else None
        except (ValueError, KeyError, TypeError) as error:
            raise self._not_understood(answer) from error

    async def paid(self, reference: str, number: str, fen: int, at: datetime) -> bool:
        body = {"reference": reference, "number": number, "amount": str(Money(fen).amount), "at": at.isoformat()}
        answer = await self._post("payments", body, idempotency_key=reference)
        if answer.status_code == 409:
            return False
        if not answer.is_success:
            raise self._not_understood(answer)
        return True


class HttpBillers:
    """Fulfils `bills.asking.service.BillerDesk`; without an address or a key no biller is reached."""

    def __init__(
        self,
        url: str | None = None,
        key: SecretStr | None = None,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._url = url.rstrip("/") if url else None
        self._key = key
        self._transport = transport
        self._lines: dict[str, BillerLine] = {}

    async def open_bills(self, system: str, account: str, holder: str) -> Sequence[ToldBill] | None:
        return await self._line_of(system).open_bills(account, holder)

    async def bill(self, system: str, number: str) -> ToldBill | None:
        return await self._line_of(system).bill(number)

    async def paid(self, system: str, reference: str, number: str, fen: int, at: datetime) -> bool:
        return await self._line_of(system).paid(reference, number, fen, at)

    async def aclose(self) -> None:
        for line in self._lines.values():
            await line.aclose()

    def _line_of(self, system: str) -> BillerLine:
        """Raises Unavailable."""
        if self._url is None or self._key is None:
            raise Unavailable
        if system not in self._lines:
            self._lines[system] = BillerLine(system, f"{self._url}/{system}", self._key, self._transport)
        return self._lines[system]


def _good(answer: httpx2.Response) -> dict[str, Any]:
    if not answer.is_success:
        raise ValueError("refused")
    return fields_of(answer)
