"""Operations over a WebSocket: the graphql-transport-ws protocol and no other.

connection_init (within five seconds) → context → connection_ack → subscribe … next … complete, many at a time. Each
operation passes the same door as over HTTP, with a context of its own. Close codes are the protocol's
(https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson
from graphql import OperationType
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from app.core.errors import BadInput, RateLimited, Refusal
from app.core.messages import negotiate
from graphql_schema.endpoint.ask import read_ask, read_json
from graphql_schema.endpoint.context import request_id_of
from graphql_schema.endpoint.engine import Engine, Reply, refused
from graphql_schema.endpoint.errors import Teller
from graphql_schema.endpoint.metrics import SchemaMetrics
from graphql_schema.endpoint.tasks import Places, first_of

PROTOCOL = "graphql-transport-ws"
_LONGEST_ID = 100


@dataclass(frozen=True, slots=True)
class StreamRules:
    """`origins` are the web origins besides our own that may open a socket; times in seconds."""

    origins: frozenset[str] = frozenset()
    init_timeout: float = 5
    beat: float = 20
    operations: int = 20


# A client that leaves while we speak: its own affair, and no fault.
_GONE = (WebSocketDisconnect, RuntimeError, OSError)


class _Close(Exception):
    def __init__(self, code: int, reason: str) -> None:
        self.code, self.reason = code, reason


class Conversation:
    """One socket, from the handshake to its end."""

    def __init__(
        self, socket: WebSocket, engine: Engine, rules: StreamRules, places: Places, metrics: SchemaMetrics
    ) -> None:
        self._socket, self._engine, self._rules = socket, engine, rules
        self._places, self._metrics = places, metrics
        self._init: Mapping[str, Any] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._heard = False

    async def run(self) -> None:
        if not _same_or_named(self._socket, self._rules.origins):
            await self._socket.close(1008)  # before accepting: the handshake is answered 403
            return
        offered = PROTOCOL in self._socket.scope["subprotocols"]
        await self._socket.accept(PROTOCOL if offered else None)
        try:
            if not offered:
                raise _Close(4406, "Subprotocol not acceptable")
            await self._talk()
        except _Close as close:
            await self._close(close.code, close.reason)
        except WebSocketDisconnect:
            pass
        finally:
            await self._stop()

    async def _talk(self) -> None:
        holder = await self._greet()
        try:
            with self._places.one_for(holder):
                await self._send({"type": "connection_ack"})
                await first_of(self._listen(), self._beat())
        except RateLimited as refusal:
            raise _Close(4429, refusal.code) from None

    async def _greet(self) -> str:
        """Wait for connection_init; who holds the connection. Raises _Close."""
        try:
            async with asyncio.timeout(self._rules.init_timeout):
                message = await self._message()
        except TimeoutError:
            raise _Close(4408, "Connection initialisation timeout") from None
        if message["type"] != "connection_init":
            raise _Close(4401, "Unauthorized")
        payload = message.get("payload")
        if payload is not None and not isinstance(payload, dict):
            raise _Close(4400, "Invalid connection_init payload")
        self._init = payload or {}
        return await self._holder()

    async def _holder(self) -> str:
        try:
            context = await self._engine.make_context(self._socket, self._init)
        except Refusal as refusal:
            raise _Close(4403, refusal.code) from None
        except Exception as error:
            self._teller().internal(error, "connection_init")
            raise _Close(4500, "INTERNAL") from None
        return holder_of(context, self._socket)

    async def _listen(self) -> None:
        while True:
            message = await self._message()
            match message["type"]:
                case "ping":
                    await self._send({"type": "pong"})
                case "pong":
                    pass
                case "subscribe":
                    await self._subscribe(_id_of(message), message.get("payload"))
                case "complete":
                    self._cancel(_id_of(message))
                case "connection_init":
                    raise _Close(4429, "Too many initialisation requests")
                case _:
                    raise _Close(4400, "Unknown message type")

    async def _message(self) -> dict[str, Any]:
        event = await self._socket.receive()
        if event["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(event.get("code") or 1005)
        self._heard = True
        text = event.get("text")
        if text is None:
            raise _Close(4400, "Messages are text")
        if len(text) > self._engine.limits.body:
            raise _Close(1009, "Message too big")
        try:
            message = read_json(text)
        except BadInput:
            raise _Close(4400, "Messages are JSON") from None
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise _Close(4400, "Invalid message")
        return message

    async def _beat(self) -> None:
        """Ping; a client that said nothing since the ping before is gone."""
        while True:
            self._heard = False
            await self._send({"type": "ping"})
            await asyncio.sleep(self._rules.beat)
            if not self._heard:
                raise _Close(4408, "No answer to ping")

    async def _subscribe(self, id_: str, payload: Any) -> None:
        if id_ in self._running:
            raise _Close(4409, f"Subscriber for {id_} already exists")
        if len(self._running) >= self._rules.operations:
            full = self._teller().refusal(RateLimited(retry_after=int(self._rules.beat)))
            await self._send({"id": id_, "type": "error", "payload": full})
            return
        self._running[id_] = asyncio.create_task(self._operate(id_, payload))

    async def _operate(self, id_: str, payload: Any) -> None:
        tell, label = self._teller(), "none"
        try:
            ask = read_ask(payload, self._engine.limits)
            prepared = self._engine.documents.prepare(ask)
            label = prepared.label
            context = await self._engine.enter(self._socket, prepared, self._init)
            tell = self._engine.teller(context)
            if prepared.kind is OperationType.SUBSCRIPTION:
                with self._metrics.streams.track_inprogress():
                    async with aclosing(self._engine.stream(prepared, ask.variables, context)) as replies:
                        last = await self._forward(id_, replies)
            else:
                last = await self._engine.answer(prepared, ask.variables, context)
                await self._next(id_, last)
        except Refusal as refusal:
            last = refused(tell.refusal(refusal), ended=True)
        except WebSocketDisconnect:
            return
        except Exception as error:
            last = refused(tell.internal(error, label), ended=True)
        await self._end(id_, last, label)

    async def _forward(self, id_: str, replies: Any) -> Reply:
        """Send events as they come; the reply that ended them, or the last one."""
        reply = Reply({})
        async for reply in replies:
            if reply.ended:
                break
            await self._next(id_, reply)
        return reply

    async def _next(self, id_: str, reply: Reply) -> None:
        await self._send({"id": id_, "type": "next", "payload": reply.payload})

    async def _end(self, id_: str, last: Reply, label: str) -> None:
        self._metrics.counted(label, last.codes)
        self._running.pop(id_, None)  # before the message, after which the client may use the id again
        if last.ended:
            await self._send({"id": id_, "type": "error", "payload": last.payload["errors"]})
        else:
            await self._send({"id": id_, "type": "complete"})

    def _cancel(self, id_: str) -> None:
        if task := self._running.pop(id_, None):
            task.cancel()

    async def _stop(self) -> None:
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _send(self, message: dict[str, Any]) -> None:
        if self._socket.application_state is WebSocketState.CONNECTED:
            with suppress(*_GONE):
                await self._socket.send_text(orjson.dumps(message).decode())

    async def _close(self, code: int, reason: str) -> None:
        if self._socket.application_state is WebSocketState.CONNECTED:
            with suppress(*_GONE):
                await self._socket.close(code, reason)

    def _teller(self) -> Teller:
        locale = negotiate(self._socket.headers.get("accept-language"))
        return Teller(locale, request_id_of(self._socket.scope), self._engine.development)


def holder_of(context: Any, connection: Any) -> str:
    """Whom a connection is counted for: the one who is signed in, else the address."""
    return context.viewer.actor or (connection.client.host if connection.client else "unknown")


def _id_of(message: dict[str, Any]) -> str:
    id_ = message.get("id")
    if not isinstance(id_, str) or not 0 < len(id_) <= _LONGEST_ID:
        raise _Close(4400, "Invalid message")
    return id_


def _same_or_named(socket: WebSocket, origins: frozenset[str]) -> bool:
    """Browsers send an Origin and do not ask before they connect; apps send none."""
    origin = socket.headers.get("origin")
    return origin is None or origin in origins or urlsplit(origin).netloc == socket.headers.get("host")
