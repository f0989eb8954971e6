"""Every operation of a unit once, over cases made for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from app.core.clock import civil_day
from app.core.ids import new_id
from app.domains.voice.cases.model import Case
from app.domains.voice.units.escalation.model import Escalation, Rung
from app.domains.voice.units.escalation.store import EscalationStore
from graphql_schema.types.common import global_id
from tests.support.api import Api
from tests.support.case_work import CaseWork, governed

Step = Callable[..., Awaitable[Any]]


class UnitWalk:
    def __init__(self, api: Api, step: Step) -> None:
        self._work = CaseWork(api.city)
        self._api = api
        self._step = step
        self._token = ""

    async def walk(self) -> None:
        await governed(self._work.city)
        clerk = await self._api.clerk("team-1", "supervisor")
        self._token = await self._api.staff_token("team-1", "supervisor")
        case = await self._work.dispatched(helpers=("water",))
        await self._ask("UnitCases")
        await self._ask("UnitCase", number=case.number)
        await self._do("OpenUnitCase", case)
        await self._do("ClaimCase", case)
        await self._do("ArriveAtCase", case, text="已到现场")
        await self._do("NoteCase", case, text="等电工", public=True)
        await self._do("AskReporter", case, text="是哪一杆？")
        await self._helped(case)
        await self._do("FinishCase", case, result="已更换线路")
        await self._do("ReplyToCase", case, text="路灯已修好。")
        other = await self._work.dispatched()
        await self._do("AssignCase", other, to=clerk.id)
        await self._do("RequestOfCentre", other, request={"ask": "EXTENSION", "reason": "采购周期", "days": 2})
        await self._do("TransferCase", await self._work.dispatched(), to="team-2", reason="由其办理更近")
        await self._looks_on(other)

    async def _helped(self, case: Case) -> None:
        own, self._token = self._token, await self._api.staff_token("water", "handler")
        await self._do("EndCaseTask", case, result="已断电")
        self._token = own

    async def _looks_on(self, case: Case) -> None:
        told = Escalation(
            id=new_id(),
            case=case.id,
            number=case.number,
            unit="team-1",
            to="team-1",
            rung=Rung.LEADER,
            what="half",
            held=False,
            at=self._work.city.clock.now(),
        )
        await self._work.city.db.transaction(lambda tx: EscalationStore(self._work.city.db).add(told, tx))
        await self._ask("CaseEscalations")
        await self._ask("NoteCaseEscalation", escalation=global_id("CaseEscalation", told.id), key=new_id())
        today = civil_day(self._work.city.clock.now())
        self._token = await self._api.staff_token("lights", "supervisor")
        await self._do("SuperviseCase", case, byDay=today.isoformat(), words="请尽快办理")

    async def _do(self, operation: str, case: Case, **given: Any) -> Any:
        given = {"case": global_id("Case", case.id), "key": new_id(), **given}
        return await self._step(operation, self._token, "provider", **given)

    async def _ask(self, operation: str, **given: Any) -> Any:
        return await self._step(operation, self._token, "provider", **given)
