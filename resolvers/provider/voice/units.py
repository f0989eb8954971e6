"""Cases at the unit that handles them: its list, opening one, and each step up to the reply."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry

from app.core.errors import BadInput
from app.core.paging import PageRequest
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.store import turn_of
from app.domains.voice.units.handling.model import SCOPE
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    key_of,
    providers,
)
from graphql_schema.types.uploads import UploadClaimed, UploadNotReady, UploadUnknown
from graphql_schema.types.voice.case_codes import CaseState
from graphql_schema.types.voice.case_errors import (
    CaseChanged,
    CaseFull,
    CaseHeldByAnother,
    CaseNotHeld,
    CaseReasonMissing,
    CaseStateWrong,
    CaseUnitUnknown,
    CaseUnknown,
    CaseWordsMissing,
    CaseWordsTooLong,
    DueInPast,
    ExtendedAlready,
    ExtensionInvalid,
    FallbackKeeps,
    HandledBefore,
    RequestPending,
    TasksOpen,
    TaskUnknown,
    UnitHasIt,
)
from graphql_schema.types.voice.office_cases import OfficeWords
from graphql_schema.types.voice.unit_cases import CaseRequestInput, UnitCase, UnitCaseChanged, UnitCaseOpened
from graphql_schema.types.voice.unit_errors import AssigneeUnknown, NotLeadUnit, SupervisorNeeded, TransferOutside

_MOST_FILES = 9
_Step = CaseUnknown | NotLeadUnit | CaseStateWrong | CaseHeldByAnother | CaseChanged | CaseFull | IdempotencyConflict
_Said = CaseNotHeld | CaseWordsMissing | CaseWordsTooLong
_Filed = UploadUnknown | UploadNotReady | UploadClaimed
OpenUnitCaseResult = Annotated[
    UnitCaseOpened | CaseUnknown | IdempotencyConflict, strawberry.union("OpenUnitCaseResult")
]
ClaimCaseResult = Annotated[UnitCaseChanged | HandledBefore | _Step, strawberry.union("ClaimCaseResult")]
AssignCaseResult = Annotated[
    UnitCaseChanged | SupervisorNeeded | AssigneeUnknown | HandledBefore | _Step, strawberry.union("AssignCaseResult")
]
NoteCaseResult = Annotated[UnitCaseChanged | _Said | _Filed | _Step, strawberry.union("NoteCaseResult")]
TellReporterResult = Annotated[UnitCaseChanged | _Said | _Step, strawberry.union("TellReporterResult")]
EndCaseTaskResult = Annotated[
    UnitCaseChanged | TaskUnknown | CaseWordsMissing | CaseWordsTooLong | _Step, strawberry.union("EndCaseTaskResult")
]
RequestOfCentreResult = Annotated[
    UnitCaseChanged
    | CaseReasonMissing
    | CaseWordsTooLong
    | RequestPending
    | ExtendedAlready
    | ExtensionInvalid
    | DueInPast
    | FallbackKeeps
    | CaseUnitUnknown
    | _Step,
    strawberry.union("RequestOfCentreResult"),
]
FinishCaseResult = Annotated[
    UnitCaseChanged | RequestPending | TasksOpen | _Said | _Filed | _Step, strawberry.union("FinishCaseResult")
]
TransferCaseResult = Annotated[
    UnitCaseChanged
    | CaseReasonMissing
    | CaseWordsTooLong
    | CaseUnitUnknown
    | TransferOutside
    | UnitHasIt
    | RequestPending
    | _Step,
    strawberry.union("TransferCaseResult"),
]


def _key(case_id: strawberry.ID) -> str:
    return key_of(case_id, "Case")


def _uploads(ids: list[strawberry.ID] | None) -> list[str]:
    """Raises BadInput."""
    if len(ids or ()) > _MOST_FILES:
        raise BadInput(field="files")
    return [key_of(one, "Upload") for one in ids or ()]


def _changed(info: Info, case: Case) -> UnitCaseChanged:
    return UnitCaseChanged(case=UnitCase.of(case, OfficeWords.of(info)))


@strawberry.type
class ProviderUnitCaseQuery:
    @strawberry.field(
        metadata=providers(scope=SCOPE),
        description="Cases of your unit and those below it, what is due first before the rest; without `states` all "
        "that are to be done. `mine`: those you have taken over. `dueBy`: due no later than this day.",
    )
    async def unit_cases(
        self,
        info: Info,
        states: list[CaseState] | None = None,
        mine: bool = False,
        due_by: date | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[UnitCase]:
        service, request = info.context.services.voice.unit_cases, PageRequest.of(first, after)
        page = await service.desk(info.context.viewer, states or (), request, mine=mine, due_by=due_by)
        words = OfficeWords.of(info)
        return connection(page, turn_of, lambda one: UnitCase.of(one, words))

    @strawberry.field(metadata=providers(scope=SCOPE), description="By its number, typed as it may be.")
    async def unit_case(self, info: Info, number: str) -> UnitCase | None:
        found = await info.context.services.voice.unit_cases.by_number(info.context.viewer, number)
        return UnitCase.of(found, OfficeWords.of(info)) if found else None


@strawberry.type
class ProviderUnitCaseMutation:
    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Read all that is in it. Whoever reported it sees in his ledger that you did.",
    )
    async def open_unit_case(
        self, info: Info, case_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> OpenUnitCaseResult:
        service = info.context.services.voice.unit_cases
        opened = await service.open(info.context.viewer, _key(case_id), idempotency_key)
        return UnitCaseOpened.of(opened, OfficeWords.of(info))

    @strawberry.mutation(metadata=providers(scope=SCOPE), description="Take it over: nobody else acts on it then.")
    async def claim_case(self, info: Info, case_id: strawberry.ID, idempotency_key: IdempotencyKey) -> ClaimCaseResult:
        service = info.context.services.voice.handling
        return _changed(info, await service.claim(info.context.viewer, _key(case_id), idempotency_key))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE), description="A supervisor gives it to one of the unit; from another, too."
    )
    async def assign_case(
        self, info: Info, case_id: strawberry.ID, to: str, idempotency_key: IdempotencyKey
    ) -> AssignCaseResult:
        service = info.context.services.voice.handling
        return _changed(info, await service.assign(info.context.viewer, _key(case_id), to, idempotency_key))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Progress in words; whoever reported it reads it when it is public.",
    )
    async def note_case(
        self,
        info: Info,
        case_id: strawberry.ID,
        text: str,
        idempotency_key: IdempotencyKey,
        public: bool = False,
        files: list[strawberry.ID] | None = None,
    ) -> NoteCaseResult:
        service, key, uploads = info.context.services.voice.handling, _key(case_id), _uploads(files)
        done = await service.note(info.context.viewer, key, text, uploads, public, idempotency_key)
        return _changed(info, done)

    @strawberry.mutation(metadata=providers(scope=SCOPE), description="Somebody is there, and what he finds.")
    async def arrive_at_case(
        self,
        info: Info,
        case_id: strawberry.ID,
        text: str,
        idempotency_key: IdempotencyKey,
        files: list[strawberry.ID] | None = None,
    ) -> NoteCaseResult:
        service, key, uploads = info.context.services.voice.handling, _key(case_id), _uploads(files)
        return _changed(info, await service.on_site(info.context.viewer, key, text, uploads, idempotency_key))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE), description="A question to whoever reported it. The clock runs on meanwhile."
    )
    async def ask_reporter(
        self, info: Info, case_id: strawberry.ID, text: str, idempotency_key: IdempotencyKey
    ) -> TellReporterResult:
        service = info.context.services.voice.handling
        return _changed(info, await service.ask(info.context.viewer, _key(case_id), text, idempotency_key))

    @strawberry.mutation(metadata=providers(scope=SCOPE), description="The part of your unit as a helper is done.")
    async def end_case_task(
        self, info: Info, case_id: strawberry.ID, result: str, idempotency_key: IdempotencyKey
    ) -> EndCaseTaskResult:
        service = info.context.services.voice.handling
        return _changed(info, await service.end_task(info.context.viewer, _key(case_id), result, idempotency_key))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Ask the centre for a pause, for more time (once), or to take it back (退单). It has a reason.",
    )
    async def request_of_centre(
        self, info: Info, case_id: strawberry.ID, request: CaseRequestInput, idempotency_key: IdempotencyKey
    ) -> RequestOfCentreResult:
        service, wish = info.context.services.voice.handling, request.parsed()
        return _changed(info, await service.request(info.context.viewer, _key(case_id), wish, idempotency_key))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE), description="Done, on site or on paper. The clock runs until the reply."
    )
    async def finish_case(
        self,
        info: Info,
        case_id: strawberry.ID,
        result: str,
        idempotency_key: IdempotencyKey,
        files: list[strawberry.ID] | None = None,
    ) -> FinishCaseResult:
        service, key, uploads = info.context.services.voice.handling, _key(case_id), _uploads(files)
        return _changed(info, await service.finish(info.context.viewer, key, result, uploads, idempotency_key))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Tell whoever reported it; the clock stops, and he is asked to rate.",
    )
    async def reply_to_case(
        self, info: Info, case_id: strawberry.ID, text: str, idempotency_key: IdempotencyKey
    ) -> TellReporterResult:
        service = info.context.services.voice.handling
        return _changed(info, await service.reply(info.context.viewer, _key(case_id), text, idempotency_key))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Over to another unit of your branch: above, below, or beside. Elsewhere the centre sends it.",
    )
    async def transfer_case(
        self, info: Info, case_id: strawberry.ID, to: str, reason: str, idempotency_key: IdempotencyKey
    ) -> TransferCaseResult:
        service = info.context.services.voice.handling
        done = await service.transfer(info.context.viewer, _key(case_id), to, reason, idempotency_key)
        return _changed(info, done)
