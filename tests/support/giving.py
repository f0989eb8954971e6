"""Points, red packets and rides: who gives and carries, and all of it once by the app's own operations."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from app.core.clock import civil_day
from app.core.ids import new_id
from app.core.said import Said
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.payment.ledger.model import wallet
from app.domains.payment.points.causes.model import Cause
from app.domains.payment.rides.fares.model import FareRules
from app.wiring import City
from graphql_schema.types.common import global_id, key_of
from tests.support.api import OPS, Api, Person
from tests.support.paying import put_on

Step = Callable[..., Awaitable[Any]]
LINE = "K1"
GIVES, CARRIES = ("points", "verify:service_hall"), ("rides", "verify:transit")


async def organisation(api: Api, kind: Kind, scopes: tuple[str, ...]) -> str:
    """A new one; its code."""
    code = f"{kind.value}-{new_id()[-12:]}"
    await api.city.services.organisations.put(OPS, Organisation(code, "测试单位", kind, scopes=frozenset(scopes)))
    return code


async def giver(api: Api, points: int = 100_000) -> str:
    """An organisation with so many points to give."""
    code = await organisation(api, Kind.COMMUNITY, GIVES)
    await api.city.services.payment.points.grants.set_budget(OPS, code, points)
    return code


async def carrier(api: Api, **changed: Any) -> FareRules:
    """A bus company with one line, of which these are the rules."""
    code = await organisation(api, Kind.TRANSIT, CARRIES)
    return await priced(api.city, code, LINE, **changed)


async def priced(city: City, operator: str, line: str, **changed: Any) -> FareRules:
    today = civil_day(city.clock.now())
    rules = replace(FareRules(operator, line, Said("一路", "Line 1"), today - timedelta(days=10), 200), **changed)
    return await city.services.payment.rides.fares.put(OPS, rules)


async def passenger(api: Api, fen: int = 0, born: date = date(1990, 5, 20)) -> Person:
    """Somebody with a card and so much in his wallet."""
    person = await api.with_card(api.person(born))
    citizen = api.key(person)
    await api.city.services.payment.ledger.open(wallet(citizen))
    if fen:
        await put_on(api.city, citizen, fen)
    return person


async def good_cause(city: City) -> str:
    """Its id."""
    code = f"cause-{new_id()[-12:]}"
    await city.services.payment.points.causes.put(OPS, Cause(code, Said("助学", "Schools"), Said("一本书", "A book")))
    return str(global_id("GoodCause", code))


async def looked_up(api: Api, person: Person, token: str) -> str:
    code = await api.code(person)
    made = await api.data("VerifyCode", token, "provider", code=code, purpose="SERVICE_HALL", key=new_id())
    return str(made["id"])


def granted(verification: str, **changed: Any) -> dict[str, Any]:
    wish = {"reference": new_id(), "points": 120, "reason": "VOLUNTEERING", "what": "清河行动三小时"}
    return {"to": {"verificationId": verification}, **wish, **changed}


def packet_of(amount: str, shares: int, currency: str = "CNY", **changed: Any) -> dict[str, Any]:
    return {"amount": {"amount": amount, "currency": currency}, "shares": shares, "kind": "LUCKY", **changed}


class GivingWalk:
    def __init__(self, api: Api, step: Step) -> None:
        self._api = api
        self._step = step

    async def walk(self) -> None:
        person = await passenger(self._api, 100_000)
        await self._earns(person)
        await self._sends(person)
        await self._rides(person)

    async def _earns(self, person: Person) -> None:
        token, mine = await self._api.provider(await giver(self._api), GIVES), person.token
        wish = granted(await looked_up(self._api, person, token))
        await self._step("GrantPoints", token, "provider", grant=wish, key=new_id())
        other = granted(wish["to"]["verificationId"])
        await self._api.data("GrantPoints", token, "provider", grant=other, key=new_id())
        await self._step("TakeBackPoints", token, "provider", reference=other["reference"], key=new_id())
        for operation in ("PointGrants", "PointBudget"):
            await self._step(operation, token, "provider")
        cause = await good_cause(self._api.city)
        await self._step("DonatePoints", mine, cause=cause, points=20, key=new_id())
        for operation in ("Points", "PointHistory", "GoodCauses", "PointPartners"):
            await self._step(operation, mine)

    async def _sends(self, person: Person) -> None:
        friend = await self._api.verified()
        sent = await self._step("SendRedPacket", person.token, packet=packet_of("8.88", 2), key=new_id())
        which = {"link": sent["packet"]["link"]}
        await self._step("OpenRedPacket", friend.token, which=which, key=new_id())
        await self._step("RedPacket", friend.token, which=which)
        named = packet_of("10", 1, phones=[friend.phone])
        await self._api.data("SendRedPacket", person.token, packet=named, key=new_id())
        await self._step("WaitingRedPackets", friend.token)
        await self._step("OpenedRedPackets", friend.token)
        await self._step("SentRedPackets", person.token)

    async def _rides(self, person: Person) -> None:
        rules = await carrier(self._api)
        token, mine = await self._api.provider(rules.operator, CARRIES), person.token
        code = await self._api.code(person, "TRANSIT")
        ride = {"reference": "R-1", "line": LINE, "code": code}
        await self._step("ReportRide", token, "provider", ride=ride, key=new_id())
        shown = await self._api.data("ShowOfflineCode", mine, purpose="TRANSIT", key=new_id())
        at = self._api.city.clock.now().isoformat()
        later = {"reference": "R-2", "line": LINE, "code": shown["cardCode"]["text"], "at": at}
        await self._step("ReportOfflineRides", token, "provider", rides=[later])
        for operation in ("CarriedRides", "LineFares"):
            await self._step(operation, token, "provider")
        for operation in ("Rides", "OwedRides", "RideFares", "PayOwedRides"):
            await self._step(operation, mine)


def citizen_of(person: Person) -> str:
    return key_of(str(person.citizen_id), "Citizen")
