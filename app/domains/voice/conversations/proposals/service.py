"""Citizens and proposals: writing one, handing it in, withdrawing it; reading; supporting others'."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.calendar import CalendarService
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Role, Viewer
from app.domains.identity.organisations.model import Tree
from app.domains.voice.conversations.moderation.model import PostKind
from app.domains.voice.conversations.moderation.service import ModerationService
from app.domains.voice.conversations.moderation.speaking.model import Speaker
from app.domains.voice.conversations.moderation.speaking.service import SpeakerService
from app.domains.voice.conversations.moderation.words.model import TEXT, TITLE, demand_public, parsed
from app.domains.voice.conversations.proposals.errors import (
    NotSupported,
    ProposalAreaUnknown,
    ProposalChanged,
    ProposalStateWrong,
    ProposalUnknown,
    SupportedAlready,
    TooManyProposals,
)
from app.domains.voice.conversations.proposals.model import (
    MOST_AT_A_TIME,
    OPEN,
    SAVED,
    SUPPORTED,
    Proposal,
    ProposalLevel,
    ProposalState,
)
from app.domains.voice.conversations.proposals.store import ProposalStore
from app.domains.voice.conversations.threads.following.model import Audience
from app.domains.voice.conversations.threads.following.service import Crier
from app.domains.voice.conversations.threads.service import SCOPE

_ID = TypeAdapter(str)
_DIGITS = {ProposalLevel.CITY: 4, ProposalLevel.DISTRICT: 6, ProposalLevel.TOWNSHIP: 9}
_CODE = 12


class ProposalService:
    def __init__(
        self,
        db: Database,
        proposals: ProposalStore,
        speakers: SpeakerService,
        moderation: ModerationService,
        crier: Crier,
        tree: Tree,
        calendar: CalendarService,
        limits: Limits,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._proposals = proposals
        self._speakers = speakers
        self._moderation = moderation
        self._crier = crier
        self._tree = tree
        self._calendar = calendar
        self._limits = limits
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    # Reading

    async def listed(self, state: ProposalState | None, request: PageRequest) -> Page[Proposal]:
        """What everybody may read, the newest first."""
        return await self._proposals.listed(state, request)

    async def one(self, viewer: Viewer, proposal: str) -> Proposal | None:
        citizen = viewer.subject if viewer.role is Role.CITIZEN and not viewer.is_guardian else None
        found = await self._proposals.get(proposal)
        return found if found is not None and found.readable_by(citizen) else None

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[Proposal]:
        return await self._proposals.of_author(viewer.self_only(), request)

    async def does_support(self, viewer: Viewer, proposal: str) -> bool:
        return viewer.subject is not None and await self._proposals.does_support(proposal, viewer.subject)

    # Its author

    async def save(
        self, viewer: Viewer, proposal: str | None, level: ProposalLevel, area: str, title: str, text: str, key: str
    ) -> Proposal:
        """A new draft, or one as it is written now. Raises ProposalUnknown, ProposalStateWrong, ProposalChanged,
        ProposalAreaUnknown, TooManyProposals, PostWordsMissing, PostWordsTooLong, PersonalDataFound, LinkNotAllowed,
        SpeakerUnverified, OnlyRealPeople, RateLimited, IdempotencyConflict.
        """
        heading = demand_public(parsed(title, "title", TITLE), "title")
        words, place = demand_public(parsed(text, "text", TEXT), "text"), self._area(level, area)
        speaker, id_ = await self._speakers.of(viewer), new_id()
        call = Call.of(viewer, "saveProposal", key, proposal, level, place, heading, words)

        async def work(tx: Tx) -> str:
            now = self._clock.now()
            if proposal is not None:
                was = await self._own(speaker.citizen, proposal, tx)
                await self._save(was.filled(level, place, heading, words, now), was, tx)
                return proposal
            await self._demand_room(speaker.citizen, tx)
            made = Proposal(
                *(id_, speaker.citizen, speaker.name, level, place, heading, words, ProposalState.DRAFT, now, now)
            )
            await self._proposals.add(made, self._calendar.current, tx)
            return id_

        return await self._there(await self._limited(call, SAVED, speaker, work))

    async def hand_in(self, viewer: Viewer, proposal: str, key: str) -> Proposal:
        """To be looked at; then support is collected. Raises ProposalUnknown, ProposalStateWrong, ProposalChanged,
        SpeakerUnverified, OnlyRealPeople, IdempotencyConflict.
        """
        speaker = await self._speakers.of(viewer)

        async def work(tx: Tx) -> str:
            was = await self._own(speaker.citizen, proposal, tx)
            await self._save(was.handed_in(speaker.name, self._clock.now()), was, tx)
            await self._moderation.enlist(PostKind.PROPOSAL, proposal, speaker.citizen, tx)
            await self._audit.record(viewer, "proposal.handed_in", proposal, tx)
            return proposal

        await self._idempotency.once(Call.of(viewer, "handInProposal", key, proposal), _ID, work)
        return await self._there(proposal)

    async def withdraw(self, viewer: Viewer, proposal: str, key: str) -> Proposal:
        """Until the threshold is reached. Raises ProposalUnknown, ProposalStateWrong, ProposalChanged,
        IdempotencyConflict.
        """
        citizen = viewer.self_only()

        async def work(tx: Tx) -> str:
            was = await self._own(citizen, proposal, tx)
            await self._save(was.withdrawn(self._clock.now()), was, tx)
            await self._audit.record(viewer, "proposal.withdrawn", proposal, tx)
            return proposal

        await self._idempotency.once(Call.of(viewer, "withdrawProposal", key, proposal), _ID, work)
        return await self._there(proposal)

    # Those who support it

    async def support(self, viewer: Viewer, proposal: str, key: str) -> Proposal:
        """Once a person. Whoever completes the threshold starts the clock of the reply.

        Raises ProposalUnknown, ProposalStateWrong, SupportedAlready, OwnProposal, SpeakerUnverified, OnlyRealPeople,
        RateLimited, IdempotencyConflict.
        """
        speaker = await self._speakers.of(viewer)

        async def work(tx: Tx) -> str:
            was = await self._shown(proposal, tx)
            was.demand_supportable(speaker.citizen, self._clock.now())
            if not await self._proposals.support(proposal, speaker.citizen, tx):
                raise SupportedAlready
            if not await self._proposals.count(proposal, 1, tx):
                raise ProposalStateWrong(was.state.value)
            if was.supports + 1 >= was.terms.threshold:
                await self._reach(was, tx)
            return proposal

        call = Call.of(viewer, "supportProposal", key, proposal)
        return await self._there(await self._limited(call, SUPPORTED, speaker, work))

    async def take_back(self, viewer: Viewer, proposal: str, key: str) -> Proposal:
        """While support is collected. Raises ProposalUnknown, ProposalStateWrong, NotSupported, IdempotencyConflict."""
        citizen = viewer.self_only()

        async def work(tx: Tx) -> str:
            was = await self._shown(proposal, tx)
            was.demand(ProposalState.COLLECTING)
            if not await self._proposals.take_back(proposal, citizen, tx):
                raise NotSupported
            await self._proposals.count(proposal, -1, tx)
            return proposal

        await self._idempotency.once(Call.of(viewer, "takeBackSupport", key, proposal), _ID, work)
        return await self._there(proposal)

    async def end_all(self, viewer: Viewer, citizen: str) -> None:
        """Who leaves: what he wrote goes, what he supports while it is collected counts without him. Safe to repeat."""
        while await self._db.transaction(lambda tx: self._proposals.leave(citizen, tx)):
            pass

        async def work(tx: Tx) -> int:
            supported = await self._proposals.supported_by(citizen, 200, tx)
            for proposal in supported:
                await self._proposals.take_back(proposal, citizen, tx)
                await self._proposals.count(proposal, -1, tx)
            return len(supported)

        while await self._db.transaction(work):
            pass

    async def _reach(self, was: Proposal, tx: Tx) -> None:
        now = was.reached(self._office_of(was.area), self._clock.now())
        await self._save(now, was, tx)
        if now.author is not None:
            await self._outbox.add("proposal.reached", now.author, tx, proposal=now.id)
        await self._crier.cry("proposal.reached", Audience.SUPPORTERS, now.id, tx, proposal=now.id)

    def _office_of(self, area: str) -> str | None:
        """The government of the place, when it takes part; else the desk says who owes the reply."""
        return next((one for one in (area, area[:6].ljust(_CODE, "0")) if self._tree.grants(one, SCOPE)), None)

    def _area(self, level: ProposalLevel, area: str) -> str:
        """Twelve digits, of which those below the level are none. Raises ProposalAreaUnknown."""
        if len(area) != _CODE or not (area.isascii() and area.isdigit()):
            raise ProposalAreaUnknown
        if area[_DIGITS[level] :].strip("0") or not area[: _DIGITS[level]][-2:].strip("0"):
            raise ProposalAreaUnknown
        return area

    async def _demand_room(self, citizen: str, tx: Tx) -> None:
        if await self._proposals.open_count(citizen, OPEN, MOST_AT_A_TIME, tx) >= MOST_AT_A_TIME:
            raise TooManyProposals(MOST_AT_A_TIME)

    async def _limited(self, call: Call, limit: Limit, speaker: Speaker, work: Callable[[Tx], Awaitable[str]]) -> str:
        async def attempt() -> str:
            await self._limits.take(limit, speaker.citizen)
            return await self._idempotency.once(call, _ID, work)

        return await self._idempotency.alike(call, _ID, attempt)

    async def _own(self, citizen: str, proposal: str, tx: Tx) -> Proposal:
        found = await self._proposals.get(proposal, tx)
        if found is None or found.author != citizen:
            raise ProposalUnknown
        return found

    async def _shown(self, proposal: str, tx: Tx) -> Proposal:
        found = await self._proposals.get(proposal, tx)
        if found is None or not found.is_shown:
            raise ProposalUnknown
        return found

    async def _save(self, now: Proposal, was: Proposal, tx: Tx) -> None:
        if not await self._proposals.save(now, was, self._calendar.current, tx):
            raise ProposalChanged

    async def _there(self, proposal: str) -> Proposal:
        found = await self._proposals.get(proposal)
        if found is None:
            raise ProposalUnknown
        return found
