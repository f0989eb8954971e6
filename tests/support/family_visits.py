"""Visits of relatives for tests: a house open all day, who stays there and whom he named; each operation once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.context.together import Visiting
from app.core.clock import civil_day
from app.core.ids import new_id
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.community.family_visits.houses.model import CareHouse, HouseKind, VisitingTime, VisitRules
from app.domains.community.family_visits.model import VisitWish
from app.domains.community.family_visits.service import SeenVisit
from app.domains.community.family_visits.stays.model import Kinship
from app.domains.identity.organisations.model import Kind, Organisation
from app.wiring import City
from graphql_schema.types.common import global_id, key_of
from tests.support.api import OPS, Api, Person
from tests.support.estates import named

Step = Callable[..., Awaitable[Any]]
SCOPE = "family-visits"
ALL_DAY = (VisitingTime(tuple(range(7)), 0, 24 * 60 - 1),)


@dataclass(frozen=True, slots=True)
class House:
    city: City
    code: str
    organisation: str

    @property
    def ours(self) -> Visiting:
        return self.city.services.community.together.visiting

    @property
    def keeper(self) -> Viewer:
        scopes = frozenset({SCOPE})
        return Viewer(role=Role.PROVIDER_STAFF, actor="keeper", organisation=self.organisation, scopes=scopes)

    @property
    def id(self) -> str:
        return str(global_id("CareHouse", self.code))

    async def stay(self, resident: Person) -> str:
        """Somebody whom the house has asked, and who has agreed."""
        asked = await self.ours.stays.propose(self.keeper, self.code, resident.phone, "302 室 1 床", new_id())
        viewer = named(key_of(str(resident.citizen_id), "Citizen"))
        await self.ours.stays.answer(viewer, asked.stay.id, True, new_id())
        return asked.stay.id

    async def name(self, stay: str, resident: Person, relative: Person) -> str:
        """The id of the relative."""
        viewer = named(key_of(str(resident.citizen_id), "Citizen"))
        seen = await self.ours.stays.name(viewer, stay, relative.phone, Kinship.CHILD, new_id())
        return seen.relatives[-1].id

    def time(self, hours: int = 0) -> datetime:
        """The first at which a visit can be asked for, or so many hours later."""
        now = self.city.clock.now()
        house = CareHouse(self.code, self.organisation, HouseKind.CARE_HOME, Said("", ""), "", ALL_DAY)
        days = [civil_day(now) + timedelta(days=ahead) for ahead in range(3)]
        starts = [one for day in days for one in house.slots(day) if one >= now + timedelta(minutes=31)]
        return starts[hours]

    async def ask(self, stay: str, relative: Person, at: datetime | None = None) -> SeenVisit:
        viewer, wish = (
            named(key_of(str(relative.citizen_id), "Citizen")),
            VisitWish(stay, at or self.time(), 2, "带水果"),
        )
        return await self.ours.visits.ask(viewer, wish, new_id())


async def house_of(city: City, *, at_once: int = 6, a_day: int = 2) -> House:
    code = f"house-{new_id()[-12:]}"
    made = Organisation(code, "测试颐养院", Kind.COMMUNITY, scopes=frozenset({SCOPE}))
    await city.services.organisations.put(OPS, made)
    rules = VisitRules(at_once=at_once, a_day=a_day)
    name = Said("榕荫颐养院", "Banyan care home")
    house = CareHouse(code, code, HouseKind.CARE_HOME, name, "东街 2 号", ALL_DAY, rules)
    await city.services.community.together.visiting.houses.save(OPS, house, new_id())
    return House(city, code, code)


class FamilyVisitWalk:
    """Each operation of visits of relatives."""

    def __init__(self, api: Api, step: Step) -> None:
        self._api = api
        self._step = step

    async def walk(self) -> None:
        resident, relative = await self._api.verified(), await self._api.verified()
        house = await house_of(self._api.city)
        token = await self._api.provider(house.organisation, (SCOPE,))
        await self._keeps(token)
        asked = {"houseId": house.id, "phone": resident.phone, "label": "302 室 1 床"}
        stay = (await self._step("ProposeStay", token, "provider", **asked, key=new_id()))["stay"]["id"]
        which = {"stayId": stay}
        await self._step("AnswerStay", resident.token, **which, accept=True, key=new_id())
        said = {**which, "phone": relative.phone, "kinship": "CHILD"}
        seen = await self._step("NameRelative", resident.token, **said, key=new_id())
        await self._visits(house, token, which, relative)
        await self._step("FamilyStays", resident.token)
        await self._step("VisitsToMe", resident.token)
        await self._step("HouseStays", token, "provider", houseId=house.id)
        first = {"relativeId": seen["stay"]["relatives"][0]["id"]}
        await self._step("RemoveRelative", resident.token, **first, key=new_id())
        await self._step("EndStay", token, "provider", **which, key=new_id())

    async def _keeps(self, token: str) -> None:
        times = [{"weekdays": [0, 6], "opens": 540, "closes": 660}]
        house = {
            "code": f"h-{new_id()[-12:]}",
            "name": "二病区",
            "kind": "WARD",
            "address": "东街 2 号",
            "times": times,
        }
        await self._step("SaveCareHouse", token, "provider", house=house, key=new_id())
        await self._step("KeptCareHouses", token, "provider")

    async def _visits(self, house: House, token: str, which: dict[str, str], relative: Person) -> None:
        await self._step("VisitableResidents", relative.token)
        at = house.time()
        day: date = civil_day(at)
        times = await self._step("FamilyVisitTimes", relative.token, **which, day=day.isoformat())
        assert {one["free"] for one in times} == {6}
        wish = {**which, "startsAt": at.isoformat(), "people": 2, "words": "带水果"}
        visit = (await self._step("AskFamilyVisit", relative.token, visit=wish, key=new_id()))["visit"]["id"]
        await self._step("FamilyVisits", relative.token)
        await self._step("FamilyVisit", relative.token, visitId=visit)
        await self._step("HouseFamilyVisits", token, "provider", houseId=house.id)
        agreed = {"visitId": visit, "accept": True, "reason": ""}
        await self._step("SettleFamilyVisit", token, "provider", **agreed, key=new_id())
        starts = {"starts_at": self._api.city.clock.now() - timedelta(minutes=5)}
        await self._api.city.db["family_visits"].update_one({"_id": key_of(visit, "FamilyVisit")}, {"$set": starts})
        await self._step("CloseFamilyVisit", token, "provider", visitId=visit, came=True, key=new_id())
        again = (await self._api.data("AskFamilyVisit", relative.token, visit=wish, key=new_id()))["visit"]["id"]
        await self._step("WithdrawFamilyVisit", relative.token, visitId=again, key=new_id())
        await self._api.data("AskFamilyVisit", relative.token, visit=wish, key=new_id())


async def family_visit_belongings(api: Api, owner: Person) -> dict[str, str]:
    """Ids of what is the owner's, by type: he stays somewhere, and visits somebody."""
    house, other = await house_of(api.city), await api.verified()
    stay = await house.stay(owner)
    relative = await house.name(stay, owner, other)
    theirs = await house.stay(other)
    await house.name(theirs, other, owner)
    visit = await house.ask(theirs, owner)
    return {
        "CareHouse": house.id,
        "FamilyStay": str(global_id("FamilyStay", stay)),
        "FamilyRelative": str(global_id("FamilyRelative", relative)),
        "FamilyVisit": str(global_id("FamilyVisit", visit.visit.id)),
    }
