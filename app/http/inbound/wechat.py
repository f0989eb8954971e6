"""WeChat, as an official account's server hears it: XML, and a signature by the account's token.

`signature` is the SHA-1 of token, timestamp and nonce in their order as text: it says that WeChat called, and nothing
of the body. With an EncodingAESKey WeChat encrypts the body and signs what is encrypted (`msg_signature`); then nothing
else is taken. A message is answered with `success` at once, and in words later by the customer-service interface. What
is not answered in five seconds WeChat repeats, under the same MsgId.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, ParseError

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from app.core.errors import BadInput, Unauthenticated
from app.core.places.errors import PlaceNotOnEarth
from app.core.places.model import Point
from app.domains.voice.cases.history.model import CaseChannel
from app.domains.voice.channels.intake.model import Heard
from app.http.inbound.gcj02 import to_wgs84
from app.http.inbound.model import Keys, Reading, Received, demand_fresh, sent_at

_TAKEN = b"success"
_WORDS = frozenset({"text", "location"})
_OTHERS = frozenset({"image", "voice", "video", "shortvideo", "link"})  # they are told that words are needed


class WeChat:
    """`GET` is how WeChat tries the address; `POST` brings messages. `app_id` is the account that must be meant."""

    path = "/inbound/wechat"
    methods = ("GET", "POST")

    def __init__(self, tokens: Keys, aes_key: str | None, app_id: str | None) -> None:
        self._tokens = tokens
        self._aes = base64.b64decode(f"{aes_key}=") if aes_key else None
        self._app_id = app_id

    def read(self, received: Received) -> Reading:
        """Raises Unauthenticated, BadInput."""
        query = received.query
        demand_fresh(query.get("timestamp", ""), received.at)
        if received.method == "GET":
            self._demand_signed(query, "signature")
            return Reading(reply=query.get("echostr", "").encode()[:200])
        root = _parsed(received.body)
        if self._aes is None:
            self._demand_signed(query, "signature")
        else:
            encrypted = _text(root, "Encrypt")
            self._demand_signed(query, "msg_signature", encrypted)
            root = _parsed(self._decrypted(encrypted))
        heard = self._heard(root, received)
        return Reading((heard,) if heard else (), _TAKEN)

    def _demand_signed(self, query: Mapping[str, str], name: str, *more: str) -> None:
        given = query.get(name, "")
        for token in self._tokens.keys:
            parts = sorted([token, query.get("timestamp", ""), query.get("nonce", ""), *more])
            wanted = hashlib.sha1("".join(parts).encode(), usedforsecurity=False).hexdigest()
            if hmac.compare_digest(wanted.encode(), given.encode()):
                return
        raise Unauthenticated

    def _decrypted(self, encrypted: str) -> bytes:
        """AES-256-CBC, padded to 32 bytes: 16 random bytes, the length, the message, the account's id."""
        assert self._aes is not None
        try:
            opener = Cipher(AES(self._aes), CBC(self._aes[:16])).decryptor()
            plain = opener.update(base64.b64decode(encrypted, validate=True)) + opener.finalize()
            plain = plain[: -plain[-1]] if 1 <= plain[-1] <= 32 else plain
            (length,) = struct.unpack(">I", plain[16:20])
        except (ValueError, struct.error, IndexError):
            raise BadInput(field="Encrypt") from None
        message, app_id = plain[20 : 20 + length], plain[20 + length :]
        if len(message) != length or (self._app_id and app_id.decode(errors="replace") != self._app_id):
            raise Unauthenticated
        return message

    def _heard(self, root: Element, received: Received) -> Heard | None:
        """None for what nobody has said: that somebody follows the account, or opened a menu."""
        kind, sender = _text(root, "MsgType"), _text(root, "FromUserName")
        if kind not in _WORDS | _OTHERS or not sender:
            return None
        sent = _text(root, "CreateTime")
        timed = sent.isascii() and sent.isdigit() and len(sent) <= 10
        at = sent_at(datetime.fromtimestamp(int(sent), UTC) if timed else None, received.at)
        words = _text(root, "Content") if kind == "text" else ""
        point = _point(root) if kind == "location" else None
        id_ = _text(root, "MsgId") or f"{sender}:{sent}"
        return Heard(
            CaseChannel.WECHAT, id_[:200], sender[:100], words[:10_000], at, point=point, wordless=kind in _OTHERS
        )


def _parsed(body: bytes) -> Element:
    """Raises BadInput: also of a document that grows, or that asks for another."""
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise BadInput(field="xml") from None
    return root


def _text(root: Element, name: str) -> str:
    return (root.findtext(name) or "").strip()


def _point(root: Element) -> Point | None:
    try:
        return to_wgs84(Point(float(_text(root, "Location_X")), float(_text(root, "Location_Y"))))
    except (ValueError, PlaceNotOnEarth):
        return None
