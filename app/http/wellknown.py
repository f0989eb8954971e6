"""What the city publishes for others to check its signatures: keys, barred cards, heads of the audit chain."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.core.errors import BadInput
from app.core.keys import KeyUse
from app.wiring import City
from virtual_card.codes.keys import KeySet, SigningKey
from virtual_card.codes.status_list import MEDIA_TYPE

_KEYS_FOR = {"cache-control": "public, max-age=300"}
_LIST_FOR = {"cache-control": "public, max-age=60"}
_HEADS = 1000


def routes(city: City) -> list[Route]:
    async def jwks(request: Request) -> Response:
        published = city.keys.published(KeyUse.SESSION)
        keys = KeySet(SigningKey(key.id, key.private).public for key in published)
        return JSONResponse(keys.to_jwks(), headers=_KEYS_FOR)

    async def card_keys(request: Request) -> Response:
        return JSONResponse(city.services.codes.card_keys().to_jwks(), headers=_KEYS_FOR)

    async def card_status(request: Request) -> Response:
        return Response(await city.services.codes.status_list.signed(), media_type=MEDIA_TYPE, headers=_LIST_FOR)

    async def audit_keys(request: Request) -> Response:
        """All that ever signed a head and were not withdrawn: heads are kept for years."""
        signers = (key for key in city.keys.ever(KeyUse.AUDIT) if not key.withdrawn)
        return JSONResponse(
            KeySet(SigningKey(key.id, key.private).public for key in signers).to_jwks(), headers=_KEYS_FOR
        )

    async def audit_head(request: Request) -> Response:
        """The newest head, for others to keep: `null` before the first."""
        head = await city.audit_trail.head()
        return JSONResponse(head.published() if head else None, headers=_LIST_FOR)

    async def audit_heads(request: Request) -> Response:
        """`?after=` a place in the chain: up to a thousand heads beyond it, the oldest first."""
        heads = await city.audit_trail.heads(_place(request.query_params.get("after", "0")), _HEADS)
        return JSONResponse([head.published() for head in heads], headers=_LIST_FOR)

    return [
        Route("/.well-known/jwks.json", jwks),
        Route("/.well-known/card-keys", card_keys),
        Route("/.well-known/card-status", card_status),
        *_of_licences(city),
        Route("/.well-known/audit-keys", audit_keys),
        Route("/.well-known/audit-head", audit_head),
        Route("/.well-known/audit-heads", audit_heads),
    ]


def _of_licences(city: City) -> list[Route]:
    async def licence_keys(request: Request) -> Response:
        return JSONResponse(city.services.licence_documents.keys().to_jwks(), headers=_KEYS_FOR)

    async def licence_status(request: Request) -> Response:
        data = await city.services.licence_documents.status_list.signed()
        return Response(data, media_type=MEDIA_TYPE, headers=_LIST_FOR)

    return [
        Route("/.well-known/licence-keys", licence_keys),
        Route("/.well-known/licence-status", licence_status),
    ]


def _place(text: str) -> int:
    """Raises BadInput."""
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise BadInput(field="after")
    return int(text)
