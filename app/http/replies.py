"""JSON of the plain endpoints, and their errors in the caller's language."""

from __future__ import annotations

import structlog
from pydantic_core import to_jsonable_python
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.core.errors import Outcome, RateLimited, Refusal, RongError, Unavailable
from app.core.messages import message, negotiate
from app.core.mongo import is_unreachable

log = structlog.get_logger()


def told(request: Request, error: RongError, status: int) -> Response:
    """`{"code", "message", …data}`."""
    text = message(error.code, negotiate(request.headers.get("accept-language")), **error.data)
    body = {**to_jsonable_python(error.data), "code": error.code, "message": text}
    headers = {"retry-after": str(error.retry_after)} if isinstance(error, RateLimited) else None
    return JSONResponse(body, status, headers=headers)


async def on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return told(request, error, error.status)


async def on_outcome(request: Request, error: Exception) -> Response:
    assert isinstance(error, Outcome)
    return told(request, error, 422)


async def on_http(request: Request, error: Exception) -> Response:
    """Starlette's own refusals: no such page, no such method."""
    assert isinstance(error, HTTPException)
    code = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}.get(error.status_code, "BAD_REQUEST")
    text = message(code, negotiate(request.headers.get("accept-language")))
    return JSONResponse({"code": code, "message": text}, error.status_code, headers=error.headers)


async def on_database_fault(request: Request, error: Exception) -> Response:
    """Away for now: 503. Any other fault of the database is ours, and goes on to the request log."""
    if not is_unreachable(error):
        raise error
    log.warning("database out of reach", error=type(error).__name__)
    return told(request, Unavailable(), Unavailable.status)


def internal_error(request: Request) -> Response:
    """The caller learns the request's id and no more."""
    locale = negotiate(request.headers.get("accept-language"))
    body = {"code": "INTERNAL", "message": message("INTERNAL", locale), "requestId": request.state.request_id}
    return JSONResponse(body, 500)
