"""Where outside systems report back: `POST /callbacks/sms`, the SMS gateway's delivery reports.

Signed with `RONG_SMS_CALLBACK_KEY`: `Sms-Signature: v1=` and the hex HMAC-SHA256 of `{Sms-Timestamp}.{body}`, where
`Sms-Timestamp` is the moment of sending in Unix seconds. The body is `{"reports": [{"message_id", "state", "code"?,
"at"}]}`, at most 100 of them. 204 means that all are stored; any other answer, that the gateway should report again,
which is safe: a report is kept once.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import timedelta

from pydantic import AwareDatetime, BaseModel, Field, SecretStr, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.core.clock import Clock
from app.core.errors import BadInput, PayloadTooLarge, Unauthenticated
from notifications.channels.base import Receipts, SmsState

WINDOW = timedelta(minutes=5)
_LIMIT = 64 * 1024


class _Report(BaseModel):
    message_id: str = Field(min_length=1, max_length=256)
    state: SmsState
    code: str | None = Field(default=None, max_length=64)
    at: AwareDatetime


class _Reports(BaseModel):
    reports: list[_Report] = Field(min_length=1, max_length=100)


class SmsReports:
    """Without a key no signature can be good, and every report is refused."""

    def __init__(self, receipts: Receipts, key: SecretStr | None, clock: Clock) -> None:
        self._receipts = receipts
        # Two keys, comma-separated, while the gateway changes from one to the other.
        self._keys = [one.strip().encode() for one in (key.get_secret_value() if key else "").split(",") if one.strip()]
        self._clock = clock

    def routes(self) -> list[Route]:
        return [Route("/callbacks/sms", self.take, methods=["POST"])]

    async def take(self, request: Request) -> Response:
        """Raises Unauthenticated (signature or time), PayloadTooLarge, BadInput."""
        body = await body_of(request)
        self._check(request.headers.get("sms-timestamp", ""), request.headers.get("sms-signature", ""), body)
        try:
            told = _Reports.model_validate_json(body)
        except ValidationError:
            raise BadInput(field="reports") from None
        now = self._clock.now()
        for one in told.reports:
            # A clock ahead of ours must not make a report the last word for hours.
            await self._receipts.sms_report(one.message_id, one.state, one.code, min(one.at, now))
        return Response(status_code=204)

    def _check(self, timestamp: str, signature: str, body: bytes) -> None:
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            raise Unauthenticated
        apart = abs(self._clock.now().timestamp() - int(timestamp))
        if apart > WINDOW.total_seconds() or not _is_signed(self._keys, timestamp, signature, body):
            raise Unauthenticated


def _is_signed(keys: Sequence[bytes], timestamp: str, signature: str, body: bytes) -> bool:
    signed = timestamp.encode() + b"." + body
    wanted = [f"v1={hmac.new(key, signed, hashlib.sha256).hexdigest()}" for key in keys]
    return any(hmac.compare_digest(one.encode(), signature.encode()) for one in wanted)


async def body_of(request: Request) -> bytes:
    """Raises PayloadTooLarge."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LIMIT:
            raise PayloadTooLarge(_LIMIT)
    return body
