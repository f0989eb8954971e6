"""Certificates of volunteers' hours as PDF behind signed links."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.domains.community.volunteers.hours.certificates.service import CertificateService


def routes(certificates: CertificateService) -> list[Route]:
    async def pdf(request: Request) -> Response:
        query, number = request.query_params, request.path_params["number"]
        until = query.get("until", "")
        if not (until.isascii() and until.isdigit() and len(until) <= 12):
            raise HTTPException(404)
        data = await certificates.behind(number, int(until), query.get("proof", ""))
        if data is None:
            raise HTTPException(404)
        headers = {"cache-control": "no-store", "content-disposition": f'inline; filename="{number}.pdf"'}
        return Response(data, media_type="application/pdf", headers=headers)

    return [Route("/media/volunteer-certificates/{number:str}.pdf", pdf)]
