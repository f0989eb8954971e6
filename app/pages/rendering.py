"""Templates to answers: in the visitor's language, under headers that let nothing foreign in."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

from app.core.clock import CITY_TIME
from app.core.messages import CHINESE, ENGLISH, Locale, negotiate
from app.core.said import Said

_HERE = Path(__file__).resolve().parent
_MEDIA_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_CHOSEN: dict[str, Locale] = {"zh": CHINESE, "en": ENGLISH}

# Nothing may run here, and nothing may come from elsewhere: whatever slips into a page stays text.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}


def language_of(request: Request) -> Locale:
    """What the visitor chose by `?lang=`, else what the browser asks for."""
    chosen = _CHOSEN.get(request.query_params.get("lang", ""))
    return chosen or negotiate(request.headers.get("accept-language"))


def dated(day: date, locale: Locale) -> str:
    """`23 Nov 2026`, `2026年11月23日`."""
    return f"{day.day} {day:%b %Y}" if locale == ENGLISH else f"{day.year}年{day.month}月{day.day}日"


def between(begins: datetime, ends: datetime, locale: Locale) -> str:
    """`23 Nov 2026, 07:58 – 10:58`: the second day is named when it is another."""
    first, last = begins.astimezone(CITY_TIME), ends.astimezone(CITY_TIME)
    joint = ", " if locale == ENGLISH else " "
    start, end = f"{dated(first, locale)}{joint}{first:%H:%M}", f"{last:%H:%M}"
    return f"{start} – {end if first.date() == last.date() else dated(last, locale) + joint + end}"


class Pages:
    """Makes the pages of one city."""

    def __init__(self, city: Said) -> None:
        self._city = city
        self._assets = {file.name: file.read_bytes() for file in (_HERE / "static").iterdir()}
        # A new style sheet has a new address, so that browsers may keep the old one for good.
        version = hashlib.sha256(b"".join(self._assets[name] for name in sorted(self._assets))).hexdigest()[:10]
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(version=version)

    def page(self, request: Request, template: str, *, status: int = 200, **facts: Any) -> Response:
        locale = language_of(request)

        def t(zh: str, en: str) -> str:
            return zh if locale == CHINESE else en

        facts |= {"dated": lambda day: dated(day, locale)}
        facts |= {"t": t, "locale": locale, "other": _in_other_language(request, locale)}
        facts["city"] = self._city.within(locale)
        text = self._templates.get_template(template).render(facts)
        headers = {**HEADERS, "content-language": locale, "vary": "accept-language", "cache-control": "no-cache"}
        return Response(text, status, headers=headers, media_type="text/html")

    def missing(self, request: Request) -> Response:
        """No such page, said to a person."""
        return self.page(request, "missing.html", status=404)

    def asset(self, request: Request) -> Response:
        """One of our own files, by its exact name."""
        name = request.path_params["name"]
        data = self._assets.get(name)
        if data is None:
            return self.missing(request)
        headers = {**HEADERS, "cache-control": "public, max-age=31536000, immutable"}
        return Response(data, headers=headers, media_type=_MEDIA_TYPES[Path(name).suffix])


def _in_other_language(request: Request, locale: Locale) -> str:
    """The address of this page in the other language."""
    return "?" + urlencode({"lang": "en" if locale == CHINESE else "zh"})
