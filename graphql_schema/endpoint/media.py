"""Which form the answer takes, by the request's Accept header (GraphQL over HTTP, 4; RFC 9110, 12.5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from graphql_schema.endpoint.errors import UnsupportedMediaType

JSON: Final = "application/json"
GRAPHQL: Final = "application/graphql-response+json"
EVENTS: Final = "text/event-stream"
HTML: Final = "text/html"

_RANGES: Final = {"*/*": JSON, "application/*": JSON, "text/*": EVENTS}


@dataclass(frozen=True, slots=True)
class Accepted:
    """`reply` is the form of a single answer, None when neither form is wanted."""

    reply: str | None
    events: bool
    html: bool


@lru_cache(maxsize=256)
def accepted(header: bytes) -> Accepted:
    if not header:
        return Accepted(JSON, events=False, html=False)
    wanted = _wanted(header.decode("latin-1"))
    replies = [media for media in wanted if media in (JSON, GRAPHQL)]
    return Accepted(replies[0] if replies else None, EVENTS in wanted, HTML in wanted)


def _wanted(header: str) -> list[str]:
    """Media types in the caller's order of preference."""
    weighed = [_weighed(part) for part in header.split(",") if part.strip()]
    ordered = sorted((pair for pair in weighed if pair[1] > 0), key=lambda pair: -pair[1])
    return [_RANGES.get(media, media) for media, _ in ordered]


def _weighed(part: str) -> tuple[str, float]:
    media, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return media, float(parameter[2:])
            except ValueError:
                return media, 0.0
    return media, 1.0


@lru_cache(maxsize=64)
def check_content_type(header: bytes) -> None:
    """JSON in UTF-8 and nothing else: no form, so that no page of another site can post one. Raises
    UnsupportedMediaType."""
    media, *parameters = (piece.strip().lower() for piece in header.decode("latin-1").split(";"))
    charsets = {p.partition("=")[2].strip('"') for p in parameters if p.startswith("charset=")}
    if media != JSON or not charsets <= {"utf-8", "utf8"}:
        raise UnsupportedMediaType
