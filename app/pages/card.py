"""What a phone's camera leads to when it scans the code printed on a card's face.

The face is a picture, and a picture can be copied: so the page proves nothing and says so. It looks nothing up; the
answer is the same for every number of the right form, whether there is such a card or not.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from app.pages.rendering import Pages
from virtual_card.cards.number import is_valid


class CardPage:
    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def answer(self, request: Request) -> Response:
        if not is_valid(request.path_params["number"]):
            return self._pages.missing(request)
        return self._pages.page(request, "card.html")
