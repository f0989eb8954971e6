"""A caller of the API: the app's own operations, over the ASGI app in this process."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pyotp
from starlette.types import ASGIApp, Receive, Scope, Send

from app.core.events import Event
from app.core.ids import new_id
from app.core.messages import message
from app.core.money import Currency, Money
from app.core.viewer import Role, Viewer
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.identity.staff.model import StaffRole
from app.tour import document_of
from app.wiring import City
from graphql_schema.types.common import key_of
from mocks.people import id_number
from tests.support.fakes import FakeRegistry, RecordingSms

_numbers = itertools.count(1)
_addresses = itertools.count(1)
ADDRESS_HEADER = b"x-test-address"
PASSWORD = "correct horse battery"
OPS = Viewer(role=Role.OPS, actor="test-ops", roles=frozenset({"administrator"}))
_PURPOSES = ("transit", "hospital", "library", "gate", "service_hall", "patrol")
GOVERNMENT = ("catalogue", "applications", "appointments", "answers", "data", "verify:licence")
VOICE = ("cases", "cases:centre", "cases:grid", "conversations", "assets")
PAYMENT = ("payments", "payments:manage", "bills", "rides", "treatments", "points")
CULTURE = ("culture", "culture:gate")
PLACES = ("places",)
HEALTH = ("health",)
SURROUNDINGS = ("surroundings",)
VOLUNTEERS = ("volunteers",)
ESTATES = ("community", "community:gate", "community:repairs")
ALL_SCOPES = (
    *(f"verify:{purpose}" for purpose in _PURPOSES),
    *("notify", "webhooks", "broadcast"),
    *GOVERNMENT,
    *VOICE,
    *PAYMENT,
    *CULTURE,
    *PLACES,
    *HEALTH,
    *SURROUNDINGS,
    *ESTATES,
    *VOLUNTEERS,
    "shops",
    "family-visits",
)


def addressed(app: ASGIApp) -> ASGIApp:
    """Each request comes from a network address of its own, or the one its header names: limits count by address."""

    async def called(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            n = next(_addresses)
            given = dict(scope["headers"]).get(ADDRESS_HEADER, f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}".encode())
            scope = {**scope, "client": (given.decode(), 1)}
        await app(scope, receive, send)

    return called


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
        number = id_number(f"3501{n // 900 + 10:02d}", born, f"{n % 900 + 100:03d}")
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

    async def data(self, operation: str, token: str | None = None, schema: str = "citizen", /, **variables: Any) -> Any:
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

    async def provider_in_test_mode(self, code: str | None = None) -> str:
        """As `provider`, of a new organisation in test mode, or a new client of this one."""
        if code is None:
            code = f"org-{new_id()}"
            made = Organisation(code, "试用单位", Kind.LIBRARY, scopes=frozenset(ALL_SCOPES), test_mode=True)
            await self.city.services.organisations.put(OPS, made)
        return await self.provider(code)

    def speaking(self, language: str) -> Api:
        return replace(self, language=language)

    def acting_for(self, ward: str) -> Api:
        """The same caller with the header that names the ward acted for."""
        return replace(self, headers={**self.headers, "rong-subject": ward})

    async def codes(
        self, operation: str, token: str | None = None, schema: str = "citizen", /, **variables: Any
    ) -> list[str]:
        """The codes in `errors[]`; an answer without any is an AssertionError."""
        answer = (await self.raw(operation, variables, token=token, schema=schema)).json()
        assert answer.get("errors"), answer
        return [error["extensions"]["code"] for error in answer["errors"]]

    async def refused(
        self, wanted: str, operation: str, token: str | None = None, schema: str = "citizen", /, **variables: Any
    ) -> dict[str, Any]:
        """The operation ends in this named error, with its code and its text in the caller's language; its data."""
        answer = await self.data(operation, token, schema, **variables)
        code = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", wanted).upper()
        shown = {name: value for name, value in answer.items() if name not in ("__typename", "code", "message")}
        assert (answer["__typename"], answer.get("code")) == (wanted, code), answer
        assert answer["message"] == message(code, self.language, **{_snake(k): _as_data(v) for k, v in shown.items()})
        assert bool(re.search("[一-鿿]", answer["message"])) is (self.language == "zh-CN")
        return shown

    async def events(self, person: Person) -> list[Event]:
        """What the outbox holds of this citizen and is due, oldest first."""
        due = {"citizen": self.key(person), "due_at": {"$lte": self.city.clock.now()}}
        rows = await self.city.db["outbox"].find(due).sort([("at", 1), ("_id", 1)]).to_list(None)
        return [Event(row["_id"], row["type"], row["citizen"], row["facts"], row["at"]) for row in rows]

    async def told(self, person: Person) -> list[dict[str, Any]]:
        """Tell this citizen all events, as the worker would; the inbox as the app then sees it."""
        for event in await self.events(person):
            await self.city.dispatcher.tell(event)
        inbox = (await self.raw("Inbox", {"first": 100}, token=person.token)).json()["data"]["inbox"]
        return [edge["node"] for edge in inbox["edges"]]

    def key(self, person: Person) -> str:
        """The citizen's id inside the city."""
        assert person.citizen_id is not None
        return key_of(person.citizen_id, "Citizen")

    def child_of(self, guardian: Person, born: date = date(2016, 3, 1), relation: str = "parent") -> Person:
        """A person whom the registry knows to be the guardian's; by default a minor."""
        child = self.person(born, "测试娃")
        self.registry.relations[guardian.id_number, child.id_number] = relation
        return child

    async def ward(self, guardian: Person, *scopes: str, child: Person | None = None) -> dict[str, Any]:
        """The guardianship over a child of a verified guardian; all scopes unless some are named."""
        child = child or self.child_of(guardian)
        wished = list(scopes or ("CARD_SHOW", "CARD_MANAGE", "DISCLOSURES_READ", "INBOX_READ"))
        variables = {"name": child.name, "idNumber": child.id_number, "scopes": wished, "key": new_id()}
        done = await self.data("AddWard", guardian.token, **variables)
        assert done["__typename"] == "WardAdded", done
        return dict(done["guardianship"])

    async def organisation(self, *, parent: str | None = None) -> str:
        """A new organisation with every scope; its code."""
        code = f"org-{new_id()}"
        made = Organisation(code, "测试单位", Kind.SERVICE_HALL, parent=parent, scopes=frozenset(ALL_SCOPES))
        await self.city.services.organisations.put(OPS, made)
        return code

    async def clerk(self, organisation: str | None, *roles: str) -> Clerk:
        """A new member of staff (of the ops desk without organisation), not signed in yet."""
        login, staff = f"clerk-{new_id()}", self.city.services.staff
        made = await staff.enrol(OPS, organisation, login, "测试员", PASSWORD, [StaffRole(role) for role in roles])
        secret = parse_qs(urlsplit(made.totp_uri).query)["secret"][0]
        device = {"id": f"desk-{new_id()}", "name": "Desk", "platform": "test"}
        return Clerk(organisation or "", login, secret, device, made.staff)

    async def staff_token(self, organisation: str, *roles: str) -> str:
        clerk = await self.clerk(organisation, *roles)
        done = await self.data("SignInStaff", None, "provider", **clerk.credentials(self.city.clock.now()))
        assert done["__typename"] == "StaffSignedIn", done
        return str(done["tokens"]["accessToken"])

    async def ops_token(self, *roles: str) -> str:
        clerk = await self.clerk(None, *roles)
        answer = await self.http.post("/admin/api/session", json=clerk.for_the_desk(self.city.clock.now()))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])


@dataclass
class Clerk:
    """A member of staff and the authenticator that makes the codes."""

    organisation: str
    login: str
    secret: str
    device: dict[str, str]
    id: str

    def code(self, at: datetime) -> str:
        return pyotp.TOTP(self.secret).at(at)

    def credentials(self, at: datetime, **changed: Any) -> dict[str, Any]:
        """Variables of SignInStaff."""
        said = {"organisation": self.organisation, "login": self.login, "password": PASSWORD, "code": self.code(at)}
        return {**said, "device": self.device, "key": new_id(), **changed}

    def for_the_desk(self, at: datetime, **changed: Any) -> dict[str, Any]:
        """The body of POST /admin/api/session."""
        said = {"login": self.login, "password": PASSWORD, "code": self.code(at)}
        return {**said, "device_id": self.device["id"], "idempotency_key": new_id(), **changed}


async def soon(look: Callable[[], Awaitable[Any]], within: float = 20.0) -> Any:
    """What `look` gives once it is true; how other processes' changes are awaited. AssertionError when it never is,
    and never is long: a busy machine is slow.
    """
    end = asyncio.get_running_loop().time() + within
    while not (found := await look()):
        assert asyncio.get_running_loop().time() < end, f"not within {within} s"
        await asyncio.sleep(0.02)
    return found


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _as_data(value: Any) -> Any:
    """As the error holds it: moments and sums come over the wire as text."""
    if isinstance(value, dict) and value.keys() >= {"amount", "currency"}:
        return Money(int(Decimal(value["amount"]) * 100), Currency(value["currency"]))
    is_moment = isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value)
    return datetime.fromisoformat(value).astimezone(UTC) if is_moment else value
