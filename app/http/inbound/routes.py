"""`/inbound/{wechat,qq,sms,mail}`: a message is kept before the channel is told so; a worker takes it in."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.core.clock import Clock
from app.domains.voice.channels.intake.service import InboundService
from app.http.callbacks import body_of
from app.http.inbound.mail import Mail
from app.http.inbound.model import ChannelAdapter, Keys, Received
from app.http.inbound.qq import QQ
from app.http.inbound.texts import TextMessages
from app.http.inbound.wechat import WeChat
from app.settings import Settings


def adapters_of(settings: Settings) -> list[ChannelAdapter]:
    aes = settings.wechat_aes_key.get_secret_value() if settings.wechat_aes_key else None
    return [
        WeChat(Keys.of(settings.wechat_token), aes, settings.wechat_app_id),
        QQ(Keys.of(settings.qq_secret)),
        TextMessages(Keys.of(settings.sms_callback_key)),
        Mail(Keys.of(settings.mail_inbound_key)),
    ]


def routes(inbound: InboundService, settings: Settings, clock: Clock) -> list[Route]:
    return [
        Route(adapter.path, _Door(adapter, inbound, clock).take, methods=list(adapter.methods))
        for adapter in adapters_of(settings)
    ]


class _Door:
    def __init__(self, adapter: ChannelAdapter, inbound: InboundService, clock: Clock) -> None:
        self._adapter = adapter
        self._inbound = inbound
        self._clock = clock

    async def take(self, request: Request) -> Response:
        """Raises Unauthenticated, PayloadTooLarge, BadInput."""
        body = await body_of(request) if request.method == "POST" else b""
        headers = {name.lower(): value for name, value in request.headers.items()}
        received = Received(request.method, dict(request.query_params), headers, body, self._clock.now())
        reading = await asyncio.to_thread(self._adapter.read, received)  # nobody else waits while it is read
        for heard in reading.heard:
            await self._inbound.take(heard)
        return Response(reading.reply, 200 if reading.reply else 204, media_type=reading.media_type)
