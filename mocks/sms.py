"""A stand-in for the SMS gateway: takes messages, drops repeats by `message_id`, and shows what it would have sent."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

import phonenumbers
from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mocks.faults import Faults
from mocks.standin import Journal, StandIn, bearer_is, refuse

_CODES = {429: "TOO_MANY_REQUESTS", 503: "SERVICE_UNAVAILABLE"}


class _Submission(BaseModel):
    message_id: str = Field(min_length=1, max_length=128)
    to: str
    text: str = Field(min_length=1, max_length=1000)


@dataclass(frozen=True, slots=True)
class Sms:
    """`submitted` counts how often the gateway was asked to send it; it went out once."""

    message_id: str
    to: str
    text: str
    at: str
    submitted: int = 1


class SmsGateway(StandIn):
    name = "sms"

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key
        self.sent: Journal[Sms] = Journal()

    def routes(self) -> list[Route]:
        return [
            self.under_fault("/sms/messages", self._submit),
            Route("/control/sms/messages", self._list, methods=["GET"]),
            Route("/control/sms/messages", self._forget, methods=["DELETE"]),
        ]

    def refusal(self, faults: Faults) -> Response:
        status = faults.status or 503
        code = _CODES.get(status, "GATEWAY_ERROR")
        return refuse(status, code, "refused on request", retry_after=faults.retry_after)

    async def _submit(self, request: Request) -> Response:
        if not bearer_is(request, self._key):
            return refuse(401, "INVALID_API_KEY", "unknown API key")
        try:
            submission = _Submission.model_validate_json(await request.body())
        except ValidationError:
            return refuse(400, "INVALID_REQUEST", "message_id, to and text (1 to 1000 characters) are needed")
        if not _is_number(submission.to):
            return refuse(400, "INVALID_NUMBER", "`to` is not a valid number in E.164 form")
        return self._keep(submission)

    def _keep(self, submission: _Submission) -> Response:
        known = self.sent.get(submission.message_id)
        if known is not None:
            self.sent.put(known.message_id, replace(known, submitted=known.submitted + 1))
            return JSONResponse({"message_id": known.message_id, "status": "repeated"}, 202)
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        self.sent.put(submission.message_id, Sms(submission.message_id, submission.to, submission.text, at))
        return JSONResponse({"message_id": submission.message_id, "status": "accepted"}, 202)

    async def _list(self, request: Request) -> Response:
        # A `+` left unescaped in a query arrives as a space.
        to = request.query_params.get("to", "").replace(" ", "+")
        messages = [asdict(sms) for sms in self.sent.newest_first() if to in ("", sms.to)]
        return JSONResponse({"messages": messages})

    async def _forget(self, request: Request) -> Response:
        self.sent.clear()
        return Response(status_code=204)


def _is_number(to: str) -> bool:
    try:
        number = phonenumbers.parse(to)
    except phonenumbers.NumberParseException:
        return False
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return e164 == to and phonenumbers.is_valid_number(number)
