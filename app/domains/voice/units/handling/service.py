"""The unit's steps: take over, hand on, note, ask, do, and tell the citizen.

A handler acts on what his organisation leads, or an organisation below it; of what it helps with he ends its own task.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from pydantic import TypeAdapter

from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.uploads.model import uploader
from app.core.viewer import Viewer
from app.domains.identity.organisations.model import Tree
from app.domains.identity.staff.model import StaffRole
from app.domains.voice.cases.clocks.rules.service import ClockRules
from app.domains.voice.cases.errors import CaseReasonMissing, CaseUnitUnknown, CaseWordsTooLong
from app.domains.voice.cases.filing.model import LONGEST_TEXT, MOST_FILES, said
from app.domains.voice.cases.history.model import Happened
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.requests.model import Ask, UnitRequest
from app.domains.voice.cases.service import CaseSteps
from app.domains.voice.cases.store import CaseStore
from app.domains.voice.units.handling.errors import AssigneeUnknown, SupervisorNeeded
from app.domains.voice.units.handling.model import demand_branch, demand_lead, task_of, units_with_above, within

_ID = TypeAdapter(str)  # a reply is kept for a day: nothing of what somebody wrote is
Change = Callable[[Case, datetime], Case]
Work = Callable[[Case, datetime, Tx], Awaitable[Case]]


class Files(Protocol):
    """Uploads, as cases need them. `by` names the case: `case:ID`."""

    async def claim(self, by: str, owner: str, uploads: Collection[str], tx: Tx) -> None:
        """Raises UploadUnknown, UploadNotReady, UploadClaimed."""
        ...


class Colleagues(Protocol):
    async def handles(self, staff: str, units: Collection[str]) -> bool:
        """Whether this member of staff serves in one of these organisations and may handle cases there."""
        ...


@dataclass(frozen=True, slots=True)
class Wish:
    """What a unit asks the centre for: see UnitRequest."""

    ask: Ask
    reason: str
    days: int | None = None
    until: date | None = None
    suggested: str | None = None


class CaseHandling:
    def __init__(
        self,
        cases: CaseStore,
        steps: CaseSteps,
        rules: ClockRules,
        files: Files,
        colleagues: Colleagues,
        tree: Tree,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._cases = cases
        self._steps = steps
        self._rules = rules
        self._files = files
        self._colleagues = colleagues
        self._tree = tree
        self._idempotency = idempotency
        self._clock = clock

    async def claim(self, viewer: Viewer, case: str, key: str) -> Case:
        """Raises CaseUnknown, NotLeadUnit, CaseStateWrong, CaseHeldByAnother, HandledBefore, CaseChanged,
        IdempotencyConflict.
        """
        return await self._lead(viewer, "claimCase", key, case, lambda was, at: was.claimed(viewer, at))

    async def assign(self, viewer: Viewer, case: str, to: str, key: str) -> Case:
        """By a supervisor, to one of the unit's handlers; from another, too. Raises as `claim`, and SupervisorNeeded,
        AssigneeUnknown.
        """
        if StaffRole.SUPERVISOR.value not in viewer.roles:
            raise SupervisorNeeded

        async def work(was: Case, at: datetime, tx: Tx) -> Case:
            demand_lead(self._tree, viewer, was)
            # Not of a unit that helps: it has its own task, and could take no step of the whole.
            if not await self._colleagues.handles(to, units_with_above(self._tree, (was.unit or "",))):
                raise AssigneeUnknown
            return was.assigned(to, viewer, at, over=True)

        return await self._do(viewer, "assignCase", key, case, work, to)

    async def note(self, viewer: Viewer, case: str, text: str, files: Collection[str], public: bool, key: str) -> Case:
        """Progress in words; the citizen reads it when it is public. Raises as `claim`, and CaseNotHeld,
        CaseWordsMissing, CaseWordsTooLong, and what files are refused for.
        """
        return await self._noted(viewer, "noteCase", key, case, Happened.NOTED, text, files, public)

    async def on_site(self, viewer: Viewer, case: str, text: str, files: Collection[str], key: str) -> Case:
        """Somebody is there. Raises as `note`."""
        return await self._noted(viewer, "arriveAtCase", key, case, Happened.ON_SITE, text, files, True)

    async def ask(self, viewer: Viewer, case: str, text: str, key: str) -> Case:
        """A question to who reported it; his answer is a comment. The clock runs on. Raises as `note`."""
        return await self._noted(viewer, "askReporter", key, case, Happened.ASKED, text, (), True)

    async def end_task(self, viewer: Viewer, case: str, result: str, key: str) -> Case:
        """The part of a helping unit is done. Raises CaseUnknown, CaseStateWrong, TaskUnknown, CaseWordsMissing,
        CaseWordsTooLong, CaseChanged, IdempotencyConflict.
        """
        words = said(result, "result")

        async def work(was: Case, at: datetime, tx: Tx) -> Case:
            return was.task_done(task_of(self._tree, viewer, was), words, viewer, at)

        return await self._do(viewer, "endCaseTask", key, case, work, words)

    async def request(self, viewer: Viewer, case: str, wish: Wish, key: str) -> Case:
        """A pause, more time, or to give it back: the centre answers. Raises as `claim`, and CaseReasonMissing,
        CaseWordsTooLong, RequestPending, ExtendedAlready, ExtensionInvalid, DueInPast, FallbackKeeps, CaseUnitUnknown.
        """
        reason = _reason(wish.reason)
        if wish.suggested is not None and self._tree.get(wish.suggested) is None:
            raise CaseUnitUnknown

        async def work(was: Case, at: datetime, tx: Tx) -> Case:
            demand_lead(self._tree, viewer, was)
            asked = UnitRequest(
                id=new_id(),
                ask=wish.ask,
                unit=was.unit or "",
                by=viewer.acting(),
                at=at,
                reason=reason,
                days=wish.days if wish.ask is Ask.EXTENSION else None,
                until=wish.until if wish.ask is Ask.PAUSE else None,
                suggested=wish.suggested if wish.ask is Ask.RETURN else None,
            )
            return was.asked(asked, await self._rules.most_extension(was.clock, tx), viewer, at)

        return await self._do(viewer, "requestOfCentre", key, case, work, wish)

    async def finish(self, viewer: Viewer, case: str, result: str, files: Collection[str], key: str) -> Case:
        """Done; the citizen is told by `reply`. Raises as `note`, and RequestPending, TasksOpen."""
        words = said(result, "result")

        async def work(was: Case, at: datetime, tx: Tx) -> Case:
            demand_lead(self._tree, viewer, was)
            now = was.handled(words, tuple(files), viewer, at)
            await self._keep_files(viewer, was, files, tx)
            return now

        return await self._do(viewer, "finishCase", key, case, work, words, sorted(files))

    async def reply(self, viewer: Viewer, case: str, text: str, key: str) -> Case:
        """What is told to who reported it; the clock stops. Raises as `note`."""
        words = said(text, "text")
        return await self._lead(viewer, "replyToCase", key, case, lambda was, at: was.replied(words, viewer, at), words)

    async def transfer(self, viewer: Viewer, case: str, to: str, words: str, key: str) -> Case:
        """To another unit of the branch: up, down, or beside. Raises as `claim`, and CaseUnitUnknown, TransferOutside,
        UnitHasIt, RequestPending, CaseReasonMissing, CaseWordsTooLong.
        """
        why = _reason(words)

        async def work(was: Case, at: datetime, tx: Tx) -> Case:
            demand_lead(self._tree, viewer, was)
            demand_branch(self._tree, was, to)
            units = units_with_above(self._tree, (to, *(task.unit for task in was.tasks)))
            return was.transferred(to, units, why, viewer, at)

        # It may be out of the viewer's sight then: what is told is the case as it went.
        return await self._do(viewer, "transferCase", key, case, work, to, why, seen=False)

    async def _noted(
        self,
        viewer: Viewer,
        operation: str,
        key: str,
        case: str,
        what: Happened,
        text: str,
        files: Collection[str],
        public: bool,
    ) -> Case:
        words = said(text, "text")

        async def work(was: Case, at: datetime, tx: Tx) -> Case:
            demand_lead(self._tree, viewer, was)
            now = was.noted(what, words, tuple(files), viewer, at, public)
            await self._keep_files(viewer, was, files, tx)
            return now

        return await self._do(viewer, operation, key, case, work, words, sorted(files), public)

    async def _keep_files(self, viewer: Viewer, case: Case, files: Collection[str], tx: Tx) -> None:
        if len(files) > MOST_FILES:
            raise CaseWordsTooLong("files", MOST_FILES)
        if files:
            await self._files.claim(case.record, uploader(viewer), files, tx)

    async def _lead(
        self, viewer: Viewer, operation: str, key: str, case: str, change: Change, *content: object
    ) -> Case:
        async def work(was: Case, at: datetime, tx: Tx) -> Case:
            demand_lead(self._tree, viewer, was)
            return change(was, at)

        return await self._do(viewer, operation, key, case, work, *content)

    async def _do(
        self, viewer: Viewer, operation: str, key: str, case: str, work: Work, *content: object, seen: bool = True
    ) -> Case:
        async def once(tx: Tx) -> str:
            was = within(viewer, await self._cases.get(case, tx=tx))
            now = await work(was, self._clock.now(), tx)
            return (await self._steps.keep(viewer, now, was, tx)).id

        done = await self._cases.get(
            await self._idempotency.once(Call.of(viewer, operation, key, case, *content), _ID, once)
        )
        if not seen:
            assert done is not None
            return done
        return within(viewer, done)


def _reason(text: str) -> str:
    """Raises CaseReasonMissing, CaseWordsTooLong."""
    if sum(character.isalnum() for character in text) < 2:
        raise CaseReasonMissing
    return said(text, "reason", LONGEST_TEXT)
