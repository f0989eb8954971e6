"""QQ, as a bot's server hears it (bot.q.qq.com, webhook): JSON, signed by Ed25519 with a key made of the bot's secret.

QQ tries the address once by a token that it wants back signed (`op` 13). Events come with `op` 0 and are acknowledged
by `op` 12.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.core.errors import BadInput, Unauthenticated
from app.domains.voice.cases.history.model import CaseChannel
from app.domains.voice.channels.intake.model import Heard
from app.http.inbound.model import Keys, Reading, Received, demand_fresh, sent_at

_TRY, _EVENT = 13, 0
_SAID = "C2C_MESSAGE_CREATE"  # to the bot alone; what is said in groups is not for the hotline
_TAKEN = b'{"op":12}'
_SEED = 32


class QQ:
    path = "/inbound/qq"
    methods = ("POST",)

    def __init__(self, secrets: Keys) -> None:
        self._keys = [_key_of(secret) for secret in secrets.keys]

    def read(self, received: Received) -> Reading:
        """Raises Unauthenticated, BadInput."""
        self._demand_signed(received)
        try:
            told: dict[str, Any] = json.loads(received.body)
            if told["op"] == _TRY:
                return Reading(reply=self._echoed(told["d"]), media_type="application/json")
            heard = _heard(told["d"], received) if told["op"] == _EVENT and told.get("t") == _SAID else None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
            raise BadInput(field="d") from None
        return Reading((heard,) if heard else (), _TAKEN, "application/json")

    def _demand_signed(self, received: Received) -> None:
        timestamp = received.headers.get("x-signature-timestamp", "")
        demand_fresh(timestamp, received.at)
        try:
            given = bytes.fromhex(received.headers.get("x-signature-ed25519", ""))
        except ValueError:
            raise Unauthenticated from None
        for key in self._keys:
            try:
                key.public_key().verify(given, timestamp.encode() + received.body)
            except InvalidSignature:
                continue
            return
        raise Unauthenticated

    def _echoed(self, tried: dict[str, Any]) -> bytes:
        token, moment = str(tried["plain_token"]), str(tried["event_ts"])
        signature = self._keys[0].sign(f"{moment}{token}".encode()).hex()
        return json.dumps({"plain_token": token, "signature": signature}).encode()


def _key_of(secret: str) -> Ed25519PrivateKey:
    """The secret, repeated until it is as long as a seed."""
    seed = (secret * (_SEED // len(secret) + 1)).encode()[:_SEED]
    return Ed25519PrivateKey.from_private_bytes(seed)


def _heard(said: dict[str, Any], received: Received) -> Heard:
    sender = str(said["author"].get("user_openid") or said["author"]["id"])
    sent = datetime.fromisoformat(str(said["timestamp"])) if said.get("timestamp") else received.at
    text = str(said.get("content") or "")[:10_000]
    at = sent_at(sent if sent.tzinfo else sent.replace(tzinfo=UTC), received.at)
    return Heard(
        CaseChannel.QQ, str(said["id"])[:200], sender[:100], text, at, wordless=not text and "attachments" in said
    )
