"""Errors as GeoReport v2 lists them: 404 for what does not exist, 403 for a wrong key, 400 for all else.

The limit of requests is 429, a body that is too large 413, and a city that cannot answer now 503: the specification is
older than these, and clients know them. `code` is the status; the description begins with the name of the error.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from starlette.requests import Request
from starlette.responses import Response

from app.core.errors import Outcome, PayloadTooLarge, RateLimited, Refusal, RongError, Unavailable
from app.core.messages import message, negotiate
from app.core.mongo import DatabaseFault, is_unreachable
from app.domains.voice.channels.open311.errors import (
    FormatUnknown,
    JurisdictionUnknown,
    NoSuchResource,
    ServiceCodeUnknown,
    ServiceRequestUnknown,
    TokenRefused,
    TokenUnknown,
)
from app.domains.voice.channels.open311.keys.errors import ApiKeyRefused
from app.http.open311.written import answer

log = structlog.get_logger()
_NOT_THERE = (
    JurisdictionUnknown,
    ServiceCodeUnknown,
    ServiceRequestUnknown,
    TokenUnknown,
    FormatUnknown,
    NoSuchResource,
)
_OWN_STATUS = (RateLimited, PayloadTooLarge, Unavailable)
Endpoint = Callable[[Request], Awaitable[Response]]


async def guarded(endpoint: Endpoint, request: Request, format_: str) -> Response:
    """What the endpoint answers, or the list of errors in the form that was asked for."""
    try:
        return await endpoint(request)
    except (Outcome, Refusal) as error:
        return fault(request, error, format_)
    except DatabaseFault as error:
        if not is_unreachable(error):
            raise
        log.warning("database out of reach", error=type(error).__name__)
        return fault(request, Unavailable(), format_)


def fault(request: Request, error: RongError, format_: str) -> Response:
    locale, status = negotiate(request.headers.get("accept-language")), _status(error)
    code = error.reason if isinstance(error, TokenRefused) and error.reason else error.code
    text = message(code, locale) if code != error.code else message(error.code, locale, **error.data)
    headers = {"retry-after": str(error.retry_after)} if isinstance(error, RateLimited) else None
    return answer("errors", [{"code": status, "description": f"{code}: {text}"}], format_, status, headers)


def _status(error: RongError) -> int:
    if isinstance(error, _NOT_THERE):
        return 404
    if isinstance(error, ApiKeyRefused):
        return 403
    return error.status if isinstance(error, _OWN_STATUS) else 400
