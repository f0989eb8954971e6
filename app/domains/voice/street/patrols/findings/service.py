"""Looking at cases on site, and what the centre makes of what was found undone.

An officer sees the open cases in his grid: what and where, never who reported it. Words he sees of what is public and
of what officers wrote.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import BadInput
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Role, Viewer
from app.domains.voice.cases.errors import CaseUnknown
from app.domains.voice.cases.filing.model import MOST_FILES, said
from app.domains.voice.cases.history.model import CaseChannel
from app.domains.voice.cases.model import Case, Words
from app.domains.voice.cases.service import CaseSteps
from app.domains.voice.cases.store import CaseStore
from app.domains.voice.street.patrols.errors import FindingUnknown
from app.domains.voice.street.patrols.findings.model import Finding, Look, finding_of
from app.domains.voice.street.patrols.findings.store import FindingStore
from app.domains.voice.street.patrols.service import PatrolService

CENTRE = "cases:centre"
MOST_CASES = 300
_FINDING = TypeAdapter(Finding)
_LONGEST = 500


class Files(Protocol):
    """Uploads, as cases need them. `by` names the case: `case:ID`."""

    async def claim(self, by: str, owner: str, uploads: Collection[str], tx: Tx) -> None:
        """Raises UploadUnknown, UploadNotReady, UploadClaimed."""
        ...


class FindingService:
    def __init__(
        self,
        findings: FindingStore,
        patrols: PatrolService,
        cases: CaseStore,
        steps: CaseSteps,
        files: Files,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._findings = findings
        self._patrols = patrols
        self._cases = cases
        self._steps = steps
        self._files = files
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def in_grid(self, viewer: Viewer) -> list[Case]:
        """Open cases in the officer's grid, the newest first."""
        grid = await self._patrols.grid_of(viewer)
        found = await self._cases.in_areas(grid.areas(), _side(viewer), MOST_CASES)
        inside = [case for case in found if grid.holds(case.place.point)]
        worded = await self._cases.several([case.id for case in inside if case.channel is CaseChannel.GRID])
        return [_seen(worded.get(case.id, case)) for case in inside]

    async def one(self, viewer: Viewer, case: str) -> Case:
        """Raises CaseUnknown: it may lie in another grid."""
        return _seen(await self._within(viewer, case))

    async def verify(self, viewer: Viewer, case: str, look: Look, key: str) -> Finding:
        """Raises CaseUnknown, CaseStateWrong (it is closed), CaseWordsMissing, CaseWordsTooLong, CaseChanged, BadInput
        (files), what files are refused for, IdempotencyConflict.
        """
        tidy = replace(look, words=said(look.words, "words", _LONGEST))
        if len(tidy.files) > MOST_FILES:
            raise BadInput(field="files")
        await self._within(viewer, case)
        id_ = new_id()

        async def work(tx: Tx) -> Finding:
            was = await self._within(viewer, case, tx)
            now = self._clock.now()
            finding = finding_of(id_, was, tidy, viewer.acting(), now)
            if tidy.files:
                await self._files.claim(was.record, viewer.acting(), tidy.files, tx)
            seen = was.verified(tidy.ok, tidy.words, tidy.files, viewer, now)
            await self._steps.keep(viewer, seen, was, tx)
            await self._findings.add(finding, tx)
            return finding

        return await self._idempotency.once(Call.of(viewer, "verifyCase", key, case, tidy), _FINDING, work)

    async def flagged(self, viewer: Viewer, request: PageRequest) -> Page[Finding]:
        """For the centre: what was said to be done and is not, the newest first."""
        viewer.provider(CENTRE)
        return await self._findings.flagged(_side(viewer), request)

    async def of_city(self, is_open: bool, request: PageRequest) -> Page[Finding]:
        """For the desk."""
        return await self._findings.page(is_open, request)

    async def settle(self, viewer: Viewer, finding: str, answer: str, key: str) -> Finding:
        """What the centre does about it: a deadline, a word with the unit. Raises FindingUnknown, CaseWordsMissing,
        CaseWordsTooLong, IdempotencyConflict.
        """
        words = said(answer, "answer", _LONGEST)
        if viewer.role is not Role.OPS:
            viewer.provider(CENTRE)

        async def work(tx: Tx) -> Finding:
            found = await self._findings.get(finding, tx)
            if found is None or (viewer.role is not Role.OPS and found.test_of != _side(viewer)):
                raise FindingUnknown
            done = found.settled(words, viewer.acting(), self._clock.now())
            if not await self._findings.settle(done, tx):
                raise FindingUnknown
            await self._audit.record(viewer, "finding.settled", finding, tx, case=found.case)
            return done

        return await self._idempotency.once(Call.of(viewer, "settleFinding", key, finding, words), _FINDING, work)

    async def _within(self, viewer: Viewer, case: str, tx: Tx | None = None) -> Case:
        """Whole. Raises CaseUnknown."""
        grid, found = await self._patrols.grid_of(viewer), await self._cases.get(case, tx=tx)
        if found is None or found.test_of != _side(viewer) or not grid.holds(found.place.point):
            raise CaseUnknown
        return found


def _side(viewer: Viewer) -> str | None:
    """Whose cases of test mode somebody sees: None, those that are real."""
    return viewer.provider() if viewer.test_mode else None


def _seen(case: Case) -> Case:
    """As an officer sees it: without who reported it, nor what he wrote, unless everybody reads it."""
    public = case.published
    if case.channel is CaseChannel.GRID:
        words = Words(case.words.title, case.words.text)
    else:
        words = Words(public.title, public.text) if public else Words()
    place = case.place if case.channel is CaseChannel.GRID else replace(case.place, address="")
    return replace(case, citizen=None, owner="", words=words, place=place, files=(), events=())
