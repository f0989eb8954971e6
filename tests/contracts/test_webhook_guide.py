"""The receiver in the guide works as it stands."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime
from http.server import HTTPServer
from pathlib import Path

import pytest

from app.core.ids import new_id
from notifications.channels.targets import TargetRules
from notifications.channels.webhook import HttpWebhooks
from notifications.webhooks.deliveries.model import Delivery
from notifications.webhooks.endpoints.model import Endpoint, WebhookEvent, new_signing_secret
from notifications.webhooks.sending.model import signed

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "api.md"


async def test_the_receiver_of_the_guide_takes_ours_once_and_refuses_others(capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = re.findall(r"```python\n(from http\.server.*?)```", GUIDE.read_text(encoding="utf-8"), flags=re.S)
    assert len([line for line in example.splitlines() if line.strip()]) <= 15
    secret = new_signing_secret()
    names: dict[str, object] = {}
    exec(example.replace("whsec_...", secret), names)  # the guide is ours
    endpoint = Endpoint("e", "o", False, "", "", frozenset(WebhookEvent), datetime.now(UTC), secret=secret)
    server = HTTPServer(("127.0.0.1", 0), names["Receiver"])  # type: ignore[arg-type]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    channel, url = HttpWebhooks(TargetRules(near=True)), f"http://127.0.0.1:{server.server_port}/"

    ping, statuses = Delivery.ping(endpoint, new_id(), datetime.now(UTC)), []
    for key in (secret, secret, new_signing_secret()):
        headers = signed(ping, [key], datetime.now(UTC))
        statuses.append((await channel.send(url, headers, ping.body.encode())).status)
    server.shutdown()
    await channel.aclose()
    assert statuses == [204, 204, 401]
    assert capsys.readouterr().out == "ping {}\n"
