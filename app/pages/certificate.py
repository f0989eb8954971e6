"""`/volunteer-certificates/{code}`: what the QR on a certificate of hours leads to: what is true of it now, for whoever
holds it. A code that was never given out is told as just that.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.core.said import Said
from app.domains.community.volunteers.hours.certificates.service import CertificateService
from app.pages.rendering import Pages


class CertificatePage:
    def __init__(self, pages: Pages, certificates: CertificateService) -> None:
        self._pages = pages
        self._certificates = certificates

    async def answer(self, request: Request) -> Response:
        found = await self._certificates.check(request.path_params["code"])
        status = 200 if found else 404
        answer = self._pages.page(request, "certificate.html", status=status, certificate=found)
        answer.headers["cache-control"] = "no-store"
        answer.headers["referrer-policy"] = "no-referrer"
        return answer


def certificate_routes(city: Said, certificates: CertificateService) -> list[BaseRoute]:
    return [Route("/volunteer-certificates/{code}", CertificatePage(Pages(city), certificates).answer)]
