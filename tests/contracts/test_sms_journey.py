"""A text message from the city's own channel to the carrier, and the carrier's report back into the city."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn

from app.core.ids import new_id
from app.server import create_app
from app.wiring import City, build
from notifications.deliveries.model import DeliveryState
from notifications.messages.model import Message
from notifications.preferences.model import Urgency
from notifications.templates.model import TemplateRef
from tests.conftest import settings_for
from tests.contracts.conftest import SMS_CALLBACK_KEY
from tests.support.api import soon

if TYPE_CHECKING:
    from tests.contracts.conftest import StandIns

PHONE = "+8619900000021"


@pytest.fixture
async def city(
    stand_ins: StandIns, service_account: Path, database_uri: str, database_name: str
) -> AsyncIterator[City]:
    """A city that listens on a real port, with the real clients of the outside systems."""
    listener = socket.create_server(("127.0.0.1", 0))
    settings = settings_for(
        database_uri,
        database_name,
        base_url=f"http://127.0.0.1:{listener.getsockname()[1]}",
        sms_url=f"{stand_ins.url}/sms",
        sms_key=stand_ins.sms_key,
        sms_callback_key=SMS_CALLBACK_KEY,
        fcm_credentials=str(service_account),
        fcm_url=stand_ins.url,
    )
    city = build(settings)
    server = uvicorn.Server(uvicorn.Config(create_app(city=city), log_level="critical"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await soon(lambda: asyncio.sleep(0, server.started), within=30)
    yield city
    server.should_exit = True
    await serving


def message() -> Message:
    ref = TemplateRef("TELL_CARD_ISSUED", 1)
    at = datetime.now(UTC)
    return Message(new_id(), new_id(), new_id(), "card.issued", "card", Urgency.NORMAL, ref, {}, at)


@pytest.mark.parametrize(
    ("fate", "faults", "state"),
    [
        ({}, {}, DeliveryState.DELIVERED),
        ({}, {"doubled": True, "out_of_order": True}, DeliveryState.DELIVERED),
        ({"state": "expired"}, {}, DeliveryState.BOUNCED),
        ({"bounce": True}, {"doubled": True}, DeliveryState.BOUNCED),
    ],
)
async def test_what_became_of_a_text_message_is_known_to_the_city(
    city: City, stand_ins: StandIns, fate: dict[str, object], faults: dict[str, object], state: DeliveryState
) -> None:
    await stand_ins.control.post("/control/sms/numbers", json={"to": PHONE, **fate})
    await stand_ins.control.post("/control/sms/reports", json=faults)
    one = message()
    assert await city.services.deliveries.text(one, one.citizen, PHONE, "您有一条新消息") == 0

    async def known() -> bool:
        return [delivery.state for delivery in await city.services.deliveries.of(one)] == [state]

    await soon(known, within=20)
    assert len(await stand_ins.seen("sms", to=PHONE)) == 1
