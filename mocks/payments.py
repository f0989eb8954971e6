"""A stand-in for the payment desk: charges by the caller's reference, a page where one pays, refunds."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from html import escape
from typing import Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from mocks.faults import Faults
from mocks.standin import Journal, StandIn, bearer_is, refuse

_SAID = {"open": "待支付 / to be paid", "paid": "已支付 / paid", "closed": "已关闭，已退款 / closed and refunded"}


class _Asked(BaseModel):
    reference: str = Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9-]+$")
    amount: int = Field(ge=1, le=100_000_000)
    what: str = Field(min_length=1, max_length=200)


class _Named(BaseModel):
    reference: str = Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9-]+$")


Body = TypeVar("Body", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Charge:
    """`asked` counts how often it was asked for; it is one charge all the same. `paid` tells whether money came."""

    reference: str
    amount: int
    what: str
    state: Literal["open", "paid", "closed"] = "open"
    paid: bool = False
    refunded: bool = False
    asked: int = 1


class PaymentDesk(StandIn):
    name = "payments"

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key
        self.charges: Journal[Charge] = Journal()

    def routes(self) -> list[Route]:
        return [
            self.under_fault("/payments/charges", self._open),
            self.under_fault("/payments/charges/state", self._look),
            self.under_fault("/payments/charges/refund", self._refund),
            Route("/payments/pay/{reference}", self._page, methods=["GET"]),
            Route("/payments/pay/{reference}", self._pay_page, methods=["POST"]),
            Route("/control/payments/charges", self._list, methods=["GET"]),
            Route("/control/payments/charges/{reference}/pay", self._pay, methods=["POST"]),
        ]

    def refusal(self, faults: Faults) -> Response:
        return refuse(faults.status or 503, "PAYMENT_DESK_ERROR", "refused on request", retry_after=faults.retry_after)

    async def _open(self, request: Request) -> Response:
        asked = await self._body(request, _Asked)
        if isinstance(asked, Response):
            return asked
        known = self.charges.get(asked.reference)
        if known is not None and (known.amount, known.what) != (asked.amount, asked.what):
            return refuse(409, "REFERENCE_TAKEN", "this reference is another charge")
        charge = replace(known, asked=known.asked + 1) if known else Charge(asked.reference, asked.amount, asked.what)
        self.charges.put(charge.reference, charge)
        return self._shown(request, charge)

    async def _look(self, request: Request) -> Response:
        named = await self._body(request, _Named)
        if isinstance(named, Response):
            return named
        found = self.charges.get(named.reference)
        return self._shown(request, found) if found else refuse(404, "UNKNOWN", "no such charge")

    async def _refund(self, request: Request) -> Response:
        named = await self._body(request, _Named)
        if isinstance(named, Response):
            return named
        found = self.charges.get(named.reference)
        if found is None:
            return refuse(404, "UNKNOWN", "no such charge")
        closed = replace(found, state="closed", refunded=found.paid)
        self.charges.put(closed.reference, closed)
        return self._shown(request, closed)

    async def _body(self, request: Request, shape: type[Body]) -> Body | Response:
        if not self._key or not bearer_is(request, self._key):
            return refuse(401, "INVALID_API_KEY", "unknown API key")
        try:
            return shape.model_validate_json(await request.body())
        except ValidationError:
            return refuse(400, "INVALID_REQUEST", "reference, and to open: amount and what, are needed")

    def _shown(self, request: Request, charge: Charge) -> Response:
        pay_at = f"{str(request.base_url).rstrip('/')}/payments/pay/{charge.reference}"
        return JSONResponse({"reference": charge.reference, "state": charge.state, "pay_at": pay_at})

    async def _page(self, request: Request) -> Response:
        charge = self._known(request)
        button = '<form method="post"><button>支付 / Pay</button></form>' if charge.state == "open" else ""
        lines = (
            '<!doctype html><html lang="zh"><meta charset="utf-8"><title>支付 / Pay</title>',
            f"<h1>{escape(charge.what)}</h1><p>¥{charge.amount / 100:.2f}</p>",
            f"<p>{_SAID[charge.state]}</p>{button}</html>",
        )
        return HTMLResponse("".join(lines), headers={"Cache-Control": "no-store", "X-Frame-Options": "DENY"})

    async def _pay_page(self, request: Request) -> Response:
        self._paid(self._known(request))
        return RedirectResponse(str(request.url), 303)

    async def _pay(self, request: Request) -> Response:
        return JSONResponse(asdict(self._paid(self._known(request))))

    def _known(self, request: Request) -> Charge:
        found = self.charges.get(request.path_params["reference"])
        if found is None:
            raise HTTPException(404)
        return found

    def _paid(self, charge: Charge) -> Charge:
        """A closed charge takes no money."""
        paid = replace(charge, state="paid", paid=True) if charge.state == "open" else charge
        self.charges.put(paid.reference, paid)
        return paid

    async def _list(self, request: Request) -> Response:
        return JSONResponse({"charges": [asdict(charge) for charge in self.charges.newest_first()]})
