"""Pictures and archives behind signed links."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from app.domains.identity.rights.exports.service import ExportService
from virtual_card.cards.service import CardService, PictureFormat
from virtual_card.licences.documents.service import DocumentService, Ending

_ENDINGS: dict[str, Ending] = {"webp": "webp", "png": "png", "cwt": "cwt"}


def routes(cards: CardService, exports: ExportService) -> list[Route]:
    async def face(request: Request) -> Response:
        picture: PictureFormat = "webp" if request.path_params["format"] == "webp" else "png"
        query = request.query_params
        found = await cards.face(
            request.path_params["card"],
            query.get("holder", ""),
            picture,
            _until(request),
            query.get("proof", ""),
        )
        if found is None:
            raise HTTPException(404)
        # A link is one person's for five minutes; its answer must not stay in caches shared with others.
        headers = {"cache-control": "private, max-age=300", "etag": f'"{found.tag}"'}
        if request.headers.get("if-none-match") == headers["etag"]:
            return Response(status_code=304, headers=headers)
        return Response(found.data, media_type=found.media_type, headers=headers)

    async def archive(request: Request) -> Response:
        query = request.query_params
        export = request.path_params["export"]
        found = await exports.behind(export, query.get("of", ""), _until(request), query.get("proof", ""))
        if found is None:
            raise HTTPException(404)
        headers = {
            "cache-control": "no-store",
            "content-disposition": f'attachment; filename="my-data-{found.requested_at:%Y-%m-%d}.zip"',
            "content-length": str(found.size),
        }
        return StreamingResponse(exports.pieces(found), media_type="application/zip", headers=headers)

    return [
        Route("/media/cards/{card:str}.{format:str}", face),
        Route("/media/exports/{export:str}.zip", archive),
    ]


def of_licences(licences: DocumentService) -> list[Route]:
    async def licence(request: Request) -> Response:
        query, ending = request.query_params, _ENDINGS.get(request.path_params["ending"])
        if ending is None:
            raise HTTPException(404)
        key, holder, proof = request.path_params["licence"], query.get("of", ""), query.get("proof", "")
        found = await licences.behind(key, holder, ending, _until(request), proof)
        if found is None:
            raise HTTPException(404)
        headers = {"cache-control": "private, max-age=300", "etag": f'"{found.tag}"'}
        if request.headers.get("if-none-match") == headers["etag"]:
            return Response(status_code=304, headers=headers)
        if ending == "cwt":
            headers["content-disposition"] = f'attachment; filename="{found.name}"'
        return Response(found.data, media_type=found.media_type, headers=headers)

    return [Route("/media/licences/{licence:str}.{ending:str}", licence)]


def _until(request: Request) -> int:
    until = request.query_params.get("until", "")
    return int(until) if until.isascii() and until.isdigit() and len(until) < 12 else 0
