"""The messengers against their stand-ins: answers out, once and in spite of faults; what is said, in, signed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette

from app.core.errors import Unauthenticated
from app.domains.voice.channels.intake.answers.model import Sent
from app.gateways import messengers as gateways
from app.http.inbound.mail import Mail
from app.http.inbound.model import Keys, Received
from app.http.inbound.qq import QQ
from app.http.inbound.texts import TextMessages
from app.http.inbound.wechat import WeChat
from mocks import messengers as mocks
from mocks.faults import Faults

SECRET = SecretStr("secret")
STAND_INS = {
    "wechat": mocks.WeChat("secret", "token"),
    "qq": mocks.QQ("secret"),
    "mail": mocks.MailGateway("secret", "token"),
    "texts": mocks.Texts("token"),
}


@pytest.fixture(params=["wechat", "qq", "mail"])
async def out(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Any, Any, httpx2.AsyncClient]]:
    """A messenger, its stand-in, and the stand-in's controls."""
    name, stand_in = request.param, STAND_INS[request.param]
    app = Starlette(routes=[*stand_in.routes(), *stand_in.control_routes()])
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    url = f"http://mocks.test/{name}"
    made: Any = {
        "wechat": lambda: gateways.WeChat(url, "app", SECRET, transport=transport),
        "qq": lambda: gateways.QQ(url, url, "app", SECRET, transport=transport),
        "mail": lambda: gateways.HttpMail(url, SECRET, transport=transport),
    }[name]()
    stand_in.taken.clear()
    stand_in.switch.clear()
    async with httpx2.AsyncClient(transport=transport, base_url="http://mocks.test") as control:
        yield made, stand_in, control
    stand_in.switch.clear()
    await made.aclose()


async def _said(messenger: Any, id_: str = "m1", to: str = "a@b.cn") -> Sent:
    sent: Sent = await messenger.send(to=to, text="已登记", subject="12345", message_id=id_, reply_to="x1")
    return sent


async def test_an_answer_goes_out_once_under_its_id(out: Any) -> None:
    messenger, stand_in, _ = out
    assert await _said(messenger) == Sent(True)
    assert await _said(messenger) == Sent(True)
    (taken,) = stand_in.taken.newest_first()
    assert (taken.message_id, taken.to, taken.text, taken.submitted) == ("m1", "a@b.cn", "已登记", 2)


async def test_a_channel_that_fails_is_tried_again_later(out: Any) -> None:
    messenger, stand_in, _ = out
    await _said(messenger)
    for fault, why in (({"status": 503}, "FAILED"), ({"status": 429, "retry_after": 60}, "THROTTLED")):
        stand_in.switch.set(Faults(**fault))
        sent = await _said(messenger, "m2")
        assert (sent.done, sent.again, sent.why) == (False, True, why)
    stand_in.switch.clear()
    assert (await _said(messenger, "m2")).done


async def test_a_token_that_ended_is_asked_for_anew(out: Any) -> None:
    messenger, stand_in, _ = out
    await _said(messenger)
    if not hasattr(stand_in, "_given"):
        return
    stand_in._given.clear()
    assert await _said(messenger, "m3") == Sent(True)


@pytest.mark.parametrize("name", ["wechat", "qq", "mail", "texts"])
def test_what_a_stand_in_says_is_heard_and_what_it_spoils_is_not(name: str) -> None:
    adapter: Any = {
        "wechat": WeChat(Keys(("token",)), None, None),
        "qq": QQ(Keys(("secret",))),
        "mail": Mail(Keys(("token",))),
        "texts": TextMessages(Keys(("token",))),
    }[name]
    sender = {"mail": "a@b.cn", "texts": "+8613900000001"}.get(name, "openid")
    now = datetime.now(UTC)
    saying = mocks.Saying(sender=sender, text="五四路的路灯不亮 <b>&")
    made = STAND_INS[name].call(saying, "7", str(int(now.timestamp())))
    (heard,) = adapter.read(Received("POST", made.query, made.headers, made.body, now)).heard
    assert (heard.sender, heard.text) == (sender, saying.text)
    spoiled = {**made.query, "signature": "0" * 40} if made.query else made.query
    with pytest.raises(Unauthenticated):
        adapter.read(Received("POST", spoiled, made.headers, made.body + b" ", now))
