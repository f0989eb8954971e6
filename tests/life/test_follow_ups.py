"""Follow-ups: planned for who is in care, due again when done, told of in time, never after the contract."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import civil_day
from app.core.ids import new_id
from app.core.messages import message
from app.core.viewer import Role, Viewer
from app.domains.life.health.follow_ups.errors import FollowUpInvalid, FollowUpUnknown
from app.domains.life.health.follow_ups.model import (
    MISSED_AFTER,
    FollowUpKind,
    Plan,
    PlanState,
    demand_plan,
    worded,
)
from tests.support.api import Api, Clerk, Person
from tests.support.health import InCare, in_care, planned, with_members

PROVIDER = "provider"
TODAY = date(2026, 3, 2)


def _plan(**changed: Any) -> Plan:
    made = datetime(2026, 1, 1, tzinfo=UTC)
    given: dict[str, Any] = {"every_days": 90, "due": TODAY, "planned_at": made, **changed}
    return Plan("p", "citizen", "centre", "contract", FollowUpKind.BLOOD_PRESSURE, **given)


@given(every=st.integers(1, 366), late=st.integers(-30, 60))
def test_done_it_is_due_again_after_so_many_days_from_the_day_it_was_done(every: int, late: int) -> None:
    on = TODAY + timedelta(days=late)
    after = _plan(every_days=every).done_on(on)
    assert (after.due, after.done) == (on + timedelta(days=every), 1)
    assert after.state_on(on) is PlanState.ACTIVE


def test_what_cannot_be_is_said_in_words() -> None:
    for what, chinese, english in (("everyDays", "间隔天数", "every so many days"), ("first", "首次日期", "first day")):
        assert chinese in message("FOLLOW_UP_INVALID", "zh-CN", what=what)
        assert english in message("FOLLOW_UP_INVALID", "en", what=what)
    assert message("PLACE_FIELD_INVALID", "zh-CN", field="aboutEn").startswith("简介（英文）")


def test_a_week_after_its_day_it_was_missed() -> None:
    plan = _plan()
    assert plan.state_on(TODAY + MISSED_AFTER) is PlanState.ACTIVE
    assert plan.state_on(TODAY + MISSED_AFTER + timedelta(days=1)) is PlanState.MISSED
    told_on = plan.miss_on
    assert told_on is not None
    assert plan.state_on(told_on) is PlanState.MISSED  # nobody is told of it on a day on which it is not
    assert plan.state_on(told_on - timedelta(days=1)) is PlanState.ACTIVE
    ended = plan.ended(datetime(2026, 3, 3, tzinfo=UTC))
    assert ended.state_on(TODAY) is PlanState.ENDED
    with pytest.raises(FollowUpUnknown):
        ended.done_on(TODAY)


@pytest.mark.parametrize(
    ("every", "first", "what"),
    [(0, TODAY, "everyDays"), (400, TODAY, "everyDays"), (7, TODAY - timedelta(days=1), "first")],
)
def test_a_plan_makes_sense(every: int, first: date, what: str) -> None:
    with pytest.raises(FollowUpInvalid) as wrong:
        demand_plan(every, first, TODAY)
    assert wrong.value.what == what
    with pytest.raises(FollowUpInvalid):
        worded(" . "[:1])


@pytest.fixture
async def person(shared_api: Api) -> Person:
    return await shared_api.verified()


@pytest.fixture
async def care(shared_api: Api, person: Person) -> InCare:
    return await in_care(shared_api, person)


async def recorded(api: Api, care: InCare, plan: str, result: str = "血压 132/84，继续服药") -> Any:
    return await api.data("RecordFollowUp", care.token, PROVIDER, planId=plan, result=result, key=new_id())


async def test_what_was_found_is_read_by_the_patient_and_sealed(shared_api: Api, person: Person, care: InCare) -> None:
    plan = (await planned(shared_api, care))["plan"]["id"]
    await recorded(shared_api, care, plan)
    (mine,) = await shared_api.data("MyFollowUpPlans", person.token)
    today = civil_day(shared_api.city.clock.now())
    assert (mine["done"], mine["due"]) == (1, (today + timedelta(days=90)).isoformat())
    page = await shared_api.data("MyFollowUps", person.token, planId=plan, first=5)
    assert [edge["node"]["result"] for edge in page["edges"]] == ["血压 132/84，继续服药"]
    row = await shared_api.city.db["follow_ups"].find_one({"citizen": shared_api.key(person)})
    assert row is not None
    assert "132/84" not in str(row)
    titles = {one["title"] for one in await shared_api.told(person)}
    assert {"A follow-up is planned", "A follow-up is done"} <= titles


async def test_of_two_at_once_one_is_entered(shared_api: Api, care: InCare) -> None:
    plan = (await planned(shared_api, care))["plan"]["id"]
    done = await asyncio.gather(*(recorded(shared_api, care, plan, f"第 {n} 次") for n in range(2)))
    assert {one["__typename"] for one in done} <= {"FollowUpRecorded", "FollowUpChanged"}
    (kept,) = await shared_api.data("FollowUpPlans", care.token, PROVIDER, contractId=care.contract)
    assert kept["done"] == sum(one["__typename"] == "FollowUpRecorded" for one in done)


async def test_one_plan_of_a_kind_and_only_for_who_is_in_care(shared_api: Api, care: InCare, person: Person) -> None:
    await planned(shared_api, care)
    assert (await planned(shared_api, care))["__typename"] == "FollowUpPlanned"
    assert (await planned(shared_api, care, kind="BLOOD_SUGAR"))["__typename"] == "FollowUpPlanMade"
    stranger = await in_care(shared_api, await shared_api.verified())
    other = InCare(stranger.token, stranger.clerk, care.contract)
    assert (await planned(shared_api, other, kind="OTHER"))["__typename"] == "PatientNotInCare"
    await shared_api.data("EndFamilyDoctor", person.token, key=new_id())
    assert (await planned(shared_api, care, kind="OTHER"))["__typename"] == "PatientNotInCare"


async def test_who_tries_things_out_sees_nothing_of_real_patients(
    shared_api: Api, care: InCare, person: Person
) -> None:
    await planned(shared_api, care)
    row = await shared_api.city.db["follow_up_plans"].find_one({"citizen": shared_api.key(person)})
    assert row is not None
    scopes = frozenset({"health"})
    client = Viewer(Role.PROVIDER_CLIENT, "a-program", organisation=row["organisation"], scopes=scopes)
    rooms = shared_api.city.services.life.health.follow_ups
    assert [one.id for one in await rooms.of_patient(client, row["contract"])] == [row["_id"]]
    assert await rooms.of_patient(replace(client, test_mode=True), row["contract"]) == []


async def test_another_centre_sees_and_enters_nothing(shared_api: Api, care: InCare) -> None:
    plan = (await planned(shared_api, care))["plan"]["id"]
    stranger = await in_care(shared_api, await shared_api.verified())
    assert await shared_api.data("FollowUpPlans", stranger.token, PROVIDER, contractId=care.contract) == []
    assert (await recorded(shared_api, stranger, plan))["__typename"] == "FollowUpUnknown"
    page = await shared_api.data("FollowUps", stranger.token, PROVIDER, planId=plan, first=5)
    assert page["edges"] == []


async def _crew(api: Api, care: InCare) -> dict[str, Clerk]:
    """A nurse who follows up, an assistant who does not, and one of the centre who is not of the team."""
    organisation = str(care.clerk.organisation)
    found = {who: await api.clerk(organisation, "nurse") for who in ("nurse", "assistant", "stranger")}
    named = {"name": {"zh": "王护士", "en": "Nurse Wang"}, "role": "NURSE", "followsUp": True}
    members = [
        {**named, "login": found["nurse"].login},
        {"login": found["assistant"].login, "name": {"zh": "助理"}, "role": "ASSISTANT"},
    ]
    saved = await with_members(api, care, members)
    assert [(one["role"], one["followsUp"]) for one in saved["team"]["members"]] == [
        ("NURSE", True),
        ("ASSISTANT", False),
    ]
    return found


async def _in(api: Api, clerk: Clerk) -> str:
    done = await api.data("SignInStaff", None, PROVIDER, **clerk.credentials(api.city.clock.now()))
    return str(done["tokens"]["accessToken"])


async def test_a_nurse_whom_the_team_names_does_follow_ups_and_the_patient_reads_who_it_was(
    shared_api: Api, care: InCare, person: Person
) -> None:
    plan = (await planned(shared_api, care))["plan"]["id"]
    crew = await _crew(shared_api, care)
    nurse = await _in(shared_api, crew["nurse"])
    said = {"planId": plan, "result": "血压 130/80，已上门", "key": new_id()}
    done = await shared_api.data("RecordFollowUp", nurse, PROVIDER, **said)
    assert (done["followUp"]["by"], done["followUp"]["byRole"]) == ("Nurse Wang", "NURSE")
    page = await shared_api.data("MyFollowUps", person.token, planId=plan, first=5)
    assert [edge["node"]["by"] for edge in page["edges"]] == ["Nurse Wang"]
    mine = await shared_api.data("MyFamilyDoctor", person.token)
    assert [one["name"] for one in mine["team"]["members"]] == ["Nurse Wang", "助理"]


async def test_who_is_named_for_other_things_reads_and_a_stranger_to_the_team_neither(
    shared_api: Api, care: InCare
) -> None:
    plan = (await planned(shared_api, care))["plan"]["id"]
    await recorded(shared_api, care, plan)
    crew = await _crew(shared_api, care)
    for who, read in (("assistant", 1), ("stranger", 0)):
        token = await _in(shared_api, crew[who])
        said = {"planId": plan, "result": "已随访", "key": new_id()}
        await shared_api.refused("FollowUpNotYours", "RecordFollowUp", token, PROVIDER, **said)
        await shared_api.refused("FollowUpNotYours", "EndFollowUp", token, PROVIDER, planId=plan, key=new_id())
        other = replace(care, token=token)
        assert (await planned(shared_api, other, kind="OTHER"))["__typename"] == "FollowUpNotYours"
        plans = await shared_api.data("FollowUpPlans", token, PROVIDER, contractId=care.contract)
        page = await shared_api.data("FollowUps", token, PROVIDER, planId=plan, first=5)
        assert (len(plans), len(page["edges"])) == (read, read), who
    assert (await recorded(shared_api, care, plan))["__typename"] == "FollowUpRecorded", "the centre's own program"


async def test_a_team_names_only_who_signs_in_at_its_centre_and_each_once(shared_api: Api, care: InCare) -> None:
    elsewhere = await shared_api.clerk(await shared_api.organisation(), "nurse")
    wrong = {"name": {"zh": "护士"}, "role": "NURSE", "login": elsewhere.login}
    refused = await with_members(shared_api, care, [wrong])
    assert (refused["__typename"], refused["login"]) == ("TeamMemberUnknown", elsewhere.login)
    here = await shared_api.clerk(str(care.clerk.organisation), "nurse")
    twice = [{**wrong, "login": login} for login in (here.login, f" {here.login.upper()} ")]
    assert (await with_members(shared_api, care, twice))["__typename"] == "TeamInvalid"


async def test_it_is_told_of_once_before_its_day_and_not_when_it_is_done(
    shared_api: Api, care: InCare, person: Person
) -> None:
    plan = (await planned(shared_api, care))["plan"]["id"]
    rooms = shared_api.city.services.life.health.follow_ups
    await rooms.remind()
    await rooms.remind()
    events = [one for one in await shared_api.events(person) if one.type == "follow_up.due"]
    assert len(events) == 1
    assert await rooms.still_due(shared_api.key(person), events[0].facts["plan"], events[0].facts["due"])
    await recorded(shared_api, care, plan)
    assert not await rooms.still_due(shared_api.key(person), events[0].facts["plan"], events[0].facts["due"])
    assert "A follow-up is due" not in {one["title"] for one in await shared_api.told(person)}


async def _past_due(api: Api, person: Person) -> None:
    day = civil_day(api.city.clock.now()) - MISSED_AFTER - timedelta(days=2)
    gone = {"due": day.isoformat(), "remind_on": day.isoformat(), "miss_on": (day + MISSED_AFTER).isoformat()}
    await api.city.db["follow_up_plans"].update_many({"citizen": api.key(person)}, {"$set": gone})


async def test_what_was_missed_is_told_once_and_listed_for_the_centre(
    shared_api: Api, care: InCare, person: Person
) -> None:
    await planned(shared_api, care)
    await _past_due(shared_api, person)
    rooms = shared_api.city.services.life.health.follow_ups
    await rooms.note_missed()
    await rooms.note_missed()
    assert [one.type for one in await shared_api.events(person)].count("follow_up.missed") == 1
    page = await shared_api.data("OverdueFollowUps", care.token, PROVIDER, first=5)
    (row,) = (edge["node"] for edge in page["edges"])
    assert (row["maskedName"], row["plan"]["state"], row["plan"]["missed"]) == ("测**", "MISSED", 1)
    assert "You have missed a follow-up" in {one["title"] for one in await shared_api.told(person)}


async def test_after_the_contract_nobody_is_reminded_and_the_plan_ends(
    shared_api: Api, care: InCare, person: Person
) -> None:
    await planned(shared_api, care)
    await shared_api.data("EndFamilyDoctor", person.token, key=new_id())
    (mine,) = await shared_api.data("MyFollowUpPlans", person.token)
    assert mine["state"] == "ENDED", "with the contract, not at its next turn"
    await shared_api.city.services.life.health.follow_ups.remind()
    assert "follow_up.due" not in [one.type for one in await shared_api.events(person)]
    assert (await recorded(shared_api, care, mine["id"]))["__typename"] == "FollowUpUnknown"
