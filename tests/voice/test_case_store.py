"""Cases are kept and read as they were, and what people wrote is sealed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.core.ids import new_id
from app.core.places.model import Point
from app.core.viewer import Role, Viewer
from app.domains.voice.cases.clocks.model import CaseClock, Measure
from app.domains.voice.cases.errors import CaseChanged
from app.domains.voice.cases.history.model import CaseChannel, CaseKind, CaseState, Happened, Identity
from app.domains.voice.cases.model import Case, Task, Words
from app.domains.voice.cases.ratings.model import CaseRating
from app.domains.voice.cases.requests.model import Answer, Ask, UnitRequest
from app.domains.voice.cases.service import CaseSteps
from app.domains.voice.cases.store import CaseStore
from app.domains.voice.places.model import Place
from app.wiring import City

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SEAT = Viewer(role=Role.PROVIDER_STAFF, actor="seat-1", organisation="centre-12345")
HANDLER = Viewer(role=Role.PROVIDER_STAFF, actor="handler-1", organisation="unit-1")


def filed(citizen: str | None = None) -> Case:
    id_ = new_id()
    return Case(
        id=id_,
        number=f"SQ2026-{id_[-4:]}",
        owner=citizen or f"case:{id_}",
        citizen=citizen,
        kind=CaseKind.COMPLAINT,
        channel=CaseChannel.APP,
        category="street-lamp",
        identity=Identity.NAMED if citizen else Identity.ANONYMOUS,
        state=CaseState.FILED,
        place=Place("350102000000", Point(26.08, 119.3), "SECRET street 5", "lamp-1"),
        words=Words("SECRET title", "SECRET text", contact="SECRET contact"),
        filed_at=NOW,
        changed_at=NOW,
        by=citizen or "anonymous",
    )


def handled_with_everything(case: Case) -> Case:
    clock = CaseClock("complaint", Measure.WORKING_DAYS, 10, NOW)
    case = case.accepted(clock, False, SEAT, NOW)
    task = Task("unit-2", "SECRET task")
    case = case.dispatched("unit-1", ("unit-1", "fuzhou"), [task], "rule", SEAT, NOW)
    case = case.claimed(HANDLER, NOW)
    case = case.noted(Happened.NOTED, "SECRET note", ("file-1",), HANDLER, NOW, public=True)
    ask = UnitRequest(new_id(), Ask.EXTENSION, "unit-1", "handler-1", NOW, "SECRET reason", days=3)
    case = case.asked(ask, 5, HANDLER, NOW).settled(Answer.APPROVED, "SECRET why", SEAT, NOW)
    case = case.supervised(date(2026, 3, 20), "SECRET look", SEAT, NOW)
    case = case.task_done("unit-2", "SECRET done", HANDLER, NOW)
    case = case.handled("SECRET handled", (), HANDLER, NOW).replied("SECRET reply", HANDLER, NOW)
    return case.rated(CaseRating(False, 1, NOW, "me", 1, "SECRET rating"), HANDLER)


async def kept(city: City, case: Case) -> Case:
    steps = CaseSteps(CaseStore(city.db, city.persons), city.calendar, city.outbox, city.audit, city.clock)
    return await city.db.transaction(lambda tx: steps.begin(SEAT, case, tx))


@pytest.mark.parametrize("citizen", [None, "somebody"])
async def test_a_case_comes_back_as_it_was_kept(city: City, citizen: str | None) -> None:
    store = CaseStore(city.db, city.persons)
    steps = CaseSteps(store, city.calendar, city.outbox, city.audit, city.clock)
    case = await kept(city, filed(citizen))
    assert await store.get(case.id) == case

    was = await store.get(case.id)
    assert was is not None
    now = await city.db.transaction(lambda tx: steps.keep(HANDLER, handled_with_everything(was), was, tx))
    assert await store.get(case.id) == now
    assert now.rev == 2
    assert len(now.events) == 13


async def test_nothing_that_was_written_stands_in_the_database_in_the_clear(city: City) -> None:
    await kept(city, handled_with_everything(filed()))
    for name in ("cases", "audit", "outbox"):
        assert "SECRET" not in str(await city.db[name].find({}).to_list(None))


async def test_lists_come_with_the_words_and_without_what_was_said(city: City) -> None:
    store = CaseStore(city.db, city.persons)
    case = await kept(city, handled_with_everything(filed("somebody")))
    [listed] = (await store.several([case.id])).values()
    assert (listed.words, listed.place, listed.reply, listed.whole) == (case.words, case.place, None, False)
    bare = await store.bare(case.id)
    assert bare is not None
    assert (bare.words, bare.place.address) == (Words(), "")
    assert [event.what for event in bare.events] == [event.what for event in case.events]


async def test_of_two_who_change_a_case_at_once_one_is_told_to_look_again(city: City) -> None:
    store = CaseStore(city.db, city.persons)
    steps = CaseSteps(store, city.calendar, city.outbox, city.audit, city.clock)
    was = await kept(city, filed())
    clock = CaseClock("complaint", Measure.WORKING_DAYS, 10, NOW)
    accepted = was.accepted(clock, False, SEAT, NOW)
    await city.db.transaction(lambda tx: steps.keep(SEAT, accepted, was, tx))
    with pytest.raises(CaseChanged):
        await city.db.transaction(lambda tx: steps.keep(SEAT, was.withdrawn(SEAT, NOW), was, tx))


async def test_what_time_has_to_do_is_found_when_it_is_due(city: City) -> None:
    store = CaseStore(city.db, city.persons)
    clock = CaseClock("complaint", Measure.WORKING_DAYS, 10, NOW)
    case = await kept(city, filed().accepted(clock, False, SEAT, NOW))
    look = case.timing.look
    assert look is not None
    assert [one.id async for one in store.to_look_at(look - timedelta(seconds=1))] == []
    assert [one.id async for one in store.to_look_at(look)] == [case.id]
    closed = replace(case, whole=True).withdrawn(SEAT, NOW)
    steps = CaseSteps(store, city.calendar, city.outbox, city.audit, city.clock)
    await city.db.transaction(lambda tx: steps.keep(SEAT, closed, case, tx))
    assert [one.id async for one in store.to_look_at(look)] == []
