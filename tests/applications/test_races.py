"""Two hands at one application at the same moment: one of them is first, and nothing is half done."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterable

from app.core.errors import Outcome
from app.core.ids import new_id
from app.core.viewer import Viewer
from app.domains.government.applications.history.model import Happened, Point, State
from app.domains.government.applications.model import MOST_DRAFTS, Application
from app.domains.government.catalogue.model import Offer
from app.wiring import City
from tests.support.applying import ANSWERS, REASON, begun, handed_in, handler, taken


async def at_once(acts: Iterable[Awaitable[object]]) -> Counter[str]:
    """What each came to: `done`, or the code of what stood in its way."""
    done = await asyncio.gather(*acts, return_exceptions=True)
    strange = [one for one in done if isinstance(one, BaseException) and not isinstance(one, Outcome)]
    assert strange == []
    return Counter(one.code if isinstance(one, Outcome) else "done" for one in done)


async def now(city: City, viewer: Viewer, application: str) -> Application:
    found = await city.services.government.applications.one(viewer, application)
    assert found is not None
    return found


def happened(application: Application, what: Happened) -> int:
    return [entry.what for entry in application.history].count(what)


async def test_of_ten_handlers_one_takes_it_over(shared: City, viewer: Viewer, offer: Offer) -> None:
    one = await handed_in(shared, viewer, offer)
    handling, people = shared.services.government.handling, [handler(offer.unit) for _ in range(10)]
    came = await at_once(handling.claim(by, one, new_id()) for by in people)
    assert came == {"done": 1, "HELD_BY_ANOTHER": 9}
    assert happened(await now(shared, viewer, one), Happened.CLAIMED) == 1


async def test_withdrawn_while_it_is_decided_is_one_of_both(
    shared: City, viewer: Viewer, offer: Offer, clerk: Viewer
) -> None:
    government = shared.services.government
    ended = Counter[State]()
    for _ in range(8):
        one = await taken(shared, clerk, await handed_in(shared, viewer, offer))
        came = await at_once(
            (
                government.handling.decide(clerk, one, True, REASON, None, new_id()),
                government.applications.withdraw(viewer, one, new_id()),
            )
        )
        assert came == {"done": 1, "APPLICATION_STATE_WRONG": 1}
        then = await now(shared, viewer, one)
        assert happened(then, Happened.GRANTED) + happened(then, Happened.WITHDRAWN) == 1
        assert (then.decision is not None) is (then.state is State.DECIDED)
        events = await shared.db["outbox"].count_documents(
            {"facts.application": one, "type": {"$in": ["application.granted", "application.withdrawn"]}}
        )
        assert events == 1
        ended[then.state] += 1
    assert set(ended) <= {State.DECIDED, State.WITHDRAWN}


async def test_granted_and_turned_down_at_once_is_one_decision(
    shared: City, viewer: Viewer, offer: Offer, clerk: Viewer
) -> None:
    handling = shared.services.government.handling
    one = await taken(shared, clerk, await handed_in(shared, viewer, offer))
    came = await at_once(handling.decide(clerk, one, n % 2 == 0, REASON, "可申请行政复议", new_id()) for n in range(8))
    assert came == {"done": 1, "APPLICATION_STATE_WRONG": 7}
    then = await now(shared, viewer, one)
    assert then.decision is not None
    assert happened(then, Happened.GRANTED if then.decision.granted else Happened.REJECTED) == 1


async def test_one_draft_is_handed_in_once(shared: City, viewer: Viewer, offer: Offer) -> None:
    applications = shared.services.government.applications
    draft = await begun(shared, viewer, offer)
    came = await at_once(applications.submit(viewer, draft, 1, new_id()) for _ in range(12))
    assert came["done"] == 1
    assert set(came) <= {"done", "APPLICATION_CHANGED", "APPLICATION_STATE_WRONG"}
    assert await shared.db["application_numbers"].count_documents({"application": draft}) == 1
    submitted = {"facts.application": draft, "type": "application.submitted"}
    assert await shared.db["outbox"].count_documents(submitted) == 1


async def test_drafts_begun_at_once_are_no_more_than_one_may_have(shared: City, viewer: Viewer, offer: Offer) -> None:
    drafts = shared.services.government.drafts
    for _ in range(MOST_DRAFTS - 5):
        await begun(shared, viewer, offer)
    came = await at_once(drafts.begin(viewer, offer.item, offer.unit, new_id()) for _ in range(12))
    assert came == {"done": 5, "TOO_MANY_DRAFTS": 7}
    held = {"citizen": viewer.citizen(), "state": State.DRAFT.value}
    assert await shared.db["service_applications"].count_documents(held) == MOST_DRAFTS


async def test_a_draft_that_was_handed_in_or_discarded_makes_room(shared: City, viewer: Viewer, offer: Offer) -> None:
    government = shared.services.government
    first, second, *_ = [await begun(shared, viewer, offer) for _ in range(MOST_DRAFTS)]
    await government.applications.submit(viewer, first, 1, new_id())
    await government.drafts.discard(viewer, second, new_id())
    came = await at_once(government.drafts.begin(viewer, offer.item, offer.unit, new_id()) for _ in range(3))
    assert came == {"done": 2, "TOO_MANY_DRAFTS": 1}


async def test_one_key_hands_in_once_and_answers_alike(shared: City, viewer: Viewer, offer: Offer) -> None:
    draft, key = await begun(shared, viewer, offer), new_id()
    applications = shared.services.government.applications
    done = await asyncio.gather(*(applications.submit(viewer, draft, 1, key) for _ in range(12)))
    assert [one == done[0] for one in done] == [True] * 12


async def test_mended_and_withdrawn_at_once(shared: City, viewer: Viewer, offer: Offer, clerk: Viewer) -> None:
    government = shared.services.government
    one = await taken(shared, clerk, await handed_in(shared, viewer, offer))
    await government.handling.ask_correction(clerk, one, [Point("请补充相片")], new_id())
    came = await at_once(
        (
            government.applications.mend(viewer, one, ANSWERS, (), None, new_id()),
            government.applications.withdraw(viewer, one, new_id()),
        )
    )
    then = await now(shared, viewer, one)
    assert then.state in (State.ACCEPTED, State.WITHDRAWN)
    assert came["done"] >= 1
    assert then.promised is not None
    assert not then.promised.is_paused


async def test_a_visit_told_ten_times_at_once_counts_once(shared: City, viewer: Viewer, offer: Offer) -> None:
    one, booking = await handed_in(shared, viewer, offer), new_id()
    applications = shared.services.government.applications
    await asyncio.gather(*(applications.count_visit(viewer.citizen(), None, booking, one) for _ in range(10)))
    assert (await now(shared, viewer, one)).visits == (booking,)


async def test_what_becomes_overdue_is_noted_once_by_two_workers(shared: City, viewer: Viewer, offer: Offer) -> None:
    keeping = shared.services.government.keeping
    one = await handed_in(shared, viewer, offer)
    await shared.db["service_applications"].update_one(
        {"_id": one},
        {
            "$set": {
                "look": f"2020-01-01~{one}",
                "promised.started": (await now(shared, viewer, one)).created_at.replace(year=2025),
            }
        },
    )
    await asyncio.gather(keeping.look(), keeping.look(), keeping.look())
    assert happened(await now(shared, viewer, one), Happened.OVERDUE) == 1
