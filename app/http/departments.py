"""Where systems of departments push what happens to an application: `POST /callbacks/departments/{system}`.

Signed as Standard Webhooks 1.0.0 has it: `webhook-id`, `webhook-timestamp` (Unix seconds, five minutes off at most) and
`webhook-signature`, `v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`. Each system has a key of its own, derived
from `RONG_DEPARTMENTS_CALLBACK_KEY`: HMAC-SHA256 of `department:{system}` under it; so none can speak for another.

The body is `{"number", "seq", "step", "at", "reason"?, "remedy"?, "points"?}`. 204 means that it is kept; any other
answer, that it should be pushed again. A repeat changes nothing, and steps may come in any order: they are applied in
the order of `seq`, and what is missing in between is asked for.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re

from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.core.clock import Clock
from app.core.errors import BadInput, Unauthenticated
from app.domains.government.handover.model import News
from app.domains.government.handover.sending.model import read_news
from app.domains.government.handover.service import HandoverService
from app.http.callbacks import WINDOW, body_of

_SYSTEM = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class DepartmentNews:
    """Without a key no signature can be good, and everything that is pushed is refused."""

    def __init__(self, handovers: HandoverService, key: SecretStr | None, clock: Clock) -> None:
        self._handovers = handovers
        # Two keys, comma-separated, while one is changed for the other.
        self._keys = [one.strip().encode() for one in (key.get_secret_value() if key else "").split(",") if one.strip()]
        self._clock = clock

    def routes(self) -> list[Route]:
        return [Route("/callbacks/departments/{system}", self.take, methods=["POST"])]

    async def take(self, request: Request) -> Response:
        """Raises Unauthenticated (signature or time), PayloadTooLarge, BadInput."""
        system, body = request.path_params["system"], await body_of(request)
        self._check(system, request, body)
        await self._handovers.heard(system, _news(body))
        return Response(status_code=204)

    def _check(self, system: str, request: Request, body: bytes) -> None:
        id_, moment = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "")
        if not (id_ and moment.isascii() and moment.isdigit() and len(moment) <= 12 and _SYSTEM.fullmatch(system)):
            raise Unauthenticated
        if abs(self._clock.now().timestamp() - int(moment)) > WINDOW.total_seconds():
            raise Unauthenticated
        content = f"{id_}.{moment}.".encode() + body
        given = request.headers.get("webhook-signature", "").encode().split()
        wanted = [_signature(_key_of(key, system), content) for key in self._keys]
        if not any(hmac.compare_digest(one, other) for one in wanted for other in given):
            raise Unauthenticated


def _key_of(key: bytes, system: str) -> bytes:
    return hmac.new(key, f"department:{system}".encode(), hashlib.sha256).digest()


def _signature(key: bytes, content: bytes) -> bytes:
    return b"v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest())


def _news(body: bytes) -> News:
    """Raises BadInput."""
    try:
        told = json.loads(body)
        number = told["number"]
        if not isinstance(number, str) or not 1 <= len(number) <= 64:
            raise ValueError("number")
        return read_news(number, told)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadInput(field="step") from None
