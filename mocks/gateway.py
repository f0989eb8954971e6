"""A stand-in for the payment gateway: orders that citizens pay on its page, refunds, payouts, files of its days.

Its protocol, and what can be made to go wrong with it, is described in docs/payment.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from mocks.faults import Faults
from mocks.gateway_books import (
    CITY,
    AccountAsked,
    Books,
    Errand,
    Line,
    Named,
    Order,
    OrderAsked,
    PayoutAsked,
    RefundAsked,
    as_json,
)
from mocks.gateway_files import Differences, Files
from mocks.gateway_notices import NoticeFaults, Notices
from mocks.gateway_page import page_of
from mocks.standin import Endpoint, StandIn, bearer_is, control_body, refuse

_BANKS = {"62": ("中国工商银行", "ICBC"), "60": ("中国银行", "Bank of China"), "43": ("中国建设银行", "CCB")}
_ELSEWHERE = ("其他银行", "Another bank")


class Fates(BaseModel):
    """How refunds and payouts end, after `after_ms`; `processing` ones stay open until they are settled by hand."""

    model_config = ConfigDict(extra="forbid")

    refunds: Literal["done", "failed", "processing"] = "done"
    payouts: Literal["done", "failed", "processing"] = "done"
    after_ms: int = Field(default=50, ge=0, le=600_000)
    reason: str = "BANK_REFUSED"


class _Paid(BaseModel):
    fen: int | None = Field(default=None, ge=1)


class _Ended(BaseModel):
    state: Literal["done", "failed"]
    reason: str = "BANK_REFUSED"


class _Moment(BaseModel):
    now: AwareDatetime | None


class _Lines(BaseModel):
    lines: list[Line]


class PaymentGateway(StandIn):
    name = "gateway"

    def __init__(self, key: str, notice_key: str) -> None:
        super().__init__()
        self._key = key
        self.books = Books()
        self.notices = Notices(notice_key, self.books.now)
        self.files = Files(notice_key)
        self.fates = Fates()
        self._tasks: set[asyncio.Task[None]] = set()

    def routes(self) -> list[Route]:
        calls: dict[str, Endpoint] = {
            "orders": self._open,
            "orders/state": self._look,
            "orders/close": self._close,
            "refunds": self._refund,
            "refunds/state": self._errand_state("refund"),
            "payouts": self._pay_out,
            "payouts/state": self._errand_state("payout"),
            "accounts/check": self._check,
        }
        return [
            *(self.under_fault(f"/gateway/{path}", self._keyed(work)) for path, work in calls.items()),
            Route("/gateway/files/{day}", self._file, methods=["GET"]),
            Route("/gateway/pay/{reference}", self._page, methods=["GET"]),
            Route("/gateway/pay/{reference}", self._pressed, methods=["POST"]),
        ]

    def control_routes(self) -> list[Route]:
        posts: dict[str, Endpoint] = {
            "notices": self._set_notices,
            "fates": self._set_fates,
            "orders/{reference}/pay": self._pay,
            "orders/{reference}/fail": self._fail,
            "refunds/{reference}/settle": self._settle,
            "payouts/{reference}/settle": self._settle,
            "differences": self._plant,
            "lines": self._add_lines,
            "clock": self._set_clock,
        }
        return [
            *super().control_routes(),
            *(Route(f"/control/gateway/{path}", work, methods=["POST"]) for path, work in posts.items()),
            *(
                Route(f"/control/gateway/{path}", self._listed(path), methods=["GET"])
                for path in ("orders", "refunds", "payouts")
            ),
            Route("/control/gateway/all", self._forget, methods=["DELETE"]),
        ]

    def refusal(self, faults: Faults) -> Response:
        return refuse(faults.status or 503, "GATEWAY_ERROR", "refused on request", retry_after=faults.retry_after)

    async def aclose(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.notices.aclose()

    def _keyed(self, work: Endpoint) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            if not self._key or not bearer_is(request, self._key):
                return refuse(401, "INVALID_API_KEY", "unknown API key")
            try:
                return await work(request)
            except ValidationError:
                return refuse(400, "INVALID_REQUEST", "not what this is asked with")

        return endpoint

    # Orders

    async def _open(self, request: Request) -> Response:
        asked = OrderAsked.model_validate_json(await request.body())
        known = self.books.looked_at(asked.reference)
        if known is not None:
            # What is left of its time is less at a repeat; all else is to be alike.
            same = known.asked.model_copy(update={"expires_in": asked.expires_in}) == asked
            return self._shown(request, known) if same else refuse(409, "REFERENCE_TAKEN", "this is another order")
        order = Order(asked, self.books.now())
        self.books.orders.put(asked.reference, order)
        if self.notices.take_early():
            order = self.books.pay(order)
            await self.notices.told(asked.notify_url, order.notice())
        return self._shown(request, order, 201)

    async def _look(self, request: Request) -> Response:
        order = self.books.looked_at(Named.model_validate_json(await request.body()).reference)
        return self._shown(request, order) if order else refuse(404, "UNKNOWN", "no such order")

    async def _close(self, request: Request) -> Response:
        order = self.books.looked_at(Named.model_validate_json(await request.body()).reference)
        if order is None:
            return refuse(404, "UNKNOWN", "no such order")
        if order.state == "paid":
            return refuse(409, "ALREADY_PAID", "it was paid")
        return self._shown(request, self.books.end(order, "closed"))

    def _shown(self, request: Request, order: Order, status: int = 200) -> Response:
        pay_at = f"{str(request.base_url).rstrip('/')}/gateway/pay/{order.asked.reference}"
        return JSONResponse(order.shown(pay_at), status)

    # Refunds and payouts

    async def _refund(self, request: Request) -> Response:
        asked = RefundAsked.model_validate_json(await request.body())
        known, order = self.books.refunds.get(asked.reference), self.books.looked_at(asked.order)
        if known is not None:
            return self._again(known, asked)
        if order is None:
            return refuse(404, "UNKNOWN", "no such order")
        if order.state != "paid":
            return refuse(409, "NOT_PAID", "it was not paid")
        if asked.amount_fen > self.books.refundable(order):
            return refuse(409, "TOO_MUCH", "more than is left of what was paid")
        self.books.refunding(order, asked.amount_fen)
        return self._taken(Errand("refund", asked, self.books.now()))

    async def _pay_out(self, request: Request) -> Response:
        asked = PayoutAsked.model_validate_json(await request.body())
        known = self.books.payouts.get(asked.reference)
        return self._again(known, asked) if known else self._taken(Errand("payout", asked, self.books.now()))

    def _again(self, known: Errand, asked: RefundAsked | PayoutAsked) -> Response:
        if known.asked != asked:
            return refuse(409, "REFERENCE_TAKEN", "this is something else")
        return JSONResponse(known.shown())

    def _taken(self, errand: Errand) -> Response:
        journal = self.books.refunds if errand.kind == "refund" else self.books.payouts
        journal.put(errand.asked.reference, errand)
        fate = self.fates.refunds if errand.kind == "refund" else self.fates.payouts
        reason = self.fates.reason
        if isinstance(errand.asked, PayoutAsked) and (refused := _refusal(errand.asked.account_number)):
            fate, reason = "failed", refused
        if fate != "processing":
            task = asyncio.get_running_loop().create_task(self._ends(errand, fate, reason, self.fates.after_ms))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return JSONResponse(errand.shown(), 201)

    async def _ends(self, errand: Errand, state: Literal["done", "failed"], reason: str, after_ms: int) -> None:
        await asyncio.sleep(after_ms / 1000)
        ended = self.books.settled(errand, state, reason)
        self.notices.tell(ended.asked.notify_url, ended.notice())

    def _errand_state(self, kind: str) -> Endpoint:
        async def look(request: Request) -> Response:
            journal = self.books.refunds if kind == "refund" else self.books.payouts
            found = journal.get(Named.model_validate_json(await request.body()).reference)
            return JSONResponse(found.shown()) if found else refuse(404, "UNKNOWN", f"no such {kind}")

        return look

    async def _check(self, request: Request) -> Response:
        asked = AccountAsked.model_validate_json(await request.body())
        reason = _refusal(asked.account_number)
        if reason:
            return JSONResponse({"belongs": False, "reason": reason})
        bank, bank_en = _BANKS.get(asked.account_number[:2], _ELSEWHERE)
        return JSONResponse({"belongs": True, "bank": bank, "bank_en": bank_en})

    async def _file(self, request: Request) -> Response:
        if not self._key or not bearer_is(request, self._key):
            return refuse(401, "INVALID_API_KEY", "unknown API key")
        try:
            day = date.fromisoformat(request.path_params["day"])
        except ValueError:
            return refuse(404, "UNKNOWN", "no such day")
        if day > self.books.now().astimezone(CITY).date():
            return refuse(404, "NOT_YET", "this day has not begun")
        body = self.files.of(day, self.books.lines())
        return Response(body, media_type="text/csv", headers=self.files.headers(day, body, self.books.now()))

    # The page

    async def _page(self, request: Request) -> Response:
        return page_of(self._known(request), self.books.now())

    async def _pressed(self, request: Request) -> Response:
        """Pay, cancel or fail; then back to where the citizen came from."""
        form, order = await request.form(), self._known(request)
        pressed: dict[object, Callable[[Order], Order]] = {
            "pay": self.books.pay,
            "fail": lambda one: self.books.end(one, "failed"),
            "cancel": lambda one: self.books.end(one, "closed"),
        }
        ended = pressed[form.get("do")](order) if form.get("do") in pressed else order
        if ended is not order:
            self.notices.tell(ended.asked.notify_url, ended.notice())
        return RedirectResponse(order.asked.return_url, 303)

    def _known(self, request: Request) -> Order:
        found = self.books.looked_at(request.path_params["reference"])
        if found is None:
            raise HTTPException(404)
        return found

    # Control

    async def _pay(self, request: Request) -> Response:
        paid = self.books.pay(self._known(request), (await control_body(request, _Paid)).fen)
        self.notices.tell(paid.asked.notify_url, paid.notice())
        return JSONResponse(as_json(paid))

    async def _fail(self, request: Request) -> Response:
        failed = self.books.end(self._known(request), "failed")
        self.notices.tell(failed.asked.notify_url, failed.notice())
        return JSONResponse(as_json(failed))

    async def _settle(self, request: Request) -> Response:
        journal = self.books.refunds if "/refunds/" in request.url.path else self.books.payouts
        errand = journal.get(request.path_params["reference"])
        if errand is None:
            raise HTTPException(404)
        wanted = await control_body(request, _Ended)
        ended = self.books.settled(errand, wanted.state, wanted.reason)
        self.notices.tell(ended.asked.notify_url, ended.notice())
        return JSONResponse(as_json(ended))

    def _listed(self, path: str) -> Endpoint:
        async def shown(request: Request) -> Response:
            journal: Any = getattr(self.books, path)
            return JSONResponse({path: [as_json(one) for one in journal.newest_first()]})

        return shown

    async def _set_notices(self, request: Request) -> Response:
        self.notices.faults = await control_body(request, NoticeFaults)
        return JSONResponse(self.notices.faults.model_dump())

    async def _set_fates(self, request: Request) -> Response:
        self.fates = await control_body(request, Fates)
        return JSONResponse(self.fates.model_dump())

    async def _plant(self, request: Request) -> Response:
        self.files.plant(await control_body(request, Differences))
        return Response(status_code=204)

    async def _add_lines(self, request: Request) -> Response:
        self.files.add((await control_body(request, _Lines)).lines)
        return Response(status_code=204)

    async def _set_clock(self, request: Request) -> Response:
        self.books.stands_at = (await control_body(request, _Moment)).now
        return Response(status_code=204)

    async def _forget(self, request: Request) -> Response:
        self.books.clear()
        self.files.clear()
        self.fates, self.notices.faults = Fates(), NoticeFaults()
        return Response(status_code=204)


def _refusal(number: str) -> str:
    return {"0000": "ACCOUNT_CLOSED", "1111": "NAME_DIFFERS"}.get(number[-4:], "")
