"""Conversations of the seeded city: people speak under their own names' first letter, departments reply."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from app.context import Conversations
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.said import Said
from app.core.viewer import Assurance, Role, Viewer
from app.domains.voice.conversations.moderation.model import PostKind, Verdict, Visibility, matter_id
from app.domains.voice.conversations.proposals.errors import OwnProposal, ProposalStateWrong
from app.domains.voice.conversations.proposals.model import Proposal, ProposalLevel
from app.domains.voice.conversations.proposals.store import ProposalStore
from app.domains.voice.conversations.surveys.model import Answered, Option, Question, QuestionKind, Results, Survey
from app.domains.voice.conversations.threads.model import Thread
from app.domains.voice.conversations.threads.service import SCOPE
from app.seed.demo import SEEDER, Progress
from app.wiring import City
from mocks.city import DEMO_PEOPLE, PEOPLE
from mocks.conversations import (
    SeededConversations,
    SeededProposal,
    SeededQuestion,
    SeededSurvey,
    SeededThread,
    conversations,
)

# The seeded city has two dozen people: no proposal would ever reach the threshold of a real one.
_FEW = 9


@dataclass(frozen=True, slots=True)
class _Speakers:
    """People and departments by the names the file has for them."""

    rooms: Conversations
    people: Mapping[str, Viewer]

    def heard(self, survey: SeededSurvey) -> list[Viewer]:
        """Who answered it: of one that is open still, all but those whom the landing page introduces, so that whoever
        signs in as one of them finds something to answer.
        """
        shown = set() if survey.over else {one.person.key for one in DEMO_PEOPLE}
        return [viewer for key, viewer in self.people.items() if key not in shown]

    def office(self, code: str) -> Viewer:
        return Viewer(Role.PROVIDER_STAFF, f"seed-{code}", organisation=code, scopes=frozenset({SCOPE}))


async def seed_conversations(city: City, say: Progress) -> None:
    """After people and units. What is there is left alone."""
    rooms, said = city.services.voice.conversations, conversations()
    if (await rooms.threads.listed(None, None, PageRequest(1))).items:
        return
    await _offices(city, said)
    speakers = _Speakers(rooms, await _people(city))
    for thread in said.threads:
        await _thread(speakers, thread)
    for survey in said.surveys:
        await _survey(city, speakers, survey)
    for proposal in said.proposals:
        await _proposal(city, speakers, proposal)
    await rooms.surveys.refresh()
    await rooms.crier.carry()
    say(f"{len(said.threads)} conversations, {len(said.surveys)} surveys and {len(said.proposals)} proposals")


async def _offices(city: City, said: SeededConversations) -> None:
    tree = city.services.organisations.tree
    for node in (tree.get(code) for code in said.offices):
        if node is not None and SCOPE not in node.scopes:
            await city.services.organisations.put(SEEDER, replace(node, scopes=node.scopes | {SCOPE}))


async def _people(city: City) -> dict[str, Viewer]:
    """Those whose names are verified."""
    unverified = {one.person.key for one in DEMO_PEOPLE if not one.verified}
    people: dict[str, Viewer] = {}
    for person in PEOPLE:
        citizen = await city.citizens.id_by_phone(person.phone) if person.phone else None
        if citizen is not None and person.key not in unverified:
            people[person.key] = Viewer(Role.CITIZEN, citizen, citizen, assurance=Assurance.REAL_NAME)
    return people


async def _thread(speakers: _Speakers, seeded: SeededThread) -> None:
    rooms = speakers.rooms
    made = await _opened(speakers, seeded)
    if seeded.waits:
        return
    await _let_through(rooms, PostKind.THREAD, made.id, made.visibility)
    for key in seeded.follows:
        await rooms.follows.follow(speakers.people[key], made.id, True, new_id())
    for by, words in seeded.replies:
        if by in speakers.people:
            post = await rooms.threads.reply(speakers.people[by], made.id, words, new_id())
            await _let_through(rooms, PostKind.REPLY, post.id, post.visibility)
        else:
            await rooms.officials.reply(speakers.office(by), made.id, words, new_id())


async def _opened(speakers: _Speakers, seeded: SeededThread) -> Thread:
    rooms = speakers.rooms
    if seeded.topic is None:
        assert seeded.by is not None
        return await rooms.threads.open(speakers.people[seeded.by], seeded.title, seeded.text, seeded.unit, new_id())
    office = speakers.office(seeded.topic)
    made = await rooms.officials.put_up(office, seeded.title, seeded.text, new_id())
    return await rooms.officials.pin(office, made.id, True, new_id()) if seeded.pinned else made


async def _let_through(rooms: Conversations, kind: PostKind, post: str, seen: Visibility) -> None:
    if seen is Visibility.WAITING:
        await rooms.moderation.judge(SEEDER, matter_id(kind, post), Verdict.SHOW, None, "", new_id())


async def _survey(city: City, speakers: _Speakers, seeded: SeededSurvey) -> None:
    holding, office = speakers.rooms.holding, speakers.office(seeded.unit)
    draft = await holding.save(office, None, _as_survey(city, seeded), new_id())
    held = await holding.publish(office, draft.id, new_id())
    for n, viewer in enumerate(speakers.heard(seeded)):
        await speakers.rooms.surveys.answer(viewer, held.id, [_answer(one, n) for one in held.questions], new_id())
    if seeded.over:
        await holding.end(office, held.id, new_id())


def _as_survey(city: City, seeded: SeededSurvey) -> Survey:
    now = city.clock.now()
    return Survey(
        id="",
        unit=seeded.unit,
        title=Said(*seeded.title),
        lead=Said(*seeded.lead),
        questions=tuple(map(_question, seeded.questions)),
        opens_at=now,
        closes_at=now + timedelta(days=seeded.days),
        results=Results(seeded.results),
    )


def _question(seeded: SeededQuestion) -> Question:
    options = tuple(Option(key, Said(zh, en)) for key, zh, en in seeded.options)
    kind = QuestionKind(seeded.kind)
    return Question(seeded.key, kind, Said(*seeded.words), options, seeded.required, 1, seeded.most)


def _answer(question: Question, n: int) -> Answered:
    """What the n-th person says: not all the same."""
    if question.kind is QuestionKind.TEXT:
        return Answered(question.key, (), ("", "晚上九点以后班次太少。", "希望站牌显示到站时间。")[n % 3])
    choices, turn = question.choices, n * n + n // 3
    if question.kind is QuestionKind.MULTIPLE:
        chosen = dict.fromkeys((choices[turn % len(choices)], choices[(turn + n) % len(choices)]))
        return Answered(question.key, tuple(chosen))
    return Answered(question.key, (choices[turn % len(choices)],))


async def _proposal(city: City, speakers: _Speakers, seeded: SeededProposal) -> None:
    service, author = speakers.rooms.proposals, speakers.people[seeded.by]
    level = ProposalLevel(seeded.level)
    made = await service.save(author, None, level, seeded.area, seeded.title, seeded.text, new_id())
    await service.hand_in(author, made.id, new_id())
    if seeded.stage == "moderated":
        return
    await speakers.rooms.moderation.judge(
        SEEDER, matter_id(PostKind.PROPOSAL, made.id), Verdict.SHOW, None, "", new_id()
    )
    if seeded.stage == "collecting":
        await _supported(speakers, made, _FEW - 3)
        return
    assert seeded.unit is not None
    await speakers.rooms.replying.assign(SEEDER, made.id, seeded.unit, new_id())
    await _lowered(city, made.id)
    await _supported(speakers, made, _FEW)
    if seeded.reply is not None:
        await speakers.rooms.replying.reply(speakers.office(seeded.unit), made.id, seeded.reply, True, new_id())


async def _lowered(city: City, proposal: str) -> None:
    store = ProposalStore(city.db, city.ring, city.persons)
    was = await store.get(proposal)
    assert was is not None
    now = replace(was, rev=was.rev + 1, terms=replace(was.terms, threshold=_FEW))
    await city.db.transaction(lambda tx: store.save(now, was, city.calendar.current, tx))


async def _supported(speakers: _Speakers, made: Proposal, by: int) -> None:
    done = 0
    for viewer in speakers.people.values():
        if done == by:
            return
        with suppress(OwnProposal, ProposalStateWrong):
            await speakers.rooms.proposals.support(viewer, made.id, new_id())
            done += 1
