"""The reply that is owed to so many: who owes it, when it is overdue, and telling all who supported the proposal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.calendar import CalendarService, WorkingCalendar
from app.core.clock import Clock, civil_day
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Role, Viewer
from app.domains.identity.organisations.model import Tree
from app.domains.voice.conversations.moderation.words.model import TEXT, parsed
from app.domains.voice.conversations.proposals.errors import ProposalChanged, ProposalUnknown, ReplyUnitUnknown
from app.domains.voice.conversations.proposals.model import Proposal, ProposalState, Reply
from app.domains.voice.conversations.proposals.store import ProposalStore
from app.domains.voice.conversations.threads.following.model import Audience
from app.domains.voice.conversations.threads.following.service import Crier
from app.domains.voice.conversations.threads.official.service import office
from app.domains.voice.conversations.threads.service import SCOPE

_ID = TypeAdapter(str)
_WORKER = Viewer(role=Role.OPS, actor="worker")


@dataclass(frozen=True, slots=True)
class Looked:
    """What time did to proposals."""

    expired: int
    escalated: int


class ReplyService:
    def __init__(
        self,
        db: Database,
        proposals: ProposalStore,
        crier: Crier,
        tree: Tree,
        calendar: CalendarService,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._proposals = proposals
        self._crier = crier
        self._tree = tree
        self._calendar = calendar
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    def time(self) -> tuple[WorkingCalendar, datetime]:
        """The calendar and the moment by which its clocks stand."""
        return self._calendar.current, self._clock.now()

    # Departments

    async def owed(self, viewer: Viewer, state: ProposalState, request: PageRequest) -> Page[Proposal]:
        """What the office is to reply to, or has; the first due first."""
        return await self._proposals.owed(office(viewer), state, request)

    async def reply(self, viewer: Viewer, proposal: str, text: str, adopted: bool, key: str) -> Proposal:
        """To all who supported it. Raises ProposalUnknown, ProposalStateWrong, ProposalChanged, ReplyNotOwed,
        PostWordsMissing, PostWordsTooLong, IdempotencyConflict.
        """
        unit, words = office(viewer), parsed(text, "text", TEXT)

        async def work(tx: Tx) -> str:
            was = await self._shown(proposal, tx)
            said = Reply(words, adopted, self._clock.now(), viewer.acting())
            now = was.answered(said, unit)
            await self._save(now, was, tx)
            await self._tell("proposal.answered", now, tx)
            await self._audit.record(viewer, "proposal.answered", proposal, tx, adopted=adopted)
            return proposal

        return await self._done(Call.of(viewer, "replyToProposal", key, proposal, words, adopted), work)

    # The desk

    async def in_state(self, state: ProposalState, request: PageRequest) -> Page[Proposal]:
        return await self._proposals.in_state(state, request)

    async def one(self, proposal: str) -> Proposal | None:
        return await self._proposals.get(proposal)

    async def assign(self, viewer: Viewer, proposal: str, unit: str, key: str) -> Proposal:
        """This department owes the reply. Raises ProposalUnknown, ProposalStateWrong, ProposalChanged,
        ReplyUnitUnknown, IdempotencyConflict.
        """
        if not self._tree.grants(unit, SCOPE):
            raise ReplyUnitUnknown

        async def work(tx: Tx) -> str:
            was = await self._proposals.get(proposal, tx)
            if was is None:
                raise ProposalUnknown
            await self._save(was.assigned(unit, self._clock.now()), was, tx)
            await self._audit.record(viewer, "proposal.assigned", proposal, tx, unit=unit)
            return proposal

        return await self._done(Call.of(viewer, "assignProposal", key, proposal, unit), work)

    # Time

    async def look(self) -> Looked:
        """What expired and what is overdue. Safe to repeat, and to run beside itself."""
        expired = escalated = 0
        for was in await self._proposals.to_look_at(civil_day(self._clock.now())):
            if was.state_at(self._clock.now()) is ProposalState.EXPIRED:
                expired += await self._stepped(was, was.expired(self._clock.now()), "proposal.expired")
            elif was.is_overdue(self._calendar.current, self._clock.now()):
                late = was.escalated(self._clock.now())
                escalated += await self._stepped(was, late, "proposal.overdue", self._told_of(late))
        return Looked(expired, escalated)

    async def _stepped(self, was: Proposal, now: Proposal, event: str, told: Iterable[str] = ()) -> bool:
        async def work(tx: Tx) -> bool:
            if not await self._proposals.save(now, was, self._calendar.current, tx):
                return False  # another worker, or the reply, came first
            await self._tell(event, now, tx)
            for organisation in told:
                facts = {"proposal": now.id, "organisation": organisation, "unit": now.unit, "due": self._last_day(now)}
                await self._outbox.add("proposal.raised", now.author or f"proposal:{now.id}", tx, **facts)
            await self._audit.record(_WORKER, event, now.id, tx, unit=now.unit)
            return True

        return await self._db.transaction(work)

    def _told_of(self, late: Proposal) -> tuple[str, ...]:
        """Who owes the reply, and the nearest organisation above that takes part in conversations."""
        node = self._tree.get(late.unit) if late.unit else None
        if node is None:
            return ()
        above = next((one for one in reversed(node.path) if self._tree.grants(one, SCOPE)), None)
        return (node.code, above) if above else (node.code,)

    def _last_day(self, late: Proposal) -> str:
        due = late.due(self._calendar.current)
        return due.isoformat() if due else ""

    async def _tell(self, event: str, now: Proposal, tx: Tx) -> None:
        """Its author, and all who supported it."""
        if now.author is not None:
            await self._outbox.add(event, now.author, tx, proposal=now.id)
        await self._crier.cry(event, Audience.SUPPORTERS, now.id, tx, proposal=now.id)

    async def _shown(self, proposal: str, tx: Tx) -> Proposal:
        found = await self._proposals.get(proposal, tx)
        if found is None or not found.is_shown:
            raise ProposalUnknown
        return found

    async def _save(self, now: Proposal, was: Proposal, tx: Tx) -> None:
        if not await self._proposals.save(now, was, self._calendar.current, tx):
            raise ProposalChanged

    async def _done(self, call: Call, work: Callable[[Tx], Awaitable[str]]) -> Proposal:
        done = await self._proposals.get(await self._idempotency.once(call, _ID, work))
        if done is None:
            raise ProposalUnknown
        return done
