"""Volunteers and what they do, for tests: an organisation with a group, activities, and people who come."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import time, timedelta
from typing import Any

from app.context.volunteers import Volunteering
from app.core.ids import new_id
from app.core.places.model import Point
from app.core.said import Said
from app.core.viewer import Assurance, Role, Viewer
from app.domains.community.responders.calls.model import CallKind, CallWish
from app.domains.community.responders.model import Hours
from app.domains.community.volunteers.activities.model import Activity, Span, Terms
from app.domains.community.volunteers.check_ins.model import CheckIn, Fix, Way
from app.domains.community.volunteers.model import Skill
from app.domains.community.volunteers.patrols.model import RoutePoint
from app.domains.community.wishes.model import Whom, WishKind
from app.domains.community.wishes.service import WishAsked
from app.domains.identity.organisations.model import Kind, Organisation
from app.wiring import City
from graphql_schema.types.common import global_id
from tests.support.api import OPS, Api, Person

Step = Callable[..., Awaitable[Any]]
SCOPES = ("volunteers", "points", "cases:centre")
LAKE = Point(26.0920, 119.2890)
_METRE = 1 / 111_195


def north(metres: float) -> Point:
    """So far from the lake."""
    return Point(LAKE.latitude + metres * _METRE, LAKE.longitude)


def member(organisation: str, who: str = "") -> Viewer:
    return Viewer(Role.PROVIDER_STAFF, who or new_id(), organisation=organisation, scopes=frozenset(SCOPES))


def named(citizen: str, session: str = "") -> Viewer:
    """A citizen by name, on a phone of his own."""
    return Viewer(Role.CITIZEN, citizen, citizen, session or new_id(), assurance=Assurance.REAL_NAME)


@dataclass(frozen=True, slots=True)
class Troop:
    """An organisation that keeps volunteers, one of its people, and a group of it."""

    city: City
    organisation: str
    keeper: Viewer
    group: str

    @property
    def ours(self) -> Volunteering:
        return self.city.services.community.volunteering

    async def activity(
        self, *, places: int = 20, points: int = 10, starts_in: timedelta | None = None, hours: float = 3.0
    ) -> Activity:
        """Published; at the lake, in half an hour when nothing else is said."""
        start = self.city.clock.now() + (timedelta(minutes=30) if starts_in is None else starts_in)
        span = Span(start, start + timedelta(hours=hours))
        words = (Said("西湖清洁", "Clean the lake"), Said("沿湖捡拾垃圾", "Along the shore"))
        terms = Terms(self.group, *words, LAKE, "西湖公园东门", span, places, 150, points)
        made = await self.ours.activities.save(self.keeper, None, terms, new_id())
        return await self.ours.activities.publish(self.keeper, made.id, new_id())

    async def volunteer(self, citizen: str = "") -> Viewer:
        viewer = named(citizen or new_id())
        await self.ours.register.save(viewer, [Skill.FIRST_AID], [], new_id(), agreed=True)
        return viewer

    async def signed_up(self, activity: Activity, citizen: str = "") -> Viewer:
        viewer = await self.volunteer(citizen)
        await self.ours.signing.sign_up(viewer, activity.id, new_id())
        return viewer

    async def code(self, activity: Activity, way: Way = Way.IN) -> str:
        return (await self.ours.check_ins.code(self.keeper, activity.id, way)).text

    async def come(self, viewer: Viewer, activity: Activity, at: Point | None = None) -> CheckIn:
        fix = Fix(at or spot(viewer), 12.0)
        return await self.ours.check_ins.check_in(viewer, await self.code(activity), fix, new_id())

    async def go(self, viewer: Viewer, activity: Activity) -> CheckIn:
        code = await self.code(activity, Way.OUT)
        return await self.ours.check_ins.check_out(viewer, code, Fix(spot(viewer), 12.0), new_id())


def spot(viewer: Viewer) -> Point:
    """Near the lake, for each his own."""
    far = int(viewer.acting().replace("-", "")[-6:], 16)
    return Point(LAKE.latitude + far % 997 * 1e-6, LAKE.longitude + far // 997 % 997 * 1e-6)


async def troop_of(city: City, budget: int = 10_000) -> Troop:
    code = f"volunteers-{new_id()[-12:]}"
    made = Organisation(code, "测试志愿者协会", Kind.COMMUNITY, scopes=frozenset(SCOPES))
    await city.services.organisations.put(OPS, made)
    if budget:
        await city.services.payment.points.grants.set_budget(OPS, code, budget)
    keeper = member(code)
    words = (Said("蓝马甲服务队", "Blue vests"), Said("周末在公园服务", "At weekends in parks"))
    group = await city.services.community.volunteering.groups.save(keeper, None, *words, new_id())
    return Troop(city, code, keeper, group.id)


async def over(city: City, activity: str, ago: timedelta = timedelta(hours=1)) -> None:
    """Move an activity and its check-ins into the past: as if it had ended so long ago."""
    row = await city.db["volunteer_activities"].find_one({"_id": activity})
    assert row is not None
    back = row["ends_at"] - (city.clock.now() - ago)
    await city.db["volunteer_activities"].update_one(
        {"_id": activity}, {"$set": {"starts_at": row["starts_at"] - back, "ends_at": row["ends_at"] - back}}
    )


async def was_there(city: City, activity: str, minutes: int) -> None:
    """All who have checked in came at its start and left so many minutes later."""
    row = await city.db["volunteer_activities"].find_one({"_id": activity})
    assert row is not None
    times = {"at": row["starts_at"], "out_at": row["starts_at"] + timedelta(minutes=minutes)}
    await city.db["volunteer_check_ins"].update_many({"activity": activity}, {"$set": times})


async def volunteer_belongings(api: Api, owner: Person) -> dict[str, str]:
    """Ids of what is the owner's, by type: a wish nobody has screened, a call to him; and what is open to nobody."""
    troop, citizen = await troop_of(api.city, budget=0), api.key(owner)
    ours, mine = troop.ours, named(citizen)
    await ours.register.save(mine, [Skill.FIRST_AID], [], new_id(), agreed=True)
    asked = WishAsked(troop.organisation, WishKind.REPAIR, Whom.OLDER, 7, "想换一个灯泡", "厨房的灯坏了，自己够不着")
    wish = await ours.wishes.make(mine, asked, new_id())
    await ours.responders.save(mine, [Skill.FIRST_AID], 500, Hours(time(0), time(0)), new_id(), agreed=True)
    await ours.responders.keep_place(mine, LAKE)
    call = await ours.calls.call(troop.keeper, CallWish(CallKind.INJURY, LAKE, "东门", within=200), new_id())
    draft = await ours.activities.save(troop.keeper, None, (await troop.activity()).terms, new_id())
    trial = replace(troop.keeper, test_mode=True)
    group = await ours.groups.save(trial, None, Said("试用队"), Said("只在试用时"), new_id())
    points = tuple(RoutePoint("", Said(name), LAKE) for name in ("东门", "西门"))
    route = await ours.routes.save(trial, None, group.id, Said("试用路线"), points, new_id(), open_=True)
    return {
        "MicroWish": str(global_id("MicroWish", wish.id)),
        "ResponderCall": str(global_id("ResponderCall", call.call.id)),
        "VolunteerActivity": str(global_id("VolunteerActivity", draft.id)),
        "VolunteerGroup": str(global_id("VolunteerGroup", group.id)),
        "VolunteerRoute": str(global_id("VolunteerRoute", route.id)),
        "VolunteerRoutePoint": str(global_id("VolunteerRoutePoint", route.points[0].id)),
    }


class VolunteerWalk:
    """Each operation of volunteers, micro-wishes and responders once."""

    def __init__(self, api: Api, step: Step) -> None:
        self._api = api
        self._step = step

    async def walk(self) -> None:
        troop = await troop_of(self._api.city)
        token = await self._api.provider(troop.organisation, SCOPES)
        person = await self._api.verified()
        await self._registers(person, troop, token)
        await self._works(person, troop, token)
        await self._patrols(person, troop, token)
        await self._wishes(person, troop, token)
        await self._helps(person, token)
        await self._step("LeaveVolunteers", person.token, key=new_id())

    async def _registers(self, person: Person, troop: Troop, token: str) -> None:
        mine = person.token
        wish = {"skills": ["FIRST_AID"], "areas": [], "agreed": True}
        await self._step("SaveVolunteer", mine, **wish, key=new_id())
        await self._step("Volunteer", mine)
        said = {"organisation": troop.organisation, "name": "夜跑护河队", "words": "沿白马河夜跑，顺手巡河"}
        made = await self._step("FoundVolunteerGroup", mine, **said, key=new_id())
        group = {"groupId": made["group"]["id"]}
        decided = {**group, "letIn": True, "answer": "欢迎"}
        await self._step("DecideVolunteerGroup", token, "provider", **decided, key=new_id())
        await self._step("LeaveVolunteerGroup", mine, **group, key=new_id())
        await self._step("JoinVolunteerGroup", mine, **group, key=new_id())
        for operation in ("VolunteerGroups", "MyVolunteerGroups", "VolunteerKeepers", "VolunteerCertificate"):
            await self._step(operation, mine)
        await self._step("VolunteerGroups", token, "provider")
        await self._step("CloseVolunteerGroup", token, "provider", **group, key=new_id())
        words = {"name": "清晨护河队", "words": "每天清晨巡河"}
        await self._step("SaveVolunteerGroup", token, "provider", **words, key=new_id())

    async def _works(self, person: Person, troop: Troop, token: str) -> None:
        mine, place = person.token, {"latitude": LAKE.latitude, "longitude": LAKE.longitude}
        wish = activity_input(troop)
        made = await self._step("SaveVolunteerActivity", token, "provider", activity=wish, key=new_id())
        id_ = {"activityId": made["activity"]["id"]}
        await self._step("PublishVolunteerActivity", token, "provider", **id_, key=new_id())
        await self._step("VolunteerActivities", token, "provider")
        await self._step("VolunteerActivities", mine)
        await self._step("VolunteerActivity", mine, **id_)
        await self._step("VolunteerActivitiesNear", mine, position=place)
        await self._step("SignUpForActivity", mine, **id_, key=new_id())
        await self._step("CancelSignUp", mine, **id_, key=new_id())
        await self._api.data("SignUpForActivity", mine, **id_, key=new_id())
        shown = await self._step("ActivityCode", token, "provider", **id_, way="IN")
        fix = {"position": place, "accuracy": 10}
        await self._step("CheckIntoActivity", mine, code=shown["text"], fix=fix, key=new_id())
        out = await self._api.data("ActivityCode", token, "provider", **id_, way="OUT")
        await self._step("CheckOutOfActivity", mine, code=out["text"], fix=fix, key=new_id())
        await self._step("MyVolunteerPlaces", mine)
        roster = await self._step("ActivityVolunteers", token, "provider", **id_)
        await self._ends(person, troop, token, id_, roster["edges"][0]["node"]["number"])

    async def _patrols(self, person: Person, troop: Troop, token: str) -> None:
        """A member is named leader, and walks a route whose second point is guarded."""
        mine, group = person.token, {"groupId": global_id("VolunteerGroup", troop.group)}
        await self._api.data("JoinVolunteerGroup", mine, **group, key=new_id())
        number = (await self._api.data("Volunteer", mine))["number"]
        await self._step("NameGroupLeader", token, "provider", **group, number=number, leads=True, key=new_id())
        await self._step("GroupLeaders", token, "provider", **group)
        wish = route_input(troop)
        route = (await self._step("SaveVolunteerRoute", token, "provider", route=wish, key=new_id()))["route"]
        await self._step("VolunteerRoutes", token, "provider")
        activity = activity_input(troop, routeId=route["id"])
        made = await self._api.data("SaveVolunteerActivity", token, "provider", activity=activity, key=new_id())
        id_ = {"activityId": made["activity"]["id"]}
        await self._api.data("PublishVolunteerActivity", token, "provider", **id_, key=new_id())
        await self._api.data("SignUpForActivity", mine, **id_, key=new_id())
        await self._step("LedActivities", mine)
        shown = await self._step("LedActivityCode", mine, **id_, way="IN")
        fix = {"position": wish["routePoints"][0]["position"], "accuracy": 10}
        await self._api.data("CheckIntoActivity", mine, code=shown["text"], fix=fix, key=new_id())
        guarded = {"routeId": route["id"], "pointId": route["routePoints"][1]["id"]}
        code = (await self._step("VolunteerPointCode", token, "provider", **guarded))["text"]
        passing = {**id_, "pointId": guarded["pointId"], "fix": fix, "code": code}
        await self._step("PassVolunteerPoint", mine, **passing, key=new_id())
        await self._step("VolunteerWalk", mine, **id_)
        await self._step("VolunteerWalks", token, "provider", **id_)
        out = await self._api.data("LedActivityCode", mine, **id_, way="OUT")
        await self._api.data("CheckOutOfActivity", mine, code=out["text"], fix=fix, key=new_id())

    async def _ends(self, person: Person, troop: Troop, token: str, id_: dict[str, str], number: str) -> None:
        activity = await troop.activity(hours=7.5)
        for _ in range(2):
            await troop.come(await troop.signed_up(activity), activity, at=LAKE)
        await troop.ours.signing.sign_up(named(self._api.key(person)), activity.id, new_id())
        await troop.come(named(self._api.key(person)), activity, at=LAKE)
        long = {"activityId": global_id("VolunteerActivity", activity.id)}
        await self._step("CheckOutVolunteer", token, "provider", **long, number=number, key=new_id())
        await was_there(self._api.city, activity.id, 420)
        await over(self._api.city, activity.id)
        await was_there(self._api.city, activity.id, 420)
        await self._step("ConfirmVolunteerHours", token, "provider", **long, key=new_id())
        flags = (await self._step("CheckInFlags", token, "provider"))["edges"]
        for edge in flags:
            decided = {"flagId": edge["node"]["id"], "state": "CLEARED", "words": "都在场"}
            await self._step("DecideCheckInFlag", token, "provider", **decided, key=new_id())
        hours = (await self._step("ActivityHours", token, "provider", **long))["edges"]
        mine = next(one["node"]["id"] for one in hours if one["node"]["number"] == number)
        other = await self._api.staff_token(troop.organisation, "handler")
        await self._step("ApproveVolunteerHours", other, "provider", hoursId=mine, key=new_id())
        said = {"hoursId": mine, "minutes": 300, "reason": "中途离开两小时"}
        await self._step("CorrectVolunteerHours", token, "provider", **said, key=new_id())
        await self._step("VolunteerHours", person.token)
        await self._step("CancelVolunteerActivity", token, "provider", **id_, key=new_id())
        running = await troop.activity(starts_in=timedelta(minutes=-5))
        early = {"activityId": global_id("VolunteerActivity", running.id)}
        await self._step("EndVolunteerActivity", token, "provider", **early, key=new_id())

    async def _wishes(self, person: Person, troop: Troop, token: str) -> None:
        mine, wish = person.token, wish_input(troop.organisation)
        made = await self._step("MakeMicroWish", mine, wish=wish, key=new_id())
        own = {"wishId": made["wish"]["id"]}
        await self._step("ScreenMicroWish", token, "provider", **own, publish=True, answer="", key=new_id())
        helper = await self._api.verified()
        await self._api.data("SaveVolunteer", helper.token, skills=[], areas=[], agreed=True, key=new_id())
        await self._step("ClaimMicroWish", helper.token, **own, key=new_id())
        done = {**own, "words": "灯泡换好了", "uploadIds": []}
        await self._step("FinishMicroWish", helper.token, **done, key=new_id())
        await self._step("ConfirmMicroWish", mine, **own, fulfilled=True, key=new_id())
        await self._step("ThankForMicroWish", mine, **own, words="谢谢你", uploadIds=[], key=new_id())
        for operation in ("MicroWishes", "MyMicroWishes"):
            await self._step(operation, mine)
        other = await self._step("MakeMicroWish", token, "provider", wish=wish, key=new_id())
        theirs = {"wishId": other["wish"]["id"]}
        await self._api.data("ClaimMicroWish", helper.token, **theirs, key=new_id())
        await self._step("GiveUpMicroWish", helper.token, **theirs, key=new_id())
        await self._api.data("ClaimMicroWish", helper.token, **theirs, key=new_id())
        await self._api.data("FinishMicroWish", helper.token, **{**done, **theirs}, key=new_id())
        await self._step("ConfirmMicroWish", token, "provider", **theirs, fulfilled=False, key=new_id())
        await self._step("WithdrawMicroWish", token, "provider", **theirs, key=new_id())
        await self._step("MicroWishes", token, "provider")
        again = await self._api.data("MakeMicroWish", mine, wish=wish, key=new_id())
        await self._step("WithdrawMicroWish", mine, wishId=again["wish"]["id"], key=new_id())

    async def _helps(self, person: Person, token: str) -> None:
        mine, place = person.token, {"latitude": LAKE.latitude, "longitude": LAKE.longitude}
        wish = {"skills": ["FIRST_AID"], "radius": 1_000, "agreed": True}
        await self._step("BecomeResponder", mine, responder=wish, key=new_id())
        await self._step("KeepResponderPlace", mine, position=place)
        await self._step("Responder", mine)
        asked = {"kind": "CARDIAC_ARREST", "position": place, "address": "西湖公园东门"}
        made = await self._step("CallResponders", token, "provider", call=asked, key=new_id())
        call = {"callId": made["now"]["call"]["id"]}
        await self._step("ResponderCalls", mine)
        await self._step("AnswerResponderCall", mine, **call, state="GOING", position=place, key=new_id())
        await self._step("ShareResponderPlace", mine, **call, position=place, key=new_id())
        await self._step("ResponderCall", token, "provider", **call)
        await self._step("ResponderCalls", token, "provider")
        await self._step("EndResponderCall", token, "provider", **call, end="HELPED", key=new_id())
        await self._step("EndResponder", mine, key=new_id())


def activity_input(troop: Troop, **changed: Any) -> dict[str, Any]:
    start = troop.city.clock.now() + timedelta(minutes=20)
    return {
        "groupId": global_id("VolunteerGroup", troop.group),
        "title": "西湖清洁行动",
        "words": "沿湖捡拾垃圾，工具由组织者提供",
        "position": {"latitude": LAKE.latitude, "longitude": LAKE.longitude},
        "address": "西湖公园东门",
        "startsAt": start.isoformat(),
        "endsAt": (start + timedelta(hours=3)).isoformat(),
        "places": 20,
        **changed,
    }


def route_input(troop: Troop, **changed: Any) -> dict[str, Any]:
    """Two points at the lake, of which the second one is guarded."""
    place = {"latitude": LAKE.latitude, "longitude": LAKE.longitude}
    points = [{"name": "东门", "position": place}, {"name": "水文站", "position": place, "guarded": True}]
    return {"groupId": global_id("VolunteerGroup", troop.group), "name": "环湖夜巡", "routePoints": points, **changed}


def wish_input(organisation: str, **changed: Any) -> dict[str, Any]:
    wish = {"kind": "REPAIR", "whom": "OLDER", "title": "想换一个灯泡", "text": "厨房的灯坏了，自己够不着", "days": 7}
    return {**wish, "organisation": organisation, **changed}
