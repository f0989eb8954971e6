"""What is not requests a second: the card's picture, changes from process to process, starting, stalls, memory."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from websockets.asyncio.client import ClientConnection, connect

from app.core.ids import new_id
from app.embedded import EmbeddedDatabase
from benchmarks.bed import Bed, Resident, Row, asked
from benchmarks.broadcast import broadcasts
from benchmarks.cases import Case
from benchmarks.chain import chains
from benchmarks.client import Driven, WrongAnswer, drive, request
from benchmarks.home import commands
from benchmarks.queue import waits
from benchmarks.search import searches
from benchmarks.server import Server
from benchmarks.slots import releases
from benchmarks.uploads import uploads
from mocks.portrait import portrait
from virtual_card.face import Face, Format, render
from virtual_card.licences import faces as licences
from virtual_card.licences.kinds import kind_of

_LISTENERS = 20


def faces(times: int = 15) -> list[Row]:
    """The CPU of drawing one card, by format, nothing remembered but what all cards share."""
    return [
        ("card picture, WebP, CPU", _drawn("webp", times), "≤ 30 ms"),
        ("card picture, PNG, CPU", _drawn("png", times), "≤ 30 ms"),
        ("licence picture (driving licence), WebP, CPU", _licence_drawn("driving_licence", times), "≤ 30 ms"),
        ("licence picture (marriage certificate), WebP, CPU", _licence_drawn("marriage_certificate", times), ""),
    ]


def _licence_drawn(code: str, times: int) -> str:
    photo, kind = portrait("350102199005200019"), kind_of(code)
    facts = tuple((field.label, "欧阳测试") for field in kind.fields)
    spent = []
    for n in range(times + 1):
        since = date(2026, 1, 1)
        face = licences.Face(
            kind, f"XX2026-{n:08d}", facts, "福州市公安局", since, None, "active", photo, f"http://l/{n}"
        )
        before = time.process_time()
        licences.render(face, "webp")
        spent.append((time.process_time() - before) * 1000)
    return f"{median(spent[1:]):.1f} ms (first, with its ground: {spent[0]:.0f} ms)"


def _drawn(picture: Format, times: int) -> str:
    photo = portrait("350102199005200019")
    spent = []
    for n in range(times + 1):
        face = Face("福州市", "欧阳测试", f"{n:016d}", date(2031, 1, 1), "active", "personal", photo, f"http://c/{n}")
        before = time.process_time()
        render(face, picture)
        spent.append((time.process_time() - before) * 1000)
    return f"{median(spent[1:]):.1f} ms (first, with fonts: {spent[0]:.0f} ms)"


async def changes(bed: Bed, here: Server, there: Server, times: int = 100) -> list[Row]:
    """From a code's verification on one process to its disclosure on the holder's subscription on another."""
    listeners = bed.residents[:_LISTENERS]
    # Codes go round the residents; those of people who do not listen are left over.
    codes = list(await bed.codes(times // _LISTENERS * len(bed.residents)))
    seen: list[float] = []
    replied: list[float] = []
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(await _listening(bed, there, one)) for one in listeners]
        await asyncio.sleep(1)  # a subscription is not acknowledged: let all of them begin
        for first in range(0, len(codes), len(bed.residents)):
            for socket, code in zip(sockets, codes[first : first + _LISTENERS], strict=True):
                began = time.perf_counter()
                answer = asyncio.create_task(_verified(bed, here, code, replied, began))
                await asyncio.wait_for(_next(socket), 10)
                seen.append(time.perf_counter() - began)
                await answer
    told, answered = Driven(latencies=seen), Driven(latencies=replied)
    return [
        (
            "change stream: verifyCode on process A → subscription on process B",
            f"p50 {told.at(0.5):.1f} ms, p99 {told.at(0.99):.1f} ms",
            f"the reply on A itself: p50 {answered.at(0.5):.1f} ms",
        )
    ]


async def _listening(bed: Bed, server: Server, resident: Resident) -> ClientConnection:
    socket = await connect(f"ws://127.0.0.1:{server.port}/graphql", subprotocols=["graphql-transport-ws"])  # type: ignore[list-item]
    hello = {"type": "connection_init", "payload": {"authorization": f"Bearer {resident.token}"}}
    await socket.send(json.dumps(hello))
    await socket.recv()
    document = json.loads(asked(bed.documents["citizen"]["OnDisclosed"]))
    await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": document}))
    return socket


async def _next(socket: ClientConnection) -> None:
    event = {"type": "ping"}
    while event["type"] == "ping":
        event = json.loads(await socket.recv())
    if event["type"] != "next" or "errors" in event["payload"]:
        raise WrongAnswer(str(event))


async def _verified(bed: Bed, server: Server, code: str, replied: list[float], began: float) -> None:
    body = asked(bed.documents["provider"]["VerifyCode"], {"code": code, "purpose": "SERVICE_HALL", "key": new_id()})
    post = request("POST", "/provider/graphql", body, {"authorization": f"Bearer {bed.provider_token}"})
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(post)
    answer = await reader.readuntil(b"\r\n\r\n")
    replied.append(time.perf_counter() - began)
    assert answer.startswith(b"HTTP/1.1 200"), answer
    writer.close()


async def stalls(bed: Bed, server: Server, mixed: list[Case], seconds: float) -> list[Row]:
    """Everything at once, pictures among it, from a few connections; how late the event loop was."""
    await server.figures()
    pictures = Case("face", "", "rong", b"HTTP/1.1 200", lambda: _pictures(bed))
    async with asyncio.TaskGroup() as group:
        for case in [*(one for one in mixed if one.app == "rong"), pictures]:
            group.create_task(
                drive(server.port, case.requests(), case.wanted, connections=_connections(case), seconds=seconds)
            )
    figures = await server.figures()
    text = f"{figures.stalls} stalls above 50 ms, the longest wait {figures.longest_ms:.0f} ms"
    return [("event loop, all requests at once with pictures", text, "0 above 50 ms")]


def _connections(case: Case) -> int:
    return 1 if case.name == "face" else 2


def _pictures(bed: Bed) -> Iterator[bytes]:
    """Each resident's picture once: none is remembered yet."""
    for resident in bed.residents:
        link = bed.city.services.cards.face_link(resident.card, "webp")
        yield request("GET", link.removeprefix("http://city.bench"))


async def starts(bed: Bed, times: int = 3) -> list[Row]:
    """A process of the API beside a database that runs; and the database of a laptop before it."""
    taken = [await asyncio.to_thread(_started, bed) for _ in range(times)]
    api, cpu = median(wall for wall, _ in taken), median(cpu for _, cpu in taken)
    database = await asyncio.to_thread(_database_started)
    return [
        ("API process: started → answers, database running", f"{api:.2f} s, of it CPU {cpu:.2f} s", "≤ 3 s"),
        ("embedded database, started again, and then the API", f"{database + api:.2f} s", "≤ 6 s"),
    ]


def _started(bed: Bed) -> tuple[float, float]:
    with Server("rong", bed.settings) as server:
        return server.start_s, server.start_cpu_s


def _database_started() -> float:
    with TemporaryDirectory(prefix="rong-bench-") as folder:
        with EmbeddedDatabase(Path(folder)):
            pass
        began = time.perf_counter()
        with EmbeddedDatabase(Path(folder)):
            return time.perf_counter() - began


async def all_asides(
    bed: Bed, names: set[str], servers: dict[str, Server], mixed: list[Case], seconds: float, citizens: int
) -> list[Row]:
    rows: list[Row] = []
    if "face" in names:
        rows += await asyncio.to_thread(faces)
    if "stalls" in names:
        rows += await stalls(bed, servers["rong"], mixed, seconds)
    if "changes" in names:
        async with AsyncExitStack() as stack:
            other = await asyncio.to_thread(Server("rong", bed.settings).start)
            stack.callback(other.stop)
            rows += await changes(bed, servers["rong"], other)
    if "start" in names:
        rows += await starts(bed)
    if "audit" in names:
        rows += await chains(bed)
    if "slots" in names:
        rows += await releases()
    if "queue" in names:
        rows += waits()
    if "search" in names:
        rows += await asyncio.to_thread(searches)
    if "uploads" in names:
        rows += uploads()  # it forks: no other thread may be busy
    if "home" in names:
        rows += await commands(bed)
    if "broadcast" in names:
        rows += await broadcasts(citizens)
    return rows
