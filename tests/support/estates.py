"""An estate with homes and gates, people who live there, and all of it once by the app's own operations."""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from app.bridges.repairs import CATEGORY
from app.core.clock import civil_day
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.paging import encode_cursor
from app.core.places.model import Point
from app.core.said import Said
from app.core.viewer import Assurance, Role, Viewer
from app.domains.community.estates.gates.model import Gate, GateKind
from app.domains.community.estates.model import Estate, EstateRules, Home
from app.domains.community.gates.offline import OfflineGate, decode
from app.domains.community.parking.bays.service import BayWish
from app.domains.community.residents.model import Relation, Wish
from app.domains.community.visitors.model import Invitation
from app.domains.community.visitors.service import SeenPass
from app.domains.identity.citizens.model import Citizen, IdNumber
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.voice.cases.categories.model import Category
from app.domains.voice.cases.history.model import CaseKind
from app.wiring import City
from graphql_schema.types.common import global_id, key_of
from tests.conftest import Fakes
from tests.support.api import OPS, Api, Person
from tests.support.cases import categorised
from virtual_card.codes.keys import KeySet

Step = Callable[..., Awaitable[Any]]
SCOPES = ("community", "community:gate", "community:repairs", "verify:gate")
HERE = Point(26.0789, 119.3012)


@dataclass(frozen=True)
class Grounds:
    """An estate with the homes 1-101 to 1-106 and 2-101 to 2-106, and the gates `east` and `cars`."""

    code: str
    company: str
    committee: str

    @property
    def id(self) -> str:
        return str(global_id("Estate", self.code))

    def gate(self, code: str = "east") -> str:
        return f"{self.code}:{code}"

    def gate_id(self, code: str = "east") -> str:
        return str(global_id("EstateGate", self.gate(code)))

    @property
    def keeper(self) -> Viewer:
        """One of the company's staff."""
        scopes = frozenset(SCOPES)
        return Viewer(role=Role.PROVIDER_STAFF, actor=new_id(), organisation=self.company, scopes=scopes)


def named(citizen: str) -> Viewer:
    return Viewer(role=Role.CITIZEN, actor=citizen, subject=citizen, assurance=Assurance.REAL_NAME)


async def carded(city: City, fakes: Fakes) -> Viewer:
    """A citizen, known by name, with a card."""
    person, citizen, now = Api(None, city, fakes.sms, fakes.registry).person(), new_id(), city.clock.now()  # type: ignore[arg-type]
    number = IdNumber.parse(person.id_number)

    async def work(tx: Tx) -> None:
        await city.citizens.add(Citizen(citizen, now, phone=person.phone), tx)
        await city.citizens.give_real_name(citizen, person.name, number, "h", "350102", now, tx)

    await city.db.transaction(work)
    await city.services.cards.issue(named(citizen), new_id())
    return named(citizen)


async def grounds(city: City, *, bays: int = 3, rules: EstateRules | None = None) -> Grounds:
    """A new estate."""
    tail = new_id()[-12:]
    company, committee, code = f"company-{tail}", f"committee-{tail}", f"estate-{tail}"
    organisations = city.services.organisations
    for unit in (company, committee):
        await organisations.put(OPS, Organisation(unit, "测试单位", Kind.COMMUNITY, scopes=frozenset(SCOPES)))
    neighbourhood = city.services.community.neighbourhood
    made = Estate(
        code, Said("榕荫里", "Banyan Lane"), committee, company, HERE, "东街 1 号", rules or EstateRules(), bays
    )
    await neighbourhood.estates.save(OPS, made, new_id())
    homes = [Home(code, building, f"10{room}") for building in ("1", "2") for room in range(1, 7)]
    await neighbourhood.homes.seed(homes)
    for gate, kind in (("east", GateKind.PEOPLE), ("cars", GateKind.CARS)):
        await neighbourhood.gates.keeping.save(OPS, Gate(code, gate, Said("东门", "East"), kind), new_id())
    return Grounds(code, company, committee)


async def moved_in(
    city: City, where: Grounds, citizen: str | None = None, room: str = "101", relation: Relation = Relation.OWNER
) -> tuple[str, str]:
    """Somebody whom the estate lets in at building 1; (citizen, residency)."""
    who, neighbourhood = citizen or new_id(), city.services.community.neighbourhood
    asked = await neighbourhood.residents.ask(named(who), Wish(where.code, "1", room, relation), new_id())
    await neighbourhood.verifying.settle(where.keeper, asked.residency.id, True, "", new_id())
    return who, asked.residency.id


def invitation(now: datetime, **changed: Any) -> Invitation:
    """For an hour from now."""
    return replace(Invitation("陈客", now, now + timedelta(hours=1)), **changed)


async def invited(city: City, citizen: str, residency: str, **changed: Any) -> SeenPass:
    wish = invitation(city.clock.now(), **changed)
    return await city.services.community.neighbourhood.gates.visitors.invite(named(citizen), residency, wish, new_id())


def code_of(city: City, seen: SeenPass, at: datetime | None = None) -> str:
    """As the guest's page draws it at that moment: each time another one."""
    gates = city.services.community.neighbourhood.gates
    return gates.showing.code(seen.one, at or city.clock.now())


async def offline_gate(city: City, where: Grounds, code: str = "east") -> OfflineGate:
    """A gate that has just fetched its list."""
    kit = await city.services.community.neighbourhood.gates.lists.kit(where.keeper, where.gate(code))
    assert kit is not None
    keys = KeySet.from_jwks(kit.keys)
    return OfflineGate(where.code, code, keys, decode(kit.data, keys))


async def estate_belongings(api: Api, owner: Person) -> dict[str, str]:
    """Ids of what is the owner's, by type."""
    where = await grounds(api.city)
    citizen = key_of(str(owner.citizen_id), "Citizen")
    _, residency = await moved_in(api.city, where, citizen)
    seen = await invited(api.city, citizen, residency)
    home = global_id("Residency", residency)
    wish = {"residencyId": home, "kind": "LIGHT", "words": "楼道灯不亮"}
    repair = await api.data("ReportRepair", owner.token, input=wish, key=new_id())
    plates = await api.data("RegisterPlate", owner.token, residencyId=home, plate=plate(), key=new_id())
    told = await told_by(api, await api.provider(where.company, SCOPES), where)
    bays = api.city.services.community.neighbourhood.gates.bays
    await bays.add(where.keeper, where.code, ["A-01"], new_id())
    bay = await bays.let(where.keeper, where.code, "A-01", BayWish("1", "101"), new_id())
    return {
        "BayLet": str(global_id("BayLet", bay.lets[0].id)),
        "Residency": str(home),
        "VisitorPass": str(global_id("VisitorPass", seen.one.id)),
        "Repair": repair["repair"]["id"],
        "ResidentPlate": plates["plates"][0]["id"],
        "EstateNotice": told,
    }


async def told_by(api: Api, token: str, where: Grounds, **changed: Any) -> str:
    """A notice to all homes; its id."""
    said = {"title": "停水通知", "text": "今晚十点到明早六点停水。", "until": _later(api, hours=20), **changed}
    given = {"estateIds": [where.id], "input": said, "key": new_id()}
    done = await api.data("PublishEstateNotice", token, "provider", **given)
    return str(done["notices"][0]["id"])


async def takes_repairs(city: City) -> None:
    """The centre takes cases of estates."""
    await categorised(city)
    if city.services.voice.categories.tree.get(CATEGORY) is None:
        wanted = Category(CATEGORY, Said("物业服务", "Estates"), "streets", (CaseKind.COMPLAINT,))
        await city.services.voice.categories.save(OPS, wanted, new_id())


def plate() -> str:
    """A number plate that no other test has."""
    return f"闽A{int(new_id()[-10:], 16) % 100_000:05d}"


class EstateWalk:
    def __init__(self, api: Api, step: Step) -> None:
        self._api = api
        self._step = step

    async def walk(self) -> None:
        where = await grounds(self._api.city)
        token = await self._api.provider(where.company, SCOPES)
        person, other = await self._api.with_card(), await self._api.verified()
        home = await self._lives(where, token, person, other)
        await self._reads(where, token, person)
        await self._mends(where, token, person, home)
        await self._invites(where, token, person, home)
        await self._parks(where, token, person, home)
        await self._looks(where, token, person, home)

    async def _lives(self, where: Grounds, token: str, person: Person, other: Person) -> str:
        rooms = "building,room\n9,901\n9,902\n"
        await self._step("ImportHomes", token, "provider", estateId=where.id, file=rooms)
        for operation in ("KeptEstates", "GuardedEstates", "MendedEstates"):
            await self._step(operation, token, "provider")
        near = {"latitude": HERE.latitude, "longitude": HERE.longitude}
        await self._step("Estates", person.token, near=near)
        await self._step("Estate", person.token, estateId=where.id)
        await self._step("EstateBuildings", person.token, estateId=where.id)
        await self._step("EstateRooms", person.token, estateId=where.id, building="9")
        wish = {"estateId": where.id, "building": "9", "room": "901", "relation": "OWNER"}
        asked = (await self._step("AskResidency", person.token, input=wish, key=new_id()))["residency"]["id"]
        await self._step("EstateResidents", token, "provider", estateId=where.id, state="ASKED")
        await self._step("VerifyResident", token, "provider", residencyId=asked, accept=True, key=new_id())
        second = await self._asked(other, wish | {"relation": "TENANT"})
        await self._step("SettleResidency", person.token, residencyId=second, accept=True, key=new_id())
        await self._step("MyHomes", person.token)
        await self._step("HandOnHousehold", person.token, residencyId=second, key=new_id())
        await self._step("NameHouseholdHead", token, "provider", residencyId=asked, key=new_id())
        await self._step("EndResidency", token, "provider", residencyId=second, key=new_id())
        third = await self._asked(other, wish | {"room": "902"})
        await self._step("LeaveHome", other.token, residencyId=third, key=new_id())
        return str(asked)

    async def _asked(self, person: Person, wish: dict[str, Any]) -> str:
        done = await self._api.data("AskResidency", person.token, input=wish, key=new_id())
        return str(done["residency"]["id"])

    async def _reads(self, where: Grounds, token: str, person: Person) -> None:
        said = {"title": "停水通知", "text": "今晚十点停水。", "until": _later(self._api, hours=20), "urgent": True}
        given = {"estateIds": [where.id], "input": said, "key": new_id()}
        notice = (await self._step("PublishEstateNotice", token, "provider", **given))["notices"][0]["id"]
        edited = {"noticeId": notice, "title": "停水通知", "text": "改为十一点停水。", "key": new_id()}
        await self._step("EditEstateNotice", token, "provider", **edited)
        for operation in ("EstateNotices", "UnreadEstateNotices"):
            await self._step(operation, person.token)
        await self._step("EstateNotice", person.token, noticeId=notice)
        await self._step("ReadEstateNotice", person.token, noticeId=notice, key=new_id())
        await self._step("PublishedEstateNotices", token, "provider", estateId=where.id)
        await self._step("WithdrawEstateNotice", token, "provider", noticeId=notice, key=new_id())

    async def _mends(self, where: Grounds, token: str, person: Person, home: str) -> None:
        await takes_repairs(self._api.city)
        wish = {"residencyId": home, "kind": "LIFT", "words": "电梯停在三楼"}
        await self._step("RepairTerms")
        repair = (await self._step("ReportRepair", person.token, input=wish, key=new_id()))["repair"]["id"]
        await self._step("EstateRepairs", token, "provider", estateId=where.id)
        await self._step("EstateRepair", token, "provider", repairId=repair)
        for to in ("ACCEPTED", "DONE"):
            await self._step("MoveRepair", token, "provider", repairId=repair, to=to, note="在修", key=new_id())
        await self._step("RateRepair", person.token, repairId=repair, solved=True, grade=5, key=new_id())
        second = (await self._api.data("ReportRepair", person.token, input=wish, key=new_id()))["repair"]["id"]
        await self._step("HandOverRepair", person.token, repairId=second, key=new_id())
        await self._step("WithdrawRepair", person.token, repairId=second, key=new_id())
        await self._step("Repair", person.token, repairId=second)
        await self._step("Repairs", person.token)

    async def _invites(self, where: Grounds, token: str, person: Person, home: str) -> None:
        gate = {"estateId": where.id, "code": "west", "name": "西门", "kind": "PEOPLE"}
        await self._step("SaveGate", token, "provider", input=gate, key=new_id())
        for operation in ("KeptGates", "GuardedGates"):
            await self._step(operation, token, "provider", estateId=where.id)
        await self._step("EstateGates", person.token, estateId=where.id)
        wish = {"residencyId": home, "guest": "陈客", "phone": "13900001234", "entries": 2}
        wish |= {"begins": _later(self._api), "ends": _later(self._api, hours=2)}
        made = await self._step("InviteVisitor", person.token, input=wish, key=new_id())
        pass_id = made["visitorPass"]["id"]
        await self._step("SendVisitorLink", person.token, passId=pass_id, key=new_id())
        seen = await self._api.city.services.community.neighbourhood.gates.visitors.one(
            named(self._api.key(person)), key_of(pass_id, "VisitorPass")
        )
        assert seen is not None
        now = self._api.city.clock.now()
        at = {"gateId": where.gate_id(), "readAt": now.isoformat(), "key": new_id()}
        await self._step("OpenGate", token, "provider", code=code_of(self._api.city, seen), **at)
        for place in (f"v:1:{new_id()}", f"r:{new_id()}"):
            after = encode_cursor(place)
            await self._step("GateKit", token, "provider", gateId=where.gate_id(), after=after)
        kit = await self._step("GateKit", token, "provider", gateId=where.gate_id())
        assert decode(base64.b64decode(kit["signedList"]), KeySet.from_jwks(json.loads(kit["keys"])))
        await self._step("GateKit", token, "provider", gateId=where.gate_id(), since=kit["issuedAt"])
        told = [{"reference": "1", "code": code_of(self._api.city, seen), "at": now.isoformat()}]
        await self._step("ReportGateEntries", token, "provider", gateId=where.gate_id(), entries=told)
        for operation in ("VisitorPass", "RevokeVisitorPass"):
            key = {"key": new_id()} if operation.startswith("Revoke") else {}
            await self._step(operation, person.token, passId=pass_id, **key)
        await self._step("VisitorPasses", person.token)

    async def _parks(self, where: Grounds, token: str, person: Person, home: str) -> None:
        mine = plate()
        plates = await self._step("RegisterPlate", person.token, residencyId=home, plate=mine, key=new_id())
        car = {"gateId": where.gate_id("cars"), "plate": mine, "key": new_id()}
        await self._step("PassCar", token, "provider", **car)
        await self._bays(where, token, person)
        await self._step("CarPark", person.token, estateId=where.id)
        await self._step("ResidentPlates", person.token)
        await self._step("RemovePlate", person.token, plateId=plates["plates"][0]["id"], key=new_id())
        other = plate()
        await self._step("RegisterPlate", person.token, residencyId=home, plate=other, key=new_id())
        await self._step("DropPlate", token, "provider", estateId=where.id, plate=other, key=new_id())

    async def _bays(self, where: Grounds, token: str, person: Person) -> None:
        which = {"estateId": where.id, "number": "A-01"}
        await self._step("AddBays", token, "provider", estateId=where.id, numbers=["A-01", "A-02"], key=new_id())
        home = {"building": "9", "room": "901"}
        done = await self._step("LetBay", token, "provider", **which, input=home, key=new_id())
        await self._step("EstateBays", token, "provider", estateId=where.id)
        assert [one["number"] for one in await self._step("HomeBays", person.token)] == ["A-01"]
        await self._step("EndBayLet", token, "provider", letId=done["bay"]["lets"][0]["id"], key=new_id())
        await self._step("RemoveBay", token, "provider", **which, key=new_id())

    async def _looks(self, where: Grounds, token: str, person: Person, home: str) -> None:
        await self._step("HomeEntries", person.token, residencyId=home)
        log = await self._step("GateLog", token, "provider", estateId=where.id)
        entry = log["edges"][0]["node"]["id"]
        wish = {"entryId": entry, "reason": "核对一起剐蹭", "key": new_id()}
        await self._step("RevealGateEntry", token, "provider", **wish)
        await self._step("GateLooks", token, "provider", estateId=where.id)
        today = civil_day(self._api.city.clock.now()).isoformat()
        await self._step("GateCounts", token, "provider", estateId=where.id, since=today, until=today)
        amended: dict[str, Any] = {"name": "榕荫里一期", "address": "东街 1 号", "rules": {}, "bays": 3, "rev": 1}
        amended["position"] = {"latitude": HERE.latitude, "longitude": HERE.longitude}
        await self._step("AmendEstate", token, "provider", estateId=where.id, input=amended, key=new_id())


def _later(api: Api, **span: float) -> str:
    return (api.city.clock.now() + timedelta(**span)).isoformat()
