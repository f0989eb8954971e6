"""Text messages through the city's SMS gateway. What becomes of them is reported later, at `POST /callbacks/sms`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol

import structlog

from notifications.channels.base import Delivery, DeliveryOutcome, MeasuredChannel

log = structlog.get_logger(__name__)
ACCEPTED: Final = "ACCEPTED"

# The gateway's codes in our words.
OUTCOMES: Final[Mapping[str, DeliveryOutcome]] = {
    ACCEPTED: DeliveryOutcome.ACCEPTED,
    "NUMBER_UNASSIGNED": DeliveryOutcome.UNREGISTERED,  # the carrier gave the number back
    "INVALID_NUMBER": DeliveryOutcome.REJECTED,
    "INVALID_REQUEST": DeliveryOutcome.REJECTED,
    "CONTENT_REFUSED": DeliveryOutcome.REJECTED,
    "RECIPIENT_OPTED_OUT": DeliveryOutcome.REJECTED,
    "REFUSED": DeliveryOutcome.REJECTED,
    "INVALID_API_KEY": DeliveryOutcome.BLOCKED,
    "ACCOUNT_REFUSED": DeliveryOutcome.BLOCKED,
    "INSUFFICIENT_BALANCE": DeliveryOutcome.BLOCKED,
    "SIGNATURE_NOT_APPROVED": DeliveryOutcome.BLOCKED,  # 短信签名, the sender's name registered with the carriers
    "THROTTLED": DeliveryOutcome.RETRY,  # 429: too many at once, to this number, or the day's quota is used up
    "FAILED": DeliveryOutcome.RETRY,
    "TIMEOUT": DeliveryOutcome.RETRY,
    "UNREACHABLE": DeliveryOutcome.RETRY,
    "CIRCUIT_OPEN": DeliveryOutcome.RETRY,
}


@dataclass(frozen=True, slots=True)
class SmsAnswer:
    """`ACCEPTED` or the code of a refusal; `retry_after` in seconds, when it was told."""

    code: str
    provider_id: str | None = None
    retry_after: int | None = None


class SmsGateway(Protocol):
    async def submit(self, *, to: str, text: str, message_id: str, report_to: str | None = None) -> SmsAnswer:
        """One try. Does not raise for what the gateway answers; the same `message_id` is sent once."""
        ...


class GatewaySms(MeasuredChannel):
    """`report_to` is where the gateway is to report to; without it, nothing is learnt after the handing over."""

    name: ClassVar[str] = "sms"

    def __init__(self, gateway: SmsGateway, report_to: str | None = None) -> None:
        self._gateway = gateway
        self._report_to = report_to

    async def send(self, to: str, text: str, message_id: str) -> Delivery:
        (delivery,) = await self._measured(lambda: self._try_send(to, text, message_id), [message_id])
        return delivery

    async def _try_send(self, to: str, text: str, message_id: str) -> list[Delivery]:
        answer = await self._gateway.submit(to=to, text=text, message_id=message_id, report_to=self._report_to)
        outcome = OUTCOMES.get(answer.code)
        if outcome is None:
            log.error("sms_code_unknown", code=answer.code[:64])
            outcome = DeliveryOutcome.REJECTED
        code = None if outcome is DeliveryOutcome.ACCEPTED else answer.code
        return [Delivery(outcome, answer.provider_id, answer.retry_after, code)]
