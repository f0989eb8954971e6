"""The city's own web pages: where to begin, the documents, what a scanned card leads to; and the reference phone app.

But for the app they have no scripts. In production there are the city's name with what it publishes, the page behind
the code on a card's face, the app, and what a provider needs: how to apply and call, and where its application stands.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.routing import BaseRoute, Route

from app.core.said import Said
from app.pages.card import CardPage
from app.pages.documents import DocumentPages
from app.pages.licence import LicencePage
from app.pages.phone import PhoneApp
from app.pages.providers import ApplicationPage, Applications, ProvidersPage
from app.pages.rendering import Pages
from app.pages.start import StartPage
from app.settings import Settings


def routes(
    settings: Settings, applications: Applications, documents: Mapping[str, str], citizens: Mapping[str, str]
) -> list[BaseRoute]:
    """`documents`: the trusted documents of the provider's door, name → SHA-256; `citizens`: those of the citizens'."""
    pages = Pages(Said(*settings.city_names))
    phone = PhoneApp(settings, pages, citizens)
    found: list[BaseRoute] = [
        Route("/", StartPage(settings, pages).answer),
        Route("/c/{number}", CardPage(pages).answer),
        Route("/l/{number}", LicencePage(pages).answer),
        Route("/pages/{name}", pages.asset),
        Route("/app", phone.answer),
        Route("/app/operations.json", phone.operations),
        Route("/app/city.json", phone.city),
        Route("/app/{path:path}", phone.answer),
        Route("/providers", ProvidersPage(settings, pages, documents).answer),
        Route("/providers/applications/{number}/{secret}", ApplicationPage(pages, applications).answer),
    ]
    if settings.development:
        shelf = DocumentPages(pages)
        found += [Route("/docs", shelf.answer), Route("/docs/{path:path}", shelf.answer)]
    return found
