"""A stand-in for the SMS gateway: takes messages, drops repeats by `message_id`, and shows what it would have sent.

Who names a callback in `report_to` is told what becomes of the message (mocks/sms_reports.py).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

import phonenumbers
from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mocks.faults import Faults
from mocks.sms_reports import Reporter, ReportFaults, State, Story
from mocks.standin import Journal, StandIn, bearer_is, control_body, refuse

_CODES = {429: "TOO_MANY_REQUESTS", 503: "SERVICE_UNAVAILABLE"}
_REFUSALS = {
    "NUMBER_UNASSIGNED": 400,
    "CONTENT_REFUSED": 400,
    "RECIPIENT_OPTED_OUT": 400,
    "INSUFFICIENT_BALANCE": 402,
    "SIGNATURE_NOT_APPROVED": 403,
    "NUMBER_THROTTLED": 429,
    "QUOTA_EXCEEDED": 429,
}

Refusal = Literal[
    "NUMBER_UNASSIGNED",
    "CONTENT_REFUSED",
    "RECIPIENT_OPTED_OUT",
    "INSUFFICIENT_BALANCE",
    "SIGNATURE_NOT_APPROVED",
    "NUMBER_THROTTLED",
    "QUOTA_EXCEEDED",
]


class _Submission(BaseModel):
    message_id: str = Field(min_length=1, max_length=256)
    to: str
    text: str = Field(min_length=1, max_length=1000)
    report_to: str | None = Field(default=None, max_length=500, pattern=r"^https?://")


class _NumberFate(BaseModel):
    """From now on: whether messages to `to` are refused (null: taken), and what is reported of those taken."""

    to: str
    refusal: Refusal | None = None
    state: State = "delivered"
    code: str | None = Field(default=None, max_length=64)
    bounce: bool = False


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

    def __init__(self, key: str, callback_key: str) -> None:
        super().__init__()
        self._key = key
        self._fates: Journal[_NumberFate] = Journal()
        self.sent: Journal[Sms] = Journal()
        self.reporter = Reporter(callback_key)

    async def aclose(self) -> None:
        await self.reporter.aclose()

    def routes(self) -> list[Route]:
        return [
            self.under_fault("/sms/messages", self._submit),
            Route("/control/sms/messages", self._list, methods=["GET"]),
            Route("/control/sms/messages", self._forget, methods=["DELETE"]),
            Route("/control/sms/numbers", self._decide, methods=["POST"]),
            Route("/control/sms/reports", self._reports, methods=["GET"]),
            Route("/control/sms/reports", self._set_reports, methods=["POST"]),
            Route("/control/sms/reports", self._clear_reports, methods=["DELETE"]),
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
        fate = self._fates.get(submission.to) or _NumberFate(to=submission.to)
        if fate.refusal is not None:
            status = _REFUSALS[fate.refusal]
            return refuse(status, fate.refusal, "refused on request", retry_after=60 if status == 429 else None)
        return self._keep(submission, fate)

    def _keep(self, submission: _Submission, fate: _NumberFate) -> Response:
        known = self.sent.get(submission.message_id)
        if known is not None:
            self.sent.put(known.message_id, replace(known, submitted=known.submitted + 1))
            return JSONResponse({"message_id": known.message_id, "status": "repeated"}, 202)
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        self.sent.put(submission.message_id, Sms(submission.message_id, submission.to, submission.text, at))
        if submission.report_to is not None:
            story = Story(fate.state, fate.code, fate.bounce)
            self.reporter.tell(submission.report_to, submission.message_id, story)
        return JSONResponse({"message_id": submission.message_id, "status": "accepted"}, 202)

    async def _list(self, request: Request) -> Response:
        # A `+` left unescaped in a query arrives as a space.
        to = request.query_params.get("to", "").replace(" ", "+")
        messages = [self._shown(sms) for sms in self.sent.newest_first() if to in ("", sms.to)]
        return JSONResponse({"messages": messages})

    def _shown(self, sms: Sms) -> dict[str, Any]:
        """With what was reported of it, and taken in by its sender."""
        reported = self.reporter.latest.get(sms.message_id)
        return asdict(sms) | {"state": reported.state if reported else None}

    async def _forget(self, request: Request) -> Response:
        self.sent.clear()
        return Response(status_code=204)

    async def _decide(self, request: Request) -> Response:
        fate = await control_body(request, _NumberFate)
        self._fates.put(fate.to, fate)
        return JSONResponse(fate.model_dump())

    async def _reports(self, request: Request) -> Response:
        told = [asdict(report) for report in self.reporter.told.newest_first()]
        return JSONResponse(self.reporter.faults.model_dump() | {"reports": told})

    async def _set_reports(self, request: Request) -> Response:
        self.reporter.faults = await control_body(request, ReportFaults)
        return await self._reports(request)

    async def _clear_reports(self, request: Request) -> Response:
        """Everything is reported as delivered again, and what was told is forgotten."""
        self.reporter.faults = ReportFaults()
        self.reporter.told.clear()
        self._fates.clear()
        return await self._reports(request)


def _is_number(to: str) -> bool:
    try:
        number = phonenumbers.parse(to)
    except phonenumbers.NumberParseException:
        return False
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return e164 == to and phonenumbers.is_valid_number(number)
