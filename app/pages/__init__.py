"""The city's own web pages, without scripts: where to begin, the documents, and what a scanned card leads to.

In production there are two: the city's name with what it publishes, and the page behind the code on a card's face.
"""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from app.pages.card import CardPage
from app.pages.documents import DocumentPages
from app.pages.rendering import Pages
from app.pages.start import StartPage
from app.settings import Settings


def routes(settings: Settings) -> list[BaseRoute]:
    pages = Pages(settings.city)
    found: list[BaseRoute] = [
        Route("/", StartPage(settings, pages).answer),
        Route("/c/{number}", CardPage(pages).answer),
        Route("/pages/{name}", pages.asset),
    ]
    if settings.development:
        documents = DocumentPages(pages)
        found += [Route("/docs", documents.answer), Route("/docs/{path:path}", documents.answer)]
    return found
