"""Receipts as PDF behind signed links."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.domains.payment.bills.receipts.service import ReceiptService


def routes(receipts: ReceiptService) -> list[Route]:
    async def pdf(request: Request) -> Response:
        query = request.query_params
        until = query.get("until", "")
        if not (until.isascii() and until.isdigit() and len(until) <= 12):
            raise HTTPException(404)
        receipt = request.path_params["receipt"]
        found = await receipts.behind(receipt, query.get("of", ""), int(until), query.get("proof", ""))
        if found is None:
            raise HTTPException(404)
        number, data = found
        headers = {"cache-control": "no-store", "content-disposition": f'inline; filename="{number}.pdf"'}
        return Response(data, media_type="application/pdf", headers=headers)

    return [Route("/media/receipts/{receipt:str}.pdf", pdf)]
