"""Grid officers: their patrols and rounds, reports from the field, looks at cases on site."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.voice.street.patrols.findings.service import CENTRE
from app.domains.voice.street.patrols.rounds.model import Round
from app.domains.voice.street.patrols.service import SCOPE
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    key_of,
    providers,
)
from graphql_schema.types.place_errors import OutsideCity, PlaceNotOnEarth
from graphql_schema.types.uploads import UploadClaimed, UploadNotReady, UploadUnknown
from graphql_schema.types.voice.asset_errors import AssetRetired, AssetUnknown
from graphql_schema.types.voice.case_errors import (
    CaseChanged,
    CaseFull,
    CaseStateWrong,
    CaseUnknown,
    CaseWordsMissing,
    CaseWordsTooLong,
    CategoryUnknown,
)
from graphql_schema.types.voice.office_cases import OfficeWords
from graphql_schema.types.voice.patrols import (
    CaseFinding,
    CaseVerified,
    FieldReported,
    FieldReportInput,
    FindingSettled,
    FindingUnknown,
    GridCase,
    LookInput,
    OfficerUnknown,
    Patrol,
    PatrolInput,
    PatrolInvalid,
    PatrolPointUnknown,
    PatrolRound,
    PatrolSaved,
    PatrolStepInput,
    PatrolUnknown,
    RoundKept,
    RoundOver,
    RoundUnderWay,
    RoundUnknown,
)
from graphql_schema.types.voice.place_errors import DivisionUnknown

_Filed = UploadUnknown | UploadNotReady | UploadClaimed
_Words = CaseWordsMissing | CaseWordsTooLong
SavePatrolResult = Annotated[
    PatrolSaved | PatrolUnknown | PatrolInvalid | OfficerUnknown | PlaceNotOnEarth | IdempotencyConflict,
    strawberry.union("SavePatrolResult"),
]
StartRoundResult = Annotated[
    RoundKept | PatrolUnknown | RoundUnderWay | RoundUnknown | IdempotencyConflict, strawberry.union("StartRoundResult")
]
VisitPointResult = Annotated[
    RoundKept
    | RoundUnknown
    | RoundOver
    | PatrolPointUnknown
    | PatrolInvalid
    | PlaceNotOnEarth
    | _Filed
    | IdempotencyConflict,
    strawberry.union("VisitPointResult"),
]
EndRoundResult = Annotated[RoundKept | RoundUnknown | IdempotencyConflict, strawberry.union("EndRoundResult")]
ReportFromFieldResult = Annotated[
    FieldReported
    | _Words
    | CategoryUnknown
    | AssetUnknown
    | AssetRetired
    | OutsideCity
    | DivisionUnknown
    | PlaceNotOnEarth
    | RoundUnknown
    | _Filed
    | IdempotencyConflict,
    strawberry.union("ReportFromFieldResult"),
]
VerifyCaseResult = Annotated[
    CaseVerified
    | CaseUnknown
    | CaseStateWrong
    | CaseChanged
    | CaseFull
    | _Words
    | PlaceNotOnEarth
    | _Filed
    | IdempotencyConflict,
    strawberry.union("VerifyCaseResult"),
]
SettleFindingResult = Annotated[
    FindingSettled | FindingUnknown | _Words | IdempotencyConflict, strawberry.union("SettleFindingResult")
]


def _kept(info: Info, walk: Round) -> RoundKept:
    return RoundKept(round=PatrolRound.of(walk, info.context.locale))


@strawberry.type
class ProviderPatrolQuery:
    @strawberry.field(metadata=providers(scope=SCOPE), description="Those you walk yourself.")
    async def my_patrols(self, info: Info) -> list[Patrol]:
        services, locale = info.context.services, info.context.locale
        found = await services.voice.grid.patrols.walked_by(info.context.viewer)
        return [Patrol.of(one, services.organisations.tree, locale) for one in found]

    @strawberry.field(metadata=providers(scope=SCOPE), description="Of your unit and all below it.")
    async def patrols(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[Patrol]:
        services, locale = info.context.services, info.context.locale
        page = await services.voice.grid.patrols.kept_by(info.context.viewer, PageRequest.of(first, after))
        tree = services.organisations.tree
        return connection(page, lambda one: one.id, lambda one: Patrol.of(one, tree, locale))

    @strawberry.field(metadata=providers(scope=SCOPE), description="Your own, the newest first.")
    async def my_rounds(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[PatrolRound]:
        rounds, locale = info.context.services.voice.grid.rounds, info.context.locale
        page = await rounds.walked_by(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.id, lambda one: PatrolRound.of(one, locale))

    @strawberry.field(metadata=providers(scope=SCOPE), description="Open cases in your grid, the newest first.")
    async def grid_cases(self, info: Info) -> list[GridCase]:
        words = OfficeWords.of(info)
        found = await info.context.services.voice.grid.findings.in_grid(info.context.viewer)
        return [GridCase.of(case, words) for case in found]

    @strawberry.field(
        metadata=providers(scope=CENTRE), description="Said to be done, and found undone on site; the newest first."
    )
    async def case_findings(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[CaseFinding]:
        services = info.context.services
        page = await services.voice.grid.findings.flagged(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.id, lambda one: CaseFinding.of(one, services.organisations.tree))


@strawberry.type
class ProviderPatrolMutation:
    @strawberry.mutation(metadata=providers(scope=SCOPE), description="For supervisors: a patrol, new or as it is now.")
    async def save_patrol(self, info: Info, patrol: PatrolInput, idempotency_key: IdempotencyKey) -> SavePatrolResult:
        services = info.context.services
        wanted = patrol.parsed(services.voice.grid.patrols.now)
        saved = await services.voice.grid.patrols.save(info.context.viewer, wanted, idempotency_key)
        return PatrolSaved(patrol=Patrol.of(saved, services.organisations.tree, info.context.locale))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE), description="`saidAt` is the phone's time. A repeat finds the same round."
    )
    async def start_round(
        self, info: Info, patrol_id: strawberry.ID, said_at: datetime, idempotency_key: IdempotencyKey
    ) -> StartRoundResult:
        rounds, patrol = info.context.services.voice.grid.rounds, key_of(patrol_id, "Patrol")
        return _kept(info, await rounds.start(info.context.viewer, patrol, said_at, idempotency_key))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Somebody is at a point, or passes it by. It may come late, in any order, and again and again "
        "under its key; up to a day after the round's end, if it happened before that.",
    )
    async def visit_point(
        self, info: Info, round_id: strawberry.ID, step: PatrolStepInput, idempotency_key: IdempotencyKey
    ) -> VisitPointResult:
        rounds, walk = info.context.services.voice.grid.rounds, key_of(round_id, "PatrolRound")
        return _kept(info, await rounds.visit(info.context.viewer, walk, step.parsed(), idempotency_key))

    @strawberry.mutation(metadata=providers(scope=SCOPE))
    async def end_round(
        self, info: Info, round_id: strawberry.ID, said_at: datetime, idempotency_key: IdempotencyKey
    ) -> EndRoundResult:
        rounds, walk = info.context.services.voice.grid.rounds, key_of(round_id, "PatrolRound")
        return _kept(info, await rounds.end(info.context.viewer, walk, said_at, idempotency_key))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE), description="What you see yourself: it is accepted, and the centre assigns it."
    )
    async def report_from_field(
        self, info: Info, report: FieldReportInput, idempotency_key: IdempotencyKey
    ) -> ReportFromFieldResult:
        reports = info.context.services.voice.grid.reports
        case = await reports.report(info.context.viewer, report.parsed(), idempotency_key)
        return FieldReported(case=GridCase.of(case, OfficeWords.of(info)))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="You looked at a case in your grid. Not done though it was said to be: the centre is told.",
    )
    async def verify_case(
        self, info: Info, case_id: strawberry.ID, look: LookInput, idempotency_key: IdempotencyKey
    ) -> VerifyCaseResult:
        services, case = info.context.services, key_of(case_id, "Case")
        found = await services.voice.grid.findings.verify(info.context.viewer, case, look.parsed(), idempotency_key)
        return CaseVerified(finding=CaseFinding.of(found, services.organisations.tree))

    @strawberry.mutation(metadata=providers(scope=CENTRE), description="What the centre does about it.")
    async def settle_finding(
        self, info: Info, finding_id: strawberry.ID, answer: str, idempotency_key: IdempotencyKey
    ) -> SettleFindingResult:
        services, finding = info.context.services, key_of(finding_id, "CaseFinding")
        done = await services.voice.grid.findings.settle(info.context.viewer, finding, answer, idempotency_key)
        return FindingSettled(finding=CaseFinding.of(done, services.organisations.tree))
