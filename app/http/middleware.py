"""What every request passes through: an id, one log line without personal data, and safe headers."""

from __future__ import annotations

import re
import time
from functools import cache

import structlog
from prometheus_client import Counter
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.ids import new_id
from app.core.tallies import Counting, uncounted
from app.core.traces import frames_of
from app.http.replies import internal_error

log = structlog.get_logger("rong.http")
_REQUESTS = Counter("rong_http_requests_total", "HTTP requests answered", ["status"])
_GIVEN_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_QUIET = ("/healthz", "/readyz", "/metrics")
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)


class Interrupted(Exception):
    """The answer had begun when the fault came: the server breaks the connection off."""


class RequestLog:
    """Names each request, logs how it went, and counts it. Paths with ids in them are logged by their first part."""

    def __init__(self, app: ASGIApp, count: Counting = uncounted) -> None:
        self._app = app
        self._count = count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started, status = time.perf_counter(), 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _dress(message, request_id)
            await send(message)

        try:
            await self._app(scope, receive, answer)
        except Exception as error:
            # Not handed on: the server would log what the error says, and that can quote a person's data.
            log.error("fault", traceback=frames_of(error))
            if status:
                raise Interrupted from None
            if scope["type"] == "http":
                await internal_error(Request(scope))(scope, receive, answer)
        finally:
            self._report(scope, status, time.perf_counter() - started)
            structlog.contextvars.unbind_contextvars("request_id")

    def _report(self, scope: Scope, status: int, seconds: float) -> None:
        if scope["path"] in _QUIET:
            return
        _answered(status or scope["type"]).inc()
        self._count("requests", door=_door(scope["path"]), status=f"{status // 100}xx" if status else scope["type"])
        # Never the query string: signed links and codes travel in it. Of the path, as much as names the endpoint.
        place = "/".join(scope["path"].split("/")[:3])
        log.info(
            "request",
            method=scope.get("method", "WS"),
            path=_named(scope, place),
            status=status,
            ms=round(seconds * 1000, 1),
        )


def _request_id(scope: Scope) -> str:
    given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    return given.decode() if _GIVEN_ID.fullmatch(given) else new_id()


def _dress(message: Message, request_id: str) -> None:
    """What the endpoint said of itself stands, but for the request's id."""
    headers = [header for header in message.get("headers", ()) if header[0] != b"x-request-id"]
    said = {name for name, _ in headers}
    headers.append((b"x-request-id", request_id.encode()))
    headers.extend(header for header in _HEADERS if header[0] not in said)
    message["headers"] = headers


def _named(scope: Scope, place: str) -> str:
    if "endpoint" not in scope:  # no such page: the path is whatever somebody wrote
        return "(unknown)"
    return place if scope["path"].startswith(("/graphql", "/provider", "/admin")) else place.rsplit("/", 1)[0] or "/"


def _door(path: str) -> str:
    first = path.lstrip("/").partition("/")[0]
    return {"graphql": "citizen", "provider": "provider", "oauth": "provider", "admin": "desk"}.get(first, "other")


@cache
def _answered(status: int | str) -> Counter:
    """Finding a labelled child costs more than counting, and statuses are few."""
    return _REQUESTS.labels(status)
