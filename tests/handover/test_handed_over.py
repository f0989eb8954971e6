"""From the applicant's hand to the department and back, through the city's own services."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from app.core.ids import new_id
from app.core.viewer import Viewer
from app.domains.government.applications.history.model import Happened, State
from app.domains.government.applications.model import Application
from app.domains.government.catalogue.model import Offer
from app.domains.government.handover.model import News, Step
from app.wiring import City, build
from tests.conftest import Fakes, caller, settings_for
from tests.handover.conftest import Systems
from tests.support.api import Api
from tests.support.applying import ANSWERS, applicant, handed_in, offered
from tests.support.fakes import MovableClock

REMEDY = "可在六十日内申请行政复议"


@pytest.fixture
def systems() -> Systems:
    return Systems()


@pytest.fixture
async def joined(
    database_uri: str, database_name: str, fakes: Fakes, clock: MovableClock, systems: Systems
) -> AsyncIterator[Api]:
    """A city whose departments are these."""
    outside = replace(fakes.outside, departments=systems)
    city = build(settings_for(database_uri, database_name), beyond=outside, clock=clock)
    await city.start()
    async with caller(city, fakes) as api:
        yield api
    await city.stop()


async def carry(city: City) -> None:
    porter = city.services.government.porter
    for _ in range(3):
        await porter.round()
        while porter._serving:
            await next(iter(porter._serving))


async def mine(api: Api, viewer: Viewer, application: str) -> Application:
    found = await api.city.services.government.applications.one(viewer, application)
    assert found is not None
    return found


async def say(api: Api, systems: Systems, number: str, step: Step, **words: object) -> None:
    told = systems.steps[number]
    news = News(number, len(told) + 1, step, api.city.clock.now(), **words)  # type: ignore[arg-type]
    told.append(news)
    await api.city.services.government.handovers.heard("gjj", news)
    await carry(api.city)


@pytest.fixture
async def offer(joined: Api) -> Offer:
    return await offered(joined.city, system="gjj")


async def test_it_is_told_corrected_decided_and_delivered_there_and_the_applicant_sees_it_here(
    joined: Api, systems: Systems, offer: Offer
) -> None:
    person, viewer = await applicant(joined)
    application = await handed_in(joined.city, viewer, offer)
    await carry(joined.city)
    number = (await mine(joined, viewer, application)).number
    assert number is not None
    assert systems.created == [(number, "submit")]

    await say(joined, systems, number, Step.ACCEPTED)
    await say(joined, systems, number, Step.RETURNED, points=("请写明遗失日期",))
    returned = await mine(joined, viewer, application)
    assert returned.state is State.RETURNED
    assert returned.correction is not None
    assert [point.words for point in returned.correction.points] == ["请写明遗失日期"]

    answers = {**ANSWERS, "lost_on": "2026-01-05"}
    await joined.city.services.government.applications.mend(viewer, application, answers, (), None, new_id())
    await carry(joined.city)
    assert systems.created[1:] == [(number, "answer-1")]
    await say(joined, systems, number, Step.IN_REVIEW)
    await say(joined, systems, number, Step.GRANTED, reason="符合办理条件")
    await say(joined, systems, number, Step.DELIVERED)
    done = await mine(joined, viewer, application)
    assert done.state is State.DELIVERED
    assert [entry.by for entry in done.history if entry.what is Happened.GRANTED] == ["system:gjj"]
    told = {line["title"] for line in await joined.told(person)}
    assert len(told) >= 4, told


async def test_refused_there_is_refused_here_with_its_reason_and_the_remedy(
    joined: Api, systems: Systems, offer: Offer
) -> None:
    _, viewer = await applicant(joined)
    application = await handed_in(joined.city, viewer, offer)
    await carry(joined.city)
    number = (await mine(joined, viewer, application)).number
    assert number is not None
    await say(joined, systems, number, Step.REFUSED, reason="不属于本单位受理范围", remedy=REMEDY)
    refused = await mine(joined, viewer, application)
    assert refused.state is State.REFUSED
    assert refused.decision is not None
    assert (refused.decision.reason, refused.decision.remedy) == ("不属于本单位受理范围", REMEDY)


async def test_withdrawn_here_it_is_withdrawn_there_and_what_comes_after_is_told_apart(
    joined: Api, systems: Systems, offer: Offer
) -> None:
    _, viewer = await applicant(joined)
    application = await handed_in(joined.city, viewer, offer)
    await carry(joined.city)
    gone = await joined.city.services.government.applications.withdraw(viewer, application, new_id())
    await carry(joined.city)
    assert gone.number is not None
    assert [errand for _, errand in systems.created] == ["submit", "withdraw"]
    await say(joined, systems, gone.number, Step.GRANTED, reason="符合办理条件")
    assert (await mine(joined, viewer, application)).state is State.WITHDRAWN


async def test_what_is_told_is_what_was_handed_in_and_who_applied(joined: Api, systems: Systems, offer: Offer) -> None:
    bodies = []
    tell = systems.tell

    async def told(system: str, errand: str, key: str, body: dict[str, object]) -> object:
        bodies.append(body)
        return await tell(system, errand, key, body)

    systems.tell = told  # type: ignore[method-assign, assignment]
    person, viewer = await applicant(joined)
    await handed_in(joined.city, viewer, offer)
    await carry(joined.city)
    (body,) = bodies
    assert body["applicant"] == {"name": person.name, "phone": person.phone, "id_number": person.id_number}
    assert (body["answers"], body["item"], body["unit"]) == (ANSWERS, offer.item, offer.unit)
    assert [material["way"] for material in body["materials"]] == ["bring", "not_needed"]  # type: ignore[attr-defined]


async def test_an_offer_without_a_system_is_handed_to_nobody(joined: Api, systems: Systems) -> None:
    _, viewer = await applicant(joined)
    await handed_in(joined.city, viewer, await offered(joined.city))
    await carry(joined.city)
    assert systems.created == []
    assert await joined.city.db["handovers"].count_documents({}) == 0
