"""`/app`: the reference phone app, its files as they lie in `phone_app/`: plain modules, no build step.

It is an app like any other: it speaks to the citizens' door, and only in trusted documents, whose ids it gets here.
What is told of the demo is told in development only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.core.messages import ENGLISH
from app.core.said import Said
from app.pages.demo import read_demo
from app.pages.rendering import HEADERS, Pages
from app.settings import Settings

_HERE = Path(__file__).resolve().parent
_MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
_INDEX = "index.html"
# Codes come as SVG with the answer and are shown as pictures: that is what `data:` is for, and pictures run nothing.
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


class PhoneApp:
    """`documents`: the trusted documents of the citizens' door, name → SHA-256."""

    def __init__(self, settings: Settings, pages: Pages, documents: Mapping[str, str]) -> None:
        self._settings = settings
        self._pages = pages
        folder = _HERE / "phone_app"
        self._files = {
            file.relative_to(folder).as_posix(): file.read_bytes()
            for file in folder.rglob("*")
            if file.suffix in _MEDIA_TYPES
        }
        self._files["rong.svg"] = (_HERE / "static" / "rong.svg").read_bytes()
        self._operations = orjson.dumps({name: f"sha256:{digest}" for name, digest in documents.items()})

    def answer(self, request: Request) -> Response:
        """The page itself, or one of its files by its exact name."""
        name = request.path_params.get("path") or _INDEX
        data = self._files.get(name)
        if data is None:
            return self._pages.missing(request)
        return _kept(request, data, _MEDIA_TYPES[Path(name).suffix])

    def operations(self, request: Request) -> Response:
        """Name → `documentId` of each operation that a phone may send."""
        return _kept(request, self._operations, "application/json")

    def city(self, request: Request) -> Response:
        """The city's name; in development also who can be tried, and where their codes are read."""
        name = Said(*self._settings.city_names)
        told: dict[str, object] = {"city": name.zh, "cityEn": name.within(ENGLISH)}
        told["division"] = self._settings.city_division
        told |= {"people": [], "standIns": None}
        if self._settings.development:
            demo = read_demo(self._settings.demo_file)
            people = demo.people if demo else ()
            told["people"] = [{"name": p.name, "nameEn": p.name_en, "phone": p.phone} for p in people]
            told["standIns"] = str(self._settings.mocks_url) if self._settings.mocks_url else None
        return Response(orjson.dumps(told), headers=_headers(), media_type="application/json")


def _kept(request: Request, data: bytes, media_type: str) -> Response:
    """A browser keeps it and asks each time whether it still holds: a new version is in use at once."""
    tag = f'"{hashlib.sha256(data).hexdigest()[:20]}"'
    headers = {**_headers(), "etag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(data, headers=headers, media_type=media_type)


def _headers() -> dict[str, str]:
    return {**HEADERS, "content-security-policy": POLICY, "cache-control": "no-cache"}
