"""A small town to serve: a schema with every kind of audience, and ways to talk to its endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import httpx2
import orjson
import pytest
import strawberry
from prometheus_client import CollectorRegistry
from starlette.requests import HTTPConnection

from app.core.errors import Forbidden, Outcome, RateLimited, Unauthenticated
from app.core.messages import negotiate
from app.core.viewer import ANONYMOUS, Assurance, Role, Viewer
from graphql_schema.endpoint.audience import EVERYONE, Audience
from graphql_schema.endpoint.http import GraphQLEndpoint
from graphql_schema.endpoint.metrics import Metrics
from graphql_schema.endpoint.outcomes import UserError, exception_handlers, outcome
from graphql_schema.endpoint.trusted import TrustedDocuments

CITIZENS = Audience(frozenset({Role.CITIZEN}), ward_scope="read")
VERIFIED = Audience(frozenset({Role.CITIZEN}), assurance=Assurance.REAL_NAME)
VERIFIERS = Audience(frozenset({Role.PROVIDER_CLIENT}), scope="verify")
LOGIN = Audience(frozenset({Role.ANONYMOUS}), single=True)

VIEWERS = {
    "lin": Viewer(Role.CITIZEN, "lin", "lin", assurance=Assurance.REAL_NAME),
    "phone-only": Viewer(Role.CITIZEN, "wu", "wu"),
    "guardian": Viewer(Role.CITIZEN, "lin", "child", assurance=Assurance.REAL_NAME, scopes=frozenset({"read"})),
    "narrow-guardian": Viewer(Role.CITIZEN, "lin", "child", assurance=Assurance.REAL_NAME),
    "gate": Viewer(Role.PROVIDER_CLIENT, "gate", organisation="bus", scopes=frozenset({"verify"})),
    "kiosk": Viewer(Role.PROVIDER_CLIENT, "kiosk", organisation="hall"),
}


@dataclass(eq=False)
class CodeWrong(Outcome):
    remaining: int


class CodeGone(Outcome):
    """Has no type in the union: raising it is a bug."""


@outcome(CodeWrong)
@strawberry.type(name="CodeWrong")
class CodeWrongError(UserError):
    remaining: int


@strawberry.type
class Visitor:
    name: str

    @strawberry.field
    def friend(self, info: strawberry.Info) -> Visitor:
        info.context.ran.append("friend")
        return Visitor(name="friend of " + self.name)

    @strawberry.field
    def friends(self, info: strawberry.Info, first: int = 10) -> list[Visitor]:
        info.context.ran.append("friends")
        return [Visitor(name=str(n)) for n in range(min(first, 3))]


@strawberry.type
class SignedIn:
    token: str


@strawberry.input
class Node:
    value: int | None = None
    child: Node | None = None


@strawberry.type
class Query:
    @strawberry.field(metadata={"audience": EVERYONE})
    def hello(self, info: strawberry.Info, name: str = "you", count: int = 1) -> str:
        info.context.ran.append("hello")
        return f"hello {name}"

    @strawberry.field(metadata={"audience": EVERYONE})
    def visitor(self, info: strawberry.Info) -> Visitor:
        info.context.ran.append("visitor")
        return Visitor(name="Lin")

    @strawberry.field(metadata={"audience": EVERYONE})
    def depth_of(self, info: strawberry.Info, node: Node) -> int:
        info.context.ran.append("depthOf")
        depth, inner = 1, node.child
        while inner is not None:
            depth, inner = depth + 1, inner.child
        return depth

    @strawberry.field(metadata={"audience": EVERYONE})
    def total(self, info: strawberry.Info, of: list[int]) -> str:
        info.context.ran.append("total")
        return str(sum(of))

    @strawberry.field(metadata={"audience": CITIZENS})
    async def me(self, info: strawberry.Info) -> str:
        info.context.ran.append("me")
        return info.context.viewer.citizen()

    @strawberry.field(metadata={"audience": VERIFIED})
    def card(self, info: strawberry.Info) -> str:
        info.context.ran.append("card")
        return "3501"

    @strawberry.field(metadata={"audience": EVERYONE})
    def broken(self, info: strawberry.Info) -> str | None:
        raise RuntimeError("password of lin is 12345")

    @strawberry.field(metadata={"audience": EVERYONE})
    def refused(self, info: strawberry.Info, how: str) -> str | None:
        raise {"often": RateLimited(retry_after=7), "no": Forbidden()}[how]

    @strawberry.field(metadata={"audience": EVERYONE})
    def not_json(self, info: strawberry.Info) -> strawberry.scalars.JSON:
        return {"big": 2**70}


SignInResult = Annotated[SignedIn | CodeWrongError, strawberry.union("SignInResult")]


@strawberry.type
class Mutation:
    @strawberry.mutation(metadata={"audience": LOGIN})
    async def sign_in(self, info: strawberry.Info, code: str) -> SignInResult:
        info.context.ran.append("signIn")
        if code == "gone":
            raise CodeGone
        if code != "right":
            raise CodeWrong(remaining=4)
        return SignedIn(token="t")

    @strawberry.mutation(metadata={"audience": VERIFIERS})
    def verify(self, info: strawberry.Info) -> bool:
        info.context.ran.append("verify")
        return True


@strawberry.type
class Subscription:
    @strawberry.subscription(metadata={"audience": EVERYONE})
    async def count(self, info: strawberry.Info, to: int = 3) -> AsyncGenerator[int, None]:
        info.context.ran.append("count")
        for n in range(to):
            yield n

    @strawberry.subscription(metadata={"audience": CITIZENS})
    async def forever(self, info: strawberry.Info) -> AsyncGenerator[int, None]:
        info.context.ran.append("forever")
        try:
            yield 0
            await asyncio.Event().wait()
        finally:
            info.context.ran.append("forever ended")

    @strawberry.subscription(metadata={"audience": EVERYONE})
    async def failing(self, info: strawberry.Info) -> AsyncGenerator[int, None]:
        yield 1
        raise RuntimeError("password of lin is 12345")

    @strawberry.subscription(metadata={"audience": EVERYONE})
    async def unsayable(self) -> AsyncGenerator[strawberry.scalars.JSON, None]:
        yield {"big": 2**70}


SCHEMA = strawberry.Schema(Query, Mutation, Subscription, exception_handlers=exception_handlers())

DOCUMENTS = {
    "hello.graphql": "query Hello($name: String!) { hello(name: $name) }",
    "me.graphql": "query Me { me }",
    "visitor.graphql": "query Visitor { visitor { ...Names friend { ...Names } } }",
    "sign_in.graphql": (
        "mutation SignIn($code: String!) { signIn(code: $code) {"
        " __typename ... on SignedIn { token } ... on CodeWrong { code message remaining } } }"
    ),
    "count.graphql": "subscription Count { count }",
    "forever.graphql": "subscription Forever { forever }",
    "fragments/names.graphql": "fragment Names on Visitor { name ...More } fragment More on Visitor { __typename }",
}


@dataclass
class Context:
    viewer: Viewer
    locale: str
    ran: list[str]
    request_id: str = "request-1"
    expires_at: datetime | None = None
    renewed: int = 0

    def fresh(self) -> Context:
        return replace(self, renewed=self.renewed + 1)


@dataclass
class Town:
    """The endpoint's surroundings; `ran` tells which resolvers were reached."""

    documents: TrustedDocuments
    ran: list[str] = field(default_factory=list)
    expires_at: datetime | None = None
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    async def make_context(self, connection: HTTPConnection, init: Mapping[str, Any] | None) -> Context:
        authorization = (init or {}).get("authorization") or connection.headers.get("authorization", "")
        viewer = VIEWERS.get(str(authorization)) if authorization else ANONYMOUS
        if viewer is None:
            raise Unauthenticated
        locale = negotiate(connection.headers.get("accept-language"))
        return Context(viewer, locale, self.ran, expires_at=self.expires_at)

    def endpoint(self, **options: Any) -> GraphQLEndpoint:
        self.registry = CollectorRegistry()
        metrics = Metrics(self.registry).of("citizen")
        return GraphQLEndpoint(SCHEMA, self.documents, self.make_context, metrics=metrics, **options)

    def count(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(name, {"schema": "citizen", **labels})


@dataclass
class Answer:
    status: int
    headers: httpx2.Headers
    body: Any

    @property
    def codes(self) -> list[str]:
        return [entry["extensions"]["code"] for entry in self.body.get("errors", [])]


class Caller:
    def __init__(self, endpoint: GraphQLEndpoint) -> None:
        self.http = httpx2.AsyncClient(transport=httpx2.ASGITransport(endpoint), base_url="http://rong")

    async def post(self, body: Any, viewer: str | None = None, **headers: str) -> Answer:
        """`body` as it is when bytes, else as JSON."""
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        sent = {"content-type": "application/json", "accept": "application/graphql-response+json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if viewer:
            sent["authorization"] = viewer
        response = await self.http.post("/graphql", content=content, headers=sent)
        return Answer(response.status_code, response.headers, orjson.loads(response.content))

    async def query(self, text: str, variables: Any = None, **more: Any) -> Answer:
        return await self.post({"query": text, "variables": variables}, **more)


class Socket:
    """The client's end of a WebSocket, without a network."""

    def __init__(self) -> None:
        self.to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.from_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def say(self, **message: Any) -> None:
        await self.to_app.put({"type": "websocket.receive", "text": orjson.dumps(message).decode()})

    async def hear(self) -> Any:
        """The next message but pings; a close is {"closed": code}."""
        while True:
            event = await asyncio.wait_for(self.from_app.get(), 5)
            if event["type"] == "websocket.close":
                return {"closed": event["code"]}
            if event["type"] == "websocket.accept":
                continue
            message = orjson.loads(event["text"])
            if message != {"type": "ping"}:
                return message


@asynccontextmanager
async def connected(
    endpoint: GraphQLEndpoint, protocol: str = "graphql-transport-ws", init: Any = None, **headers: str
) -> AsyncIterator[Socket]:
    """A socket; with `init` it is already acknowledged."""
    socket = Socket()
    raw = [(name.encode(), value.encode()) for name, value in {"host": "rong", **headers}.items()]
    scope = {"type": "websocket", "path": "/graphql", "headers": raw, "subprotocols": [protocol]}
    scope |= {"client": ("10.0.0.1", 1), "query_string": b"", "scheme": "ws"}
    await socket.to_app.put({"type": "websocket.connect"})
    running = asyncio.create_task(endpoint(scope, socket.to_app.get, socket.from_app.put))
    if init is not None:
        await socket.say(type="connection_init", payload=init)
        assert await socket.hear() == {"type": "connection_ack"}
    yield socket
    await socket.to_app.put({"type": "websocket.disconnect", "code": 1001})
    await asyncio.wait_for(running, 5)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    for name, text in DOCUMENTS.items():
        path = tmp_path / "operations" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Town(TrustedDocuments(SCHEMA, tmp_path / "operations"))


@pytest.fixture
def open_town(town: Town) -> Caller:
    """Development: free documents under limits."""
    return Caller(town.endpoint(development=True))


@pytest.fixture
def closed_town(town: Town) -> Caller:
    """Production: trusted documents and no other."""
    return Caller(town.endpoint())


@pytest.fixture
def connect() -> Callable[..., Any]:
    return connected


@pytest.fixture
def caller_of() -> Callable[[GraphQLEndpoint], Caller]:
    return Caller
