"""`/providers`: how a provider applies, gets a token and makes its first call; and where an application stands.

The commands on the page are whole: they run as they stand, against this city (tests/pages/test_providers.py does it).
They name the trusted documents they send, so that they hold in production too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from app.core.clock import CITY_TIME
from app.domains.identity.onboarding.model import Application, ApplicationState
from app.pages.rendering import Pages
from app.settings import Settings

_WORDS = {
    ApplicationState.SUBMITTED: ("已收到，等待审核", "received, waiting to be looked at"),
    ApplicationState.IN_REVIEW: ("正在审核", "being looked at"),
    ApplicationState.APPROVED: ("已通过，测试模式", "approved, in test mode"),
    ApplicationState.LIVE: ("已上线", "live"),
    ApplicationState.REJECTED: ("未通过", "rejected"),
    ApplicationState.WITHDRAWN: ("已撤回", "withdrawn"),
}


class ProvidersPage:
    """`documents` are the trusted documents of the provider's door: name → SHA-256."""

    def __init__(self, settings: Settings, pages: Pages, documents: Mapping[str, str]) -> None:
        self._settings = settings
        self._pages = pages
        self._documents = documents

    def answer(self, request: Request) -> Response:
        return self._pages.page(
            request,
            "providers.html",
            base_url=str(self._settings.base_url).rstrip("/"),
            documents=self._documents,
            development=self._settings.development,
        )


class Applications(Protocol):
    async def follow(self, number: str, secret: str, address: str) -> Application | None: ...


class ApplicationPage:
    """What the applicant's link shows. Whoever has the link may see it: so nobody keeps a copy on the way."""

    def __init__(self, pages: Pages, applications: Applications) -> None:
        self._pages = pages
        self._applications = applications

    async def answer(self, request: Request) -> Response:
        number, secret = request.path_params["number"], request.path_params["secret"]
        found = await self._applications.follow(number, secret, request.client.host if request.client else "unknown")
        if found is None:
            return self._pages.missing(request)
        answer = self._pages.page(request, "application.html", application=found, steps=_steps(found), words=_WORDS)
        answer.headers["cache-control"] = "no-store"
        return answer


def _steps(application: Application) -> list[tuple[ApplicationState, str]]:
    """Each state with its moment in the city's time."""
    return [(event.state, f"{event.at.astimezone(CITY_TIME):%Y-%m-%d %H:%M}") for event in application.history]
