"""What callers of the Open311 door send: the arguments of a URL, and URL-encoded forms in UTF-8."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.requests import Request

from app.domains.voice.channels.open311.errors import ArgumentWrong, FormWanted
from app.http.callbacks import body_of

_MOST_ARGUMENTS, _MOST_FIELDS = 100, 200
Fields = dict[str, list[str]]


def arguments(request: Request) -> Fields:
    """Raises ArgumentWrong: no UTF-8, or too many."""
    try:
        return _grouped(request.scope["query_string"].decode("ascii"), _MOST_ARGUMENTS)
    except ValueError:
        raise ArgumentWrong("query") from None


async def form(request: Request) -> Fields:
    """Nothing else is read: no XML, no JSON, no files. Raises FormWanted, PayloadTooLarge."""
    kind, _, more = request.headers.get("content-type", "").partition(";")
    charset = more.strip().lower().removeprefix("charset=").strip('"')
    if kind.strip().lower() != "application/x-www-form-urlencoded" or charset not in ("", "utf-8", "utf8"):
        raise FormWanted
    body = await body_of(request)
    try:
        return _grouped(body.decode(), _MOST_FIELDS)
    except ValueError:
        raise FormWanted from None


def first(fields: Fields, name: str) -> str:
    return next((value.strip() for value in fields.get(name, ()) if value.strip()), "")


def _grouped(text: str, most: int) -> Fields:
    """Raises ValueError."""
    fields: Fields = {}
    for name, value in parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=most):
        fields.setdefault(name, []).append(value)
    return fields
