"""All stand-ins in one ASGI app on one port, with a page that shows what they took.

`uvicorn --factory mocks.server:create_app`; the keys are those the city uses (`RONG_SMS_KEY`, `RONG_SMS_CALLBACK_KEY`,
`RONG_REGISTRY_KEY`, `RONG_CHARGES_KEY`, `RONG_NEIGHBOUR_KEY`, `RONG_DEPARTMENTS_KEY`, `RONG_DEPARTMENTS_CALLBACK_KEY`,
`RONG_EXCHANGE_KEY`, `RONG_GATEWAY_KEY`, `RONG_GATEWAY_NOTICE_KEY`,
`RONG_BILLERS_KEY`, `RONG_HEALTH_KEY`, `RONG_SURROUNDINGS_KEY`).
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

from mocks.billers import Billers
from mocks.city import PEOPLE
from mocks.departments import Departments
from mocks.exchange import Exchange
from mocks.fcm import Fcm
from mocks.fcm_oauth import TokenEndpoint
from mocks.gateway import PaymentGateway
from mocks.health import Health
from mocks.library import Library
from mocks.messengers import QQ, MailGateway, Texts, WeChat
from mocks.neighbour_city import NeighbourCity
from mocks.payments import PaymentDesk
from mocks.registry import CivilRegistry
from mocks.sms import SmsGateway
from mocks.standin import Endpoint, StandIn
from mocks.surroundings import Surroundings
from mocks.transit import Transit
from mocks.webhooks import WebhookReceiver

_TITLES = {
    "sms": ("短信网关", "SMS gateway"),
    "registry": ("人口登记", "Civil registry"),
    "payments": ("收费台", "Payment desk"),
    "gateway": ("支付网关", "Payment gateway"),
    "billers": ("缴费机构", "Billers"),
    "transit": ("公交实时数据", "Live buses"),
    "fcm": ("推送", "Push (FCM)"),
    "fcm-token": ("推送令牌", "FCM tokens"),
    "webhook": ("服务方回调", "Providers' webhooks"),
    "departments": ("部门业务系统", "Departments' systems"),
    "exchange": ("数据共享交换", "Data exchange"),
    "health": ("健康档案", "Health records"),
    "wechat": ("微信", "WeChat"),
    "qq": ("QQ", "QQ"),
    "mail": ("邮件网关", "Mail gateway"),
    "texts": ("市民短信", "Texts of citizens"),
    "surroundings": ("空气、水质与天气", "Air, water and weather"),
    "library": ("图书馆", "Library"),
    "neighbour": ("相邻城市", "Neighbouring city"),
}


def create_app(
    *,
    sms_key: str | None = None,
    sms_callback_key: str | None = None,
    registry_key: str | None = None,
    departments_key: str | None = None,
    departments_callback_key: str | None = None,
    exchange_key: str | None = None,
) -> Starlette:
    """Keys left out are read from the environment. Raises KeyError when one is neither given nor there."""
    tokens = TokenEndpoint()
    stand_ins: list[StandIn] = [
        SmsGateway(
            sms_key or os.environ["RONG_SMS_KEY"], sms_callback_key or os.environ.get("RONG_SMS_CALLBACK_KEY", "")
        ),
        CivilRegistry(registry_key or os.environ["RONG_REGISTRY_KEY"]),
        *_tills(),
        Fcm(tokens),
        tokens,
        WebhookReceiver(),
        Departments(
            departments_key or os.environ["RONG_DEPARTMENTS_KEY"],
            departments_callback_key or os.environ.get("RONG_DEPARTMENTS_CALLBACK_KEY", ""),
        ),
        Exchange(exchange_key or os.environ["RONG_EXCHANGE_KEY"]),
        *_messengers(sms_callback_key),
        *_elsewhere(),
    ]
    routes = [route for one in stand_ins for route in [*one.routes(), *one.control_routes()]]
    return Starlette(
        routes=[Route("/", _page_of(stand_ins)), Route("/healthz", _health), *routes],
        lifespan=lambda app: _running(stand_ins),
    )


@asynccontextmanager
async def _running(stand_ins: list[StandIn]) -> AsyncIterator[None]:
    for one in stand_ins:
        await one.start()
    yield
    for one in stand_ins:
        await one.aclose()


def _tills() -> list[StandIn]:
    return [
        PaymentDesk(os.environ.get("RONG_CHARGES_KEY", "")),
        PaymentGateway(os.environ.get("RONG_GATEWAY_KEY", ""), os.environ.get("RONG_GATEWAY_NOTICE_KEY", "")),
    ]


def _elsewhere() -> list[StandIn]:
    return [
        Billers(os.environ.get("RONG_BILLERS_KEY", "")),
        Health(os.environ.get("RONG_HEALTH_KEY", "")),
        NeighbourCity(os.environ.get("RONG_NEIGHBOUR_KEY", "")),
        Library.from_environment(),
        Transit(),
        Surroundings(os.environ.get("RONG_SURROUNDINGS_KEY", "")),
    ]


def _messengers(sms_callback_key: str | None) -> list[StandIn]:
    return [
        WeChat(os.environ.get("RONG_WECHAT_SECRET", ""), os.environ.get("RONG_WECHAT_TOKEN", "")),
        QQ(os.environ.get("RONG_QQ_SECRET", "")),
        MailGateway(os.environ.get("RONG_MAIL_KEY", ""), os.environ.get("RONG_MAIL_INBOUND_KEY", "")),
        Texts(sms_callback_key or os.environ.get("RONG_SMS_CALLBACK_KEY", "")),
    ]


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
