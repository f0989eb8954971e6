"""Proposals: from a draft to the reply that so many are owed, and what time does to them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from app.context import Conversations
from app.core.calendar import published
from app.core.clock import civil_day
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.viewer import ANONYMOUS, Viewer
from app.domains.voice.conversations.moderation.model import PostKind, Reason, Verdict, Visibility, matter_id
from app.domains.voice.conversations.proposals.errors import (
    NotSupported,
    OwnProposal,
    ProposalAreaUnknown,
    ProposalStateWrong,
    ProposalUnknown,
    ReplyNotOwed,
    ReplyUnitUnknown,
    SupportedAlready,
    TooManyProposals,
)
from app.domains.voice.conversations.proposals.model import (
    MOST_AT_A_TIME,
    TERMS,
    Proposal,
    ProposalLevel,
    ProposalState,
)
from tests.support.api import Api
from tests.support.speakers import an_office, moderator, speaker

TITLE, TEXT, AREA = (
    "把铁路边的空地改成口袋公园",
    "铁路边那块空地闲置多年，建议种树、放座椅，附近三个小区都用得上。",
    "350102000000",
)
PAGE = PageRequest(50)
_NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)


@pytest.fixture
def rooms(shared_api: Api) -> Conversations:
    return shared_api.city.services.voice.conversations


@pytest.fixture(scope="module")
async def people(shared_api: Api) -> list[Viewer]:
    return [await speaker(shared_api) for _ in range(4)]


@pytest.fixture
async def author(shared_api: Api) -> Viewer:
    return await speaker(shared_api)


async def drafted(rooms: Conversations, author: Viewer) -> Proposal:
    return await rooms.proposals.save(author, None, ProposalLevel.DISTRICT, AREA, TITLE, TEXT, new_id())


async def judged(rooms: Conversations, proposal: str, verdict: Verdict = Verdict.SHOW) -> None:
    matter, why = matter_id(PostKind.PROPOSAL, proposal), "写具体一些"
    await rooms.moderation.judge(moderator(), matter, verdict, Reason.OTHER, why, new_id())


async def collecting(api: Api, author: Viewer, threshold: int = 3) -> Proposal:
    """One that has begun to collect; so few are enough for it."""
    rooms = api.city.services.voice.conversations
    made = await drafted(rooms, author)
    await rooms.proposals.hand_in(author, made.id, new_id())
    await judged(rooms, made.id)
    await api.city.db["proposals"].update_one({"_id": made.id}, {"$set": {"terms.threshold": threshold}})
    found = await rooms.proposals.one(ANONYMOUS, made.id)
    assert found is not None
    return found


async def test_a_draft_is_looked_at_and_then_collects_under_the_terms_of_its_level(
    rooms: Conversations, author: Viewer
) -> None:
    made = await drafted(rooms, author)
    assert await rooms.proposals.one(ANONYMOUS, made.id) is None
    assert (await rooms.proposals.hand_in(author, made.id, new_id())).state is ProposalState.MODERATED
    await judged(rooms, made.id)
    begun = await rooms.proposals.one(ANONYMOUS, made.id)
    assert begun is not None
    assert (begun.state, begun.terms) == (ProposalState.COLLECTING, TERMS[ProposalLevel.DISTRICT])
    assert begun.closes_at is not None
    assert begun.opened_at is not None
    assert begun.closes_at - begun.opened_at == timedelta(days=60)


async def test_what_is_not_let_through_is_mended_and_looked_at_anew(rooms: Conversations, author: Viewer) -> None:
    made = await drafted(rooms, author)
    await rooms.proposals.hand_in(author, made.id, new_id())
    await judged(rooms, made.id, Verdict.HIDE)
    mended = await rooms.proposals.save(
        author, made.id, ProposalLevel.DISTRICT, AREA, TITLE, f"{TEXT}预算约二十万元。", new_id()
    )
    assert mended.state is ProposalState.DRAFT
    await rooms.proposals.hand_in(author, made.id, new_id())
    await judged(rooms, made.id)
    found = await rooms.proposals.one(ANONYMOUS, made.id)
    assert found is not None
    assert found.text.endswith("预算约二十万元。")


async def test_many_supporters_at_once_reach_the_threshold_once(
    shared_api: Api, rooms: Conversations, author: Viewer, people: list[Viewer]
) -> None:
    made = await collecting(shared_api, author, threshold=len(people))
    done = await asyncio.gather(
        *(rooms.proposals.support(people[n % len(people)], made.id, new_id()) for n in range(12)),
        return_exceptions=True,
    )
    refused = [type(one) for one in done if isinstance(one, BaseException)]
    assert set(refused) <= {SupportedAlready, ProposalStateWrong}
    found = await rooms.proposals.one(ANONYMOUS, made.id)
    assert found is not None
    assert (found.supports, found.state) == (len(people), ProposalState.REACHED)
    reached = {"type": "proposal.reached", "citizen": author.subject, "facts.proposal": made.id}
    assert await shared_api.city.db["outbox"].count_documents(reached) == 1
    await rooms.crier.carry()
    told = {"type": "proposal.reached", "citizen": people[0].subject, "facts.proposal": made.id}
    assert await shared_api.city.db["outbox"].count_documents(told) == 1


async def test_support_is_once_a_person_never_ones_own_and_can_be_taken_back(
    shared_api: Api, rooms: Conversations, author: Viewer, people: list[Viewer]
) -> None:
    made = await collecting(shared_api, author)
    with pytest.raises(OwnProposal):
        await rooms.proposals.support(author, made.id, new_id())
    await rooms.proposals.support(people[0], made.id, new_id())
    with pytest.raises(SupportedAlready):
        await rooms.proposals.support(people[0], made.id, new_id())
    assert await rooms.proposals.does_support(people[0], made.id)
    assert (await rooms.proposals.take_back(people[0], made.id, new_id())).supports == 0
    with pytest.raises(NotSupported):
        await rooms.proposals.take_back(people[0], made.id, new_id())


async def test_the_reply_is_owed_by_one_department_and_told_to_all(
    shared_api: Api, rooms: Conversations, author: Viewer, people: list[Viewer]
) -> None:
    office, other = await an_office(shared_api.city), await an_office(shared_api.city)
    made = await collecting(shared_api, author, threshold=1)
    with pytest.raises(ReplyUnitUnknown):
        await rooms.replying.assign(moderator(), made.id, "nobody", new_id())
    await rooms.replying.assign(moderator(), made.id, str(office.organisation), new_id())
    with pytest.raises(ProposalStateWrong):
        await rooms.replying.reply(office, made.id, "还没有达到人数时不用答复。", True, new_id())
    reached = await rooms.proposals.support(people[1], made.id, new_id())
    due = reached.due(published())
    today = civil_day(shared_api.city.clock.now())
    assert due == published().add_working_days(today, TERMS[ProposalLevel.DISTRICT].reply_days)
    with pytest.raises(ReplyNotOwed):
        await rooms.replying.reply(other, made.id, "这块地归别的部门管理。", False, new_id())
    assert made.id in {one.id for one in (await rooms.replying.owed(office, ProposalState.REACHED, PAGE)).items}
    done = await rooms.replying.reply(office, made.id, "采纳：今年列入口袋公园计划，六月动工。", True, new_id())
    assert done.state is ProposalState.ANSWERED
    assert done.reply is not None
    await rooms.crier.carry()
    told = {"type": "proposal.answered", "citizen": people[1].subject, "facts.proposal": made.id}
    assert await shared_api.city.db["outbox"].count_documents(told) == 1
    with pytest.raises(ProposalStateWrong):
        await rooms.replying.reply(office, made.id, "再答复一次应当被拒绝。", True, new_id())


async def test_one_person_has_so_many_open_proposals(rooms: Conversations, author: Viewer) -> None:
    made = [await drafted(rooms, author) for _ in range(MOST_AT_A_TIME)]
    with pytest.raises(TooManyProposals):
        await drafted(rooms, author)
    await rooms.proposals.withdraw(author, made[0].id, new_id())
    await drafted(rooms, author)


@pytest.mark.parametrize(
    ("level", "area"),
    [
        (ProposalLevel.CITY, "350102000000"),
        (ProposalLevel.DISTRICT, "350100000000"),
        (ProposalLevel.TOWNSHIP, "350102000000"),
        (ProposalLevel.CITY, "3501"),
        (ProposalLevel.CITY, "福州市" * 4),
    ],
)
async def test_an_area_is_one_of_its_level(
    rooms: Conversations, people: list[Viewer], level: ProposalLevel, area: str
) -> None:
    with pytest.raises(ProposalAreaUnknown):
        await rooms.proposals.save(people[0], None, level, area, TITLE, TEXT, new_id())


async def test_anothers_draft_is_not_there(rooms: Conversations, author: Viewer, people: list[Viewer]) -> None:
    made = await drafted(rooms, author)
    for act in (rooms.proposals.hand_in, rooms.proposals.withdraw, rooms.proposals.support):
        with pytest.raises(ProposalUnknown):
            await act(people[0], made.id, new_id())


async def test_one_whose_days_are_over_has_expired_before_anybody_writes_it_down(
    shared_api: Api, rooms: Conversations, author: Viewer, people: list[Viewer]
) -> None:
    made = await collecting(shared_api, author)
    await _back_dated(shared_api, made, closes_at=timedelta(hours=-1))
    found = await rooms.proposals.one(ANONYMOUS, made.id)
    assert found is not None
    assert found.state_at(shared_api.city.clock.now()) is ProposalState.EXPIRED
    with pytest.raises(ProposalStateWrong):
        await rooms.proposals.support(people[0], made.id, new_id())
    await asyncio.gather(rooms.replying.look(), rooms.replying.look())
    written = await rooms.proposals.one(ANONYMOUS, made.id)
    assert written is not None
    assert written.state is ProposalState.EXPIRED
    told = {"type": "proposal.expired", "citizen": author.subject}
    assert await shared_api.city.db["outbox"].count_documents(told) == 1


async def test_a_reply_that_is_late_is_told_upwards_once_and_stays_owed(
    shared_api: Api, rooms: Conversations, author: Viewer, people: list[Viewer]
) -> None:
    office = await an_office(shared_api.city)
    made = await collecting(shared_api, author, threshold=1)
    await rooms.replying.assign(moderator(), made.id, str(office.organisation), new_id())
    await rooms.proposals.support(people[0], made.id, new_id())
    await _back_dated(shared_api, made, clock=timedelta(days=-60))
    assert (await rooms.replying.look()).escalated >= 1
    await rooms.replying.look()
    told = {"type": "proposal.overdue", "citizen": author.subject}
    assert await shared_api.city.db["outbox"].count_documents(told) == 1
    upwards = shared_api.city.db["outbox"].find({"type": "proposal.raised", "facts.proposal": made.id})
    assert [row["facts"]["organisation"] for row in await upwards.to_list(None)] == [office.organisation]
    late = await rooms.replying.reply(office, made.id, "晚了一些，对不起：方案已定。", True, new_id())
    calendar, now = rooms.replying.time()
    assert late.is_overdue(calendar, now), "that it was late stays"


async def test_who_leaves_takes_words_and_support_along(
    shared_api: Api, rooms: Conversations, author: Viewer, people: list[Viewer]
) -> None:
    leaver = await speaker(shared_api)
    assert leaver.subject is not None
    others, own = await collecting(shared_api, author), await collecting(shared_api, leaver)
    await rooms.proposals.support(leaver, others.id, new_id())
    for _ in range(2):
        await rooms.proposals.end_all(moderator(), leaver.subject)
    left = await rooms.proposals.one(ANONYMOUS, others.id)
    assert left is not None
    assert left.supports == 0
    assert await rooms.proposals.one(ANONYMOUS, own.id) is None, "what was collecting ends"
    row = await shared_api.city.db["proposals"].find_one({"_id": own.id})
    assert leaver.subject not in str(row)


def test_hidden_while_it_is_looked_at_it_never_collects() -> None:
    made = Proposal(
        *("p", "c", "林*", ProposalLevel.CITY, "350100000000", TITLE, TEXT),
        *(ProposalState.MODERATED, _NOW, _NOW),
    )
    assert made.turned(Visibility.HIDDEN, _NOW).state is ProposalState.MODERATED
    assert made.turned(Visibility.SHOWN, _NOW).turned(Visibility.HIDDEN, _NOW).is_shown is False


async def _back_dated(api: Api, made: Proposal, **by: timedelta) -> None:
    now = api.city.clock.now()
    change: dict[str, object] = {"look": (civil_day(now)).isoformat()}
    if "closes_at" in by:
        change["closes_at"] = now + by["closes_at"]
    if "clock" in by:
        change["clock.started"] = now + by["clock"]
    await api.city.db["proposals"].update_one({"_id": made.id}, {"$set": change})
