"""The request's body, read under a cap and understood as GraphQL over HTTP: which document, with which variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from starlette.types import Receive

from app.core.errors import BadInput, PayloadTooLarge
from graphql_schema.endpoint.limits import Limits, bound_values

_PREFIX = "sha256:"


class ClientGone(Exception):
    """The connection ended before the request did; there is nobody to answer."""


@dataclass(frozen=True, slots=True)
class Ask:
    query: str | None
    sha256: str | None
    operation_name: str | None
    variables: dict[str, Any] | None


async def read_body(receive: Receive, content_length: bytes | None, limit: int) -> bytes:
    """At most `limit` bytes are ever held. Raises PayloadTooLarge, ClientGone."""
    if content_length is not None and content_length.isdigit() and _exceeds(content_length, limit):
        raise PayloadTooLarge(limit)
    body = bytearray()
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise ClientGone
        body += event.get("body", b"")
        if len(body) > limit:
            raise PayloadTooLarge(limit)
        if not event.get("more_body", False):
            return bytes(body)


def _exceeds(digits: bytes, limit: int) -> bool:
    return len(digits) > len(str(limit)) or int(digits) > limit


def read_json(body: bytes | str) -> Any:
    """Strict JSON in UTF-8; nesting, numbers and surrogates beyond what a double and a text can hold are refused."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadInput("body") from None


def read_ask(payload: Any, limits: Limits) -> Ask:
    """Raises BadInput naming the member at fault, QueryTooComplex for too many values."""
    if not isinstance(payload, dict):
        raise BadInput("body")  # a batch among them
    variables = _member(payload, "variables", dict)
    if variables:
        bound_values(variables, limits)
    return Ask(
        query=_member(payload, "query", str),
        sha256=_hash(payload),
        operation_name=_member(payload, "operationName", str) or None,
        variables=variables,
    )


def _hash(payload: dict[str, Any]) -> str | None:
    document_id: str | None = _member(payload, "documentId", str)
    extensions = _member(payload, "extensions", dict) or {}
    if document_id is not None:
        if not document_id.startswith(_PREFIX):
            raise BadInput("documentId")
        return document_id.removeprefix(_PREFIX)
    persisted = extensions.get("persistedQuery")
    given = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    return given if isinstance(given, str) else None


def _member(payload: dict[str, Any], name: str, kind: type) -> Any:
    value = payload.get(name)
    if value is not None and not isinstance(value, kind):
        raise BadInput(name)
    return value
