"""The page of the payment gateway's stand-in, where a citizen pays, cancels, or has it fail."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib.resources import files

from jinja2 import Environment
from starlette.responses import HTMLResponse, Response

from mocks.gateway_books import CITY, Order

_SAID = {
    "open": ("待支付", "To be paid"),
    "paid": ("支付成功", "Paid"),
    "failed": ("支付失败", "The payment failed"),
    "closed": ("订单已关闭", "This order is closed"),
}


def page_of(order: Order, now: datetime) -> Response:
    template = Environment(autoescape=True).from_string(
        files("mocks").joinpath("templates", "gateway.html").read_text(encoding="utf-8")
    )
    until = order.at + timedelta(seconds=order.asked.expires_in)
    html = template.render(
        what=order.asked.what,
        amount=f"{order.asked.amount_fen / 100:.2f}",
        reference=order.asked.reference,
        number=order.gateway_id,
        said=_SAID[order.state],
        open=order.state == "open",
        until=until.astimezone(CITY).strftime("%H:%M"),
        back=order.asked.return_url,
    )
    return HTMLResponse(html, headers={"Cache-Control": "no-store", "X-Frame-Options": "DENY"})
