"""The SMS gateway."""

from __future__ import annotations

import httpx2

from app.domains.identity.sign_in.errors import SmsRefused
from app.gateways.http import HttpGateway, fields_of


class HttpSms(HttpGateway):
    name = "sms"

    async def send(self, *, to: str, text: str, message_id: str) -> None:
        """Hand over one message; `to` in E.164. Sent once however often it is called with one `message_id`.

        Raises SmsRefused, Unavailable.
        """
        body = {"message_id": message_id, "to": to, "text": text}
        answer = await self._post("messages", body, idempotency_key=message_id)
        if answer.status_code == 400:
            raise SmsRefused(_reason(answer))
        if not answer.is_success:
            raise self._not_understood(answer)


def _reason(answer: httpx2.Response) -> str:
    try:
        return str(fields_of(answer)["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return "REFUSED"
