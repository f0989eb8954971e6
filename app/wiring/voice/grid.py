"""Grid officers: patrols, rounds, reports from the field, looks at cases on site."""

from __future__ import annotations

from app.bridges.field import GridOfficers
from app.context import GridWork
from app.domains.identity.staff.store import StaffStore
from app.domains.voice.cases.clocks.rules.service import ClockRules
from app.domains.voice.street.assets.service import AssetService
from app.domains.voice.street.patrols.findings.service import FindingService
from app.domains.voice.street.patrols.findings.store import FindingStore
from app.domains.voice.street.patrols.reports.service import FieldReports
from app.domains.voice.street.patrols.rounds.service import RoundService
from app.domains.voice.street.patrols.rounds.store import RoundStore
from app.domains.voice.street.patrols.service import PatrolService
from app.domains.voice.street.patrols.store import PatrolStore
from app.wiring.core import Core
from app.wiring.identity import Calling
from app.wiring.voice.cases import Cases


def grid_of(core: Core, calling: Calling, cases: Cases, assets: AssetService, rules: ClockRules) -> GridWork:
    tree = calling.organisations.tree
    officers = GridOfficers(StaffStore(core.db, core.ring), tree)
    patrols = PatrolService(PatrolStore(core.db), officers, tree, core.audit, core.once, core.clock)
    rounds = RoundService(RoundStore(core.db, core.ring), patrols, cases.files, core.audit, core.once, core.clock)
    reports = FieldReports(
        cases.store,
        cases.filing,
        cases.steps,
        rules,
        cases.categories,
        assets,
        rounds,
        cases.files,
        core.limits,
        core.once,
        core.clock,
    )
    findings = FindingService(
        FindingStore(core.db, core.ring),
        patrols,
        cases.store,
        cases.steps,
        cases.files,
        core.audit,
        core.once,
        core.clock,
    )
    return GridWork(patrols=patrols, rounds=rounds, reports=reports, findings=findings)
