"""The unit's door: what is refused has a name in both languages, and what is told upwards is read and noted there."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.ids import new_id
from app.domains.voice.cases.model import Case
from graphql_schema.types.common import global_id
from tests.support.api import Api
from tests.support.case_work import SEAT, CaseWork, governed, worker


@pytest.fixture(scope="module")
async def work(shared_api: Api) -> CaseWork:
    await governed(shared_api.city)
    return CaseWork(shared_api.city)


@pytest.fixture(scope="module")
async def handler(shared_api: Api, work: CaseWork) -> str:
    return await shared_api.staff_token("team-1", "handler")


@pytest.fixture(scope="module")
async def leader(shared_api: Api, work: CaseWork) -> str:
    return await shared_api.staff_token("lights", "supervisor")


async def asked(api: Api, token: str, operation: str, case: Case, **given: Any) -> dict[str, Any]:
    wish = {"case": global_id("Case", case.id), "key": new_id(), **given}
    found: dict[str, Any] = await api.data(operation, token, "provider", **wish)
    return found


PAUSE = {"ask": "PAUSE", "reason": "等待配件", "until": "2020-01-01"}
NAMED: list[tuple[str, dict[str, Any], str]] = [
    ("NoteCase", {"text": "看过了"}, "CaseStateWrong"),
    ("FinishCase", {"result": ""}, "CaseWordsMissing"),
    ("ReplyToCase", {"text": "修" * 2_001}, "CaseWordsTooLong"),
    ("AssignCase", {"to": "nobody"}, "SupervisorNeeded"),
    ("EndCaseTask", {"result": "已断电"}, "TaskUnknown"),
    ("RequestOfCentre", {"request": {"ask": "RETURN", "reason": " "}}, "CaseReasonMissing"),
    ("RequestOfCentre", {"request": {"ask": "EXTENSION", "reason": "采购周期", "days": 99}}, "ExtensionInvalid"),
    ("RequestOfCentre", {"request": PAUSE}, "DueInPast"),
    ("TransferCase", {"to": "nowhere", "reason": "归他们"}, "CaseUnitUnknown"),
    ("TransferCase", {"to": "elsewhere", "reason": "归他们"}, "TransferOutside"),
    ("TransferCase", {"to": "team-1", "reason": "归我们"}, "UnitHasIt"),
    ("SuperviseCase", {"byDay": "2099-01-01", "words": "请尽快"}, "NotAbove"),
]


@pytest.mark.parametrize(("operation", "given", "name"), NAMED)
async def test_what_a_unit_may_not_has_a_name(
    shared_api: Api, work: CaseWork, handler: str, operation: str, given: dict[str, Any], name: str
) -> None:
    case = await work.dispatched()
    for language in ("zh-CN", "en"):
        refused = await asked(shared_api.speaking(language), handler, operation, case, **given)
        assert refused["__typename"] == name, refused
        assert refused["message"]
    assert (await work.now(case)).rev == case.rev


async def test_of_helpers_the_lead_hears_by_name(shared_api: Api, work: CaseWork, handler: str) -> None:
    case = await work.dispatched(helpers=("water",))
    helper = await shared_api.staff_token("water", "handler")
    assert (await asked(shared_api, helper, "ClaimCase", case))["__typename"] == "NotLeadUnit"
    await asked(shared_api, handler, "ClaimCase", case)
    waiting = await asked(shared_api, handler, "FinishCase", case, result="已修好")
    assert (waiting["__typename"], waiting["units"]) == ("TasksOpen", ["water"])
    other = await shared_api.staff_token("team-1", "handler")
    assert (await asked(shared_api, other, "ClaimCase", case))["__typename"] == "CaseHeldByAnother"


async def test_anothers_case_is_like_none(shared_api: Api, work: CaseWork) -> None:
    stranger, case = await shared_api.staff_token("elsewhere", "supervisor"), await work.dispatched()
    gone = {"key": new_id(), "case": global_id("Case", new_id())}
    for operation in ("OpenUnitCase", "ClaimCase"):
        theirs = await asked(shared_api, stranger, operation, case)
        assert theirs == await shared_api.data(operation, stranger, "provider", **gone)
        assert theirs["__typename"] == "CaseUnknown"
    assert await shared_api.data("UnitCase", stranger, "provider", number=case.number) is None


async def test_the_clock_says_why_in_the_readers_language(shared_api: Api, work: CaseWork, handler: str) -> None:
    case = await work.dispatched()
    for language, word in (("zh-CN", "个工作日内办结"), ("en", "10 working days")):
        told = await shared_api.speaking(language).data("UnitCase", handler, "provider", number=case.number)
        clock = told["clock"]
        assert word in clock["explanation"]
        assert (clock["rule"], clock["measure"], clock["amount"], clock["remaining"], clock["overdue"]) == (
            "complaint",
            "WORKING_DAYS",
            10,
            10,
            False,
        )
        assert clock["calendarVersion"] == shared_api.city.calendar.current.version


async def test_a_leader_reads_what_is_told_upwards_and_sets_a_day(shared_api: Api, work: CaseWork, leader: str) -> None:
    case = await work.dispatched()
    day = await asked(shared_api, leader, "SuperviseCase", case, byDay="2099-01-01", words="请尽快办理")
    assert (day["__typename"], day["supervision"]["due"]) == ("CaseSupervised", "2099-01-01")
    past = await asked(shared_api, leader, "SuperviseCase", case, byDay="2020-01-01", words="请尽快办理")
    assert past["__typename"] == "DueInPast"
    listed = await shared_api.data("CaseEscalations", leader, "provider")
    assert case.number not in [edge["node"]["number"] for edge in listed["edges"]]
    strange = {"escalation": global_id("CaseEscalation", new_id()), "key": new_id()}
    assert (await shared_api.data("NoteCaseEscalation", leader, "provider", **strange))["code"] == "ESCALATION_UNKNOWN"


async def test_the_centre_sets_days_too(shared_api: Api, work: CaseWork) -> None:
    centre, case = await shared_api.staff_token(SEAT.organisation or "", "seat"), await work.dispatched()
    done = await asked(shared_api, centre, "SuperviseCase", case, byDay="2099-01-01", words="请尽快办理")
    assert done["__typename"] == "CaseSupervised"
    assert (await work.now(case)).supervision is not None
    assert worker("team-1").organisation == case.unit
