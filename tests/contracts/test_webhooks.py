"""The webhook channel against receivers over real HTTP and TLS: what they do, and what is made of it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from app.core.ids import new_id
from notifications.channels.targets import TargetRules
from notifications.channels.webhook import HttpWebhooks, WebhookAnswer, WebhookOutcome
from notifications.webhooks.deliveries.model import Delivery
from notifications.webhooks.endpoints.model import Endpoint, WebhookEvent, new_signing_secret
from notifications.webhooks.sending.model import signed

if TYPE_CHECKING:
    from tests.contracts.conftest import StandIns

LAPTOP = TargetRules(near=True)
ENDPOINT = Endpoint(
    "e", "org", False, "", "", frozenset(WebhookEvent), datetime(2026, 1, 1, tzinfo=UTC), secret=new_signing_secret()
)
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
async def channel() -> AsyncIterator[HttpWebhooks]:
    channel = HttpWebhooks(LAPTOP, time_limit=1.0)
    yield channel
    await channel.aclose()


def ping() -> Delivery:
    return Delivery.ping(ENDPOINT, new_id(), datetime.now(UTC))


async def call(channel: HttpWebhooks, url: str, delivery: Delivery | None = None, *secrets: str) -> WebhookAnswer:
    delivery = delivery or ping()
    headers = signed(delivery, secrets or (ENDPOINT.secret,), datetime.now(UTC))
    return await channel.send(url, headers, delivery.body.encode())


async def test_a_receiver_takes_what_is_signed_with_its_secret_and_drops_repeats(
    stand_ins: StandIns, channel: HttpWebhooks
) -> None:
    await stand_ins.control.post("/control/webhook/secrets", json={"secret": ENDPOINT.secret})
    delivery, url = ping(), f"{stand_ins.url}/webhook/hospital"
    answers = [await call(channel, url, delivery) for _ in range(2)]
    assert [(one.outcome, one.status) for one in answers] == [(WebhookOutcome.DELIVERED, 204)] * 2
    (came,) = await stand_ins.seen("webhook", receiver="hospital")
    assert (came["webhook_id"], came["type"], came["signature"], came["submitted"]) == (
        delivery.event,
        "ping",
        "valid",
        2,
    )
    rotating = await call(channel, url, None, new_signing_secret(), ENDPOINT.secret)
    forged = await call(channel, url, None, new_signing_secret())
    assert (rotating.status, forged.status) == (204, 401)
    assert forged.outcome is WebhookOutcome.REFUSED


@pytest.mark.parametrize(
    ("faults", "outcome", "status", "after"),
    [
        ({"status": 500}, WebhookOutcome.REFUSED, 500, None),
        ({"status": 404}, WebhookOutcome.REFUSED, 404, None),
        ({"status": 302}, WebhookOutcome.REFUSED, 302, None),
        ({"status": 410}, WebhookOutcome.GONE, 410, None),
        ({"status": 429}, WebhookOutcome.THROTTLED, 429, None),
        ({"status": 429, "retry_after": 7}, WebhookOutcome.THROTTLED, 429, timedelta(seconds=7)),
        ({"status": 503, "retry_after": 90}, WebhookOutcome.THROTTLED, 503, timedelta(seconds=90)),
        ({"status": 503}, WebhookOutcome.REFUSED, 503, None),
        ({"drop": True}, WebhookOutcome.UNREACHABLE, None, None),
        ({"drop": True, "after": True}, WebhookOutcome.UNREACHABLE, None, None),
        ({"delay_ms": 3000}, WebhookOutcome.TIMEOUT, None, None),
    ],
)
async def test_what_a_receiver_answers_is_read_by_one_table(
    stand_ins: StandIns,
    channel: HttpWebhooks,
    faults: dict[str, Any],
    outcome: WebhookOutcome,
    status: int | None,
    after: timedelta | None,
) -> None:
    await stand_ins.fault("webhook", **faults)
    answer = await call(channel, f"{stand_ins.url}/webhook/x")
    assert (answer.outcome, answer.status, answer.retry_after) == (outcome, status, after)


async def test_a_redirect_is_not_followed(stand_ins: StandIns, channel: HttpWebhooks) -> None:
    await stand_ins.fault("webhook", status=307, next=1)
    before = await stand_ins.calls("webhook")
    await call(channel, f"{stand_ins.url}/webhook/x")
    assert await stand_ins.calls("webhook") == before + 1
    assert await stand_ins.seen("webhook", receiver="redirected") == []


async def test_a_proxy_in_the_environment_sees_nothing(
    stand_ins: StandIns, channel: HttpWebhooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    answer = await call(HttpWebhooks(LAPTOP), f"{stand_ins.url}/webhook/x")
    assert answer.outcome in (WebhookOutcome.DELIVERED, WebhookOutcome.REFUSED)
    assert answer.status is not None


async def test_a_name_with_two_families_is_reached_by_the_one_that_answers(
    stand_ins: StandIns, channel: HttpWebhooks
) -> None:
    async def both(host: str, port: int) -> list[str]:
        return ["::1", "127.0.0.1"]

    answer = await call(
        HttpWebhooks(LAPTOP, resolve=both), stand_ins.url.replace("127.0.0.1", "localhost") + "/webhook/x"
    )
    assert answer.status is not None


@asynccontextmanager
async def listening(serve: Serve, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    yield server.sockets[0].getsockname()[1]
    server.close()


async def _never_ends(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while not writer.is_closing():
        writer.write(b"x: y\r\n")
        await asyncio.sleep(0.05)


async def _speaks_otherwise(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 mail.test ESMTP\r\n")
    await writer.drain()
    writer.close()


async def _says_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def _pours(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n")
    try:
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()
    except OSError:
        return


@pytest.mark.parametrize(
    ("serve", "outcome"),
    [
        (_never_ends, {WebhookOutcome.TIMEOUT, WebhookOutcome.UNREACHABLE}),
        (_speaks_otherwise, {WebhookOutcome.UNREACHABLE}),
        (_says_nothing, {WebhookOutcome.TIMEOUT}),
        (_pours, {WebhookOutcome.DELIVERED}),  # its status was good; of the rest a part is enough
    ],
)
async def test_a_receiver_that_is_none_is_left_within_the_time_limit(
    channel: HttpWebhooks, serve: Serve, outcome: set[WebhookOutcome]
) -> None:
    async with listening(serve) as port:
        answer = await call(channel, f"http://127.0.0.1:{port}/")
    assert answer.outcome in outcome


async def test_a_port_where_nobody_listens_is_unreachable(channel: HttpWebhooks) -> None:
    async with listening(_says_nothing) as port:
        pass
    assert (await call(channel, f"http://127.0.0.1:{port}/")).outcome is WebhookOutcome.UNREACHABLE


def _certificate(folder: Path, name: str) -> Path:
    """A key and a certificate of its own for that name."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return path


async def test_the_connection_goes_to_the_judged_address_and_tls_and_host_speak_of_the_name(tmp_path: Path) -> None:
    certificate = _certificate(tmp_path, "receiver.test")
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=str(certificate))
    server.load_cert_chain(certificate)
    asked: list[str | None] = []
    server.sni_callback = lambda socket, name, context: asked.append(name)
    heads: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async def here(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    channel = HttpWebhooks(LAPTOP, resolve=here, tls=client)
    async with listening(take, server) as port:
        good = await call(channel, f"https://receiver.test:{port}/hook?a=b")
        other = await call(channel, f"https://another.test:{port}/hook")
        strange = await call(HttpWebhooks(LAPTOP, resolve=here), f"https://receiver.test:{port}/hook")
    assert (good.outcome, good.status) == (WebhookOutcome.DELIVERED, 204)
    assert [other.outcome, strange.outcome] == [WebhookOutcome.TLS_FAILED] * 2
    assert asked[0] == "receiver.test"
    assert heads[0].startswith(b"POST /hook?a=b HTTP/1.1\r\n")
    assert f"host: receiver.test:{port}\r\n".encode() in heads[0].lower()
    assert replace(good, seconds=0.0) == WebhookAnswer(WebhookOutcome.DELIVERED, 0.0, 204)
