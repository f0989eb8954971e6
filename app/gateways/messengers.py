"""Answers to senders: by text message, by mail, by WeChat and by QQ. One try each, whose outcome is read, never raised.

WeChat and QQ let nobody in by a key: a token is asked for with the account's secret, lasts about two hours, and is
asked for anew when it is refused. WeChat answers 200 to everything and says in `errcode` what it means.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx2
from pydantic import SecretStr

from app.domains.voice.channels.intake.answers.model import Sent
from app.gateways.http import HttpGateway, NotNow, fields_of
from app.gateways.sms import HttpSms
from notifications.channels.sms import ACCEPTED

_NO_KEY = SecretStr("")
_EARLIER = 120.0  # seconds before its end in which a token is used no more
# WeChat's codes (developers.weixin.qq.com, 全局返回码): the token is none any more; come again; the sender wrote more
# than two days ago, or follows the account no longer.
_TOKEN_OVER = frozenset({40001, 40014, 41001, 42001})
_AGAIN = frozenset({-1, 45009, 45011, 45047})
_LONGEST = 600  # characters of an answer


class SmsMessenger:
    """The SMS gateway that also sends codes and notices. What passes (no money, no gateway) is waited out."""

    def __init__(self, gateway: HttpSms) -> None:
        self._gateway = gateway

    async def send(self, *, to: str, text: str, subject: str, message_id: str, reply_to: str | None) -> Sent:
        answer = await self._gateway.submit(to=to, text=text[:_LONGEST], message_id=message_id)
        if answer.code == ACCEPTED:
            return Sent(True)
        after = timedelta(seconds=answer.retry_after) if answer.retry_after else None
        return Sent(False, answer.code, again=answer.code not in _NEVER_BY_SMS, after=after)


_NEVER_BY_SMS = frozenset(
    {"INVALID_NUMBER", "NUMBER_UNASSIGNED", "CONTENT_REFUSED", "RECIPIENT_OPTED_OUT", "INVALID_REQUEST"}
)


class HttpMail(HttpGateway):
    """A mail gateway: `POST messages` with `{message_id, to, subject, text, in_reply_to}`, once by its id."""

    name = "mail"

    async def send(self, *, to: str, text: str, subject: str, message_id: str, reply_to: str | None) -> Sent:
        body = {"message_id": message_id, "to": to, "subject": subject, "text": text, "in_reply_to": reply_to}
        try:
            answer = await self._attempt("messages", body, message_id)
        except NotNow as error:
            return _not_now(error)
        return Sent(True) if answer.is_success else Sent(False, _code_of(answer))


class _Account(HttpGateway):
    """An account of a messenger, whose token is kept while it holds."""

    def __init__(self, url: str, app_id: str, secret: SecretStr, **more: Any) -> None:
        super().__init__(url, _NO_KEY, **more)
        self._client.headers.pop("Authorization")
        self._app_id = app_id
        self._secret = secret
        self._token, self._until = "", 0.0
        self._asking = asyncio.Lock()

    async def _signed_in(self, *, anew: bool = False) -> str:
        """Raises NotNow."""
        async with self._asking:
            if anew or time.monotonic() >= self._until:
                fields = fields_of(await self._ask_token())
                token, seconds = fields.get("access_token"), fields.get("expires_in", 7200)
                if not isinstance(token, str):
                    raise NotNow("no_token")
                self._token, self._until = token, time.monotonic() + float(seconds) - _EARLIER
            return self._token

    async def _ask_token(self) -> httpx2.Response:
        raise NotImplementedError


class WeChat(_Account):
    """Customer-service messages of an official account (客服消息), within two days of what the sender wrote."""

    name = "wechat"

    async def send(self, *, to: str, text: str, subject: str, message_id: str, reply_to: str | None) -> Sent:
        try:
            code = await self._try(to, text, message_id, await self._signed_in())
            if code in _TOKEN_OVER:
                code = await self._try(to, text, message_id, await self._signed_in(anew=True))
        except (NotNow, ValueError) as error:
            return _not_now(error)
        return Sent(True) if code == 0 else Sent(False, f"WECHAT_{code}", again=code in _AGAIN | _TOKEN_OVER)

    async def _try(self, to: str, text: str, message_id: str, token: str) -> int:
        # `client_msgid` is the account's own id of it; a repeat under it is not shown twice.
        body = {"touser": to, "msgtype": "text", "text": {"content": text[:_LONGEST]}, "client_msgid": message_id}
        answer = await self._attempt(f"cgi-bin/message/custom/send?access_token={token}", body, message_id)
        return int(fields_of(answer).get("errcode", -1))

    async def _ask_token(self) -> httpx2.Response:
        body = {"grant_type": "client_credential", "appid": self._app_id, "secret": self._secret.get_secret_value()}
        return await self._attempt("cgi-bin/stable_token", body, "token")


class QQ(_Account):
    """Messages of a QQ bot to one person, by his openid (bot.q.qq.com, API v2). An answer to what he wrote within the
    hour names it; others are counted, four a month. Tokens are given elsewhere than messages are taken.
    """

    name = "qq"

    def __init__(self, url: str, token_url: str, app_id: str, secret: SecretStr, **more: Any) -> None:
        super().__init__(url, app_id, secret, **more)
        self._token_url = token_url.rstrip("/")

    async def send(self, *, to: str, text: str, subject: str, message_id: str, reply_to: str | None) -> Sent:
        try:
            answer = await self._try(to, text, message_id, reply_to, await self._signed_in())
            if answer.status_code == 401:
                answer = await self._try(to, text, message_id, reply_to, await self._signed_in(anew=True))
        except (NotNow, ValueError) as error:
            return _not_now(error)
        return Sent(True) if answer.is_success else Sent(False, _code_of(answer), again=answer.status_code == 401)

    async def _try(self, to: str, text: str, message_id: str, reply_to: str | None, token: str) -> httpx2.Response:
        self._client.headers["Authorization"] = f"QQBot {token}"
        body = {"msg_type": 0, "content": text[:_LONGEST]} | ({"msg_id": reply_to, "msg_seq": 1} if reply_to else {})
        return await self._attempt(f"v2/users/{to}/messages", body, message_id)

    async def _ask_token(self) -> httpx2.Response:
        body = {"appId": self._app_id, "clientSecret": self._secret.get_secret_value()}
        return await self._attempt(f"{self._token_url}/app/getAppAccessToken", body, "token")


def _not_now(error: Exception) -> Sent:
    if not isinstance(error, NotNow):
        return Sent(False, "NOT_UNDERSTOOD", again=True)
    after = timedelta(seconds=error.retry_after) if error.retry_after else None
    return Sent(False, error.outcome.upper(), again=True, after=after)


def _code_of(answer: httpx2.Response) -> str:
    try:
        fields: Mapping[str, Any] = fields_of(answer)
        error = fields.get("error")
        return str(error["code"] if isinstance(error, Mapping) else fields.get("code", answer.status_code))[:64]
    except (ValueError, KeyError):
        return f"HTTP_{answer.status_code}"
