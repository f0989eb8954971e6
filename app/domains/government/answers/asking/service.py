"""Asking: a question in plain words is answered at once, or one question is asked back, or it is passed on.

Open to everybody. A thread belongs to the citizen who asks, or to the device somebody holds who is not signed in; only
they see it again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from pydantic import TypeAdapter

from app.core.clock import Clock
from app.core.errors import BadInput
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Tx
from app.core.sealed import KeyRing
from app.core.tallies import Counting, uncounted
from app.core.viewer import Role, Viewer
from app.domains.government.answers.alarms.model import alarm_of, help_only, mark_of
from app.domains.government.answers.asking.errors import AskSessionUnknown, HandOverNotOffered
from app.domains.government.answers.asking.model import Asker, PassedOn, Reply, Thread, Turn, summary_of
from app.domains.government.answers.asking.store import PassedOnStore, ThreadStore
from app.domains.government.answers.entries.model import Answer, HandOver
from app.domains.government.answers.entries.store import AnswerStore
from app.domains.government.answers.finding.model import Candidate, Verdict, verdict
from app.domains.government.answers.finding.service import KnowledgeBase
from app.domains.government.answers.gaps.model import Why
from app.domains.government.answers.gaps.service import GapService
from app.domains.government.answers.questions import model as questions
from app.domains.government.search.service import SearchService

BY_ADDRESS = Limit("asked_by_address", 600, timedelta(hours=1))  # a school, a hall, a phone company lie behind one
BY_DEVICE = Limit("asked_by_device", 60, timedelta(hours=1))
BY_CITIZEN = Limit("asked_by_citizen", 200, timedelta(hours=1))
_MOST_ITEMS = 3
_NO_BETTER = 0.15  # likeness: one that was not offered is told only when it is ahead by more
_FITTING = 0.5  # likeness: below this an item has too little to do with the question
_SHORT = 12  # characters: a question so short may lean on the one before
_ID: TypeAdapter[str] = TypeAdapter(str)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks: a question, or in its place the code `chosen` of one of those that were offered."""

    question: str
    session: str | None = None
    chosen: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A thread with what is needed to show it: the versions that were told, by id; entries offered, by code."""

    thread: Thread
    told: Mapping[str, Answer]
    offered: Mapping[str, Answer]


class AskService:
    def __init__(
        self,
        threads: ThreadStore,
        passed: PassedOnStore,
        answers: AnswerStore,
        knowledge: KnowledgeBase,
        search: SearchService,
        gaps: GapService,
        ring: KeyRing,
        limits: Limits,
        idempotency: Idempotency,
        clock: Clock,
        count: Counting = uncounted,
    ) -> None:
        self._threads = threads
        self._passed = passed
        self._answers = answers
        self._knowledge = knowledge
        self._search = search
        self._gaps = gaps
        self._ring = ring
        self._limits = limits
        self._idempotency = idempotency
        self._clock = clock
        self._count = count

    async def ask(self, viewer: Viewer, asked: Asked, device: str | None, address: str, key: str) -> Shown:
        """The thread with this turn at its end.

        Raises QuestionEmpty, QuestionTooLong, AskSessionUnknown, AskSessionFull, AnswerNotOffered, BadInput (nobody is
        signed in and no device is named), RateLimited, IdempotencyConflict.
        """
        question, asker = questions.parsed(asked.question), self._asker(viewer, device)
        await self._limited(asker, address)
        call = Call.of(viewer, "ask", key, asked, kept_by=asker.device or "")
        made: list[Thread] = []
        mine: list[str] = []

        async def work(tx: Tx) -> str:
            made[:] = [await self._next(question, asked, asker, tx)]
            return made[0].id

        id_ = await self._idempotency.once(call, _ID, work, after=mine.append)
        if not mine:  # a repeat: the turn is there
            return await self._again(id_, asker)
        await self._noted(made[0])
        return await self._shown(made[0])

    async def session(self, viewer: Viewer, id_: str, device: str | None) -> Shown | None:
        """His own thread. Raises BadInput."""
        found = await self._threads.get(id_, self._asker(viewer, device), self._clock.now())
        return await self._shown(found) if found else None

    async def hand_over(
        self, viewer: Viewer, id_: str, to: HandOver, device: str | None, locale: str, key: str
    ) -> PassedOn:
        """What was said so far, kept for what comes next. With `device`, also a thread from before he signed in.

        Raises AskSessionUnknown, HandOverNotOffered, IdempotencyConflict.
        """
        citizen, call = viewer.self_only(), Call.of(viewer, "handOverAsk", key, id_, to)
        before = await self._idempotency.replay(call, _ID)
        if before is not None:  # whatever was asked since
            return await self._kept(before, citizen)
        thread = await self._own_or_passing(viewer, id_, device)
        if to not in thread.leads_to:
            raise HandOverNotOffered(tuple(one.value for one in thread.leads_to))
        shown = await self._shown(thread)
        titles = {version: answer.title for version, answer in shown.told.items()}
        passed = PassedOn(
            new_id(), id_, citizen, to, _item_of(shown), summary_of(thread, titles, locale), self._clock.now()
        )

        async def work(tx: Tx) -> str:
            await self._passed.add(passed, tx)
            return passed.id

        return await self._kept(await self._idempotency.once(call, _ID, work, after=self._counted), citizen)

    async def passed_on(self, viewer: Viewer, id_: str) -> PassedOn | None:
        """For what was begun with it; his own."""
        return await self._passed.get(id_, viewer.self_only())

    async def unhelpful(self, viewer: Viewer, id_: str, answer: str) -> None:
        """This answer, told last, did not help: its question is listed for ops. Silent when it was not so."""
        found = await self._threads.get(id_, Asker(viewer.self_only()), self._clock.now())
        if found is not None and found.last is not None and found.last.answer == answer:
            await self._gaps.note(found.last.question, Why.UNHELPFUL)

    async def _kept(self, passed: str, citizen: str) -> PassedOn:
        found = await self._passed.get(passed, citizen)
        if found is None:  # he left the city in this moment
            raise AskSessionUnknown
        return found

    def _counted(self, _: str) -> None:
        self._count("questions", outcome="handed_over")

    def _asker(self, viewer: Viewer, device: str | None) -> Asker:
        """Who asks: the actor, also where he may act for a ward. Raises BadInput."""
        if viewer.role is Role.CITIZEN and viewer.actor is not None:
            return Asker(viewer.actor)
        if device is None or not 8 <= len(device) <= 64 or not device.isprintable():
            raise BadInput(field="device")
        return Asker(None, self._ring.keyed_hash(device, kind="asking device"))

    async def _limited(self, asker: Asker, address: str) -> None:
        if asker.citizen is not None:
            await self._limits.take(BY_CITIZEN, asker.citizen)
        else:
            await self._limits.take(BY_ADDRESS, address)
            await self._limits.take(BY_DEVICE, asker.device or "")

    async def _next(self, question: str, asked: Asked, asker: Asker, tx: Tx) -> Thread:
        now = self._clock.now()
        was = await self._threads.get(asked.session, asker, now, tx) if asked.session else None
        if asked.session and was is None:
            raise AskSessionUnknown
        thread = was or Thread(new_id(), asker, now)
        thread.demand_room()
        if asked.chosen is not None:
            thread.demand_offered(asked.chosen)
        moved = thread.further(await self._turn(question, asked.chosen, thread))
        if not await self._threads.put(moved, now, tx):
            raise AskSessionUnknown  # another of his turns came between: the app reads the thread again
        return moved

    async def _turn(self, question: str, chosen: str | None, thread: Thread) -> Turn:
        found = await self._verdict(question, chosen, thread)
        number, now, alarm = len(thread.turns) + 1, self._clock.now(), alarm_of(question)
        if found.told is not None:
            told, sure = found.told.answer, found.told.confidence
            return Turn(number, now, question, Reply.ANSWERED, told.id, sure, hand_over=told.hand_over, alarm=alarm)
        if found.offered:
            codes = tuple(one.answer.code for one in found.offered)
            return Turn(number, now, question, Reply.CLARIFYING, offered=codes, alarm=alarm)
        if help_only(question):
            return Turn(number, now, question, Reply.UNANSWERED, hand_over=HandOver.CASE, alarm=alarm)
        items = await self._fitting(question)
        reply, to = (Reply.ITEMS, HandOver.APPLICATION) if items else (Reply.UNANSWERED, HandOver.CASE)
        return Turn(number, now, question, reply, items=items, hand_over=to, alarm=alarm)

    async def _fitting(self, question: str) -> tuple[str, ...]:
        """Service items that do what the question is about."""
        index = await self._search.keeper.index()
        found = index.search(question, most=_MOST_ITEMS).matches
        return tuple(match.text.key for match in found if match.likeness >= _FITTING)

    async def _verdict(self, question: str, chosen: str | None, thread: Thread) -> Verdict:
        """Which answer; after a question back, one of those offered is told unless another fits clearly better. Who
        is in danger is told no office matter, but what is marked for him.
        """
        if chosen is not None:
            picked = (await self._knowledge.answers([chosen])).get(chosen)
            return Verdict(told=Candidate(picked, 1.0)) if picked else Verdict()
        found = await self._knowledge.find(question)
        if danger := help_only(question):
            return verdict([one for one in found if mark_of(danger) in one.answer.keywords], may_ask=False)
        if offered := thread.clarifying:
            return _after_asking(found, await self._knowledge.find(question, offered))
        first = verdict(found, may_ask=True)
        before = thread.last.question if thread.last is not None and len(question) <= _SHORT else ""
        if first.told is None and not first.offered and before and not help_only(before):
            return verdict(await self._knowledge.find(f"{before} {question}"), may_ask=False)
        return first

    async def _noted(self, thread: Thread) -> None:
        turn = thread.turns[-1]
        self._count("questions", outcome=turn.reply.value)
        if turn.alarm is not None:
            self._count("questions", outcome="alarm")
        if turn.reply is Reply.UNANSWERED and not help_only(turn.question):
            await self._gaps.note(turn.question, Why.UNANSWERED)

    async def _again(self, id_: str, asker: Asker) -> Shown:
        found = await self._threads.get(id_, asker, self._clock.now())
        if found is None:
            raise AskSessionUnknown
        return await self._shown(found)

    async def _own_or_passing(self, viewer: Viewer, id_: str, device: str | None) -> Thread:
        now = self._clock.now()
        found = await self._threads.get(id_, Asker(viewer.self_only()), now)
        if found is None and device is not None:
            passing = Asker(None, self._ring.keyed_hash(device, kind="asking device"))
            found = await self._threads.get(id_, passing, now)
        if found is None:
            raise AskSessionUnknown
        return found

    async def _shown(self, thread: Thread) -> Shown:
        ids = {turn.answer for turn in thread.turns if turn.answer is not None}
        offered = await self._knowledge.answers(code for turn in thread.turns for code in turn.offered)
        return Shown(thread, await self._told(ids), offered)

    async def _told(self, ids: Collection[str]) -> dict[str, Answer]:
        """From memory; versions that are not told any more, from the database."""
        now = await self._knowledge.answers(_codes(ids))
        told = {answer.id: answer for answer in now.values() if answer.id in ids}
        return told | {answer.id: answer for answer in await self._answers.by_id(set(ids) - told.keys())}


def _codes(ids: Iterable[str]) -> list[str]:
    return [one.rpartition("@")[0] for one in ids]


def _after_asking(found: list[Candidate], offered: list[Candidate]) -> Verdict:
    """Never a second question back: the best there is, those offered before others that are no better."""
    best = verdict(found, may_ask=False).told
    if offered and (best is None or offered[0].likeness >= best.likeness - _NO_BETTER):
        return Verdict(told=offered[0])
    return Verdict(told=best)


def _item_of(shown: Shown) -> str | None:
    """The service item that the last turn is about."""
    last = shown.thread.last
    if last is None:
        return None
    told = shown.told.get(last.answer or "")
    return next(iter((*(told.items if told else ()), *last.items)), None)
