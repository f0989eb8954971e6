"""An address that leads nowhere: a page for a person, and for a program what it asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.core.said import Said
from app.pages.rendering import Pages

Answer: TypeAlias = Callable[[Request, Exception], Awaitable[Response]]


def with_page(city: Said, otherwise: Answer) -> Answer:
    """`otherwise` answers what is no page that a browser asked for."""
    pages = Pages(city)

    async def answer(request: Request, error: Exception) -> Response:
        looked_for = request.method in ("GET", "HEAD") and "text/html" in request.headers.get("accept", "")
        if looked_for and isinstance(error, HTTPException) and error.status_code == 404:
            return pages.missing(request)
        return await otherwise(request, error)

    return answer
