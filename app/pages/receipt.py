"""`/receipts/{code}`: what the QR on a receipt leads to, for whoever holds it: genuine or not, given back or not.

It shows what was paid, to whom and for which period; of the payer no more than helps who knows him: the last digits of
the account and the first character of a name. A code that was never given out is told as just that, whatever it is.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.core.clock import civil_day
from app.core.money import Money
from app.core.said import Said
from app.domains.payment.bills.receipts.service import ReceiptService
from app.pages.rendering import Pages, language_of


class ReceiptPage:
    def __init__(self, pages: Pages, receipts: ReceiptService) -> None:
        self._pages = pages
        self._receipts = receipts

    async def answer(self, request: Request) -> Response:
        found = await self._receipts.check(request.path_params["code"])
        if found is None:
            answer = self._pages.page(request, "receipt.html", status=404, receipt=None)
        else:
            answer = self._pages.page(
                request,
                "receipt.html",
                receipt=found,
                biller=found.biller.within(language_of(request)),
                amount=Money(found.fen).amount,
                refunded=Money(found.refunded).amount,
                day=civil_day(found.at),
            )
        answer.headers["cache-control"] = "no-store"
        answer.headers["referrer-policy"] = "no-referrer"
        return answer


def receipt_routes(city: Said, receipts: ReceiptService) -> list[BaseRoute]:
    return [Route("/receipts/{code}", ReceiptPage(Pages(city), receipts).answer)]
