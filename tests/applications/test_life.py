"""An application from its draft to its delivery, through the services, on a real database."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.core.errors import Forbidden, Outcome
from app.core.ids import new_id
from app.core.numbers import parsed_number
from app.core.paging import PageRequest
from app.core.viewer import Viewer
from app.domains.government.applications.errors import (
    ApplicationStateWrong,
    CorrectionAlreadyAsked,
    CorrectionPointUnknown,
    ExtensionRefused,
    HeldByAnother,
    NotAppliedOnline,
    NotHeld,
    NotOfferedHere,
    RealNameMissing,
    ServiceApplicationUnknown,
)
from app.domains.government.applications.forms.errors import FormInvalid, FormVersionChanged
from app.domains.government.applications.forms.model import FaultReason
from app.domains.government.applications.history.model import Happened, Point, State
from app.domains.government.applications.materials.errors import MaterialsMissing, MaterialUnknown
from app.domains.government.applications.materials.model import Given, Lack, Way
from app.domains.government.applications.store import turn_of
from app.domains.government.catalogue.model import Depth, Offer
from app.domains.identity.rights.erasures.model import COOLING_OFF
from app.wiring import City
from tests.support.api import Api
from tests.support.applying import (
    ANSWERS,
    FORM,
    REASON,
    REMEDY,
    amend,
    applicant,
    begun,
    handed_in,
    handler,
    offered,
    taken,
)
from tests.support.fakes import MovableClock


async def test_the_form_is_filled_in_with_what_the_city_knows(shared: City, viewer: Viewer, offer: Offer) -> None:
    asked = await shared.services.government.drafts.form(viewer, offer.item, offer.unit)
    assert asked is not None
    assert {(one.field, one.name) for one in asked.filled} == {("phone", "phone"), ("holder", "name")}
    assert {one.field: one.value for one in asked.filled}["holder"] == "测试人"


async def test_an_application_goes_from_draft_to_delivery(
    shared: City, viewer: Viewer, offer: Offer, clerk: Viewer
) -> None:
    government = shared.services.government
    one = await handed_in(shared, viewer, offer)
    await taken(shared, clerk, one)
    await government.handling.begin_review(clerk, one, new_id())
    await government.handling.extend(clerk, one, 5, new_id())
    decided = await government.handling.decide(clerk, one, True, REASON, None, new_id())
    assert (decided.state, decided.decision and decided.decision.granted) == (State.DECIDED, True)
    await government.handling.deliver(clerk, one, {}, new_id())
    mine = await government.applications.one(viewer, one)
    assert mine is not None
    assert mine.state is State.DELIVERED
    assert [entry.what for entry in mine.history] == [
        Happened.BEGUN,
        Happened.SUBMITTED,
        Happened.CLAIMED,
        Happened.ACCEPTED,
        Happened.REVIEW_BEGUN,
        Happened.EXTENDED,
        Happened.GRANTED,
        Happened.DELIVERED,
    ]
    assert (mine.promised and mine.promised.total, mine.statutory and mine.statutory.total) == (15, 65)
    assert mine.content.answers == ANSWERS
    assert mine.number
    assert parsed_number(mine.number.lower().replace("-", " ")) == mine.number
    found = await government.applications.by_number(viewer, mine.number.lower().replace("-", ""))
    assert found is not None
    assert found.id == one


async def test_what_is_to_be_mended_stops_the_clock_and_goes_on_where_it_was(
    shared: City, viewer: Viewer, offer: Offer, clerk: Viewer
) -> None:
    government = shared.services.government
    one = await taken(shared, clerk, await handed_in(shared, viewer, offer))
    points = (Point("请写明遗失日期", field="lost_on"), Point("请补充相片", material="photo"))
    returned = await government.handling.ask_correction(clerk, one, points, new_id())
    assert (returned.state, returned.timing.due, returned.promised and returned.promised.is_paused) == (
        State.RETURNED,
        None,
        True,
    )
    seen = await government.applications.one(viewer, one)
    assert seen is not None
    assert seen.correction is not None
    assert seen.correction.points == points
    with pytest.raises(CorrectionAlreadyAsked):
        await government.handling.ask_correction(clerk, one, points, new_id())
    answers = {**ANSWERS, "lost_on": "2026-01-05"}
    mended = await government.applications.mend(viewer, one, answers, (), "已补充", new_id())
    assert (mended.state, mended.promised and mended.promised.is_paused) == (State.ACCEPTED, False)
    assert mended.timing.due is not None
    with pytest.raises(CorrectionAlreadyAsked):
        await government.handling.ask_correction(clerk, one, points, new_id())
    opened = await government.handling.open(clerk, one, new_id())
    assert opened.application.content.answers == answers
    assert opened.application.correction is not None
    assert opened.application.correction.remark == "已补充"


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({}, {("/phone", FaultReason.REQUIRED), ("/pickup", FaultReason.REQUIRED)}),
        ({**ANSWERS, "phone": "1"}, {("/phone", FaultReason.TOO_SHORT)}),
        ({**ANSWERS, "pickup": "pigeon"}, {("/pickup", FaultReason.NOT_AN_OPTION)}),
        ({**ANSWERS, "copies": 10}, {("/copies", FaultReason.TOO_LARGE)}),
        ({**ANSWERS, "copies": "two"}, {("/copies", FaultReason.WRONG_KIND)}),
        ({**ANSWERS, "lost_on": "yesterday"}, {("/lost_on", FaultReason.NO_DATE)}),
        ({**ANSWERS, "lost_on": "2999-01-01"}, {("/lost_on", FaultReason.NOT_YET)}),
        ({**ANSWERS, "colour": "red"}, {("/colour", FaultReason.NOT_IN_FORM)}),
    ],
)
async def test_a_form_that_is_not_right_is_not_taken_and_says_where(
    shared: City, viewer: Viewer, offer: Offer, answers: dict[str, object], wrong: set[tuple[str, FaultReason]]
) -> None:
    drafts = shared.services.government.drafts
    one = await begun(shared, viewer, offer, answers)
    with pytest.raises(FormInvalid) as refused:
        await shared.services.government.applications.submit(viewer, one, 1, new_id())
    # A day that lies in the future is found among other faults: the library and the calendar both look.
    assert {(fault.path, fault.reason) for fault in refused.value.faults} >= wrong
    await drafts.discard(viewer, one, new_id())


async def test_missing_material_is_named_with_the_reason(shared: City, viewer: Viewer) -> None:
    government = shared.services.government
    offer = await offered(shared, visits=0)
    one = await begun(shared, viewer, offer, {**ANSWERS, "pickup": "counter"})
    with pytest.raises(MaterialsMissing) as refused:
        await government.applications.submit(viewer, one, 1, new_id())
    assert [(m.key, m.lack) for m in refused.value.missing] == [
        ("register", Lack.NOTHING_GIVEN),
        ("photo", Lack.NOTHING_GIVEN),
    ]
    before = await government.drafts.before(viewer, offer.item, offer.unit, ANSWERS)
    assert before is not None
    assert [(m.key, m.way) for m in before] == [("register", Way.MISSING), ("photo", Way.NOT_NEEDED)]
    with pytest.raises(MaterialUnknown):
        await government.drafts.save(viewer, one, 1, ANSWERS, [Given("passport", "x")], new_id())
    await government.drafts.discard(viewer, one, new_id())


async def test_a_draft_of_an_older_form_is_moved_with_what_still_fits(shared: City, viewer: Viewer) -> None:
    government = shared.services.government
    offer = await offered(shared)
    one = await begun(shared, viewer, offer)
    fields = {**FORM["properties"], "copies": {"type": "integer", "maximum": 1}, "why": {"type": "string"}}
    await amend(shared, offer.item, form={**FORM, "properties": fields})
    with pytest.raises(FormVersionChanged) as changed:
        await government.applications.submit(viewer, one, 1, new_id())
    assert changed.value.version == 2
    moved = await government.drafts.move(viewer, one, new_id())
    assert (moved.application.version, moved.application.content.answers) == (
        2,
        {"phone": ANSWERS["phone"], "pickup": "post"},
    )
    done = await government.applications.submit(viewer, one, 2, new_id())
    assert (done.state, done.version) == (State.SUBMITTED, 2)


async def test_yesterdays_application_keeps_the_version_it_was_made_under(
    shared: City, viewer: Viewer, clerk: Viewer
) -> None:
    government = shared.services.government
    offer = await offered(shared)
    by = handler(offer.unit)
    one = await taken(shared, by, await handed_in(shared, viewer, offer))
    await amend(shared, offer.item, form={"type": "object", "properties": {}})
    with pytest.raises(CorrectionPointUnknown):
        await government.handling.ask_correction(by, one, [Point("缺少内容", field="colour")], new_id())
    asked = await government.handling.ask_correction(by, one, [Point("缺少内容", field="copies")], new_id())
    assert asked.state is State.RETURNED


async def test_only_what_is_applied_for_online_and_offered_there_is_begun(shared: City, viewer: Viewer) -> None:
    drafts = shared.services.government.drafts
    read_only = await offered(shared, depth=Depth.INFORMATION)
    offer = await offered(shared)
    with pytest.raises(NotAppliedOnline):
        await drafts.begin(viewer, read_only.item, read_only.unit, new_id())
    with pytest.raises(NotAppliedOnline):
        await drafts.begin(viewer, "NO-SUCH", None, new_id())
    with pytest.raises(NotOfferedHere):
        await drafts.begin(viewer, offer.item, read_only.unit, new_id())
    assert await drafts.form(viewer, read_only.item, None) is None


async def test_who_has_not_verified_a_name_hands_nothing_in(shared_api: Api, shared: City, offer: Offer) -> None:
    stranger = await shared_api.sign_in(shared_api.person())
    key = shared_api.key(stranger)
    viewer = Viewer(role=(await applicant(shared_api))[1].role, actor=key, subject=key)
    one = await begun(shared, viewer, offer)
    with pytest.raises(RealNameMissing):
        await shared.services.government.applications.submit(viewer, one, 1, new_id())


async def test_an_application_is_its_applicants_alone(
    shared_api: Api, shared: City, viewer: Viewer, offer: Offer
) -> None:
    applications = shared.services.government.applications
    _, other = await applicant(shared_api)
    one = await handed_in(shared, viewer, offer)
    mine = await applications.one(viewer, one)
    assert mine is not None
    assert mine.number is not None
    assert await applications.one(other, one) is None
    assert await applications.by_number(other, mine.number) is None
    assert await applications.check(other, one) is None
    for act in (
        applications.withdraw(other, one, new_id()),
        applications.submit(other, one, 1, new_id()),
        applications.mend(other, one, ANSWERS, (), None, new_id()),
        shared.services.government.drafts.save(other, one, 1, ANSWERS, (), new_id()),
        shared.services.government.drafts.discard(other, one, new_id()),
    ):
        with pytest.raises(ServiceApplicationUnknown):
            await act


async def test_a_handler_acts_on_what_he_holds_and_on_nothing_else(
    shared: City, viewer: Viewer, offer: Offer, clerk: Viewer, colleague: Viewer
) -> None:
    handling = shared.services.government.handling
    one = await handed_in(shared, viewer, offer)
    with pytest.raises(NotHeld):
        await handling.accept(clerk, one, new_id())
    await handling.claim(clerk, one, new_id())
    for act in (
        handling.claim(colleague, one, new_id()),
        handling.accept(colleague, one, new_id()),
        handling.release(colleague, one, new_id()),
        handling.refuse(colleague, one, REASON, REMEDY, new_id()),
    ):
        with pytest.raises(HeldByAnother):
            await act
    boss = replace(colleague, roles=frozenset({"supervisor"}))
    assert (await handling.release(boss, one, new_id())).handler is None
    await handling.claim(colleague, one, new_id())
    refused = await handling.refuse(colleague, one, REASON, REMEDY, new_id())
    assert (refused.state, refused.decision and refused.decision.remedy) == (State.REFUSED, REMEDY)


async def test_other_units_and_test_mode_see_nothing(shared: City, viewer: Viewer, offer: Offer, clerk: Viewer) -> None:
    handling = shared.services.government.handling
    one = await handed_in(shared, viewer, offer)
    elsewhere = handler((await offered(shared)).unit)
    tester = replace(clerk, test_mode=True)
    node = shared.services.organisations.tree.get(offer.unit)
    assert node is not None
    above = handler(node.path[-1])
    for nobody in (elsewhere, tester):
        assert await handling.one(nobody, one) is None
        with pytest.raises(ServiceApplicationUnknown):
            await handling.open(nobody, one, new_id())
        with pytest.raises(ServiceApplicationUnknown):
            await handling.claim(nobody, one, new_id())
    assert await handling.one(above, one) is not None
    with pytest.raises(Forbidden):
        await handling.one(replace(clerk, scopes=frozenset()), one)
    draft = await begun(shared, viewer, offer)
    assert await handling.one(clerk, draft) is None


@pytest.mark.parametrize("days", [0, 11, -3])
async def test_time_is_extended_once_and_not_for_long(
    shared: City, viewer: Viewer, offer: Offer, clerk: Viewer, days: int
) -> None:
    handling = shared.services.government.handling
    one = await taken(shared, clerk, await handed_in(shared, viewer, offer))
    with pytest.raises(ExtensionRefused):
        await handling.extend(clerk, one, days, new_id())
    await handling.extend(clerk, one, 10, new_id())
    with pytest.raises(ExtensionRefused):
        await handling.extend(clerk, one, 1, new_id())


async def test_what_is_over_goes_nowhere(shared: City, viewer: Viewer, offer: Offer, clerk: Viewer) -> None:
    government = shared.services.government
    one = await handed_in(shared, viewer, offer)
    await government.handling.claim(clerk, one, new_id())
    await government.applications.withdraw(viewer, one, new_id())
    for act in (
        government.handling.accept(clerk, one, new_id()),
        government.handling.refuse(clerk, one, REASON, REMEDY, new_id()),
        government.handling.begin_review(clerk, one, new_id()),
        government.handling.extend(clerk, one, 3, new_id()),
        government.handling.decide(clerk, one, True, REASON, None, new_id()),
        government.handling.deliver(clerk, one, {}, new_id()),
        government.applications.withdraw(viewer, one, new_id()),
        government.applications.submit(viewer, one, 1, new_id()),
    ):
        with pytest.raises(ApplicationStateWrong) as wrong:
            await act
        assert wrong.value.state == "withdrawn"


async def test_what_was_turned_down_is_not_delivered_and_says_how_to_appeal(
    shared: City, viewer: Viewer, offer: Offer, clerk: Viewer
) -> None:
    handling = shared.services.government.handling
    one = await taken(shared, clerk, await handed_in(shared, viewer, offer))
    with pytest.raises(Outcome, match="APPLICATION_WORDS_MISSING"):
        await handling.decide(clerk, one, False, REASON, " 。 ", new_id())
    await handling.decide(clerk, one, False, REASON, REMEDY, new_id())
    with pytest.raises(ApplicationStateWrong):
        await handling.deliver(clerk, one, {}, new_id())


async def test_each_step_is_done_once_however_often_it_is_asked_for(
    shared: City, viewer: Viewer, offer: Offer, clerk: Viewer
) -> None:
    government = shared.services.government
    draft = await begun(shared, viewer, offer)
    key = new_id()
    first = await government.applications.submit(viewer, draft, 1, key)
    assert await government.applications.submit(viewer, draft, 1, key) == first
    key = new_id()
    await government.handling.claim(clerk, draft, new_id())
    once = await government.handling.accept(clerk, draft, key)
    assert await government.handling.accept(clerk, draft, key) == once
    mine = await government.applications.one(viewer, draft)
    assert mine is not None
    assert [entry.what for entry in mine.history].count(Happened.ACCEPTED) == 1


async def test_the_work_list_is_ordered_by_the_day_and_read_page_by_page(shared: City, viewer: Viewer) -> None:
    handling = shared.services.government.handling
    slow = await offered(shared, promised_days=20)
    quick = await offered(shared, unit=slow.unit, promised_days=2)
    by = handler(slow.unit)
    wanted = [await handed_in(shared, viewer, quick), await handed_in(shared, viewer, quick)]
    wanted.append(await handed_in(shared, viewer, slow))
    page = await handling.desk(by, State.SUBMITTED, PageRequest(2))
    assert ([one.id for one in page.items], page.has_next) == (wanted[:2], True)
    rest = await handling.desk(by, State.SUBMITTED, PageRequest(2, turn_of(page.items[-1])))
    assert ([one.id for one in rest.items], rest.has_next) == (wanted[2:], False)
    due = page.items[0].timing.due
    near = await handling.desk(by, State.SUBMITTED, PageRequest(10), due_by=due)
    assert [one.id for one in near.items] == wanted[:2]
    await handling.claim(by, wanted[1], new_id())
    mine = await handling.desk(by, State.SUBMITTED, PageRequest(10), mine=True)
    assert [one.id for one in mine.items] == wanted[1:2]
    assert all(not one.content.answers for one in mine.items)


async def test_a_visit_is_counted_once(shared: City, viewer: Viewer, offer: Offer) -> None:
    applications = shared.services.government.applications
    one = await handed_in(shared, viewer, offer)
    for _ in range(2):
        assert await applications.count_visit(viewer.citizen(), offer.item, "booking-1")
    mine = await applications.one(viewer, one)
    assert mine is not None
    assert (mine.visits, mine.visits_promised) == (("booking-1",), 1)
    assert mine.content.answers == ANSWERS
    assert not await applications.count_visit(viewer.citizen(), "NO-SUCH", "booking-2")
    assert not await applications.count_visit("somebody", None, "booking-3", one)


async def test_a_draft_says_at_once_that_a_day_is_still_to_come(shared: City, viewer: Viewer, offer: Offer) -> None:
    drafts = shared.services.government.drafts
    draft = (await drafts.begin(viewer, offer.item, offer.unit, new_id())).application
    said = await drafts.save(viewer, draft.id, draft.version, {"lost_on": "2999-01-01"}, (), new_id())
    assert [(fault.field, fault.reason.value) for fault in said.faults] == [("lost_on", "not_yet")]


async def test_a_repeat_tells_nothing_of_who_has_left_the_city(city: City, api: Api, clock: MovableClock) -> None:
    person, viewer = await applicant(api)
    offer = await offered(city)
    by, handling = handler(offer.unit), city.services.government.handling
    one = await handed_in(city, viewer, offer)
    await api.data("RequestErasure", person.token, key=new_id())
    clock.advance(seconds=COOLING_OFF.total_seconds() - 600)
    key = new_id()
    first = await handling.open(by, one, key)
    assert first == await handling.open(by, one, key)
    assert first.application.content.answers == ANSWERS
    await handling.claim(by, one, key)
    clock.advance(seconds=1200)
    assert await city.services.erasures.run_due() == 1
    with pytest.raises(ServiceApplicationUnknown):
        await handling.open(by, one, key)
    assert (await handling.claim(by, one, key)).content.answers == {}
