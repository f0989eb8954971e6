"""What a phone's camera leads to when it scans the code on a licence's face.

A face is a picture, and a picture can be copied: the page proves nothing, says so, and says how to check a licence. As
with cards, the answer is the same for every number of the right form, whether there is such a licence or not.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from app.pages.rendering import Pages
from virtual_card.licences.number import parsed


class LicencePage:
    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def answer(self, request: Request) -> Response:
        if parsed(request.path_params["number"]) is None:
            return self._pages.missing(request)
        return self._pages.page(request, "licence.html")
