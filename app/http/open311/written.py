"""Answers of the Open311 door in XML and in JSON: one structure, written in either form, equal in content.

A structure is of mappings, lists and plain values. JSON is XML by the Spark convention: the name of a list stands in
XML around its items, each under the name of one; in JSON the list has no name of its own but the one it is found by.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from starlette.responses import Response

XML, JSON = "xml", "json"
MEDIA: Final = {XML: "text/xml; charset=utf-8", JSON: "application/json; charset=utf-8"}

_ONE_OF: Final = {
    "services": "service",
    "service_requests": "request",
    "attributes": "attribute",
    "values": "value",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
    "notes": "note",
}
# What XML 1.0 can carry in no way, whatever is done to it.
_UNSPEAKABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def answer(
    name: str, content: Any, format_: str, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """`name` is of the root, which only XML has."""
    body = as_xml(name, content) if format_ == XML else as_json(content)
    return Response(body, status, headers={"content-type": MEDIA[format_], **(headers or {})})


def as_json(content: Any) -> bytes:
    return json.dumps(_clean(content), ensure_ascii=False, allow_nan=False).encode()


def as_xml(name: str, content: Any) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_element(name, content)}\n'.encode()


def _element(name: str, content: Any) -> str:
    if content is None or content == "":
        return f"<{name}/>"
    return f"<{name}>{_inner(name, content)}</{name}>"


def _inner(name: str, content: Any) -> str:
    if isinstance(content, Mapping):
        return "".join(_element(str(key), value) for key, value in content.items())
    if isinstance(content, Sequence) and not isinstance(content, str):
        return "".join(_element(_ONE_OF[name], one) for one in content)
    if isinstance(content, bool):
        return "true" if content else "false"
    return escape(_UNSPEAKABLE.sub("", str(content)), quote=False).replace("\r", "&#13;")


def _clean(content: Any) -> Any:
    """JSON says no more than XML can: an empty text is none."""
    if isinstance(content, Mapping):
        return {key: _clean(value) for key, value in content.items()}
    if isinstance(content, str):
        return _UNSPEAKABLE.sub("", content) or None
    return [_clean(one) for one in content] if isinstance(content, Sequence) else content
