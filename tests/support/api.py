"""A caller of the API: the app's own operations, over the ASGI app in this process."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx2

from app.core.ids import new_id
from app.core.viewer import Role, Viewer
from app.domains.identity.organisations.model import Kind, Organisation
from app.tour import document_of
from app.wiring import City
from mocks.people import id_number
from tests.support.fakes import FakeRegistry, RecordingSms

_numbers = itertools.count(1)
OPS = Viewer(role=Role.OPS, actor="test-ops", roles=frozenset({"administrator"}))
ALL_SCOPES = tuple(f"verify:{p}" for p in ("transit", "hospital", "library", "gate", "service_hall", "patrol"))


@dataclass
class Person:
    """An invented citizen of a test, unknown to the city until `Api` signs him in."""

    name: str
    phone: str
    id_number: str
    device: dict[str, str]
    token: str | None = None
    refresh_token: str | None = None
    citizen_id: str | None = None


@dataclass
class Api:
    """`data(...)` gives the operation's only field, with `__typename`; `raw(...)` the whole HTTP answer."""

    http: httpx2.AsyncClient
    city: City
    sms: RecordingSms
    registry: FakeRegistry
    language: str = "en"
    headers: dict[str, str] = field(default_factory=dict)

    def person(self, born: date = date(1990, 5, 20), name: str = "测试人") -> Person:
        n = next(_numbers)
        phone = f"+8619911{n:06d}"
        number = id_number("350102", born, f"{n % 900 + 100:03d}")
        self.registry.people[number] = name
        return Person(name, phone, number, {"id": f"device-{new_id()}", "name": "Test phone", "platform": "test"})

    async def raw(
        self,
        operation: str,
        variables: dict[str, Any] | None = None,
        *,
        token: str | None = None,
        schema: str = "citizen",
        subject: str | None = None,
    ) -> httpx2.Response:
        path = "/graphql" if schema == "citizen" else "/provider/graphql"
        headers = {"accept-language": self.language, **self.headers}
        if token:
            headers["authorization"] = f"Bearer {token}"
        if subject:
            headers["rong-subject"] = subject
        body = {"query": document_of(schema, operation), "variables": variables or {}}
        return await self.http.post(path, json=body, headers=headers)

    async def data(self, operation: str, token: str | None = None, schema: str = "citizen", **variables: Any) -> Any:
        """Raises AssertionError on errors[]."""
        answer = (await self.raw(operation, variables, token=token, schema=schema)).json()
        assert "errors" not in answer, answer["errors"]
        return next(iter(answer["data"].values()))

    async def sign_in(self, person: Person) -> Person:
        asked = await self.data("RequestOtp", phone=person.phone, device=person.device, key=new_id())
        assert asked["__typename"] == "OtpRequested", asked
        code = self.sms.code_for(person.phone)
        done = await self.data("SignIn", challenge=asked["challenge"], code=code, device=person.device, key=new_id())
        assert done["__typename"] == "SignedIn", done
        person.token, person.refresh_token = done["tokens"]["accessToken"], done["tokens"]["refreshToken"]
        person.citizen_id = done["citizenId"]
        return person

    async def verified(self, person: Person | None = None) -> Person:
        person = await self.sign_in(person or self.person())
        done = await self.data(
            "VerifyIdentity", person.token, name=person.name, idNumber=person.id_number, key=new_id()
        )
        assert done["__typename"] == "IdentityVerified", done
        person.token = done["accessToken"]
        return person

    async def with_card(self, person: Person | None = None) -> Person:
        person = await self.verified(person)
        done = await self.data("IssueCard", person.token, key=new_id())
        assert done["__typename"] == "CardIssued", done
        return person

    async def code(self, person: Person, purpose: str = "SERVICE_HALL") -> str:
        shown = await self.data("ShowCode", person.token, purpose=purpose, key=new_id())
        assert shown["__typename"] == "CodeShown", shown
        return str(shown["cardCode"]["text"])

    async def provider(self, code: str = "test-provider", scopes: tuple[str, ...] = ALL_SCOPES) -> str:
        """An access token of a client of this organisation, which is made when it is not there."""
        if self.city.services.organisations.tree.get(code) is None:
            made = Organisation(code, "测试单位", Kind.SERVICE_HALL, scopes=frozenset(ALL_SCOPES))
            await self.city.services.organisations.put(OPS, made)
        client = await self.city.services.clients.create(OPS, code, "client", scopes)
        answer = await self.http.post(
            "/oauth/token", data={"grant_type": "client_credentials"}, auth=(client.client, client.secret)
        )
        return str(answer.json()["access_token"])
