"""A stand-in for a provider's receiver of webhooks: checks signatures, drops repeats by id, and shows what came.

Signatures are those of Standard Webhooks: `v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`. It checks them
with the secrets it was given at `/control/webhook/secrets`, which it keeps as long as it runs.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mocks.faults import Faults
from mocks.standin import Journal, StandIn, control_body, refuse

_TOLERANCE = 300  # seconds
_MOST_SECRETS = 100

Signature = Literal["valid", "invalid", "unchecked"]


class _Secret(BaseModel):
    secret: str = Field(pattern=r"^whsec_[A-Za-z0-9+/]{32,88}={0,2}$")


@dataclass(frozen=True, slots=True)
class Received:
    """`submitted` counts how often it came; what it says was handled once. `unchecked`: no secret was given."""

    webhook_id: str
    receiver: str
    type: str
    text: str
    at: str
    signature: Signature
    submitted: int = 1


class WebhookReceiver(StandIn):
    name = "webhook"

    def __init__(self) -> None:
        super().__init__()
        self.received: Journal[Received] = Journal()
        self._secrets: dict[str, bytes] = {}

    def routes(self) -> list[Route]:
        return [
            self.under_fault("/webhook/{receiver}", self._receive),
            Route("/control/webhook/messages", self._list, methods=["GET"]),
            Route("/control/webhook/messages", self._forget, methods=["DELETE"]),
            Route("/control/webhook/secrets", self._trust, methods=["POST"]),
        ]

    def refusal(self, faults: Faults) -> Response:
        status = faults.status or 503
        answer = refuse(status, "REFUSED", "refused on request", retry_after=faults.retry_after)
        if 300 <= status < 400:
            answer.headers["location"] = "/webhook/redirected"
        return answer

    async def _receive(self, request: Request) -> Response:
        body, id_ = await request.body(), request.headers.get("webhook-id", "")
        signature = self._judged(request, id_, body)
        if not id_ or signature == "invalid":
            return refuse(401, "SIGNATURE_INVALID", "webhook-id, webhook-timestamp and webhook-signature do not fit")
        receiver = request.path_params["receiver"]
        known = self.received.get(f"{receiver}/{id_}")
        told = _told(body)
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        new = Received(id_, receiver, str(told.get("type", "")), body.decode(errors="replace"), at, signature)
        came = replace(known, submitted=known.submitted + 1) if known else new
        self.received.put(f"{receiver}/{id_}", came)
        return Response(status_code=204)

    def _judged(self, request: Request, id_: str, body: bytes) -> Signature:
        if not self._secrets:
            return "unchecked"
        moment = request.headers.get("webhook-timestamp", "")
        if (
            not moment.isascii()
            or not moment.isdigit()
            or abs(datetime.now(UTC).timestamp() - int(moment)) > _TOLERANCE
        ):
            return "invalid"
        content = f"{id_}.{moment}.".encode() + body
        wanted = [hmac.new(key, content, hashlib.sha256).digest() for key in self._secrets.values()]
        given = [_decoded(one) for one in request.headers.get("webhook-signature", "").split()]
        good = any(hmac.compare_digest(one, other) for one in wanted for other in given)
        return "valid" if good else "invalid"

    async def _trust(self, request: Request) -> Response:
        secret = (await control_body(request, _Secret)).secret
        self._secrets[secret] = base64.b64decode(secret.removeprefix("whsec_"))
        while len(self._secrets) > _MOST_SECRETS:
            del self._secrets[next(iter(self._secrets))]
        return Response(status_code=204)

    async def _list(self, request: Request) -> Response:
        receiver = request.query_params.get("receiver", "")
        messages = [asdict(one) for one in self.received.newest_first() if receiver in ("", one.receiver)]
        return JSONResponse({"messages": messages})

    async def _forget(self, request: Request) -> Response:
        self.received.clear()
        return Response(status_code=204)


def _told(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _decoded(signature: str) -> bytes:
    version, _, text = signature.partition(",")
    try:
        return base64.b64decode(text, validate=True) if version == "v1" else b""
    except binascii.Error:
        return b""
