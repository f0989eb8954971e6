"""What people and units hear of an application, and what days do to it."""

from __future__ import annotations

from app.core.calendar import Light, published
from app.core.clock import CITY_TIME, civil_day
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.viewer import Role, Viewer
from app.domains.government.applications.history.model import Happened, Point, State
from app.domains.government.applications.keeping.service import Looked
from app.wiring import City
from tests.support.api import Api
from tests.support.applying import ANSWERS, REASON, REMEDY, applicant, begun, handed_in, handler, offered, taken
from tests.support.fakes import MovableClock


async def test_each_step_is_told_in_both_languages(shared_api: Api) -> None:
    city, handling = shared_api.city, shared_api.city.services.government.handling
    person, viewer = await applicant(shared_api)
    offer = await offered(city)
    by = handler(offer.unit)
    one = await taken(city, by, await handed_in(city, viewer, offer))
    await handling.ask_correction(by, one, [Point("请补充相片")], new_id())
    await city.services.government.applications.mend(viewer, one, ANSWERS, (), None, new_id())
    await handling.begin_review(by, one, new_id())
    await handling.extend(by, one, 3, new_id())
    await handling.decide(by, one, True, REASON, None, new_id())
    await handling.deliver(by, one, {}, new_id())
    number = (await handling.one(by, one)).number  # type: ignore[union-attr]
    for language in ("en", "zh-CN"):
        told = await shared_api.speaking(language).told(person)
        lines = [line for line in told if line["event"].startswith("application.")]
        assert [line["event"].removeprefix("application.") for line in reversed(lines)] == [
            "submitted",
            "accepted",
            "correction_asked",
            "corrected",
            "review_begun",
            "extended",
            "granted",
            "delivered",
        ]
        assert all(number in line["body"] and "{" not in line["body"] for line in lines)


async def test_words_of_an_application_are_in_no_event_and_sealed_in_the_database(
    shared_api: Api,
) -> None:
    city = shared_api.city
    person, viewer = await applicant(shared_api)
    offer = await offered(city)
    by, secret = handler(offer.unit), "不可告人的理由"
    one = await handed_in(city, viewer, offer)
    await city.services.government.handling.claim(by, one, new_id())
    await city.services.government.handling.refuse(by, one, secret, REMEDY, new_id())
    row = await city.db["service_applications"].find_one({"_id": one})
    events = [event.facts for event in await shared_api.events(person)]
    assert secret not in str(row)
    assert ANSWERS["phone"] not in str(row)
    assert secret not in str(events)
    mine = await city.services.government.applications.one(viewer, one)
    assert mine is not None
    assert mine.decision is not None
    assert mine.decision.reason == secret


async def test_what_a_handler_reads_stands_in_the_applicants_ledger(shared_api: Api) -> None:
    city = shared_api.city
    person, viewer = await applicant(shared_api)
    offer = await offered(city)
    by, key = handler(offer.unit), new_id()
    one = await handed_in(city, viewer, offer)
    for _ in range(2):
        opened = await city.services.government.handling.open(by, one, key)
        assert (opened.applicant.name, opened.applicant.id_number) == (person.name, person.id_number)
    reads = (await city.services.disclosures.mine(viewer, PageRequest())).items
    assert [(made.organisation, made.verifier, made.purpose) for made in reads] == [
        (offer.unit, by.actor, "application")
    ]
    assert "application" in reads[0].attributes


async def test_an_application_turns_yellow_and_red_and_everybody_concerned_is_told(
    city: City, api: Api, clock: MovableClock
) -> None:
    person, viewer = await applicant(api)
    offer = await offered(city, promised_days=10)
    by, keeping = handler(offer.unit), city.services.government.keeping
    one = await taken(city, by, await handed_in(city, viewer, offer))
    was = await city.services.government.handling.one(by, one)
    assert was is not None
    assert was.timing.due is not None
    assert await keeping.look() == Looked()
    clock.advance(days=(was.timing.due - civil_day(clock.now())).days)
    assert await keeping.look() == Looked(seen=1)
    yellow = await city.services.government.handling.one(by, one)
    assert yellow is not None
    assert yellow.timing.light is Light.YELLOW
    clock.advance(days=1)
    assert await keeping.look() == Looked(seen=1, overdue=1)
    assert await keeping.look() == Looked()
    red = await city.services.government.handling.one(by, one)
    assert red is not None
    assert (red.timing.light, red.history[-1].what) == (Light.RED, Happened.OVERDUE)
    events = [event for event in await api.events(person) if event.type == "application.overdue"]
    assert [event.facts["organisation"] for event in events] == [offer.unit]
    await city.services.government.handling.decide(by, one, True, REASON, None, new_id())
    clock.advance(days=400)
    assert await keeping.look() == Looked()


async def test_who_comes_by_before_the_nightly_look_notes_that_it_is_overdue(
    city: City, api: Api, clock: MovableClock
) -> None:
    person, viewer = await applicant(api)
    offer = await offered(city, promised_days=10)
    by, handling = handler(offer.unit), city.services.government.handling
    one = await taken(city, by, await handed_in(city, viewer, offer))
    was = await handling.one(by, one)
    assert was is not None
    assert was.timing.due is not None
    clock.advance(days=(was.timing.due - civil_day(clock.now())).days + 1)
    for _ in range(2):
        await handling.begin_review(by, one, "the-same-key-twice")
    assert await city.services.government.keeping.look() == Looked()
    now = await handling.one(by, one)
    assert now is not None
    assert [entry.what for entry in now.history[-2:]] == [Happened.REVIEW_BEGUN, Happened.OVERDUE]
    assert now.history[-1].by == "worker"
    assert [event.type for event in await api.events(person)].count("application.overdue") == 1


async def test_a_draft_is_warned_of_once_at_whatever_hour_it_was_saved(
    city: City, api: Api, clock: MovableClock
) -> None:
    person, viewer = await applicant(api)
    keeping = city.services.government.keeping
    # Saved at noon, looked at after midnight: on its last day ninety times 24 hours are not over yet.
    noon = clock.now().astimezone(CITY_TIME).replace(hour=12)
    clock.advance(seconds=((noon - clock.now()).total_seconds()) % 86_400)
    await begun(city, viewer, await offered(city))
    clock.advance(days=82, hours=12, minutes=30)
    found = [await keeping.look()]
    for _ in range(8):
        clock.advance(days=1)
        found.append(await keeping.look())
    assert sum(one.warned for one in found) == 1
    assert found[7] == Looked(seen=1, dropped=1)
    assert [event.type for event in await api.events(person)].count("application.draft_ends") == 1


async def test_a_draft_is_dropped_after_ninety_days_and_its_owner_is_warned(
    city: City, api: Api, clock: MovableClock
) -> None:
    person, viewer = await applicant(api)
    draft = await begun(city, viewer, await offered(city))
    keeping = city.services.government.keeping
    clock.advance(days=82)
    assert await keeping.look() == Looked()
    clock.advance(days=1)
    assert await keeping.look() == Looked(seen=1, warned=1)
    clock.advance(days=6)
    assert await keeping.look() == Looked()
    clock.advance(days=1)
    assert await keeping.look() == Looked(seen=1, dropped=1)
    assert await city.services.government.applications.one(viewer, draft) is None
    told = {event.type for event in await api.events(person)}
    assert {"application.draft_ends", "application.draft_dropped"} <= told


async def test_an_overlay_of_the_calendar_moves_what_is_due(city: City, api: Api, clock: MovableClock) -> None:
    _, viewer = await applicant(api)
    offer = await offered(city, promised_days=5)
    one = await handed_in(city, viewer, offer)
    before = await city.services.government.applications.one(viewer, one)
    assert before is not None
    assert before.promised is not None
    due = before.promised.due(city.calendar.current)
    assert due is not None
    ops = Viewer(role=Role.OPS, actor="ops")
    await city.calendar.write(ops, due, False, "台风停工", new_id())
    told = before.promised.explained(city.calendar.current, clock.now())
    assert told.due == city.calendar.current.add_working_days(due, 1)
    assert told.calendar != before.promised.explained(published(), clock.now()).calendar
    await city.calendar.take_back(ops, due, new_id())
    assert before.promised.due(city.calendar.current) == due


async def test_who_leaves_has_nothing_under_way_any_more(city: City, api: Api) -> None:
    _, viewer = await applicant(api)
    offer = await offered(city)
    draft = await begun(city, viewer, offer)
    one = await handed_in(city, viewer, offer)
    applications = city.services.government.applications
    for _ in range(2):
        await applications.end_all(Viewer(role=Role.OPS, actor="worker"), viewer.citizen())
    assert await applications.one(viewer, draft) is None
    ended = await applications.one(viewer, one)
    assert ended is not None
    assert ended.state is State.WITHDRAWN
    assert ended.content.answers == ANSWERS
