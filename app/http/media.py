"""Pictures behind signed links."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from virtual_card.cards.service import CardService, PictureFormat


def routes(cards: CardService) -> list[Route]:
    async def face(request: Request) -> Response:
        picture: PictureFormat = "webp" if request.path_params["format"] == "webp" else "png"
        query = request.query_params
        until = query.get("until", "")
        found = await cards.face(
            request.path_params["card"],
            query.get("holder", ""),
            picture,
            int(until) if until.isascii() and until.isdigit() and len(until) < 12 else 0,
            query.get("proof", ""),
        )
        if found is None:
            raise HTTPException(404)
        # A link is one person's for five minutes; its answer must not stay in caches shared with others.
        headers = {"cache-control": "private, max-age=300", "etag": f'"{found.tag}"'}
        if request.headers.get("if-none-match") == headers["etag"]:
            return Response(status_code=304, headers=headers)
        return Response(found.data, media_type=found.media_type, headers=headers)

    return [Route("/media/cards/{card:str}.{format:str}", face)]
