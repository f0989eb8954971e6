"""Stand-ins for WeChat, QQ and the mail gateway: they take answers, and send what somebody says to the city's doors.

Each shows what it took at `/control/{name}/messages`. `POST /control/{name}/say` with `{"sender", "text"}` (and
`latitude`, `longitude` at WeChat, `subject` at mail) sends a message to the city as that channel does, signed, to
`RONG_BASE_URL` or the `url` that is given; `repeat` sends it so often under one id, `broken` spoils its signature.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any, ClassVar
from xml.sax.saxutils import escape

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mocks.faults import Faults
from mocks.standin import Journal, StandIn, bearer_is, control_body, refuse

_LASTS = 7200


@dataclass(frozen=True, slots=True)
class Taken:
    """`submitted` counts how often the city tried; it went out once."""

    message_id: str
    to: str
    text: str
    submitted: int = 1


class Saying(BaseModel):
    sender: str = Field(min_length=1, max_length=200)
    text: str = Field(default="", max_length=20_000)
    subject: str = Field(default="", max_length=200)
    latitude: float | None = None
    longitude: float | None = None
    id: str | None = Field(default=None, max_length=100)
    repeat: int = Field(default=1, ge=1, le=50)
    broken: bool = False
    url: str | None = Field(default=None, pattern=r"^https?://", max_length=300)


@dataclass(frozen=True, slots=True)
class Call:
    """What a channel sends to its door."""

    body: bytes
    headers: dict[str, str]
    query: dict[str, str]


class MessengerStandIn(StandIn):
    """A subclass says how it takes an answer and how it calls the city."""

    door: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.taken: Journal[Taken] = Journal()
        self._client = httpx2.AsyncClient(timeout=10, trust_env=False)

    async def aclose(self) -> None:
        await self._client.aclose()

    def routes(self) -> list[Route]:
        return [
            *self.outwards(),
            Route(f"/control/{self.name}/messages", self._list, methods=["GET"]),
            Route(f"/control/{self.name}/messages", self._forget, methods=["DELETE"]),
            Route(f"/control/{self.name}/say", self._say, methods=["POST"]),
        ]

    def outwards(self) -> list[Route]:
        raise NotImplementedError

    def call(self, saying: Saying, id_: str, stamp: str) -> Call:
        raise NotImplementedError

    def refusal(self, faults: Faults) -> Response:
        return refuse(faults.status or 503, "UNAVAILABLE", "refused on request", retry_after=faults.retry_after)

    def take(self, message_id: str, to: str, text: str) -> None:
        known = self.taken.get(message_id)
        self.taken.put(message_id, Taken(message_id, to, text, known.submitted + 1 if known else 1))

    async def _list(self, request: Request) -> Response:
        return JSONResponse({"messages": [asdict(one) for one in self.taken.newest_first()]})

    async def _forget(self, request: Request) -> Response:
        self.taken.clear()
        return Response(status_code=204)

    async def _say(self, request: Request) -> Response:
        saying = await control_body(request, Saying)
        id_, stamp = saying.id or secrets.token_hex(8), str(int(datetime.now(UTC).timestamp()))
        base = saying.url or os.environ.get("RONG_BASE_URL", "http://127.0.0.1:8000")
        made = self.call(saying, id_, stamp)
        body = made.body + b" " if saying.broken else made.body
        query = {**made.query, **({"signature": "0" * 40} if saying.broken and made.query else {})}
        answers = [
            await self._client.post(f"{base.rstrip('/')}{self.door}", content=body, headers=made.headers, params=query)
            for _ in range(saying.repeat)
        ]
        return JSONResponse({"id": id_, "answers": [one.status_code for one in answers]})


class WeChat(MessengerStandIn):
    """`errcode` 40001 for a token that is none any more, as WeChat says it: with status 200."""

    name = "wechat"
    door = "/inbound/wechat"

    def __init__(self, secret: str, token: str) -> None:
        super().__init__()
        self._secret = secret
        self._token = token
        self._given: set[str] = set()

    def outwards(self) -> list[Route]:
        return [
            self.under_fault("/wechat/cgi-bin/stable_token", self._give),
            self.under_fault("/wechat/cgi-bin/message/custom/send", self._send),
            Route("/control/wechat/tokens", self._end_tokens, methods=["DELETE"]),
        ]

    async def _give(self, request: Request) -> Response:
        asked = await _fields(request)
        if not secrets.compare_digest(str(asked.get("secret", "")).encode(), self._secret.encode()):
            return JSONResponse({"errcode": 40125, "errmsg": "invalid appsecret"})
        token = secrets.token_hex(16)
        self._given.add(token)
        return JSONResponse({"access_token": token, "expires_in": _LASTS})

    async def _send(self, request: Request) -> Response:
        if request.query_params.get("access_token", "") not in self._given:
            return JSONResponse({"errcode": 40001, "errmsg": "invalid credential"})
        sent = await _fields(request)
        self.take(str(sent.get("client_msgid")), str(sent.get("touser")), str(sent.get("text", {}).get("content")))
        return JSONResponse({"errcode": 0, "errmsg": "ok"})

    async def _end_tokens(self, request: Request) -> Response:
        """From now on no token that was given is good."""
        self._given.clear()
        return Response(status_code=204)

    def call(self, saying: Saying, id_: str, stamp: str) -> Call:
        fields = {"ToUserName": "gh_city", "FromUserName": saying.sender, "CreateTime": stamp, "MsgId": id_}
        if saying.latitude is not None and saying.longitude is not None:
            fields |= {"MsgType": "location", "Location_X": f"{saying.latitude}", "Location_Y": f"{saying.longitude}"}
        else:
            fields |= {"MsgType": "text", "Content": saying.text}
        body = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
        parts = "".join(sorted([self._token, stamp, "nonce"]))
        signature = hashlib.sha1(parts.encode(), usedforsecurity=False).hexdigest()
        query = {"timestamp": stamp, "nonce": "nonce", "signature": signature}
        return Call(f"<xml>{body}</xml>".encode(), {"content-type": "text/xml"}, query)


class QQ(MessengerStandIn):
    name = "qq"
    door = "/inbound/qq"

    def __init__(self, secret: str) -> None:
        super().__init__()
        self._secret = secret
        self._given: set[str] = set()

    def outwards(self) -> list[Route]:
        return [
            self.under_fault("/qq/app/getAppAccessToken", self._give),
            self.under_fault("/qq/v2/users/{openid}/messages", self._send),
        ]

    async def _give(self, request: Request) -> Response:
        asked = await _fields(request)
        if not secrets.compare_digest(str(asked.get("clientSecret", "")).encode(), self._secret.encode()):
            return refuse(400, "100007", "appid invalid")
        token = secrets.token_hex(16)
        self._given.add(token)
        return JSONResponse({"access_token": token, "expires_in": str(_LASTS)})

    async def _send(self, request: Request) -> Response:
        if request.headers.get("authorization", "").removeprefix("QQBot ") not in self._given:
            return refuse(401, "11244", "token not exist or expire")
        id_ = request.headers.get("idempotency-key", "")
        self.take(id_, request.path_params["openid"], str((await _fields(request)).get("content")))
        return JSONResponse({"id": id_})

    def call(self, saying: Saying, id_: str, stamp: str) -> Call:
        said = {"id": id_, "content": saying.text, "author": {"user_openid": saying.sender}}
        body = json.dumps({"op": 0, "t": "C2C_MESSAGE_CREATE", "d": said}, ensure_ascii=False).encode()
        secret = self._secret or "none"
        seed = (secret * (32 // len(secret) + 1)).encode()[:32]
        signature = Ed25519PrivateKey.from_private_bytes(seed).sign(stamp.encode() + body).hex()
        return Call(body, {"x-signature-timestamp": stamp, "x-signature-ed25519": signature}, {})


class Texts(MessengerStandIn):
    """What people text to the city; what the city texts goes through the gateway beside it (`sms`)."""

    name = "texts"
    door = "/inbound/sms"

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key

    def outwards(self) -> list[Route]:
        return []

    def call(self, saying: Saying, id_: str, stamp: str) -> Call:
        at = datetime.now(UTC).isoformat()
        said = {"message_id": id_, "from": saying.sender, "text": saying.text, "at": at}
        body = json.dumps({"messages": [said]}, ensure_ascii=False).encode()
        mac = hmac.new(self._key.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        return Call(body, {"sms-timestamp": stamp, "sms-signature": f"v1={mac}"}, {})


class MailGateway(MessengerStandIn):
    name = "mail"
    door = "/inbound/mail"

    def __init__(self, key: str, inbound_key: str) -> None:
        super().__init__()
        self._key = key
        self._inbound_key = inbound_key

    def outwards(self) -> list[Route]:
        return [self.under_fault("/mail/messages", self._send)]

    async def _send(self, request: Request) -> Response:
        if not bearer_is(request, self._key):
            return refuse(401, "INVALID_API_KEY", "unknown API key")
        sent = await _fields(request)
        if "@" not in str(sent.get("to")):
            return refuse(400, "INVALID_ADDRESS", "`to` is no address")
        self.take(str(sent.get("message_id")), str(sent["to"]), str(sent.get("text")))
        return JSONResponse({"message_id": sent.get("message_id")}, 202)

    def call(self, saying: Saying, id_: str, stamp: str) -> Call:
        message = EmailMessage()
        message["From"], message["To"], message["Message-ID"] = saying.sender, "12345@city.example", f"<{id_}@mail>"
        message["Subject"] = saying.subject or "诉求"
        message.set_content(saying.text)
        body = message.as_bytes()
        mac = hmac.new(self._inbound_key.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        return Call(body, {"mail-timestamp": stamp, "mail-signature": f"v1={mac}"}, {})


async def _fields(request: Request) -> dict[str, Any]:
    try:
        found = await request.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
