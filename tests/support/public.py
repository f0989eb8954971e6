"""Public cases of a test, and events handed to those who hear of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from app.core.events import Event
from app.core.ids import new_id
from app.core.viewer import Role, Viewer
from app.domains.voice.cases.clocks.rules.model import PUBLISHED, RuleCode
from app.domains.voice.cases.model import Case
from app.domains.voice.public.following.model import Tie
from app.wiring import City
from graphql_schema.types.common import global_id, parse_global_id
from tests.support.api import Api, Person
from tests.support.case_work import SEAT, CaseWork, worker
from tests.support.cases import DISTRICT, LAMP, filed, stored


def citizen(person: Person) -> Viewer:
    assert person.citizen_id is not None
    key = parse_global_id(person.citizen_id)[1]
    return Viewer(role=Role.CITIZEN, actor=key, subject=key)


def somebody() -> Viewer:
    id_ = new_id()
    return Viewer(role=Role.CITIZEN, actor=id_, subject=id_)


async def hear(city: City, case: str) -> None:
    """What happened to this case so far, as the relay hands it out; again, where it was handed out before."""
    voice = city.services.voice
    rows = (
        await city.db["outbox"].find({"facts.case": case, "type": {"$regex": "^case\\."}}).sort("_id", 1).to_list(None)
    )
    for row in rows:
        event = Event(row["_id"], row["type"], row["citizen"], row["facts"], row["at"])
        for consumer in (voice.publishing.take, voice.likeness.take, voice.ties.take, voice.inbound.follow):
            await consumer(event)


async def published(api: Api, person: Person, **changed: Any) -> Case:
    """Filed by this person and published as it was previewed."""
    answer = await filed(api, person, public=True, **changed)
    assert answer["__typename"] == "CaseFiled", answer
    id_ = answer["case"]["id"]
    shown = await api.data("PreviewPublication", person.token, case=id_)
    done = await api.data("PublishCase", person.token, case=id_, digest=shown["digest"], key=new_id())
    assert done["__typename"] == "CasePublished", done
    return await stored(api.city, id_)


async def listed(api: Api, person: Person, **changed: Any) -> Case:
    """As `published`, and taken in by the centre: from then on everybody reads it."""
    return await taken_in(api.city, await published(api, person, **changed))


async def tie(city: City, viewer: Viewer, case: Case, how: Tie = Tie.SUPPORT) -> None:
    await city.services.voice.ties.tie(viewer, how, case.id, new_id())


class PublicWalk:
    """Every operation of public cases and of callers once: one publishes, another is tied to it."""

    def __init__(self, api: Api, step: Callable[..., Awaitable[Any]]) -> None:
        self._api = api
        self._step = step

    async def walk(self, ann: Person) -> None:
        answer = await filed(self._api, ann, public=True)
        case, city = await stored(self._api.city, answer["case"]["id"]), self._api.city
        mine = {"case": global_id("Case", case.id)}
        shown = await self._step("PreviewPublication", ann.token, **mine)
        await self._step("PublishCase", ann.token, **mine, digest=shown["digest"], key=new_id())
        await taken_in(city, await stored(city, answer["case"]["id"]))
        bob, public = await self._api.verified(), {"case": global_id("PublicCase", case.id)}
        await self._reads(bob, public)
        for how in Tie:
            await self._step("TieCase", bob.token, **public, tie=how.name, key=new_id())
        await self._step("TiedCases", bob.token, tie="JOIN")
        await self._step("TiesToCases", bob.token, cases=[public["case"]])
        await self._step("UntieCase", bob.token, **public, tie="FOLLOW", key=new_id())
        await replied_to_at_last(city, case)
        await self._step("RateJoinedCase", bob.token, **public, solved=True, grade=5, reason="好", key=new_id())
        await self._step("UnpublishCase", ann.token, **mine, key=new_id())
        await self._at_centre()

    async def _reads(self, bob: Person, public: dict[str, str]) -> None:
        where = {"latitude": 26.0823, "longitude": 119.2965}
        await self._step("PublicCases", first=5)
        await self._step("PublicCases", first=5, district="350102")
        await self._step("PublicCase", **public)
        await self._step("PublicCasesNear", **where)
        await self._step("SimilarCases", bob.token, **where, words="路灯不亮", category=LAMP)

    async def _at_centre(self) -> None:
        token, work = await self._api.provider("centre-12345", ("cases:centre",)), CaseWork(self._api.city)
        place = {"division": DISTRICT}
        said = {
            "kind": "HELP",
            "category": LAMP,
            "text": "小区门口的路灯不亮。",
            "phone": "13900000088",
            "place": place,
        }
        await self._step("FileCaseForCaller", token, "provider", input=said, key=new_id())
        case = await work.filed(category=LAMP, wished_public=True)
        mine = {"case": global_id("Case", case.id)}
        await self._step("SimilarToCase", token, "provider", **mine)
        shown = await self._step("PreviewPublication", token, "provider", **mine)
        await self._step("PublishReportedCase", token, "provider", **mine, digest=shown["digest"], key=new_id())


async def taken_in(city: City, case: Case) -> Case:
    """By the centre; everybody who hears of it has."""
    now = city.clock.now()
    kept = await CaseWork(city).kept(case.accepted(PUBLISHED[RuleCode.COMPLAINT].started(now), False, SEAT, now), case)
    await hear(city, case.id)
    return kept


async def replied_to_at_last(city: City, case: Case) -> None:
    """The centre took it in: the rest of the way up to the reply."""
    work, hand, now = CaseWork(city), worker("unit-1"), city.clock.now()
    was = await work.now(case)
    done = was.dispatched("unit-1", ["unit-1"], [], "rule", SEAT, now).claimed(hand, now)
    done = done.handled("灯泡已更换", (), hand, now).replied("已修复，联系人陈秀兰13800138001", hand, now)
    await work.kept(done, was)
