"""Moderating: what is in doubt waits, what people report is looked at, what is hidden can be appealed once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.idempotency import Call, Idempotency
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.voice.conversations.moderation.errors import (
    MatterChanged,
    MatterUnknown,
    NothingToAppeal,
    PostUnknown,
    ReportedAlready,
    ReportsSuspended,
)
from app.domains.voice.conversations.moderation.model import (
    GROUNDLESS_FROM,
    GROUNDLESS_WITHIN,
    SUSPENDED_FOR,
    Matter,
    MatterState,
    MonthCounts,
    PostKind,
    Reason,
    Subject,
    Verdict,
    Visibility,
    matter_id,
)
from app.domains.voice.conversations.moderation.speaking.service import SpeakerService
from app.domains.voice.conversations.moderation.store import ModerationStore
from app.domains.voice.conversations.moderation.words.model import REASON, parsed

REPORTED = Limit("abuse_report", 20, timedelta(days=1))
_ID = TypeAdapter(str)


class Board(Protocol):
    """Where posts of one kind stand: fulfilled by the rooms that have them."""

    async def subject(self, post: str, tx: Tx | None = None) -> Subject | None: ...

    async def turn(self, post: str, to: Visibility, at: datetime, tx: Tx) -> None:
        """It stands so from now on."""
        ...


class ModerationService:
    def __init__(
        self,
        db: Database,
        matters: ModerationStore,
        boards: Mapping[PostKind, Board],
        speakers: SpeakerService,
        limits: Limits,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._matters = matters
        self._boards = dict(boards)
        self._speakers = speakers
        self._limits = limits
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    def takes(self, kind: PostKind, board: Board) -> None:
        """Posts of another room are moderated, too."""
        self._boards[kind] = board

    # Those who write

    async def enlist(self, kind: PostKind, post: str, author: str, tx: Tx) -> None:
        """A new post, or one that was mended, is looked at before others read it."""
        fresh = Matter(kind, post, author, MatterState.WAITING, Visibility.WAITING, self._clock.now())
        was = await self._matters.get(fresh.id, tx)
        if was is None:
            await self._matters.add(fresh, tx)
        else:
            await self._save(was.again(self._clock.now()), was, tx)

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[Matter]:
        """What of one's own was moderated, with the reasons."""
        return await self._matters.of_author(viewer.self_only(), request)

    async def appeal(self, viewer: Viewer, matter: str, words: str, key: str) -> Matter:
        """Once, against being hidden. Raises NothingToAppeal, AppealedAlready, PostWordsMissing, PostWordsTooLong,
        MatterChanged, IdempotencyConflict.
        """
        citizen, said = viewer.self_only(), parsed(words, "words", REASON)

        async def work(tx: Tx) -> str:
            was = await self._matters.get(matter, tx)
            if was is None:
                raise NothingToAppeal
            now = was.appealed(said, citizen, self._clock.now())
            await self._save(now, was, tx)
            await self._matters.count(self._month(), tx, appeals=1)
            await self._audit.record(viewer, "moderation.appealed", matter, tx)
            return matter

        await self._idempotency.once(Call.of(viewer, "appealModeration", key, matter, said), _ID, work)
        return await self._there(matter)

    # Those who read

    async def report(self, viewer: Viewer, kind: PostKind, post: str, reason: Reason, key: str) -> None:
        """Once a person and post. Raises PostUnknown, ReportedAlready, OwnPost, ReportsSuspended, SpeakerUnverified,
        OnlyRealPeople, RateLimited, IdempotencyConflict.
        """
        speaker = await self._speakers.of(viewer)
        call = Call.of(viewer, "reportAbuse", key, kind, post, reason)

        async def attempt() -> str:
            await self._demand_trusted(speaker.citizen)
            await self._limits.take(REPORTED, speaker.citizen)
            return await self._idempotency.once(call, _ID, work)

        async def work(tx: Tx) -> str:
            subject = await self._boards[kind].subject(post, tx)
            if subject is None or subject.visibility is not Visibility.SHOWN or subject.official:
                raise PostUnknown
            subject.demand_reportable(speaker.citizen)
            now = self._clock.now()
            if not await self._matters.report(kind, post, speaker.citizen, reason, now, tx):
                raise ReportedAlready
            await self._count_report(kind, post, subject, reason, now, tx)
            await self._audit.record(viewer, "moderation.reported", matter_id(kind, post), tx, why=reason)
            return post

        await self._idempotency.alike(call, _ID, attempt)

    async def figures(self) -> list[MonthCounts]:
        """What was moderated, month by month: open to everybody."""
        return await self._matters.months()

    # Those who moderate (the ops desk)

    async def queue(self, state: MatterState, kind: PostKind | None, request: PageRequest) -> Page[Matter]:
        return await self._matters.queue(state, kind, request)

    async def one(self, matter: str) -> Matter | None:
        return await self._matters.get(matter)

    async def subject(self, matter: Matter) -> Subject | None:
        """What it is about, as it was written."""
        return await self._boards[matter.kind].subject(matter.post)

    async def waiting(self) -> Mapping[MatterState, int]:
        return await self._matters.waiting()

    async def judge(
        self, viewer: Viewer, matter: str, verdict: Verdict, reason: Reason | None, words: str, key: str
    ) -> Matter:
        """Let it stand, or hide it with the reason that its author is told. Raises MatterUnknown, MatterChanged,
        AnotherDecides, PostWordsMissing, PostWordsTooLong, IdempotencyConflict.
        """
        said = parsed(words, "words", REASON) if verdict is Verdict.HIDE or words else ""
        why = (reason or Reason.OTHER) if verdict is Verdict.HIDE else None

        async def work(tx: Tx) -> str:
            was = await self._matters.get(matter, tx)
            if was is None:
                raise MatterUnknown
            now = was.judged(verdict, why, said, viewer, self._clock.now())
            await self._save(now, was, tx)
            await self._boards[now.kind].turn(now.post, now.visibility, self._clock.now(), tx)
            await self._settle(now, was, tx)
            await self._tell(now, was, tx)
            facts = {"verdict": verdict, "why": why, "appeal": was.state is MatterState.APPEALED}
            await self._audit.record(viewer, "moderation.judged", matter, tx, subject=now.author, reason=said, **facts)
            return matter

        await self._idempotency.once(Call.of(viewer, "judgePost", key, matter, verdict, why, said), _ID, work)
        return await self._there(matter)

    async def hide(self, viewer: Viewer, kind: PostKind, post: str, reason: Reason, words: str, key: str) -> Matter:
        """A post that nobody reported. Raises PostUnknown, and as `judge`."""

        async def work(tx: Tx) -> str:
            subject = await self._boards[kind].subject(post, tx)
            if subject is None or subject.official:
                raise PostUnknown
            if await self._matters.get(matter_id(kind, post), tx) is None:
                fresh = Matter(kind, post, subject.author, MatterState.REPORTED, subject.visibility, self._clock.now())
                await self._matters.add(fresh, tx)
            return post

        await self._db.transaction(work)
        return await self.judge(viewer, matter_id(kind, post), Verdict.HIDE, reason, words, key)

    async def end_all(self, viewer: Viewer, citizen: str) -> None:
        """Who leaves the city has no matters any more. Safe to repeat."""

        async def work(tx: Tx) -> int:
            theirs = await self._matters.every_of(citizen, tx)
            for was in theirs:
                await self._matters.save(was.left(), was, tx)
            return len(theirs)

        while await self._db.transaction(work):
            pass

    async def _count_report(
        self, kind: PostKind, post: str, subject: Subject, reason: Reason, now: datetime, tx: Tx
    ) -> None:
        was = await self._matters.get(matter_id(kind, post), tx)
        held_before = was is not None and was.visibility is Visibility.HELD
        if was is None:
            fresh = Matter(kind, post, subject.author, MatterState.SETTLED, subject.visibility, now)
            matter = fresh.reported(reason, now)
            await self._matters.add(matter, tx)
        else:
            matter = was.reported(reason, now)
            await self._save(matter, was, tx)
        held = matter.visibility is Visibility.HELD and not held_before
        if held:
            await self._boards[kind].turn(post, Visibility.HELD, now, tx)
            if matter.author:
                await self._outbox.add("post.held", matter.author, tx, kind=kind.value)
        await self._matters.count(self._month(), tx, reports=1, held=int(held))

    async def _settle(self, now: Matter, was: Matter, tx: Tx) -> None:
        """What becomes of the reports, and what is counted."""
        decision = now.decisions[-1]
        if decision.verdict is Verdict.SHOW and not decision.on_appeal:
            await self._matters.found_groundless(now.id, tx)
        elif decision.verdict is Verdict.HIDE:
            await self._matters.found_right(now.id, tx)
        granted = decision.on_appeal and decision.verdict is Verdict.SHOW
        hidden = decision.verdict is Verdict.HIDE and was.visibility is not Visibility.HIDDEN
        counts = {
            "hidden": int(hidden),
            "shown": int(decision.verdict is Verdict.SHOW),
            "appeals_granted": int(granted),
        }
        if hidden and decision.reason:
            counts[f"hidden_for__{decision.reason.value}"] = 1
        await self._matters.count(self._month(), tx, **counts)

    async def _tell(self, now: Matter, was: Matter, tx: Tx) -> None:
        if now.author is None:
            return
        decision = now.decisions[-1]
        event = "post.hidden" if decision.verdict is Verdict.HIDE else "post.shown"
        if decision.on_appeal and decision.verdict is Verdict.HIDE:
            event = "post.appeal_refused"
        elif decision.verdict is Verdict.SHOW and was.visibility is Visibility.SHOWN:
            return  # it stood all the time: its author need not know that somebody complained
        facts = {"reason": decision.reason.value} if decision.reason else {}
        await self._outbox.add(event, now.author, tx, kind=now.kind.value, **facts)

    async def _demand_trusted(self, citizen: str) -> None:
        """Raises ReportsSuspended."""
        now = self._clock.now()
        times = await self._matters.groundless(citizen, now - GROUNDLESS_WITHIN)
        if len(times) >= GROUNDLESS_FROM and times[0] + SUSPENDED_FOR > now:
            raise ReportsSuspended(times[0] + SUSPENDED_FOR)

    async def _save(self, now: Matter, was: Matter, tx: Tx) -> None:
        if not await self._matters.save(now, was, tx):
            raise MatterChanged

    async def _there(self, matter: str) -> Matter:
        found = await self._matters.get(matter)
        if found is None:
            raise MatterUnknown
        return found

    def _month(self) -> str:
        return civil_day(self._clock.now()).strftime("%Y-%m")


__all__ = ["Board", "ModerationService"]
