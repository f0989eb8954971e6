"""Where the payment gateway tells by itself what became of orders, refunds and payouts, and where statements are read.

`POST /payment/notices/gateway` is signed as Standard Webhooks 1.0.0 has it: `webhook-id`, `webhook-timestamp` (Unix
seconds, five minutes off at most) and `webhook-signature`, `v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`
under `RONG_GATEWAY_NOTICE_KEY`. 204 means that it is kept, of an unknown reference too; any other answer, that it
should be told again. A repeat changes nothing. The body is described in docs/payment.md.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import date
from typing import Protocol

from pydantic import BaseModel, Field, SecretStr, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.core.clock import Clock
from app.core.errors import BadInput, Unauthenticated
from app.core.messages import LOCALES
from app.domains.payment.gateway.model import Kind, Notice
from app.domains.payment.wallet.statements.service import Form, Statements
from app.http.callbacks import WINDOW, body_of

_MOST_ID = 64


class _Told(BaseModel):
    kind: Kind
    reference: str = Field(min_length=8, max_length=64)
    gateway_id: str = Field(min_length=1, max_length=64)
    state: str = Field(min_length=1, max_length=20)
    amount_fen: int = Field(ge=0, le=10**13, strict=True)


class Hears(Protocol):
    async def heard(self, notice: Notice) -> None: ...


class GatewayNotices:
    """Without a key no signature can be good, and every notice is refused."""

    def __init__(self, orders: Hears, refunds: Hears, payouts: Hears, key: SecretStr | None, clock: Clock) -> None:
        self._rooms = {Kind.ORDER: orders, Kind.REFUND: refunds, Kind.PAYOUT: payouts}
        # Two keys, comma-separated, while one is changed for the other.
        self._keys = [one.strip().encode() for one in (key.get_secret_value() if key else "").split(",") if one.strip()]
        self._clock = clock

    def routes(self) -> list[Route]:
        return [Route("/payment/notices/gateway", self.take, methods=["POST"])]

    async def take(self, request: Request) -> Response:
        """Raises Unauthenticated (signature or time), PayloadTooLarge, BadInput."""
        body = await body_of(request)
        self._check(request, body)
        try:
            told = _Told.model_validate_json(body)
        except ValidationError:
            raise BadInput(field="notice") from None
        notice = Notice(told.kind, told.reference, told.gateway_id, told.state, told.amount_fen)
        await self._rooms[told.kind].heard(notice)
        return Response(status_code=204)

    def _check(self, request: Request, body: bytes) -> None:
        id_, moment = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "")
        if not (0 < len(id_) <= _MOST_ID and moment.isascii() and moment.isdigit() and len(moment) <= 12):
            raise Unauthenticated
        if abs(self._clock.now().timestamp() - int(moment)) > WINDOW.total_seconds():
            raise Unauthenticated
        content = f"{id_}.{moment}.".encode() + body
        given = request.headers.get("webhook-signature", "").encode().split()
        wanted = [_signature(key, content) for key in self._keys]
        if not any(hmac.compare_digest(one, other) for one in wanted for other in given):
            raise Unauthenticated


def _signature(key: bytes, content: bytes) -> bytes:
    return b"v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest())


def statement_routes(statements: Statements) -> list[Route]:
    async def statement(request: Request) -> Response:
        query = request.query_params
        form, locale = _form(request.path_params["form"]), query.get("locale", "")
        if locale not in LOCALES:
            raise HTTPException(404)
        days = _day(request.path_params["first"]), _day(request.path_params["last"])
        until = query.get("until", "")
        moment = int(until) if until.isascii() and until.isdigit() and len(until) < 12 else 0
        found = await statements.behind(query.get("of", ""), days, form, locale, moment, query.get("proof", ""))
        if found is None:
            raise HTTPException(404)
        headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{found.name}"'}
        return Response(found.data, media_type=found.media_type, headers=headers)

    return [Route("/payment/statements/{first:str}_{last:str}.{form:str}", statement)]


def _form(text: str) -> Form:
    """Raises HTTPException."""
    try:
        return Form(text)
    except ValueError:
        raise HTTPException(404) from None


def _day(text: str) -> date:
    """Raises HTTPException."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise HTTPException(404) from None
