"""What the city publishes for others to check its signatures: session keys, card keys, barred cards."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.core.keys import KeyUse
from app.wiring import City
from virtual_card.codes.keys import KeySet, SigningKey
from virtual_card.codes.status_list import MEDIA_TYPE

_KEYS_FOR = {"cache-control": "public, max-age=300"}
_LIST_FOR = {"cache-control": "public, max-age=60"}


def routes(city: City) -> list[Route]:
    async def jwks(request: Request) -> Response:
        published = city.keys.published(KeyUse.SESSION)
        keys = KeySet(SigningKey(key.id, key.private).public for key in published)
        return JSONResponse(keys.to_jwks(), headers=_KEYS_FOR)

    async def card_keys(request: Request) -> Response:
        return JSONResponse(city.services.codes.card_keys().to_jwks(), headers=_KEYS_FOR)

    async def card_status(request: Request) -> Response:
        return Response(await city.services.codes.status_list(), media_type=MEDIA_TYPE, headers=_LIST_FOR)

    return [
        Route("/.well-known/jwks.json", jwks),
        Route("/.well-known/card-keys", card_keys),
        Route("/.well-known/card-status", card_status),
    ]
