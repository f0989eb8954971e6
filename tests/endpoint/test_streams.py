"""Subscriptions over graphql-transport-ws and over server-sent events."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from graphql_schema.endpoint.websocket import StreamRules

COUNT = {"query": "subscription { count(to: 2) }"}
FOREVER = {"query": "subscription { forever }"}


async def test_events_come_in_order_and_then_it_is_complete(town: Any, connect: Any) -> None:
    async with connect(town.endpoint(development=True), init={}) as socket:
        await socket.say(id="1", type="subscribe", payload=COUNT)
        assert [await socket.hear() for _ in range(3)] == [
            {"id": "1", "type": "next", "payload": {"data": {"count": 0}}},
            {"id": "1", "type": "next", "payload": {"data": {"count": 1}}},
            {"id": "1", "type": "complete"},
        ]
        await socket.say(id="1", type="subscribe", payload={"query": "{ hello }"})
        assert (await socket.hear())["payload"] == {"data": {"hello": "hello you"}}
        assert await socket.hear() == {"id": "1", "type": "complete"}
        await socket.say(type="ping")
        assert await socket.hear() == {"type": "pong"}


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (FOREVER, "UNAUTHENTICATED"),
        ({"query": "mutation { verify }"}, "UNAUTHENTICATED"),
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "subscription { a }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "subscription { count, b: count }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "subscription($n: Int!) { count(to: $n) }"}, "BAD_USER_INPUT"),
        ({"query": "{visitor" + "{friend" * 13 + "{name}" + "}" * 14}, "QUERY_TOO_COMPLEX"),
        ({"query": 1}, "BAD_INPUT"),
        ("text", "BAD_INPUT"),
        (None, "BAD_INPUT"),
    ],
)
async def test_an_operation_passes_the_same_door_as_over_http(town: Any, connect: Any, payload: Any, code: str) -> None:
    async with connect(town.endpoint(development=True), init={}) as socket:
        await socket.say(id="1", type="subscribe", payload=payload)
        message = await socket.hear()
        assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", code)
        assert town.ran == []
        await socket.say(type="ping")
        assert await socket.hear() == {"type": "pong"}


async def test_in_production_a_socket_runs_trusted_documents_only(town: Any, connect: Any) -> None:
    count = next(p for p in town.documents.every() if p.name == "Count")
    async with connect(town.endpoint(), init={}) as socket:
        await socket.say(id="1", type="subscribe", payload=COUNT)
        assert (await socket.hear())["payload"][0]["extensions"]["code"] == "DOCUMENT_NOT_TRUSTED"
        await socket.say(id="2", type="subscribe", payload={"documentId": f"sha256:{count.sha256}"})
        assert (await socket.hear())["payload"] == {"data": {"count": 0}}


async def test_a_source_that_fails_ends_its_subscription_without_telling_why(town: Any, connect: Any) -> None:
    async with connect(town.endpoint(development=True), init={}) as socket:
        await socket.say(id="1", type="subscribe", payload={"query": "subscription { failing }"})
        assert (await socket.hear())["payload"] == {"data": {"failing": 1}}
        message = await socket.hear()
        assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", "INTERNAL")
        assert "12345" not in str(message)


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([{"type": "subscribe", "id": "1", "payload": COUNT}], 4401),
        ([{"type": "connection_init", "payload": "text"}], 4400),
        ([{"type": "connection_init", "payload": {"authorization": "stolen"}}], 4403),
        ([{"type": "connection_init"}, {"type": "connection_init"}], 4429),
        ([{"type": "connection_init"}, {"type": "start"}], 4400),
        ([{"type": "connection_init"}, {"type": 1}], 4400),
        ([{"type": "connection_init"}, {"type": "subscribe", "payload": COUNT}], 4400),
        ([{"type": "connection_init"}, {"type": "subscribe", "id": "x" * 101, "payload": COUNT}], 4400),
        ([{"type": "connection_init"}, {"type": "ping", "payload": {"x": "y" * 100_001}}], 1009),
    ],
)
async def test_a_breach_of_the_protocol_closes_the_socket(
    town: Any, connect: Any, messages: list[dict[str, Any]], code: int
) -> None:
    async with connect(town.endpoint(development=True)) as socket:
        for message in messages:
            await socket.say(**message)
        heard = await socket.hear()
        assert (await socket.hear() if heard == {"type": "connection_ack"} else heard) == {"closed": code}


@pytest.mark.parametrize("raw", [{"text": "{"}, {"bytes": b"{}"}, {"text": "[1]"}])
async def test_what_is_no_message_closes_the_socket(town: Any, connect: Any, raw: dict[str, Any]) -> None:
    async with connect(town.endpoint(), init={}) as socket:
        await socket.to_app.put({"type": "websocket.receive", **raw})
        assert await socket.hear() == {"closed": 4400}


async def test_who_never_greets_is_shown_out(town: Any, connect: Any) -> None:
    async with connect(town.endpoint(rules=StreamRules(init_timeout=0.02))) as socket:
        assert await socket.hear() == {"closed": 4408}


async def test_who_answers_no_ping_is_shown_out(town: Any, connect: Any) -> None:
    async with connect(town.endpoint(rules=StreamRules(beat=0.02)), init={}) as socket:
        assert await socket.hear() == {"closed": 4408}


async def test_other_subprotocols_are_not_spoken(town: Any, connect: Any) -> None:
    async with connect(town.endpoint(), protocol="graphql-ws") as socket:
        assert await socket.hear() == {"closed": 4406}


@pytest.mark.parametrize(
    ("origin", "closed"),
    [("https://evil.example", True), ("null", True), ("http://rong", False), ("https://app.example", False)],
)
async def test_only_our_own_and_named_origins_open_a_socket(town: Any, connect: Any, origin: str, closed: bool) -> None:
    endpoint = town.endpoint(origins=["https://app.example"])
    async with connect(endpoint, origin=origin) as socket:
        if closed:
            assert await socket.hear() == {"closed": 1008}
        else:
            await socket.say(type="connection_init")
            assert await socket.hear() == {"type": "connection_ack"}


async def test_a_subscription_ends_when_the_client_says_so_or_goes(town: Any, connect: Any) -> None:
    async with connect(town.endpoint(development=True), init={"authorization": "lin"}) as socket:
        for id_ in ("1", "2"):
            await socket.say(id=id_, type="subscribe", payload=FOREVER)
            await socket.hear()
        await socket.say(id="1", type="complete")
        await socket.say(type="ping")
        await socket.hear()
        assert town.ran.count("forever ended") == 1
        assert town.count("rong_graphql_streams") == 1
        await socket.say(id="2", type="subscribe", payload=FOREVER)
        assert await socket.hear() == {"closed": 4409}
    assert town.ran.count("forever ended") == 2
    assert town.count("rong_graphql_streams") == 0


async def test_operations_of_a_socket_and_sockets_of_a_viewer_are_bounded(town: Any, connect: Any) -> None:
    lin = {"authorization": "lin"}
    endpoint = town.endpoint(development=True, connections=2, rules=StreamRules(operations=2))
    async with connect(endpoint, init=lin) as first, connect(endpoint, init=lin):
        async with connect(endpoint) as third:
            await third.say(type="connection_init", payload=lin)
            assert await third.hear() == {"closed": 4429}
        async with connect(endpoint, init={"authorization": "phone-only"}):
            pass
        for id_ in ("1", "2", "3"):
            await first.say(id=id_, type="subscribe", payload=FOREVER)
        heard = [await first.hear() for _ in range(3)]
        [full] = [message for message in heard if message["type"] == "error"]
        assert (full["id"], full["payload"][0]["extensions"]["code"]) == ("3", "RATE_LIMITED")
    async with connect(endpoint, init=lin):
        pass


async def test_a_token_that_ends_while_connected_ends_the_subscription(town: Any, connect: Any) -> None:
    town.expires_at = datetime.now(UTC) + timedelta(seconds=0.1)
    async with connect(town.endpoint(development=True), init={"authorization": "lin"}) as socket:
        await socket.say(id="1", type="subscribe", payload=FOREVER)
        assert (await socket.hear())["payload"] == {"data": {"forever": 0}}
        message = await socket.hear()
        assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", "UNAUTHENTICATED")
    assert "forever ended" in town.ran


async def test_events_stream_over_http(open_town: Any) -> None:
    headers = {"accept": "text/event-stream"}
    response = await open_town.http.post("/graphql", json=COUNT, headers=headers)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.text == (
        'event: next\ndata: {"data":{"count":0}}\n\nevent: next\ndata: {"data":{"count":1}}\n\n'
        "event: complete\ndata: \n\n"
    )
    single = await open_town.http.post("/graphql", json={"query": "{ hello }"}, headers=headers)
    assert single.text.count("event: next") == 1


@pytest.mark.parametrize(
    ("payload", "accept", "status"),
    [
        (COUNT, "application/json", 406),
        (FOREVER, "text/event-stream", 401),
        ({"query": "subscription { a }"}, "text/event-stream", 200),
        ({"query": "subscription { a }"}, "text/event-stream, application/graphql-response+json", 400),
        (
            {"query": "subscription($n: Int!) { count(to: $n) }"},
            "application/graphql-response+json, text/event-stream",
            400,
        ),
    ],
)
async def test_a_stream_that_cannot_start_is_answered_as_json(
    town: Any, open_town: Any, payload: Any, accept: str, status: int
) -> None:
    answer = await open_town.post(payload, accept=accept)
    assert answer.status == status
    assert answer.codes
    assert town.ran == []


async def test_a_client_that_leaves_an_event_stream_ends_its_subscription(town: Any) -> None:
    endpoint = town.endpoint(development=True)
    requests: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    headers = {"content-type": "application/json", "accept": "text/event-stream", "authorization": "lin"}
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b""}
    scope["headers"] = [(k.encode(), v.encode()) for k, v in headers.items()]
    await requests.put({"type": "http.request", "body": b'{"query":"subscription { forever }"}'})
    running = asyncio.create_task(endpoint(scope, requests.get, sent.put))
    assert (await asyncio.wait_for(sent.get(), 5))["status"] == 200
    assert b"next" in (await asyncio.wait_for(sent.get(), 5))["body"]
    await requests.put({"type": "http.disconnect"})
    await asyncio.wait_for(running, 5)
    assert town.ran == ["forever", "forever ended"]
    assert town.count("rong_graphql_streams") == 0


async def test_an_event_that_json_cannot_say_is_a_fault_told_as_the_last_one(
    town: Any, open_town: Any, connect: Any
) -> None:
    ask = {"query": "subscription { unsayable }"}
    response = await open_town.http.post("/graphql", json=ask, headers={"accept": "text/event-stream"})
    assert '"code":"INTERNAL"' in response.text
    assert response.text.endswith("event: complete\ndata: \n\n")
    async with connect(town.endpoint(development=True), init={}) as socket:
        await socket.say(id="1", type="subscribe", payload=ask)
        assert (await socket.hear())["payload"][0]["extensions"]["code"] == "INTERNAL"


async def test_streams_are_counted_with_what_ended_them(town: Any, open_town: Any) -> None:
    for query in ("subscription { count }", "subscription { failing }"):
        await open_town.http.post("/graphql", json={"query": query}, headers={"accept": "text/event-stream"})
    assert town.count("rong_graphql_requests_total", operation="free", outcome="ok") == 1
    assert town.count("rong_graphql_errors_total", code="INTERNAL") == 1
