"""Signed statements about the chain: its head at a moment, and where it was cut when old records were let go.

What is signed (Ed25519) is text, so that anybody can check it with any tool, five lines joined by line feeds:

    rong-audit-head            or rong-audit-cut
    1234                       the record's place in the chain
    9f86d081884c7d65…          its hash
    2026-01-05T09:00:00.000Z   when this was said
    audit-0001                 the key
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidSignature

from app.core.keys import Key


class Kind(StrEnum):
    HEAD = "rong-audit-head"
    CUT = "rong-audit-cut"


class Standing(StrEnum):
    """`VOID`: signed by a key that was withdrawn, so it may be anybody's."""

    GOOD = "good"
    VOID = "void"
    FALSE = "false"


@dataclass(frozen=True, slots=True)
class Statement:
    """A head says "the chain ends with this record", a cut "it begins after this one"."""

    kind: Kind
    seq: int
    hash: str
    at: datetime
    key: str = ""
    signature: bytes = b""

    def text(self) -> str:
        moment = self.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return "\n".join((self.kind.value, str(self.seq), self.hash, moment, self.key))

    def signed(self, key: Key) -> Statement:
        named = replace(self, key=key.id)
        return replace(named, signature=key.private.sign(named.text().encode()))

    def standing(self, keys: Sequence[Key]) -> Standing:
        """`keys`: all that ever signed for the chain, those withdrawn included."""
        key = next((one for one in keys if one.id == self.key), None)
        if key is None:
            return Standing.FALSE
        try:
            key.public.verify(self.signature, self.text().encode())
        except InvalidSignature:
            return Standing.FALSE
        return Standing.VOID if key.withdrawn else Standing.GOOD

    def published(self) -> dict[str, Any]:
        """As others keep it, in JSON."""
        moment = self.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        signature = base64.urlsafe_b64encode(self.signature).decode().rstrip("=")
        return {"seq": self.seq, "hash": self.hash, "at": moment, "key": self.key, "signature": signature}


def head_of(said: Mapping[str, Any]) -> Statement:
    """A published head, read again. Raises ValueError."""
    try:
        text = str(said["signature"])
        signature = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        at = datetime.fromisoformat(str(said["at"]))
        return Statement(Kind.HEAD, int(said["seq"]), str(said["hash"]), at, str(said["key"]), signature)
    except (KeyError, TypeError, binascii.Error):
        raise ValueError("this is no head of an audit chain") from None
