"""A caller of a city in other processes: the app's own operations over real HTTP, and shortcuts to settled people.

`Town` looks after what a test needs beforehand; it makes people and providers through the city's own services in the
test's process, because a test of races shall spend its seconds on the race.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx2
from websockets.asyncio.client import ClientConnection, connect

from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.viewer import Role, Viewer
from app.domains.identity.citizens.model import Citizen, IdNumber
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.identity.sessions.model import Audience, Device
from app.domains.identity.sign_in.service import claims_of
from app.settings import Settings
from app.tour import document_of
from app.wiring import City, build
from mocks.people import id_number

OPS = Viewer(role=Role.OPS, actor="test-ops", roles=frozenset({"administrator"}))
SCOPES = (
    *(f"verify:{p}" for p in ("transit", "hospital", "library", "gate", "service_hall", "patrol")),
    "webhooks",
    "appointments",
)
_numbers = itertools.count(random.randrange(10_000))
_addresses = itertools.count(1)


@dataclass
class Resident:
    """Somebody with an account; `number` is the ID number (known to the city when he is verified)."""

    name: str
    phone: str
    number: str
    device: dict[str, str]
    id: str = ""
    token: str = ""
    refresh_token: str = ""
    session: str = ""


def stranger(name: str = "测试人", born: date = date(1990, 5, 20)) -> Resident:
    n = next(_numbers)
    number = id_number(f"3501{n // 900 % 90 + 10:02d}", born, f"{n % 900 + 100:03d}")
    device = {"id": f"device-{new_id()}", "name": "Test phone", "platform": "test"}
    return Resident(name, f"+8619912{n:06d}", number, device)


def any_address() -> str:
    n = next(_addresses)
    return f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"


@dataclass
class Door:
    """One API process as seen by clients. Each request comes from a network address of its own unless one is given."""

    http: httpx2.AsyncClient

    async def raw(
        self,
        operation: str,
        variables: dict[str, Any],
        token: str | None = None,
        schema: str = "citizen",
        address: str | None = None,
    ) -> httpx2.Response:
        body = {"query": document_of(schema, operation), "variables": variables}
        return await self.post(body, token, schema, address)

    async def post(
        self, body: Any, token: str | None = None, schema: str = "citizen", address: str | None = None
    ) -> httpx2.Response:
        headers = {"accept-language": "en", "x-forwarded-for": address or any_address()}
        if token:
            headers["authorization"] = f"Bearer {token}"
        return await self.http.post(
            "/graphql" if schema == "citizen" else "/provider/graphql", json=body, headers=headers
        )

    async def data(self, operation: str, token: str | None = None, schema: str = "citizen", /, **variables: Any) -> Any:
        """The operation's only field. Raises AssertionError on errors[]."""
        answer = await self.raw(operation, variables, token, schema)
        told = answer.json()
        assert (answer.status_code, told.get("errors")) == (200, None), told
        return next(iter(told["data"].values()))

    async def verify(self, code: str, provider: str, key: str | None = None) -> Any:
        variables = {"code": code, "purpose": "SERVICE_HALL", "key": key or new_id()}
        return await self.data("VerifyCode", provider, "provider", **variables)

    async def code(self, person: Resident, key: str | None = None) -> str:
        shown = await self.data("ShowCode", person.token, purpose="SERVICE_HALL", key=key or new_id())
        assert shown["__typename"] == "CodeShown", shown
        return str(shown["cardCode"]["text"])

    @asynccontextmanager
    async def subscribed(self, operation: str, token: str) -> AsyncIterator[ClientConnection]:
        url = str(self.http.base_url).rstrip("/").replace("http", "ws", 1) + "/graphql"
        async with connect(url, subprotocols=["graphql-transport-ws"], proxy=None) as socket:  # type: ignore[list-item]
            await socket.send(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}))
            assert (await said(socket))["type"] == "connection_ack"
            payload = {"query": document_of("citizen", operation)}
            await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
            await asyncio.sleep(0.2)  # the protocol does not tell when a subscription listens
            yield socket


async def said(socket: ClientConnection, within: float = 10.0) -> dict[str, Any]:
    """The next message that is not a ping; pings are answered."""
    async with asyncio.timeout(within):
        while True:
            message: dict[str, Any] = json.loads(await socket.recv())
            if message["type"] != "ping":
                return message
            await socket.send(json.dumps({"type": "pong"}))


def door(url: str) -> Door:
    limits = httpx2.Limits(max_connections=200, max_keepalive_connections=100, keepalive_expiry=2)
    return Door(httpx2.AsyncClient(base_url=url, timeout=60, trust_env=False, limits=limits))


def tally(results: Iterable[dict[str, Any]]) -> Counter[str]:
    """How often each type of result came."""
    return Counter(result["__typename"] for result in results)


class Town:
    """The same city from the test's process: for what has to be there before, and for counting afterwards."""

    def __init__(self, settings: Settings) -> None:
        self.city: City = build(settings)
        self.stand_ins = httpx2.AsyncClient(
            base_url=str(settings.fcm_url), timeout=30, trust_env=False, limits=httpx2.Limits(max_connections=20)
        )

    async def start(self) -> None:
        await self.city.start(follow=False)

    async def stop(self) -> None:
        await self.stand_ins.aclose()
        await self.city.stop()

    async def known_to_registry(self, person: Resident) -> Resident:
        body = {"name": person.name, "id_number": person.number}
        answer = await self.stand_ins.post("/control/registry/people", json=body)
        assert answer.status_code == 201, answer.text
        return person

    async def account(self, person: Resident | None = None, *, verified: bool = True) -> Resident:
        """Somebody signed in, verified unless told otherwise."""
        person = person or stranger()
        citizen = Citizen(id=new_id(), created_at=self.city.clock.now(), phone=person.phone)
        device = Device(**person.device)

        async def work(tx: Tx) -> str:
            await self.city.citizens.add(citizen, tx)
            if verified:
                number, now = IdNumber.parse(person.number), self.city.clock.now()
                await self.city.citizens.give_real_name(citizen.id, person.name, number, "H-1", "350102", now, tx)
            level = {"aal": "real_name"} if verified else claims_of(citizen)
            tokens = await self.city.services.sessions.open(citizen.id, Audience.CITIZEN, device, level, tx)
            person.token, person.refresh_token = tokens.access, tokens.refresh
            return tokens.refresh.partition(".")[0]

        person.session, person.id = await self.city.db.transaction(work), citizen.id
        return person

    async def with_card(self, person: Resident | None = None) -> Resident:
        person = await self.account(person)
        viewer = Viewer(role=Role.CITIZEN, actor=person.id, subject=person.id)
        await self.city.services.cards.issue(viewer, new_id())
        return person

    async def client(self, code: str) -> tuple[str, str]:
        """Id and secret of a client of this organisation, which is made when it is not there."""
        if self.city.services.organisations.tree.get(code) is None:
            made = Organisation(code, "测试单位", Kind.SERVICE_HALL, scopes=frozenset(SCOPES))
            await self.city.services.organisations.put(OPS, made)
        client = await self.city.services.clients.create(OPS, code, "client", SCOPES)
        return client.client, client.secret

    async def provider(self, code: str, doors: Iterable[Door]) -> str:
        """A provider's token; returns when every process knows the organisation."""
        client, secret = await self.client(code)
        token, _ = "", None
        for one in doors:
            token = await token_at(one, client, secret)
        return token

    async def disclosures(self, person: Resident) -> list[dict[str, Any]]:
        return await self.city.db["disclosures"].find({"citizen": person.id}).to_list(None)

    async def sms_code(self, phone: str) -> str:
        answer = (await self.stand_ins.get("/control/sms/messages", params={"to": phone})).json()
        return "".join(c for c in answer["messages"][0]["text"] if c.isdigit())[:6]

    async def registry_calls(self) -> int:
        return int((await self.stand_ins.get("/control/registry/faults")).json()["calls"])


async def token_at(door: Door, client: str, secret: str) -> str:
    """A client's token; returns when this process knows its organisation."""
    end = asyncio.get_running_loop().time() + 10
    while asyncio.get_running_loop().time() < end:
        form = {"grant_type": "client_credentials"}
        answer = await door.http.post(
            "/oauth/token", data=form, auth=(client, secret), headers={"x-forwarded-for": any_address()}
        )
        if answer.status_code == 200:
            token = str(answer.json()["access_token"])
            if "errors" not in (await door.raw("Me", {}, token, "provider")).json():
                return token
        await asyncio.sleep(0.05)  # the change stream has not told this process of the organisation yet
    raise AssertionError("this process does not know the provider")
