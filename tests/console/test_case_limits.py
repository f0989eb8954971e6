"""Time limits and what is told upwards, at the console: read in both languages, changed with a reason, noted, set."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core.clock import civil_day
from app.core.ids import new_id
from app.domains.voice.cases.clocks.rules.model import RuleCode
from app.domains.voice.cases.model import Case
from app.domains.voice.units.escalation.model import Escalation, Rung
from app.domains.voice.units.escalation.store import EscalationStore
from tests.console.conftest import Desk
from tests.support.api import Api
from tests.support.case_work import CaseWork, governed


@pytest.fixture
async def case(shared_api: Api) -> Case:
    await governed(shared_api.city)
    return await CaseWork(shared_api.city).dispatched()


async def test_what_is_told_upwards_is_noted_at_the_desk(desks: dict[str, Desk], shared_api: Api, case: Case) -> None:
    city = shared_api.city
    told = Escalation(new_id(), case.id, case.number, "team-1", "lights", Rung.ABOVE, "due", True, city.clock.now())
    await city.db.transaction(lambda tx: EscalationStore(city.db).add(told, tx))
    desk = Desk(desks["operator"].http, "zh-CN")
    page = (await desk.page("/admin/case-escalations")).text
    assert f"诉求 {case.number} 已超期。" in page
    assert f"Case {case.number} is overdue." in (await Desk(desk.http, "en").page("/admin/case-escalations")).text
    assert (await desk.act(f"/admin/case-escalations/{told.id}/do/note")).status_code == 200
    assert case.number not in (await desk.page("/admin/case-escalations")).text


async def test_a_day_is_set_by_the_number_of_the_case(desks: dict[str, Desk], shared_api: Api, case: Case) -> None:
    desk, today = desks["operator"], civil_day(shared_api.city.clock.now())
    wish = {"number": case.number, "words": "请尽快办理"}
    past = await desk.act("/admin/case-escalations/do/supervise", by_day=str(today - timedelta(days=1)), **wish)
    assert past.status_code == 422
    done = await desk.act("/admin/case-escalations/do/supervise", by_day=str(today), **wish)
    assert done.status_code == 200
    found = await CaseWork(shared_api.city).now(case)
    assert found.supervision is not None
    assert found.supervision.due == today


async def test_a_time_limit_is_changed_with_a_reason(desks: dict[str, Desk], shared_api: Api) -> None:
    desk, rules = Desk(desks["operator"].http, "zh-CN"), shared_api.city.services.voice.clock_rules
    assert "便民清单内的投诉" in (await desk.page("/admin/case-clock-rules")).text
    was = await rules.current(RuleCode.SUGGESTION)
    wish = {
        "most_extension": "5",
        "opens": "08:00",
        "closes": "22:00",
        "reason": "按新办法",
        "version": str(was.version),
    }
    refused = await desk.act("/admin/case-clock-rules/suggestion/do/change", amount="0", **wish)
    assert refused.status_code == 422
    assert (await desk.act("/admin/case-clock-rules/suggestion/do/change", amount="6", **wish)).status_code == 200
    assert (await rules.current(RuleCode.SUGGESTION)).amount == 6
    assert "按新办法" in (await desk.page("/admin/case-clock-rules/suggestion")).text
    again = await desk.act("/admin/case-clock-rules/suggestion/do/change", amount="7", **wish)
    assert again.status_code == 422
    assert (await desk.page("/admin/case-clock-rules/nothing")).status_code == 404
