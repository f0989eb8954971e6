"""All stand-ins in one ASGI app on one port, with a page that shows what they took.

`uvicorn --factory mocks.server:create_app`; the keys are those the city uses (`RONG_SMS_KEY`, `RONG_SMS_CALLBACK_KEY`,
`RONG_REGISTRY_KEY`).
Control endpoints ask for no key: bind it to the loopback address only.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files

from jinja2 import Environment
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from mocks.city import PEOPLE
from mocks.fcm import Fcm
from mocks.fcm_oauth import TokenEndpoint
from mocks.registry import CivilRegistry
from mocks.sms import SmsGateway
from mocks.standin import Endpoint, StandIn
from mocks.webhooks import WebhookReceiver

_TITLES = {
    "sms": ("短信网关", "SMS gateway"),
    "registry": ("人口登记", "Civil registry"),
    "fcm": ("推送", "Push (FCM)"),
    "fcm-token": ("推送令牌", "FCM tokens"),
    "webhook": ("服务方回调", "Providers' webhooks"),
}


def create_app(
    *, sms_key: str | None = None, sms_callback_key: str | None = None, registry_key: str | None = None
) -> Starlette:
    """Keys left out are read from the environment. Raises KeyError when one is neither given nor there."""
    tokens = TokenEndpoint()
    stand_ins: list[StandIn] = [
        SmsGateway(
            sms_key or os.environ["RONG_SMS_KEY"], sms_callback_key or os.environ.get("RONG_SMS_CALLBACK_KEY", "")
        ),
        CivilRegistry(registry_key or os.environ["RONG_REGISTRY_KEY"]),
        Fcm(tokens),
        tokens,
        WebhookReceiver(),
    ]
    routes = [route for one in stand_ins for route in [*one.routes(), *one.control_routes()]]

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        for one in stand_ins:
            await one.aclose()

    return Starlette(
        routes=[Route("/", _page_of(stand_ins)), Route("/healthz", _health), *routes],
        lifespan=lifespan,
    )


def _page_of(stand_ins: list[StandIn]) -> Endpoint:
    template = Environment(autoescape=True).from_string(
        files("mocks").joinpath("templates", "page.html").read_text(encoding="utf-8")
    )
    html = template.render(
        stand_ins=[(one.name, *_TITLES[one.name]) for one in stand_ins],
        names={person.phone: {"zh": person.name, "en": person.name_en} for person in PEOPLE if person.phone},
    )

    async def page(request: Request) -> Response:
        return HTMLResponse(html, headers={"Cache-Control": "no-store", "X-Frame-Options": "DENY"})

    return page


async def _health(request: Request) -> Response:
    return PlainTextResponse("ok")
