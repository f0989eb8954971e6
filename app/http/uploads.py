"""Sending a file to the city, and fetching one that it keeps: by signed links only, each good for some minutes.

`PUT /media/uploads/ID` takes the bytes as they are, whatever type they are said to be: what a file is, its content
tells. Where the network is poor, a file is sent in parts, as tus 1.0 (https://tus.io/protocols/resumable-upload) says:
`HEAD` asks how much has come, `PATCH` with `Upload-Offset` goes on from there; what came of a part that broke off
stays. A file is served so that a browser shows it and runs nothing of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from app.core.errors import BadInput
from app.core.ids import UUID, global_id
from app.core.uploads.errors import UploadOffsetWrong
from app.core.uploads.model import Upload
from app.core.uploads.service import Shown, UploadService
from app.http.replies import told

_TUS, _RESUMABLE, _PART = "1.0.0", "tus-resumable", "application/offset+octet-stream"
_PATIENCE = 120  # seconds for all of a file, which a phone may send slowly
_SHOWN_SAFELY = {
    "cache-control": "private, no-store",
    "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:",
    "cross-origin-resource-policy": "same-site",
}


def routes(uploads: UploadService) -> list[Route]:
    show = _showing(uploads)

    async def take(request: Request) -> Response:
        upload, (citizen, until, proof) = _id(request), _link(request)
        taken = await uploads.take(upload, citizen, until, proof, _body(request))
        return JSONResponse(_told(taken), 201)

    async def look(request: Request) -> Response:
        if request.method == "HEAD" and _RESUMABLE in request.headers:
            upload, offset = await uploads.come(_id(request), *_link(request))
            return Response(headers=_standing(upload, offset))
        return await show(request)

    async def go_on(request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _PART:
            raise HTTPException(415)
        try:
            taken = await uploads.append(_id(request), *_link(request), _offset(request), _body(request))
        except UploadOffsetWrong as wrong:
            answer = told(request, wrong, 409)
            answer.headers.update({"upload-offset": str(wrong.offset), "tus-resumable": _TUS})
            return answer
        return Response(status_code=204, headers=_standing(*taken))

    return [
        Route("/media/uploads/{upload:str}", take, methods=["PUT"]),
        Route("/media/uploads/{upload:str}", look, methods=["GET"]),
        Route("/media/uploads/{upload:str}", go_on, methods=["PATCH"]),
    ]


def _showing(uploads: UploadService) -> Callable[[Request], Awaitable[Response]]:
    async def show(request: Request) -> Response:
        upload, (citizen, until, proof) = _id(request), _link(request)
        what = Shown.THUMBNAIL if request.query_params.get("as") == Shown.THUMBNAIL else Shown.FILE
        found = await uploads.shown(upload, citizen, what, until, proof)
        if found is None or found.content is None:
            raise HTTPException(404)
        if what is Shown.THUMBNAIL:
            small = await uploads.thumbnail(found)
            if small is None:
                raise HTTPException(404)
            return Response(small, media_type="image/webp", headers=_SHOWN_SAFELY)
        headers = {**_SHOWN_SAFELY, "content-length": str(found.content.size), **_named(found)}
        return StreamingResponse(uploads.pieces(found), media_type=found.content.media_type.value, headers=headers)

    return show


def _id(request: Request) -> str:
    upload = str(request.path_params["upload"])
    if not UUID.fullmatch(upload):
        raise HTTPException(404)
    return upload


def _offset(request: Request) -> int:
    """Raises BadInput."""
    said = request.headers.get("upload-offset", "")
    if not (said.isascii() and said.isdigit() and len(said) < 12):
        raise BadInput(field="Upload-Offset")
    return int(said)


def _standing(upload: Upload, offset: int) -> dict[str, str]:
    return {
        "tus-resumable": _TUS,
        "upload-offset": str(offset),
        "upload-length": str(upload.bytes),
        "cache-control": "no-store",
    }


def _link(request: Request) -> tuple[str, int, str]:
    """Whose it is, until when, and the proof."""
    query = request.query_params
    until = query.get("until", "")
    whole = until.isascii() and until.isdigit() and len(until) < 12
    return query.get("of", ""), int(until) if whole else 0, query.get("proof", "")


async def _body(request: Request) -> AsyncIterator[bytes]:
    """Raises BadInput: it did not come to its end in time, or at all."""
    stream, ends = request.stream(), asyncio.get_running_loop().time() + _PATIENCE
    while True:
        try:
            async with asyncio.timeout_at(ends):
                piece = await anext(stream, None)
        except (TimeoutError, ClientDisconnect):
            raise BadInput(field="bytes") from None
        if piece is None:
            return
        yield piece


def _told(upload: Upload) -> dict[str, object]:
    assert upload.content is not None
    content = upload.content
    return {
        "id": global_id("Upload", upload.id),
        "state": upload.state.name,
        "mediaType": content.media_type.value,
        "size": content.size,
        "sha256": content.sha256,
        "width": content.width,
        "height": content.height,
        "pages": content.pages,
        "seconds": content.seconds,
    }


def _named(upload: Upload) -> dict[str, str]:
    """RFC 6266: a plain name for old programs, and the citizen's own."""
    assert upload.content is not None
    plain, own = f"file.{upload.content.media_type.suffix}", quote(upload.file_name, safe="")
    return {"content-disposition": f"inline; filename=\"{plain}\"; filename*=UTF-8''{own}"}
