"""Live updates over a real WebSocket, across two processes' worth of city on one database."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
import websockets
from websockets.asyncio.client import ClientConnection, connect

from app.core.ids import new_id
from app.server import create_app
from app.tour import document_of
from app.wiring import build
from tests.conftest import Fakes, settings_for
from tests.support.api import Api, Person


@pytest.fixture(scope="session")
async def elsewhere(database_uri: str, shared_api: Api) -> AsyncIterator[str]:
    """Another city on the shared one's database, served on a port of its own; its WebSocket address."""
    settings = settings_for(database_uri, shared_api.city.db.name)
    app = create_app(city=build(settings, beyond=Fakes().outside))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="on", ws="websockets-sansio"))
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield f"ws://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/graphql"
    server.should_exit = True
    await running


@dataclass
class Watch:
    socket: ClientConnection

    async def hear(self) -> dict[str, Any]:
        """The next message but pings."""
        async with asyncio.timeout(5):
            while (message := json.loads(await self.socket.recv()))["type"] == "ping":
                pass
        return dict(message)


@asynccontextmanager
async def _watching(url: str, operation: str, **hello: str | None) -> AsyncIterator[Watch]:
    async with connect(url, subprotocols=[websockets.Subprotocol("graphql-transport-ws")]) as socket:
        await socket.send(json.dumps({"type": "connection_init", "payload": hello}))
        watch = Watch(socket)
        assert (await watch.hear())["type"] == "connection_ack"
        body = {"query": document_of("citizen", operation)}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": body}))
        await asyncio.sleep(0.2)  # until the other city listens: nothing tells so
        yield watch


def _bearer(person: Person) -> str:
    return f"Bearer {person.token}"


async def test_a_look_up_here_is_seen_there(shared_api: Api, elsewhere: str, provider: str, outsider: Person) -> None:
    person = await shared_api.with_card()
    async with _watching(elsewhere, "OnDisclosed", authorization=_bearer(person)) as watch:
        for looked_at in (outsider, person):  # the first one is nobody's business here
            said = {"code": await shared_api.code(looked_at), "purpose": "SERVICE_HALL", "key": new_id()}
            made = await shared_api.data("VerifyCode", provider, "provider", **said)
        heard = await watch.hear()
    assert (heard["type"], heard["payload"]["data"]["disclosed"]["id"]) == ("next", made["id"])


async def test_a_dispute_is_no_new_look_up(shared_api: Api, elsewhere: str, provider: str) -> None:
    person = await shared_api.with_card()
    said = {"code": await shared_api.code(person), "purpose": "SERVICE_HALL", "key": new_id()}
    made = await shared_api.data("VerifyCode", provider, "provider", **said)
    await asyncio.sleep(0.5)  # the look-up itself is over in the other city too
    async with _watching(elsewhere, "OnDisclosed", authorization=_bearer(person)) as watch:
        said = {"disclosureId": made["id"], "reason": "not me", "key": new_id()}
        await shared_api.data("DisputeDisclosure", person.token, **said)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await watch.hear()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_a_message_here_is_seen_there_in_the_readers_language(
    shared_api: Api, elsewhere: str, language: str
) -> None:
    person = await shared_api.with_card()
    hello = {"authorization": _bearer(person), "accept-language": language}
    async with _watching(elsewhere, "OnMessageAdded", **hello) as watch:
        told = await shared_api.speaking(language).told(person)
        events = [(await watch.hear())["payload"]["data"]["messageAdded"] for _ in told]
    assert sorted(event["id"] for event in events) == sorted(message["id"] for message in told)
    assert {event["title"] for event in events} == {message["title"] for message in told}


async def test_a_guardian_hears_of_the_ward_with_the_scope_and_not_without(
    shared_api: Api, elsewhere: str, provider: str
) -> None:
    parent = await shared_api.verified()
    ward = (await shared_api.ward(parent, "CARD_SHOW", "CARD_MANAGE", "DISCLOSURES_READ"))["ward"]["id"]
    acting = shared_api.acting_for(ward)
    await acting.data("IssueCard", parent.token, key=new_id())
    code = (await acting.data("ShowCode", parent.token, purpose="GATE", key=new_id()))["cardCode"]["text"]
    hello = {"authorization": _bearer(parent), "rong-subject": ward}
    async with _watching(elsewhere, "OnDisclosed", **hello) as watch:
        said = {"code": code, "purpose": "GATE", "key": new_id()}
        made = await shared_api.data("VerifyCode", provider, "provider", **said)
        assert (await watch.hear())["payload"]["data"]["disclosed"]["id"] == made["id"]
    async with _watching(elsewhere, "OnMessageAdded", **hello) as watch:
        heard = await watch.hear()
        assert (heard["type"], heard["payload"][0]["extensions"]["code"]) == ("error", "FORBIDDEN")


async def test_nobody_hears_nothing(elsewhere: str) -> None:
    for operation in ("OnDisclosed", "OnMessageAdded"):
        async with _watching(elsewhere, operation) as watch:
            heard = await watch.hear()
            assert (heard["type"], heard["payload"][0]["extensions"]["code"]) == ("error", "UNAUTHENTICATED")


async def test_a_token_that_is_none_opens_no_socket(elsewhere: str, shared_api: Api, provider: str) -> None:
    for authorization in ("Bearer nonsense", f"Bearer {provider}", "Basic x"):
        async with connect(elsewhere, subprotocols=[websockets.Subprotocol("graphql-transport-ws")]) as socket:
            await socket.send(json.dumps({"type": "connection_init", "payload": {"authorization": authorization}}))
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await asyncio.wait_for(socket.recv(), 5)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code in (4401, 4403)


async def test_who_has_signed_out_hears_no_more(shared_api: Api, elsewhere: str) -> None:
    person = await shared_api.with_card()
    async with _watching(elsewhere, "OnMessageAdded", authorization=_bearer(person)) as watch:
        await shared_api.data("SignOut", person.token)
        for event in await shared_api.events(person):
            await shared_api.city.dispatcher.tell(event)
        heard = await watch.hear()
    assert heard["type"] == "error"
    assert [error["extensions"]["code"] for error in heard["payload"]] == ["UNAUTHENTICATED"]
