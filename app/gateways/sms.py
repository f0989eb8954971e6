"""The SMS gateway: one message at once for who waits for it, or one try for the worker, which repeats by itself."""

from __future__ import annotations

import httpx2

from app.domains.identity.sign_in.errors import SmsRefused
from app.gateways.http import HttpGateway, NotNow, fields_of
from notifications.channels.sms import ACCEPTED, SmsAnswer

# What a refusal means when the gateway gives no word for it.
_BY_STATUS = {401: "INVALID_API_KEY", 402: "INSUFFICIENT_BALANCE", 403: "ACCOUNT_REFUSED"}


class HttpSms(HttpGateway):
    name = "sms"

    async def send(self, *, to: str, text: str, message_id: str) -> None:
        """Hand over one message; `to` in E.164. Sent once however often it is called with one `message_id`.

        Raises SmsRefused, Unavailable.
        """
        body = {"message_id": message_id, "to": to, "text": text}
        answer = await self._post("messages", body, idempotency_key=message_id)
        if answer.status_code == 400:
            raise SmsRefused(_code(answer))
        if not answer.is_success:
            raise self._not_understood(answer)

    async def submit(self, *, to: str, text: str, message_id: str, report_to: str | None = None) -> SmsAnswer:
        """One try, whose answer is read and never raised. Reports of what becomes of it go to the URL `report_to`."""
        body = {"message_id": message_id, "to": to, "text": text}
        try:
            answer = await self._attempt("messages", body | ({"report_to": report_to} if report_to else {}), message_id)
        except NotNow as error:
            return SmsAnswer(error.outcome.upper(), retry_after=_whole(error.retry_after))
        if answer.is_success:
            return SmsAnswer(ACCEPTED, provider_id=_provider_id(answer))
        return SmsAnswer(_code(answer))


def _code(answer: httpx2.Response) -> str:
    try:
        return str(fields_of(answer)["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return _BY_STATUS.get(answer.status_code, "REFUSED")


def _provider_id(answer: httpx2.Response) -> str | None:
    try:
        return str(fields_of(answer)["message_id"])
    except (ValueError, KeyError):
        return None


def _whole(seconds: float | None) -> int | None:
    return None if seconds is None else int(seconds)
