"""The city's own web pages: where to begin, and the documents."""

from __future__ import annotations

from starlette.routing import BaseRoute

from app.settings import Settings


def routes(settings: Settings) -> list[BaseRoute]:
    return []
