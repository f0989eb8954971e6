"""Grid officers over a poor network: rounds whose steps come late and twice, reports from the field, looks on site."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.core.errors import Forbidden
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.places.model import Point
from app.core.viewer import Viewer
from app.domains.voice.cases.errors import CaseUnknown
from app.domains.voice.cases.history.model import CaseChannel, CaseKind, CaseState, Happened
from app.domains.voice.cases.model import Case
from app.domains.voice.places.model import Place
from app.domains.voice.street.patrols.errors import (
    FindingUnknown,
    OfficerUnknown,
    PatrolInvalid,
    PatrolPointUnknown,
    PatrolUnknown,
    RoundOver,
    RoundUnderWay,
    RoundUnknown,
)
from app.domains.voice.street.patrols.findings.model import Look, When
from app.domains.voice.street.patrols.model import Patrol
from app.domains.voice.street.patrols.reports.model import FieldReport
from app.domains.voice.street.patrols.rounds.model import GIVEN_UP_AFTER, LATE_FOR, Fix, Round
from app.domains.voice.street.patrols.rounds.service import Step
from graphql_schema.types.common import global_id, key_of
from notifications.webhooks.deliveries.model import WEBHOOK_EVENTS
from tests.support.api import OPS, Api
from tests.support.case_work import CaseWork
from tests.support.fakes import MovableClock
from tests.support.street import (
    HERE,
    HYDRANT_LEAK,
    Officer,
    box_around,
    done_by_a_unit,
    hydrant,
    officer,
    patrol,
)
from tests.uploads.files import picture

CENTRE = Viewer(actor="seat", organisation="centre", scopes=frozenset({"cases:centre"}))


def _fix(point: Point, away: float = 0.0, accuracy: float = 5.0) -> Fix:
    """So many metres to the north of it."""
    return Fix(Point(point.latitude + away / 111_195, point.longitude), accuracy)


class Street:
    """One officer, his patrol, and what he does."""

    def __init__(self, api: Api, who: Officer, route: Patrol) -> None:
        self.api, self.who, self.route = api, who, route
        self.grid = api.city.services.voice.grid

    @property
    def now(self) -> datetime:
        return self.api.city.clock.now()

    async def start(self, key: str | None = None, said: datetime | None = None) -> Round:
        return await self.grid.rounds.start(self.who.viewer, self.route.id, said or self.now, key or new_id())

    async def visit(self, walk: Round, point: str, key: str | None = None, **said: Any) -> Round:
        step = Step(**{"point": point, "said_at": self.now, **said})
        return await self.grid.rounds.visit(self.who.viewer, walk.id, step, key or new_id())

    async def report(self, key: str | None = None, **said: Any) -> Case:
        made = {"kind": CaseKind.HELP, "category": HYDRANT_LEAK, "text": "消火栓在漏水。", "said_at": self.now}
        wish = FieldReport(**{**made, "fix": _fix(HERE), **said})
        return await self.grid.reports.report(self.who.viewer, wish, key or new_id())

    async def look(self, case: Case, ok: bool, key: str | None = None, **said: Any) -> Any:
        made = Look(**{"ok": ok, "words": "现场看过了", "said_at": self.now, **said})
        return await self.grid.findings.verify(self.who.viewer, case.id, made, key or new_id())

    async def photo(self) -> str:
        raw, token = picture(), self.who.token
        wish = {"name": "现场.jpg", "bytes": len(raw), "key": new_id()}
        asked = await self.api.data("RequestUpload", token, "provider", **wish)
        answer = await self.api.http.put(asked["target"]["url"], content=raw)
        assert answer.status_code == 201, answer.text
        return key_of(asked["upload"]["id"], "Upload")


@pytest.fixture
async def on_the_street(shared_api: Api) -> Street:
    who = await officer(shared_api)
    return Street(shared_api, who, await patrol(shared_api.city, who))


async def test_a_round_is_walked_point_by_point_with_place_photo_note_and_reason(on_the_street: Street) -> None:
    street, (one, two, three) = on_the_street, on_the_street.route.points
    walk, photo = await street.start(), await street.photo()
    walk = await street.visit(walk, "p1", fix=_fix(one.point, 20), note="路灯正常", files=(photo,))
    walk = await street.visit(walk, "p2", fix=_fix(two.point, 300))
    walk = await street.visit(walk, "p3", skipped="道路封闭施工")
    assert [(v.there, v.metres) for v in walk.visits] == [(True, 20), (False, 300), (None, None)]
    assert (walk.visits[0].note, walk.visits[2].skipped, walk.missed()) == ("路灯正常", "道路封闭施工", ())
    assert three.id in walk.done()
    ended = await street.grid.rounds.end(street.who.viewer, walk.id, street.now, new_id())
    assert ended.ended_at is not None
    kept = await street.api.city.services.uploads.attached([photo], walk.record)
    assert list(kept) == [photo]
    raw = await street.api.city.db["patrol_rounds"].find_one({"_id": walk.id})
    assert "路灯正常" not in str(raw)


@pytest.mark.parametrize(
    ("away", "accuracy", "there"),
    [
        (0, 5, True),
        (49, 1, True),
        (60, 5, False),
        (60, 15, True),
        (240, 200, True),
        (10, 201, False),
        (251, 200, False),
    ],
)
async def test_somebody_is_there_who_may_be_there_by_a_place_that_is_worth_something(
    on_the_street: Street, away: float, accuracy: float, there: bool
) -> None:
    point = on_the_street.route.points[0].point
    walk = await on_the_street.visit(await on_the_street.start(), "p1", fix=_fix(point, away, accuracy))
    assert walk.visits[0].there is there


async def test_what_comes_again_is_what_came_before(on_the_street: Street) -> None:
    street, begun, step = on_the_street, new_id(), new_id()
    said = street.now
    walk = await street.start(begun, said)
    assert (await street.start(begun, said)).id == walk.id
    first = await street.visit(walk, "p1", step, said_at=said)
    again = await asyncio.gather(*(street.visit(walk, "p1", step, said_at=said) for _ in range(5)))
    assert {len(one.visits) for one in again} == {1}
    assert {one.rev for one in again} == {first.rev}


async def test_a_repeat_after_days_finds_its_round_and_step_though_the_reply_is_long_gone(
    api: Api, clock: MovableClock
) -> None:
    who = await officer(api)
    street = Street(api, who, await patrol(api.city, who))
    begun, step, said = new_id(), new_id(), street.now
    walk = await street.start(begun, said)
    await street.visit(walk, "p1", step, said_at=said)
    await api.city.db["idempotency"].delete_many({})  # as after a day
    assert (await street.start(begun, said)).id == walk.id
    assert len((await street.visit(walk, "p1", step, said_at=said)).visits) == 1


async def test_steps_that_come_at_once_are_all_kept(on_the_street: Street) -> None:
    walk = await on_the_street.start()
    await asyncio.gather(*(on_the_street.visit(walk, point) for point in ("p1", "p2", "p3", "p1")))
    kept = await on_the_street.grid.rounds.mine(on_the_street.who.viewer, walk.id)
    assert sorted(one.point for one in kept.visits) == ["p1", "p1", "p2", "p3"]


async def test_what_happened_before_the_end_counts_for_a_day_and_what_happened_after_it_does_not(
    api: Api, clock: MovableClock
) -> None:
    who = await officer(api)
    street = Street(api, who, await patrol(api.city, who))
    walk, before = await street.start(), street.now
    clock.advance(hours=1)
    await street.grid.rounds.end(who.viewer, walk.id, street.now, new_id())
    clock.advance(hours=20)
    assert len((await street.visit(walk, "p1", said_at=before)).visits) == 1
    with pytest.raises(RoundOver):
        await street.visit(walk, "p2")
    clock.advance(hours=LATE_FOR.total_seconds() / 3600)
    with pytest.raises(RoundOver):
        await street.visit(walk, "p3", said_at=before)


async def test_both_clocks_are_kept_and_a_phone_that_is_ahead_is_noted(on_the_street: Street) -> None:
    walk, early = await on_the_street.start(), on_the_street.now - timedelta(hours=3)
    walk = await on_the_street.visit(walk, "p1", said_at=early)
    walk = await on_the_street.visit(walk, "p2", said_at=on_the_street.now + timedelta(hours=1))
    assert [one.doubtful for one in walk.visits] == [False, True]
    assert walk.visits[0].said_at == early
    assert walk.visits[0].at - early > timedelta(hours=2)


async def test_a_second_round_waits_for_the_end_of_the_first_or_its_sixteen_hours(
    api: Api, clock: MovableClock
) -> None:
    who = await officer(api)
    street = Street(api, who, await patrol(api.city, who))
    walk = await street.start()
    with pytest.raises(RoundUnderWay) as refused:
        await street.start()
    assert refused.value.round_id == walk.id
    clock.advance(seconds=GIVEN_UP_AFTER.total_seconds())
    assert (await street.start()).id != walk.id


async def test_of_two_starts_at_once_one_begins(on_the_street: Street) -> None:
    done = await asyncio.gather(*(on_the_street.start() for _ in range(4)), return_exceptions=True)
    began = [one.id for one in done if isinstance(one, Round)]
    refused = [one.round_id for one in done if isinstance(one, RoundUnderWay)]
    assert (began * 3, len(began)) == (refused, 1)


async def test_nobody_walks_or_sees_anothers_round(on_the_street: Street) -> None:
    street, other = on_the_street, await officer(on_the_street.api)
    walk = await street.start()
    with pytest.raises(RoundUnknown):
        await street.grid.rounds.visit(other.viewer, walk.id, Step("p1", street.now), new_id())
    with pytest.raises(PatrolUnknown):
        await street.grid.rounds.start(other.viewer, street.route.id, street.now, new_id())
    with pytest.raises(PatrolPointUnknown):
        await street.visit(walk, "p99")
    with pytest.raises(PatrolInvalid):
        await street.visit(walk, "p1", note="x")


async def test_a_patrol_is_saved_by_supervisors_with_officers_of_the_unit(shared_api: Api) -> None:
    who, boss = await officer(shared_api), await officer(shared_api, "supervisor")
    made, patrols = await patrol(shared_api.city, who), shared_api.city.services.voice.grid.patrols
    with pytest.raises(Forbidden):
        await patrols.save(who.viewer, made, new_id())
    assert (await patrols.save(boss.viewer, made, new_id())).rev == 2
    stranger = await shared_api.clerk(await shared_api.organisation(), "grid_officer")
    with pytest.raises(OfficerUnknown):
        await patrol(shared_api.city, who, officers=(stranger.id,))
    for changed in ({"points": ()}, {"grid": box_around(HERE, 3)}, {"points": made.points * 2}):
        with pytest.raises(PatrolInvalid):
            await patrol(shared_api.city, who, **changed)


async def test_a_report_from_the_field_is_accepted_at_once_with_photo_and_asset(on_the_street: Street) -> None:
    street, asset = on_the_street, await hydrant(on_the_street.api.city, f"H-{new_id()}")
    walk, photo = await street.start(), await street.photo()
    case = await street.report(asset=asset.code, files=(photo,), round=walk.id, fix=None)
    assert (case.channel, case.state, case.place.asset) == (CaseChannel.GRID, CaseState.ACCEPTED, asset.code)
    assert (case.citizen, case.by, case.origin) == (None, street.who.viewer.actor, f"round:{walk.id}")
    assert case.clock is not None
    assert [one.what for one in case.events] == [Happened.FILED, Happened.ACCEPTED]
    assert len(await street.api.city.services.uploads.attached(case.files, case.record)) == 1
    assert await street.api.city.services.uploads.one(street.who.viewer, photo) is None  # one copy is enough


async def test_a_report_that_is_sent_again_and_at_once_is_one_case(on_the_street: Street) -> None:
    key, said, photo = new_id(), on_the_street.now, await on_the_street.photo()
    first = await on_the_street.report(key, said_at=said, files=(photo,))
    again = await asyncio.gather(*(on_the_street.report(key, said_at=said, files=(photo,)) for _ in range(4)))
    assert {one.id for one in again} == {first.id}


async def test_an_officer_sees_what_is_open_in_his_grid_without_who_and_what_reporters_wrote(
    on_the_street: Street,
) -> None:
    street, work = on_the_street, CaseWork(on_the_street.api.city)
    near = await work.accepted(place=(await hydrant(street.api.city)).place)
    own = await street.report()
    far = await work.accepted(place=Place("district", Point(26.2, 119.3)))
    seen = {one.id: one for one in await street.grid.findings.in_grid(street.who.viewer)}
    assert {near.id, own.id} <= seen.keys()
    assert far.id not in seen
    assert (seen[near.id].words.text, seen[near.id].words.contact, seen[near.id].place.address) == ("", None, "")
    assert seen[own.id].words.text == "消火栓在漏水。"
    with pytest.raises(CaseUnknown):
        await street.grid.findings.one(street.who.viewer, far.id)
    with pytest.raises(CaseUnknown):
        await street.look(far, True)


async def test_what_is_said_to_be_done_and_is_not_is_flagged_to_the_centre_until_it_is_settled(
    on_the_street: Street,
) -> None:
    street, findings = on_the_street, on_the_street.grid.findings
    case = await street.report()
    before = await street.look(case, True, fix=_fix(HERE, 30))
    assert (before.when, before.open, before.there) == (When.BEFORE, False, True)
    await done_by_a_unit(street.api.city, global_id("Case", case.id))
    after = await street.look(case, False, fix=_fix(HERE, 900), files=(await street.photo(),))
    assert (after.when, after.open, after.there) == (When.AFTER, True, False)
    centre = Viewer(role=street.who.viewer.role, actor="seat", organisation="c", scopes=CENTRE.scopes)
    flagged = await findings.flagged(centre, PageRequest(100))
    assert after.id in {one.id for one in flagged.items}
    stored = await CaseWork(street.api.city).now(case)
    assert [(one.what, one.detail) for one in stored.events if one.what is Happened.VERIFIED] == [
        (Happened.VERIFIED, "ok"),
        (Happened.VERIFIED, "not_ok"),
    ]
    told = await street.api.city.db["outbox"].find({"type": "case.verified", "facts.case": case.id}).to_list(None)
    heard = [(one["facts"]["organisation"], one["facts"]["detail"]) for one in told if one["type"] in WEBHOOK_EVENTS]
    assert (stored.unit, "not_ok") in heard
    settled = await findings.settle(centre, after.id, "已要求三日内整改", new_id())
    assert (settled.open, settled.answer) == (False, "已要求三日内整改")
    with pytest.raises(FindingUnknown):
        await findings.settle(OPS, after.id, "再说一次", new_id())


async def test_of_two_seats_that_settle_a_finding_at_once_one_does(on_the_street: Street) -> None:
    street, findings = on_the_street, on_the_street.grid.findings
    case = await street.report()
    await done_by_a_unit(street.api.city, global_id("Case", case.id))
    found = await street.look(case, False)
    tries = (findings.settle(OPS, found.id, f"答复 {n}", new_id()) for n in range(5))
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(not isinstance(one, FindingUnknown) for one in done) == 1
