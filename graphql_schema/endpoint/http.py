"""The door: one ASGI endpoint for a schema. POST of JSON, WebSocket, server-sent events; in development also GET of
queries and GraphiQL. Media types and status codes follow GraphQL over HTTP.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter
from typing import Any

import orjson
from graphql import OperationType
from starlette.datastructures import QueryParams
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry import Schema

from app.core.errors import BadInput, RateLimited, Refusal, Unauthenticated
from app.core.messages import negotiate
from graphql_schema.endpoint import graphiql, media
from graphql_schema.endpoint.ask import Ask, ClientGone, read_ask, read_body, read_json
from graphql_schema.endpoint.context import MakeContext, request_id_of
from graphql_schema.endpoint.engine import Engine, Reply, refused
from graphql_schema.endpoint.errors import (
    REQUEST_ERRORS,
    MethodNotAllowed,
    NotAcceptable,
    Teller,
    refusal_of,
)
from graphql_schema.endpoint.limits import Limits
from graphql_schema.endpoint.metrics import SchemaMetrics
from graphql_schema.endpoint.sse import send_events
from graphql_schema.endpoint.tasks import Places
from graphql_schema.endpoint.trusted import Documents, FreeDocuments, Prepared, TrustedDocuments
from graphql_schema.endpoint.websocket import Conversation, StreamRules, holder_of

Header = tuple[bytes, bytes]
_LONGEST_KEPT = 500  # of a header whose meaning is remembered


@dataclass(slots=True)
class _Request:
    """One HTTP request on its way through the door; `label` and `tell` get better as more is known."""

    scope: Scope
    receive: Receive
    send: Send
    headers: dict[bytes, bytes]
    accepted: media.Accepted
    tell: Teller
    label: str = "none"

    @property
    def reply_media(self) -> str:
        return self.accepted.reply or media.JSON


class GraphQLEndpoint:
    """Serves `schema`. In production only `documents`; in development free ones too, under `limits`.

    `connections` bounds sockets and event streams per viewer in this process. `assets` is where GraphiQL's files are
    served (`graphiql.assets()`).
    """

    def __init__(
        self,
        schema: Schema,
        documents: TrustedDocuments,
        make_context: MakeContext,
        *,
        metrics: SchemaMetrics,
        development: bool = False,
        limits: Limits | None = None,
        rules: StreamRules | None = None,
        origins: Iterable[str] = (),
        connections: int = 10,
        now: Callable[[], datetime] | None = None,
        assets: str = "/static/graphiql",
    ) -> None:
        limits = limits or Limits()
        free = FreeDocuments(schema, limits) if development else None
        engine = Engine(schema, Documents(documents, free), make_context, limits, development)
        self._engine = replace(engine, now=now) if now else engine
        self._rules = rules or StreamRules(origins=frozenset(origins))
        self._places = Places(connections)
        self._metrics = metrics
        self._page = graphiql.page(assets) if development else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            socket = WebSocket(scope, receive, send)
            await Conversation(socket, self._engine, self._rules, self._places, self._metrics).run()
        else:
            await self._http(self._open(scope, receive, send))

    def _open(self, scope: Scope, receive: Receive, send: Send) -> _Request:
        headers = dict(scope["headers"])
        language = headers.get(b"accept-language", b"")[:_LONGEST_KEPT].decode("latin-1")
        tell = Teller(negotiate(language), request_id_of(scope), self._engine.development)
        return _Request(
            scope, receive, send, headers, media.accepted(headers.get(b"accept", b"")[:_LONGEST_KEPT]), tell
        )

    async def _http(self, request: _Request) -> None:
        started = perf_counter()
        if self._page is not None and _wants_page(request):
            await _respond(request.send, 200, graphiql.HEADERS, self._page)
            return
        status, extra, reply = 200, list[Header](), None
        try:
            reply = await self._handle(request)
        except ClientGone:
            return
        except Refusal as refusal:
            status, extra = _status(refusal, request.reply_media), _headers_of(refusal)
            reply = refused(request.tell.refusal(refusal))
        except Exception as error:
            status, reply = refusal_of(error).status, refused(request.tell.internal(error, request.label))
        if reply is not None:
            await self._send(request, status, extra, reply, started)

    async def _send(self, request: _Request, status: int, extra: list[Header], reply: Reply, started: float) -> None:
        try:
            body = orjson.dumps(reply.payload)
        except TypeError as error:  # a resolver gave what JSON cannot say
            status, reply = 500, refused(request.tell.internal(error, request.label))
            body = orjson.dumps(reply.payload)
        self._metrics.answered(request.label, reply.codes, perf_counter() - started)
        await _respond(request.send, status, _HEADERS[request.reply_media] + extra, body)

    async def _handle(self, request: _Request) -> Reply | None:
        """The reply; None when it went out as events. Raises a Refusal."""
        ask = await self._read(request)
        prepared = self._engine.documents.prepare(ask)
        request.label = prepared.label
        _check_form(request, prepared)
        connection = HTTPConnection(request.scope)
        context = await self._engine.enter(connection, prepared)
        request.tell = self._engine.teller(context)
        if prepared.kind is OperationType.SUBSCRIPTION:
            await self._stream(request, prepared, ask, context, holder_of(context, connection))
            return None
        reply = await self._engine.answer(prepared, ask.variables, context)
        if request.accepted.reply is not None:
            return reply
        await self._send_events(request, _only(reply))
        return None

    async def _read(self, request: _Request) -> Ask:
        method = request.scope["method"]
        if method == "POST":
            media.check_content_type(request.headers.get(b"content-type", b"")[:_LONGEST_KEPT])
            length = request.headers.get(b"content-length")
            body = await read_body(request.receive, length, self._engine.limits.body)
            return read_ask(read_json(body), self._engine.limits)
        if method == "GET" and self._engine.development:
            return read_ask(_query_members(request.scope["query_string"]), self._engine.limits)
        # In production not even queries: their variables would stand in every log of addresses on the way.
        raise MethodNotAllowed

    async def _stream(self, request: _Request, prepared: Prepared, ask: Ask, context: Any, holder: str) -> None:
        replies = self._engine.stream(prepared, ask.variables, context)
        with self._places.one_for(holder), self._metrics.streams.track_inprogress():
            await self._send_events(request, replies)

    async def _send_events(self, request: _Request, replies: AsyncGenerator[Reply, None]) -> None:
        """Once a stream has begun there is no status left to change: a fault becomes its last event."""
        codes: tuple[str, ...] = ()

        async def encoded() -> AsyncGenerator[bytes, None]:
            nonlocal codes
            async with aclosing(replies):
                try:
                    async for reply in replies:
                        codes = reply.codes
                        yield orjson.dumps(reply.payload)
                except Exception as error:
                    fault = refused(request.tell.internal(error, request.label))
                    codes = fault.codes
                    yield orjson.dumps(fault.payload)

        with suppress(OSError):  # the client is gone
            await send_events(encoded(), request.receive, request.send, self._rules.beat)
        self._metrics.counted(request.label, codes)


async def _only(reply: Reply) -> AsyncGenerator[Reply, None]:
    yield reply


def _wants_page(request: _Request) -> bool:
    is_plain_get = request.scope["method"] == "GET" and not request.scope["query_string"]
    return is_plain_get and request.accepted.html


def _check_form(request: _Request, prepared: Prepared) -> None:
    """Raises MethodNotAllowed (only queries may be asked by GET), NotAcceptable."""
    if request.scope["method"] == "GET" and prepared.kind is OperationType.MUTATION:
        raise MethodNotAllowed
    accepted = request.accepted
    if not accepted.events and (accepted.reply is None or prepared.kind is OperationType.SUBSCRIPTION):
        raise NotAcceptable


def _query_members(query: bytes) -> dict[str, Any]:
    """A GET's parameters as the members of a POST's body; a bad parameter is BadInput."""
    members: dict[str, Any] = dict(QueryParams(query))
    for name in ("variables", "extensions"):
        if name in members:
            try:
                members[name] = read_json(members[name])
            except BadInput:
                raise BadInput(name) from None
    return members


def _status(refusal: Refusal, reply_media: str) -> int:
    return 200 if reply_media == media.JSON and isinstance(refusal, REQUEST_ERRORS) else refusal.status


def _headers_of(refusal: Refusal) -> list[Header]:
    if isinstance(refusal, RateLimited):
        return [(b"retry-after", str(refusal.retry_after).encode())]
    if isinstance(refusal, MethodNotAllowed):
        return [(b"allow", b"POST")]
    if isinstance(refusal, Unauthenticated):
        return [(b"www-authenticate", b"Bearer")]
    return []


_HEADERS: dict[str, list[Header]] = {
    form: [(b"content-type", f"{form}; charset=utf-8".encode()), (b"cache-control", b"no-store")]
    for form in (media.JSON, media.GRAPHQL)
}


async def _respond(send: Send, status: int, headers: list[Header], body: bytes) -> None:
    headers = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
