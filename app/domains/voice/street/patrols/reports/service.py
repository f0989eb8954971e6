"""Reporting from the field: filed and accepted in one step, for the centre to assign."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from pydantic import TypeAdapter

from app.core.clock import Clock
from app.core.errors import BadInput
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Tx
from app.core.viewer import Viewer
from app.domains.voice.cases.categories.service import CategoryService
from app.domains.voice.cases.clocks.rules.service import ClockRules
from app.domains.voice.cases.filing.model import MOST_FILES, Filing
from app.domains.voice.cases.filing.service import CaseFiling
from app.domains.voice.cases.history.model import CaseChannel, Identity
from app.domains.voice.cases.model import Case, Words
from app.domains.voice.cases.service import CaseSteps
from app.domains.voice.cases.store import CaseStore
from app.domains.voice.places.errors import DivisionUnknown
from app.domains.voice.places.model import Place
from app.domains.voice.street.assets.service import AssetService
from app.domains.voice.street.patrols.reports.model import FieldReport
from app.domains.voice.street.patrols.rounds.service import RoundService
from app.domains.voice.street.patrols.service import SCOPE

PER_OFFICER = Limit("field-reports", 300, timedelta(days=1))
_ID = TypeAdapter(str)


class Files(Protocol):
    """Uploads, as reports from the field need them."""

    async def copies(self, citizen: str, uploads: Collection[str], owner: str) -> list[str]:
        """The same files as `owner`'s. Raises UploadUnknown, UploadNotReady, UploadClaimed."""
        ...

    async def forget(self, citizen: str, uploads: Collection[str]) -> None: ...


class FieldReports:
    def __init__(
        self,
        cases: CaseStore,
        filing: CaseFiling,
        steps: CaseSteps,
        rules: ClockRules,
        categories: CategoryService,
        assets: AssetService,
        rounds: RoundService,
        files: Files,
        limits: Limits,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._cases = cases
        self._filing = filing
        self._steps = steps
        self._rules = rules
        self._categories = categories
        self._assets = assets
        self._rounds = rounds
        self._files = files
        self._limits = limits
        self._idempotency = idempotency
        self._clock = clock

    async def report(self, viewer: Viewer, report: FieldReport, key: str) -> Case:
        """Raises CaseWordsMissing, CaseWordsTooLong, CategoryUnknown, AssetUnknown, AssetRetired, OutsideCity,
        DivisionUnknown, RoundUnknown, RateLimited, BadInput (files), what files are refused for, IdempotencyConflict.
        """
        viewer.provider(SCOPE)
        call = Call.of(viewer, "reportFromField", key, report)
        done = await self._idempotency.replay(call, _ID)
        if done is None:
            done = await self._filed(viewer, report, call)
        found = await self._cases.get(done)
        assert found is not None
        return found

    async def _filed(self, viewer: Viewer, report: FieldReport, call: Call) -> str:
        filing = self._filing.check(await self._wish(viewer, report))
        officer, case = viewer.acting(), new_id()
        await self._limits.take(PER_OFFICER, officer)
        files = tuple(await self._files.copies(officer, report.files, f"case:{case}"))

        async def work(tx: Tx) -> str:
            filed = await self._filing.new(viewer, replace(filing, files=files), None, tx, case)
            await self._accept(viewer, filed.case, report, tx)
            return filed.case.id

        done = await self._idempotency.once(call, _ID, work)
        await self._files.forget(officer, report.files)
        return done

    async def _accept(self, viewer: Viewer, filed: Case, report: FieldReport, tx: Tx) -> Case:
        """He saw it himself: there is nothing for a seat to ask; the clock runs."""
        category, urgent = self._categories.tree.fit(filed.category), report.urgent or filed.urgent
        clock = await self._rules.start(filed.kind, convenience=category.convenience, urgent=urgent, tx=tx)
        return await self._steps.keep(viewer, filed.accepted(clock, urgent, viewer, self._clock.now()), filed, tx)

    async def _wish(self, viewer: Viewer, report: FieldReport) -> Filing:
        if len(report.files) > MOST_FILES:
            raise BadInput(field="files")
        if report.round is not None:
            await self._rounds.mine(viewer, report.round)
        return Filing(
            kind=report.kind,
            channel=CaseChannel.GRID,
            category=report.category,
            identity=Identity.NAMED,
            words=Words(text=report.text),
            place=await self._placed(viewer, report),
            origin=f"round:{report.round}" if report.round else None,
            test_of=viewer.organisation if viewer.test_mode else None,
        )

    async def _placed(self, viewer: Viewer, report: FieldReport) -> Place:
        """Where the asset stands; without one, where the phone was."""
        if report.asset is not None:
            return (await self._assets.reported(report.asset, test=viewer.test_mode)).place
        if report.fix is None:
            raise DivisionUnknown
        return self._assets.placed(report.fix.point, report.address, viewer.provider(SCOPE))
