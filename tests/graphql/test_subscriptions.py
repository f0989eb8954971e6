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
from prometheus_client import REGISTRY
from websockets.asyncio.client import ClientConnection, connect

from app.core.ids import new_id
from app.server import create_app
from app.tour import document_of
from app.wiring import build
from tests.conftest import Fakes, settings_for
from tests.support.api import Api, Person
from tests.support.halls import hall_of


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
        async with asyncio.timeout(20):
            while (message := json.loads(await self.socket.recv()))["type"] == "ping":
                pass
        return dict(message)


@asynccontextmanager
async def _watching(
    url: str, operation: str, schema: str = "citizen", variables: dict[str, Any] | None = None, **hello: str | None
) -> AsyncIterator[Watch]:
    async with connect(url, subprotocols=[websockets.Subprotocol("graphql-transport-ws")]) as socket:
        await socket.send(json.dumps({"type": "connection_init", "payload": hello}))
        watch = Watch(socket)
        assert (await watch.hear())["type"] == "connection_ack"
        body = {"query": document_of(schema, operation), "variables": variables or {}}
        before = _listeners()
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": body}))
        for _ in range(50):  # until the other city listens; one that it refuses it answers
            if _listeners() > before:
                break
            await asyncio.sleep(0.02)
        yield watch


def _listeners() -> float:
    """Of both cities: they are in one process."""
    return REGISTRY.get_sample_value("rong_change_subscribers") or 0


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

    async def looked_up() -> str:
        said = {"code": await shared_api.code(person), "purpose": "SERVICE_HALL", "key": new_id()}
        return str((await shared_api.data("VerifyCode", provider, "provider", **said))["id"])

    async with _watching(elsewhere, "OnDisclosed", authorization=_bearer(person)) as watch:
        first = await looked_up()
        said = {"disclosureId": first, "reason": "not me", "key": new_id()}
        await shared_api.data("DisputeDisclosure", person.token, **said)
        made = [first, await looked_up()]
        heard = [(await watch.hear())["payload"]["data"]["disclosed"]["id"] for _ in made]
    assert heard == made


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
                await asyncio.wait_for(socket.recv(), 20)
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


async def test_a_number_that_moves_is_seen_by_its_holder_and_on_the_board(shared_api: Api, elsewhere: str) -> None:
    hall, first, second = await hall_of(shared_api), await shared_api.verified(), await shared_api.verified()
    take = {"queueId": hall.queue}
    await shared_api.data("TakeNumber", first.token, **take, key=new_id())
    taken = await shared_api.data("TakeNumber", second.token, **take, key=new_id())
    await shared_api.data("OpenCounter", hall.token, "provider", **hall.given(queueIds=[hall.queue]))
    mine = _watching(
        elsewhere, "OnTicketChanged", variables={"ticketId": taken["ticket"]["id"]}, authorization=_bearer(second)
    )
    board = elsewhere.replace("/graphql", "/provider/graphql")
    wall = _watching(board, "OnBoardChanged", "provider", {"venueId": hall.venue}, authorization=f"Bearer {hall.token}")

    async with mine as phone, wall as screen:
        before, shown = await phone.hear(), await screen.hear()
        called = await shared_api.data("CallNext", hall.token, "provider", **hall.given())
        after, then = await phone.hear(), await screen.hear()

    assert before["payload"]["data"]["ticketChanged"]["place"]["ahead"] == 1
    assert after["payload"]["data"]["ticketChanged"]["place"]["ahead"] == 0
    assert shown["payload"]["data"]["boardChanged"]["called"] == []
    numbers = [one["number"] for one in then["payload"]["data"]["boardChanged"]["called"]]
    assert numbers == [called["ticket"]["number"]]


async def test_anothers_number_and_anothers_board_tell_nothing(shared_api: Api, elsewhere: str) -> None:
    hall, other = await hall_of(shared_api), await hall_of(shared_api)
    holder, stranger = await shared_api.verified(), await shared_api.verified()
    taken = await shared_api.data("TakeNumber", holder.token, queueId=hall.queue, key=new_id())
    ticket = {"ticketId": taken["ticket"]["id"]}
    board = elsewhere.replace("/graphql", "/provider/graphql")

    async with _watching(elsewhere, "OnTicketChanged", variables=ticket, authorization=_bearer(stranger)) as phone:
        assert (await phone.hear())["type"] == "complete"
    given = {"venueId": other.venue}
    async with _watching(board, "OnBoardChanged", "provider", given, authorization=f"Bearer {hall.token}") as screen:
        assert (await screen.hear())["type"] == "complete"
