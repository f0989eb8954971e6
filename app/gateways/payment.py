"""The payment gateway: orders, refunds and payouts under the city's own references, and the files of its days.

Its protocol is described in docs/payment.md.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import httpx2
from pydantic import SecretStr

from app.core.errors import Unavailable
from app.core.ids import new_id
from app.domains.payment.gateway.errors import GatewayFileForged, GatewayRefused
from app.domains.payment.gateway.model import (
    BankAccount,
    DayFile,
    ErrandAnswer,
    OrderAnswer,
    Owned,
    ToldErrand,
    ToldOrder,
)
from app.gateways.http import HttpGateway, NotNow, Patience, fields_of, received

_MOST_OF_A_DAY, _FETCHED_WITHIN = 256 << 20, 120.0  # bytes and seconds: the file of a day has every payment in it


class HttpPaymentGateway(HttpGateway):
    """Fulfils `payment.gateway.model.PaymentGateway`. `notify_url` is where the gateway tells by itself."""

    name = "payment"

    def __init__(
        self,
        url: str,
        key: SecretStr,
        notice_key: SecretStr,
        notify_url: str,
        *,
        patience: Patience | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        super().__init__(url, key, patience=patience, transport=transport)
        self._notice_key = notice_key
        self._notify_url = notify_url

    async def open_order(
        self, reference: str, fen: int, what: str, return_url: str, expires_in: timedelta
    ) -> ToldOrder:
        body = {"reference": reference, **_cny(fen), "what": what, "return_url": return_url}
        body |= {"notify_url": self._notify_url, "expires_in": int(expires_in.total_seconds())}
        return self._order(await self._said("orders", body))

    async def order(self, reference: str) -> ToldOrder | None:
        answer = await self._asked("orders/state", {"reference": reference})
        return None if answer is None else self._order(answer)

    async def close_order(self, reference: str) -> ToldOrder | None:
        """One that was paid meanwhile is refused to be closed: it is as it is."""
        try:
            answer = await self._asked("orders/close", {"reference": reference})
        except GatewayRefused:
            return await self.order(reference)
        return None if answer is None else self._order(answer)

    async def refund(self, reference: str, order: str, fen: int) -> ToldErrand:
        body = {"reference": reference, "order": order, "amount_fen": fen, "notify_url": self._notify_url}
        return self._errand(await self._said("refunds", body))

    async def refund_state(self, reference: str) -> ToldErrand | None:
        answer = await self._asked("refunds/state", {"reference": reference})
        return None if answer is None else self._errand(answer)

    async def pay_out(self, reference: str, fen: int, to: BankAccount, what: str) -> ToldErrand:
        body = {"reference": reference, **_cny(fen), **_account(to), "what": what, "notify_url": self._notify_url}
        return self._errand(await self._said("payouts", body))

    async def payout_state(self, reference: str) -> ToldErrand | None:
        answer = await self._asked("payouts/state", {"reference": reference})
        return None if answer is None else self._errand(answer)

    async def check_account(self, account: BankAccount) -> Owned:
        asked = _account(account)
        answer = await self._said("accounts/check", asked)
        try:
            told = fields_of(answer)
            return Owned(told["belongs"] is True, str(told.get("bank", "")), str(told.get("bank_en", "")))
        except (ValueError, KeyError) as error:
            raise self._not_understood(answer) from error

    async def file(self, day: date) -> DayFile | None:
        """Raises Unavailable, GatewayFileForged."""
        answer = await self._get(f"files/{day.isoformat()}")
        if answer.status_code == 404:
            return None
        if not answer.is_success:
            raise self._not_understood(answer)
        body, key = answer.content, self._notice_key.get_secret_value().encode()
        said = answer.headers.get("gateway-digest", ""), answer.headers.get("gateway-signature", "")
        digest = f"sha-256={hashlib.sha256(body).hexdigest()}"
        signed = f"v1={hmac.new(key, f'{day.isoformat()}.'.encode() + body, hashlib.sha256).hexdigest()}"
        if not hmac.compare_digest(f"{digest} {signed}".encode(), " ".join(said).encode()):
            raise GatewayFileForged(day)
        return DayFile(day, body, answer.headers.get("gateway-complete") == "true")

    async def _get(self, path: str) -> httpx2.Response:
        """One try: whoever fetches a file comes again. Raises Unavailable."""
        try:
            self._admit()
            answer = await received(self._client, "GET", path, most=_MOST_OF_A_DAY, seconds=_FETCHED_WITHIN)
            self._judge(answer)
        except httpx2.RequestError as error:
            self._breaker.failed()
            raise Unavailable from error
        except NotNow as error:
            raise Unavailable from error
        return answer

    async def _said(self, path: str, body: Mapping[str, Any]) -> httpx2.Response:
        """Raises Unavailable, GatewayRefused."""
        answer = await self._asked(path, body)
        if answer is None:
            raise GatewayRefused("UNKNOWN")
        return answer

    async def _asked(self, path: str, body: Mapping[str, Any]) -> httpx2.Response | None:
        """None: the gateway knows no such reference, and says so itself: the 404 of a proxy or of a wrong address is
        no answer. Raises Unavailable, GatewayRefused.
        """
        answer = await self._post(path, body, idempotency_key=_key_of(path, body))
        if answer.status_code == 404:
            if self._code(answer) == "UNKNOWN":
                return None
            raise self._not_understood(answer)
        if answer.status_code == 409:
            raise GatewayRefused(self._code(answer))
        if not answer.is_success:
            raise self._not_understood(answer)
        return answer

    def _code(self, answer: httpx2.Response) -> str:
        try:
            return str(fields_of(answer)["error"]["code"])[:40]
        except (ValueError, KeyError, TypeError) as error:
            raise self._not_understood(answer) from error

    def _order(self, answer: httpx2.Response) -> ToldOrder:
        try:
            told = fields_of(answer)
            state, fen, paid = OrderAnswer(told["state"]), _fen(told["amount_fen"]), _fen(told["paid_fen"])
            reference, gateway_id = str(told["reference"]), str(told["gateway_id"])
            return ToldOrder(reference, gateway_id, state, fen, paid, str(told["pay_at"]))
        except (ValueError, KeyError, TypeError) as error:
            raise self._not_understood(answer) from error

    def _errand(self, answer: httpx2.Response) -> ToldErrand:
        try:
            told = fields_of(answer)
            state, fen, reason = ErrandAnswer(told["state"]), _fen(told["amount_fen"]), str(told.get("reason") or "")
            return ToldErrand(str(told["reference"]), str(told["gateway_id"]), state, fen, reason[:40])
        except (ValueError, KeyError, TypeError) as error:
            raise self._not_understood(answer) from error


def _key_of(path: str, body: Mapping[str, Any]) -> str:
    """What has an effect is repeated under one key; each reading has its own, or its first answer would be given for
    ever.
    """
    reading = path.endswith("/state") or path == "accounts/check"
    return new_id() if reading else f"{path}/{body['reference']}"


def _cny(fen: int) -> dict[str, Any]:
    return {"amount_fen": fen, "currency": "CNY"}


def _account(account: BankAccount) -> dict[str, Any]:
    return {"account_number": account.number, "holder_name": account.holder}


def _fen(value: object) -> int:
    """Raises TypeError: JSON's true is no amount, and neither is 1.5."""
    if type(value) is not int or value < 0:
        raise TypeError("an amount is whole fen")
    return value
