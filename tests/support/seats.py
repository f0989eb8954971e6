"""Every operation of the centre's seats once, over cases made for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from app.core.clock import civil_day
from app.core.ids import new_id
from app.core.numbers import new_number
from app.core.said import Said
from app.domains.voice.cases.categories.model import Category
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.requests.model import Ask
from app.domains.voice.centre.dispatch.rules.model import About, Goal, RuleTable
from app.domains.voice.units.handling.service import Wish
from graphql_schema.types.common import global_id
from tests.support.api import OPS, Api
from tests.support.case_work import CENTRE, CaseWork, governed, worker

LAMP = "test-light"
Step = Callable[..., Awaitable[Any]]


async def lamps_by_rule(work: CaseWork) -> None:
    """Lamps of the district are a team's, elsewhere the water bureau's; the district is its own fallback."""
    await governed(work.city)
    categories, rules = work.city.services.voice.categories, work.city.services.voice.centre.rules
    for code, urgent in ((LAMP, False), ("test-gas", True), ("test-talk", False)):
        made = Category(code, Said(code), urgent=urgent, convenience=code == "test-talk")
        await categories.save(OPS, made, new_id())
    for about, goal in ((About(LAMP, "district"), Goal("team-1")), (About(LAMP), Goal("water"))):
        await rules.write(OPS, RuleTable.RESPONSIBILITIES, about, goal, Said("路灯", "lamps"), "test", new_id())
    fallback = About(division="district")
    await rules.write(OPS, RuleTable.FALLBACKS, fallback, Goal("district"), Said(""), "test", new_id())


class SeatWalk:
    def __init__(self, api: Api, step: Step) -> None:
        self._work = CaseWork(api.city)
        self._api = api
        self._step = step
        self._token = ""

    async def walk(self) -> None:
        await lamps_by_rule(self._work)
        self._token = await self._api.provider(CENTRE, ("cases:centre",))
        await self._takes_in()
        await self._dispatches()
        await self._answers_units()
        await self._joins()
        await self._calls()

    async def _do(self, operation: str, case: Case, **given: Any) -> Any:
        given = {"case": global_id("Case", case.id), "key": new_id(), **given}
        return await self._step(operation, self._token, "provider", **given)

    async def _ask(self, operation: str, **given: Any) -> Any:
        return await self._step(operation, self._token, "provider", **given)

    async def _takes_in(self) -> None:
        case = await self._work.filed(category=LAMP, number=new_number(2026, "SQ"))
        await self._ask("CasesAtCentre", list="FILED")
        await self._ask("CentreBoard")
        await self._ask("CaseMap", box={"south": 26.0, "west": 119.2, "north": 26.1, "east": 119.4})
        await self._ask("CaseAtCentre", number=case.number)
        await self._ask("KnownAnswersTo", case=global_id("Case", case.id))
        await self._do("OpenCaseAtCentre", case)
        await self._do("AcceptCase", case, taking={"category": "test-talk"})
        await self._do("CorrectCase", case, taking={"category": LAMP, "urgent": True})
        await self._do("UnpublishCase", await self._work.filed(category=LAMP, public=True), reason="含个人信息")
        await self._do("AnswerCase", await self._work.filed(category=LAMP), text="请拨 95598。")
        other = await self._work.filed(category=LAMP)
        await self._do("RefuseCase", other, reason="属于法院管辖", rightPlace="鼓楼区人民法院")

    async def _dispatches(self) -> None:
        case = await self._work.accepted(category=LAMP)
        await self._ask("DispatchProposal", case=global_id("Case", case.id))
        helpers = [{"unit": "water", "words": "请配合断水"}]
        await self._do("DispatchCase", case, unit="team-1", rev=case.rev, helpers=helpers)
        await self._do("MoveCase", case, unit="lights", words="由局里办")
        await self._do("HandOverCase", case, level="COUNTY", words="由区里统筹")

    async def _answers_units(self) -> None:
        case = await self._work.dispatched("team-1", category=LAMP)
        today = civil_day(self._work.city.clock.now())
        wish = Wish(Ask.PAUSE, "等零件", until=today.replace(year=today.year + 1, day=1))
        await self._asked(case, wish)
        await self._do("ApproveCaseRequest", case, request=await self._waiting(case))
        await self._do("ResumeCase", case)
        await self._asked(case, Wish(Ask.RETURN, "不属于本单位"))
        await self._do("DeclineCaseRequest", case, request=await self._waiting(case), why="属于你单位")

    async def _waiting(self, case: Case) -> str:
        return global_id("CaseRequest", await self._work.waiting(case))

    async def _asked(self, case: Case, wish: Wish) -> None:
        await self._work.city.services.voice.handling.request(worker("team-1"), case.id, wish, new_id())

    async def _joins(self) -> None:
        whose, numbers = new_id(), (new_number(2026, "SQ"), new_number(2026, "SQ"))
        first, second = [
            await self._work.filed(category=LAMP, citizen=whose, owner=whose, number=number) for number in numbers
        ]
        await self._do("MergeCase", second, number=first.number)
        await self._do("SplitCase", first, parts=[{"title": "", "text": "还有漏水", "category": "test-talk"}])

    async def _calls(self) -> None:
        case, handling = await self._work.claimed("team-1", category=LAMP), self._work.city.services.voice.handling
        await handling.finish(worker("team-1"), case.id, "已修好", (), new_id())
        await handling.reply(worker("team-1"), case.id, "已修好", new_id())
        await self._do("CallBack", case, call={"reached": True, "solved": True, "grade": 5})
