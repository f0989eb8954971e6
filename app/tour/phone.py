"""A phone and a provider as the tour uses them: the app's own operations, over HTTP and WebSocket."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
from websockets.asyncio.client import ClientConnection, connect

from app.core.clock import CITY_TIME
from app.core.ids import new_id

_OPERATIONS = Path(__file__).resolve().parents[2] / "graphql_schema" / "operations"


def local(moment: str) -> str:
    """As people of the city read it, to the minute."""
    return f"{datetime.fromisoformat(moment).astimezone(CITY_TIME):%Y-%m-%d %H:%M}"


class TourFailed(Exception):
    """A step did not show what it should; the text says what was seen."""


class Phone:
    """A citizen's phone: the app's own operations, over HTTP and WebSocket."""

    def __init__(self, http: httpx2.AsyncClient, url: str) -> None:
        self._http = http
        self._url = url
        self.device = {"id": f"tour-{new_id()}", "name": "Tour phone", "platform": "cli"}
        self.token: str | None = None
        self.push_token = f"tour-{new_id()}-{new_id()}"

    async def do(self, operation: str, wanted: str, **variables: Any) -> dict[str, Any]:
        """Run one of the app's operations; its only field must be of the type `wanted`."""
        data = await ask(self._http, "/graphql", "citizen", operation, variables, self.token)
        return expect(data, wanted)

    async def read(self, operation: str, **variables: Any) -> dict[str, Any]:
        """A query of the app's: all that it answers."""
        return await ask(self._http, "/graphql", "citizen", operation, variables, self.token)

    async def disclosures(self) -> ClientConnection:
        """An open subscription to look-ups of one's own."""
        socket = await connect(
            self._url.replace("http", "ws", 1) + "/graphql",
            subprotocols=["graphql-transport-ws"],  # type: ignore[list-item]
        )
        await socket.send(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {self.token}"}}))
        answer = json.loads(await socket.recv())
        if answer["type"] != "connection_ack":
            raise TourFailed(f"subscription refused: {answer}")
        document = document_of("citizen", "OnDisclosed")
        await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": document}}))
        return socket


@cache
def document_of(schema: str, operation: str) -> str:
    """The operation as its file has it: the city knows it by this text, with the fragments it uses."""
    files = (_OPERATIONS / schema).rglob(f"{operation}.graphql")
    return next(file for file in files if file.parent.name != "fragments").read_text(encoding="utf-8")


async def ask(
    http: httpx2.AsyncClient, path: str, schema: str, operation: str, variables: dict[str, Any], token: str | None
) -> dict[str, Any]:
    headers = {"accept-language": "en", **({"authorization": f"Bearer {token}"} if token else {})}
    body = {"query": document_of(schema, operation), "variables": variables}
    answer = (await http.post(path, json=body, headers=headers)).json()
    if answer.get("errors"):
        raise TourFailed(f"{operation}: {answer['errors']}")
    data: dict[str, Any] = answer["data"]
    return data


def expect(data: dict[str, Any], wanted: str) -> dict[str, Any]:
    result: dict[str, Any] = next(iter(data.values()))
    seen = result.get("__typename")
    if seen != wanted:
        raise TourFailed(f"expected {wanted}, saw {seen}: {result.get('message', '')}")
    return result


async def next_event(socket: ClientConnection) -> dict[str, Any]:
    """The next result of the subscription; pings are answered."""
    while True:
        said = json.loads(await socket.recv())
        match said["type"]:
            case "ping":
                await socket.send(json.dumps({"type": "pong"}))
            case "next":
                result: dict[str, Any] = said["payload"]
                return result
            case _:
                raise TourFailed(f"the subscription ended: {said}")
