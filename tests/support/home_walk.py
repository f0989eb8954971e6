"""Every operation of the home page, once, by somebody for whom something waits in each room."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from app.core.clock import civil_day
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.said import Said
from app.domains.community.estates.model import Home
from app.domains.community.repairs.model import Repair, RepairKind, RepairState
from app.domains.community.repairs.model import Step as RepairStep
from app.domains.community.repairs.store import RepairStore
from app.domains.community.visitors.model import VisitorPass
from app.domains.community.visitors.store import PassStore
from app.domains.life.culture.library.model import BooksDue, ReaderCard
from app.domains.life.culture.library.store import ReaderCardStore
from app.domains.life.health.follow_ups.model import FollowUpKind, Plan
from app.domains.life.health.follow_ups.store import PlanStore
from app.domains.life.home.model import Entry, Scene
from tests.support.api import OPS, Api, Person

Step = Callable[..., Awaitable[Any]]
HERE = {"latitude": 26.0745, "longitude": 119.2965}


async def a_scene(api: Api) -> Scene:
    scene = Scene("school", Said("上学", "School"), 3, (Entry(Said("学费", "Fees"), "/bills"),))
    return await api.city.services.life.home.scenes.put(OPS, scene)


async def lived(api: Api, citizen: str) -> None:
    """What waits for somebody in health, in his estate and at his library, by the rooms' own rows."""
    city, now = api.city, api.city.clock.now()
    day = civil_day(now)
    plan = Plan(new_id(), citizen, "centre", new_id(), FollowUpKind.BLOOD_PRESSURE, 90, day + timedelta(days=2), now)
    steps = (
        RepairStep(RepairState.REPORTED, now, citizen),
        RepairStep(RepairState.DONE, now, "company"),
    )
    repair = Repair(
        *(new_id(), citizen, "rong-garden", "home", RepairKind.LIFT, RepairState.DONE),
        *(now, now, now, None, steps, "不动了", Home("rong-garden", "1", "101")),
    )
    visit = VisitorPass(
        *(new_id(), citizen, new_id(), "rong-garden", "home", now, now + timedelta(minutes=5), 1, now),
        guest="客人",
        link=new_id(),
    )
    cards = ReaderCardStore(city.db, city.persons)

    async def work(tx: Tx) -> None:
        await PlanStore(city.db).add(plan, tx)
        await RepairStore(city.db, city.persons).add(repair, tx)
        await PassStore(city.db, city.persons, city.ring).add(visit, tx)
        await cards.put(ReaderCard(citizen, "L1234", now), tx)

    await city.db.transaction(work)
    await cards.note_due(citizen, BooksDue(2, day + timedelta(days=1)))
    name = {"name": {"zh": "榕园", "en": "Rong Garden"}}
    await city.db["estates"].update_one({"_id": "rong-garden"}, {"$set": name}, upsert=True)


class HomeWalk:
    def __init__(self, api: Api, step: Step) -> None:
        self._api = api
        self._step = step

    async def walk(self, person: Person) -> None:
        await a_scene(self._api)
        token = person.token
        await self._step("ChooseLifeEvents", token, turns=["SCHOOL", "MARRIAGE", "HOME"], key=new_id())
        await self._step("Home", token, near=HERE)
        await self._step("OpenHome", None, near=HERE)
        await self._step("DismissSuggestion", token, suggestion="chosen:school:1", key=new_id())
