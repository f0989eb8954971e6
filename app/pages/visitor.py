"""`/v/{link}`: what a visitor shows at the gate. No app, no account, no script: the page draws itself anew each half
minute, each time with another code.

The link is the secret; the page tells neither who invited the guest nor to which home.
"""

from __future__ import annotations

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.core.errors import RateLimited
from app.core.messages import message
from app.core.said import Said
from app.domains.community.visitors.model import Standing
from app.domains.community.visitors.offline import RENEWED
from app.domains.community.visitors.showing.service import ShowingService, Shown
from app.pages.rendering import Pages, between, language_of
from virtual_card.codes import qr

_HEADERS = {"cache-control": "no-store", "x-robots-tag": "noindex"}
_STATUS = {Standing.GOOD: 200, Standing.EARLY: 200, Standing.USED: 410, Standing.OVER: 410, Standing.REVOKED: 410}
# A pass that is not good yet is looked at again when it may be.
_EARLY = 60


class VisitorPage:
    def __init__(self, pages: Pages, showing: ShowingService) -> None:
        self._pages = pages
        self._showing = showing

    async def show(self, request: Request) -> Response:
        address, locale = request.client.host if request.client else "unknown", language_of(request)
        try:
            shown = await self._showing.show(request.path_params["link"], address)
        except RateLimited as limited:
            text = message(limited.code, locale, **limited.data)
            return self._answer(request, limited.status, shown=None, problem=text, picture=None)
        if shown is None:
            return self._answer(request, 404, shown=None, problem=None, picture=None)
        picture = Markup(qr.svg(shown.code)) if shown.code else None  # noqa: S704  (drawn here from our own code)
        return self._answer(
            request,
            _STATUS[shown.standing],
            _again(shown),
            shown=shown,
            problem=None,
            picture=picture,
            name=shown.estate.within(locale),
            gates=[gate.within(locale) for gate in shown.gates],
            good=between(shown.begins, shown.ends, locale),
        )

    def _answer(self, request: Request, status: int, again: int | None = None, **facts: object) -> Response:
        answer = self._pages.page(request, "visitor.html", status=status, **facts)
        answer.headers.update(_HEADERS)
        if again is not None:
            answer.headers["refresh"] = str(again)
        return answer


def visitor_routes(city: Said, showing: ShowingService) -> list[BaseRoute]:
    return [Route("/v/{link}", VisitorPage(Pages(city), showing).show, methods=["GET"])]


def _again(shown: Shown) -> int | None:
    """After how many seconds the page draws itself anew."""
    if shown.standing is Standing.GOOD:
        return int(RENEWED.total_seconds())
    return _EARLY if shown.standing is Standing.EARLY else None
