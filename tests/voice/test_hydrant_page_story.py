"""The true story once more, as it went without the app: scanned and reported with a photo on the page at 08:50,
dispatched to the hydrant's owner at 09:00, attended at 09:30, seen by a grid officer, closed by receipt the same day.
"""

from __future__ import annotations

import re

from app.core.clock import CITY_TIME
from app.core.ids import new_id
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.voice.cases.history.model import CaseChannel, CaseState, Confirmation, Happened
from app.domains.voice.cases.reporting.service import Wish
from app.domains.voice.cases.store import CaseStore
from app.domains.voice.centre.dispatch.rules.model import ANY_OWNER, About, Goal, RuleTable
from app.domains.voice.centre.seats.intake.service import Taking
from app.domains.voice.street.patrols.findings.model import Look, When
from app.domains.voice.street.patrols.rounds.model import Fix
from tests.conftest import Databases, Fakes, caller
from tests.support.api import OPS
from tests.support.case_work import SEAT, timed_city, worker
from tests.support.street import GRIDS, HERE, HYDRANT_LEAK, WATER, Officer, hidden, hydrant, patrol
from tests.uploads.files import picture

_DAY = "2026-11-24"  # a Tuesday


async def test_a_hydrant_scanned_at_ten_to_nine_is_done_the_same_day(databases: Databases) -> None:
    async with timed_city(databases, f"{_DAY} 08:50") as (city, clock), caller(city, Fakes()) as api:
        asset, voice, key = await hydrant(city), city.services.voice, new_id
        owner = (About(HYDRANT_LEAK, owner=ANY_OWNER), Goal(owner=True), Said("权属单位", "its owner"), "the rule")
        await voice.centre.rules.write(OPS, RuleTable.RESPONSIBILITIES, *owner, key())
        clerk = await api.clerk(GRIDS, "grid_officer")
        scopes = frozenset({"cases:grid"})
        walker = Viewer(Role.PROVIDER_STAFF, clerk.id, organisation=GRIDS, scopes=scopes)
        await patrol(city, Officer(walker, ""))

        page = await api.http.get(f"/q/{asset.code}", headers={"accept-language": "zh-CN"})
        said = {**hidden(page), "category": HYDRANT_LEAK, "text": "消火栓在喷水，路面都湿了。"}
        photo = {"photo": ("IMG_0850.jpg", picture(), "image/jpeg")}
        done = await api.http.post(f"/q/{asset.code}?lang=zh", data=said, files=photo)
        number, receipt = re.findall(r'<code class="copy">([^<]+)</code>', done.text)
        store = CaseStore(city.db, city.persons)
        case_id = await store.id_of(number) or ""

        clock.set(f"{_DAY} 08:57")
        await voice.centre.intake.accept(SEAT, case_id, Taking(urgent=True), key())
        clock.set(f"{_DAY} 09:00")
        found = await voice.centre.dispatch.propose(SEAT, case_id)
        assert found is not None
        assert found[1].unit == WATER
        await voice.centre.dispatch.dispatch(SEAT, case_id, WATER, (), found[0].rev, key())
        clock.set(f"{_DAY} 09:30")
        await voice.handling.claim(worker(WATER), case_id, key())
        await voice.handling.on_site(worker(WATER), case_id, "已到现场关阀。", (), key())
        clock.set(f"{_DAY} 11:40")
        await voice.handling.finish(worker(WATER), case_id, "更换了阀门。", (), key())
        clock.set(f"{_DAY} 13:10")
        look = Look(True, "阀门已换，地面已干。", clock.now(), Fix(HERE, 8))
        seen = await voice.grid.findings.verify(walker, case_id, look, key())
        assert (seen.when, seen.there, seen.open) == (When.AFTER, True, False)
        await voice.handling.reply(worker(WATER), case_id, "消火栓已修好，感谢反映。", key())
        clock.set(f"{_DAY} 18:05")
        await voice.cases.rate_by_receipt(number, receipt, Wish(True, 5), "192.0.2.1", key())

        case = await store.get(case_id)
        assert case is not None
        assert (case.channel, case.state, case.confirmation) == (
            CaseChannel.WEB,
            CaseState.CLOSED,
            Confirmation.CONFIRMED,
        )
        assert Happened.VERIFIED in {event.what for event in case.events}
        moments = (case.filed_at, case.dispatched_at, case.on_site_at, case.handled_at, case.closed_at)
        told = [f"{at.astimezone(CITY_TIME):%H:%M}" for at in moments if at is not None]
        assert told == ["08:50", "09:00", "09:30", "11:40", "18:05"]
        assert {f"{at.astimezone(CITY_TIME):%Y-%m-%d}" for at in moments if at is not None} == {_DAY}
