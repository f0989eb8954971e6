"""A morning as a volunteer: signed up, checked in by the rotating code, hours, points that are spent; and a wish."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.core.clock import SystemClock
from app.core.ids import new_id
from app.tour.journey import Journey, Step
from app.tour.payment.payer import Payer, Tour
from app.tour.phone import TourFailed, ask

_LEAGUE, _COMMITTEE, _SNACKS = "volunteer-league", "sanfang-committee", "fishball-corner"
_LAKE = {"latitude": 26.0920, "longitude": 119.2890}
_FAR = {"latitude": 26.0820, "longitude": 119.2890}


class Volunteering(Tour):
    """Wants a citizen who is known by name."""

    def __init__(self, payer: Payer) -> None:
        super().__init__(payer)
        self._wisher: Journey = payer.journey.another()
        self._activity: dict[str, str] = {}
        self._route: dict[str, Any] = {}
        self._number = self._wish = ""

    def steps(self) -> list[tuple[str, Step]]:
        return [
            ("a volunteer registers and signs up for an activity that has begun", self.sign_up),
            ("from a kilometre away nobody checks in; at the place, by the code on the screen, he does", self.come),
            (
                "he leads the group: the code is on his own phone; he walks its route, and reads a screen on the way",
                self.walk,
            ),
            ("he checks out; the organiser ends it, confirms the hours, and puts right what was missing", self.count),
            ("points for it are there, and a snack bar takes them", self.spend),
            ("a small wish is made, screened, and taken up by one person", self.take_up),
            ("it is done, confirmed and thanked for", self.thank),
        ]

    async def sign_up(self) -> str:
        offer = {"skills": ["FIRST_AID"], "areas": [], "agreed": True, "key": new_id()}
        saved = await self.payer.phone.do("SaveVolunteer", "VolunteerSaved", **offer)
        self._number = saved["volunteer"]["number"]
        group = await self._group()
        points = [{"name": "东门", "position": _LAKE}, {"name": "水文站", "position": _LAKE, "guarded": True}]
        route = {"groupId": group, "name": "环湖巡护", "routePoints": points}
        self._route = (await self._organise("SaveVolunteerRoute", "VolunteerRouteChanged", route=route))["route"]
        wish = {"activity": {**_terms(SystemClock().now(), group), "routeId": self._route["id"]}}
        made = await self._organise("SaveVolunteerActivity", "VolunteerActivityChanged", **wish)
        self._activity = {"activityId": made["activity"]["id"]}
        await self._organise("PublishVolunteerActivity", "VolunteerActivityChanged", **self._activity)
        done = await self.payer.phone.do("SignUpForActivity", "VolunteerPlaceChanged", **self._activity, key=new_id())
        return f"volunteer {self._number}, “{done['place']['activity']['title']}”: {done['place']['state']}"

    async def come(self) -> str:
        far = await self._scan("CheckIntoActivity", "IN", "CheckInTooFar", _FAR)
        came = await self._scan("CheckIntoActivity", "IN", "VolunteerCheckedIn", _LAKE)
        return f"{far['message']} Then {came['checkIn']['metres']} m away"

    async def walk(self) -> str:
        group = {"groupId": self._route["groupId"]}
        await self.payer.phone.do("JoinVolunteerGroup", "VolunteerGroupChanged", **group, key=new_id())
        named = {**group, "number": self._number, "leads": True}
        await self._organise("NameGroupLeader", "VolunteerGroupLeaders", **named)
        shown = (await self.payer.phone.read("LedActivityCode", **self._activity, way="OUT"))["ledActivityCode"]
        gate, station = self._route["routePoints"]
        token, screen = await self.payer.token(_LEAGUE), {"routeId": self._route["id"], "pointId": station["id"]}
        found = await ask(self.payer.http, "/provider/graphql", "provider", "VolunteerPointCode", screen, token)
        fix = {"position": _LAKE, "accuracy": 8.0}
        for point, code in ((gate, None), (station, found["volunteerPointCode"]["text"])):
            passing = {**self._activity, "pointId": point["id"], "fix": fix, "code": code, "key": new_id()}
            done = await self.payer.phone.do("PassVolunteerPoint", "VolunteerWalked", **passing)
        if not done["walk"]["whole"]:
            raise TourFailed(f"{len(done['walk']['passed'])} points of two")
        return f"{shown['came']} have come; {len(done['walk']['passed'])} points of “{self._route['name']}” passed"

    async def count(self) -> str:
        await self._scan("CheckOutOfActivity", "OUT", "VolunteerCheckedIn", _LAKE)
        await self._organise("EndVolunteerActivity", "VolunteerActivityChanged", **self._activity)
        await self._organise("ConfirmVolunteerHours", "VolunteerActivityChanged", **self._activity)
        token = await self.payer.token(_LEAGUE)
        found = await ask(self.payer.http, "/provider/graphql", "provider", "ActivityHours", self._activity, token)
        (mine,) = (one["node"] for one in found["activityHours"]["edges"])
        right = {"hoursId": mine["id"], "minutes": 120, "reason": "到场时屏幕故障，补录前两小时"}
        done = await self._organise("CorrectVolunteerHours", "VolunteerHoursChanged", **right)
        volunteer = (await self.payer.phone.read("Volunteer"))["volunteer"]
        if volunteer["minutes"] != 120:
            raise TourFailed(f"{volunteer['minutes']} minutes of two hours")
        return f"{done['hours']['published']} minutes; {volunteer['hoursToNext']} hours to the first star"

    async def spend(self) -> str:
        held = (await self.payer.phone.read("Points"))["points"]["points"]
        shown = await self.payer.phone.do("CreatePayCode", "PayCodeShown", key=new_id())
        bill = {"amount": {"amount": "200", "currency": "POINTS"}, "order": f"T-{new_id()[-8:]}"}
        said = {**bill, "code": shown["payCode"]["text"]}
        await self.payer.as_payee(_SNACKS, "CollectPayment", "PaymentCollected", **said)
        left = (await self.payer.phone.read("Points"))["points"]["points"]
        if held - left != 200:
            raise TourFailed(f"{held} points became {left}")
        return f"{held} points, {left} after a bowl of fish balls"

    async def take_up(self) -> str:
        await self._wisher.sign_in()
        await self._wisher.verify_identity()
        said = {"title": "换一个厨房灯泡", "text": "灯太高自己够不着，灯泡已经买好", "days": 7}
        wish = {**said, "kind": "REPAIR", "whom": "OLDER", "organisation": _COMMITTEE}
        made = await self._wisher.phone.do("MakeMicroWish", "MicroWishChanged", wish=wish, key=new_id())
        self._wish = made["wish"]["id"]
        screened = {"wishId": self._wish, "publish": True, "answer": ""}
        await self.payer.as_payee(_COMMITTEE, "ScreenMicroWish", "MicroWishChanged", **screened)
        own = await self._wisher.phone.do("ClaimMicroWish", "MicroWishOwn", wishId=self._wish, key=new_id())
        done = await self.payer.phone.do("ClaimMicroWish", "MicroWishChanged", wishId=self._wish, key=new_id())
        return f"{own['message']} {done['wish']['state']} until {done['wish']['dueAt'][:10]}"

    async def thank(self) -> str:
        told = {"wishId": self._wish, "uploadIds": []}
        how = {**told, "words": "灯泡换好了，试过亮了", "key": new_id()}
        await self.payer.phone.do("FinishMicroWish", "MicroWishChanged", **how)
        yes = {"wishId": self._wish, "fulfilled": True, "key": new_id()}
        await self._wisher.phone.do("ConfirmMicroWish", "MicroWishChanged", **yes)
        thanks = {**told, "words": "谢谢，屋里亮堂了", "key": new_id()}
        done = await self._wisher.phone.do("ThankForMicroWish", "MicroWishChanged", **thanks)
        return f"{done['wish']['state']}: {done['wish']['thanks']}"

    async def _group(self) -> str:
        token = await self.payer.token(_LEAGUE)
        found = await ask(self.payer.http, "/provider/graphql", "provider", "VolunteerGroups", {}, token)
        return str(found["volunteerGroups"]["edges"][0]["node"]["id"])

    async def _organise(self, operation: str, wanted: str, **given: Any) -> dict[str, Any]:
        return await self.payer.as_payee(_LEAGUE, operation, wanted, **given)

    async def _scan(self, operation: str, way: str, wanted: str, at: dict[str, float]) -> dict[str, Any]:
        """What the organiser's screen shows just now, read by the phone."""
        token = await self.payer.token(_LEAGUE)
        given = {**self._activity, "way": way}
        shown = await ask(self.payer.http, "/provider/graphql", "provider", "ActivityCode", given, token)
        fix = {"position": at, "accuracy": 8.0}
        code = shown["activityCode"]["text"]
        return await self.payer.phone.do(operation, wanted, code=code, fix=fix, key=new_id())


def _terms(now: datetime, group: str) -> dict[str, Any]:
    start = now - timedelta(hours=2)
    return {
        "groupId": group,
        "title": "西湖清晨清洁",
        "titleEn": "The lake at dawn",
        "words": "沿湖捡拾垃圾，工具由队里提供",
        "position": _LAKE,
        "address": "西湖公园东门",
        "startsAt": start.isoformat(),
        "endsAt": (now + timedelta(hours=1)).isoformat(),
        "places": 30,
        "points": 100,
    }
