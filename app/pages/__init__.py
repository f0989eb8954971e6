"""The city's own web pages, without scripts: where to begin, the documents, and what a scanned card leads to.

In production there are the city's name with what it publishes, the page behind the code on a card's face, and what a
provider needs: how to apply and call, and where its application stands.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.routing import BaseRoute, Route

from app.pages.card import CardPage
from app.pages.documents import DocumentPages
from app.pages.providers import ApplicationPage, Applications, ProvidersPage
from app.pages.rendering import Pages
from app.pages.start import StartPage
from app.settings import Settings


def routes(settings: Settings, applications: Applications, documents: Mapping[str, str]) -> list[BaseRoute]:
    """`documents`: the trusted documents of the provider's door, name → SHA-256."""
    pages = Pages(settings.city)
    found: list[BaseRoute] = [
        Route("/", StartPage(settings, pages).answer),
        Route("/c/{number}", CardPage(pages).answer),
        Route("/pages/{name}", pages.asset),
        Route("/providers", ProvidersPage(settings, pages, documents).answer),
        Route("/providers/applications/{number}/{secret}", ApplicationPage(pages, applications).answer),
    ]
    if settings.development:
        shelf = DocumentPages(pages)
        found += [Route("/docs", shelf.answer), Route("/docs/{path:path}", shelf.answer)]
    return found
