"""A stand-in for Firebase Cloud Messaging, HTTP v1: answers as FCM does, and shows every push it took.

Shapes and codes: https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages/send and …/v1/ErrorCode.
FCM itself delivers repeats; here they are counted (`submitted`) and shown once, by `data.message_id`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mocks.faults import Faults
from mocks.fcm_oauth import TokenEndpoint
from mocks.standin import Journal, StandIn, control_body

_ERRORS: dict[str, tuple[int, str, str]] = {
    "UNREGISTERED": (404, "NOT_FOUND", "Requested entity was not found."),
    "INVALID_ARGUMENT": (400, "INVALID_ARGUMENT", "The registration token is not a valid FCM registration token"),
    "SENDER_ID_MISMATCH": (403, "PERMISSION_DENIED", "SenderId mismatch"),
    "QUOTA_EXCEEDED": (429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Messages sent'."),
    "UNAVAILABLE": (503, "UNAVAILABLE", "The service is currently unavailable."),
    "INTERNAL": (500, "INTERNAL", "Internal error encountered."),
    "THIRD_PARTY_AUTH_ERROR": (401, "UNAUTHENTICATED", "Auth error from APNS or Web Push Service"),
}
_BY_STATUS = {status: code for code, (status, _, _) in _ERRORS.items()}

ErrorCode = Literal[
    "UNREGISTERED",
    "INVALID_ARGUMENT",
    "SENDER_ID_MISMATCH",
    "QUOTA_EXCEEDED",
    "UNAVAILABLE",
    "INTERNAL",
    "THIRD_PARTY_AUTH_ERROR",
]


class _Notification(BaseModel):
    title: str = ""
    body: str = ""


class _Message(BaseModel):
    model_config = ConfigDict(extra="ignore")

    token: str | None = Field(default=None, min_length=1, max_length=4096)
    fid: str | None = Field(default=None, min_length=1, max_length=4096)
    notification: _Notification = _Notification()
    data: dict[str, str] = {}
    android: dict[str, Any] = {}
    apns: dict[str, Any] = {}

    @model_validator(mode="after")
    def _has_one_target(self) -> _Message:
        if (self.token is None) == (self.fid is None):
            raise ValueError("exactly one of fid and token must be specified")
        return self

    @property
    def target(self) -> str:
        return self.fid or self.token or ""


class _Send(BaseModel):
    message: _Message
    validate_only: bool = False


class _TokenFate(BaseModel):
    """What a device's token or installation id answers from now on; null makes it good again."""

    token: str
    error: ErrorCode | None


@dataclass(frozen=True, slots=True)
class Push:
    """`token` is the registration token or, when `kind` is `fid`, the installation id."""

    name: str
    token: str
    kind: str
    title: str
    body: str
    data: dict[str, str]
    priority: str | None
    collapse_key: str | None
    tag: str | None
    apns_collapse_id: str | None
    at: str
    submitted: int = 1


class Fcm(StandIn):
    name = "fcm"

    def __init__(self, tokens: TokenEndpoint) -> None:
        super().__init__()
        self._tokens = tokens
        self._fates: Journal[ErrorCode | None] = Journal()
        self.pushes: Journal[Push] = Journal()

    def routes(self) -> list[Route]:
        return [
            self.under_fault("/v1/projects/{project}/messages:send", self._send),
            Route("/control/fcm/messages", self._list, methods=["GET"]),
            Route("/control/fcm/messages", self._forget, methods=["DELETE"]),
            Route("/control/fcm/tokens", self._decide, methods=["POST"]),
        ]

    def refusal(self, faults: Faults) -> Response:
        status = faults.status or 503
        code = _BY_STATUS.get(status)
        if code is None:  # what Google's front end says when it is not FCM that answers
            return Response("<!DOCTYPE html><title>Error</title>", status, media_type="text/html")
        return _refused(code, retry_after=faults.retry_after)

    async def _send(self, request: Request) -> Response:
        project = self._tokens.project_of(request)
        if project is None:
            return _error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.", [])
        if project != request.path_params["project"]:
            return _refused("SENDER_ID_MISMATCH")
        try:
            asked = _Send.model_validate_json(await request.body())
        except ValidationError as error:
            return _invalid(error)
        fate = self._fates.get(asked.message.target)
        return _refused(fate) if fate else self._accept(project, asked)

    def _accept(self, project: str, asked: _Send) -> Response:
        if asked.validate_only:
            return JSONResponse({"name": f"projects/{project}/messages/fake_message_id"})
        push = _push(f"projects/{project}/messages/0:{uuid4().hex}", asked.message)
        key = f"{push.token} {push.data.get('message_id', push.name)}"
        known = self.pushes.get(key)
        kept = replace(known, submitted=known.submitted + 1) if known else push
        self.pushes.put(key, kept)
        return JSONResponse({"name": push.name})

    async def _list(self, request: Request) -> Response:
        token = request.query_params.get("token")
        pushes = [push for push in self.pushes.newest_first() if token in (None, push.token)]
        submitted = sum(push.submitted for push in pushes)
        return JSONResponse({"submitted": submitted, "messages": [asdict(push) for push in pushes]})

    async def _forget(self, request: Request) -> Response:
        self.pushes.clear()
        return Response(status_code=204)

    async def _decide(self, request: Request) -> Response:
        fate = await control_body(request, _TokenFate)
        self._fates.put(fate.token, fate.error)
        return JSONResponse(fate.model_dump())


def _push(name: str, message: _Message) -> Push:
    return Push(
        name=name,
        token=message.target,
        kind="fid" if message.fid else "token",
        title=message.notification.title,
        body=message.notification.body,
        data=message.data,
        priority=message.android.get("priority"),
        collapse_key=message.android.get("collapse_key"),
        tag=(message.android.get("notification") or {}).get("tag"),
        apns_collapse_id=(message.apns.get("headers") or {}).get("apns-collapse-id"),
        at=datetime.now(UTC).isoformat(timespec="milliseconds"),
    )


def _refused(code: str, *, retry_after: int | None = None) -> Response:
    status, google, message = _ERRORS[code]
    detail = {"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code}
    return _error(status, google, message, [detail], retry_after=retry_after)


def _invalid(error: ValidationError) -> Response:
    violations = [
        {"field": ".".join(str(part) for part in fault["loc"]), "description": fault["msg"]} for fault in error.errors()
    ]
    details: list[dict[str, Any]] = [
        {"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": "INVALID_ARGUMENT"},
        {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": violations},
    ]
    return _error(400, "INVALID_ARGUMENT", "Request contains an invalid argument.", details)


def _error(
    status: int, google: str, message: str, details: list[dict[str, Any]], *, retry_after: int | None = None
) -> Response:
    body = {"error": {"code": status, "message": message, "status": google, "details": details}}
    return JSONResponse(body, status, {} if retry_after is None else {"Retry-After": str(retry_after)})
