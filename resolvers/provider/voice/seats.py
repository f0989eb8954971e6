"""The seats of the 12345 centre: the board, taking cases in, what units ask, calling back."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.errors import BadInput
from app.core.paging import PageRequest
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.store import turn_of
from app.domains.voice.centre.seats.model import SCOPE, BoardList
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    key_of,
    providers,
)
from graphql_schema.types.voice.case_errors import (
    AlreadyRated,
    CalledEnough,
    CaseChanged,
    CaseFull,
    CaseReasonMissing,
    CaseStateWrong,
    CaseUnknown,
    CaseWordsMissing,
    CaseWordsTooLong,
    CategoryUnknown,
    DueInPast,
    GradeInvalid,
    KindFixed,
    MergeImpossible,
    RequestUnknown,
    SplitImpossible,
)
from graphql_schema.types.voice.case_map import CaseMap, MapBoxInput
from graphql_schema.types.voice.office_cases import OfficeWords
from graphql_schema.types.voice.public_errors import CaseNotPublic
from graphql_schema.types.voice.seats import (
    CallBackInput,
    CasePartInput,
    CaseTakingInput,
    CentreCase,
    CentreCaseChanged,
    CentreCaseOpened,
    CentreCount,
    KnownAnswer,
)

_MOST_PARTS = 20
_Step = CaseUnknown | CaseStateWrong | CaseChanged | CaseFull | IdempotencyConflict
_Worded = CaseWordsMissing | CaseWordsTooLong
OpenCaseAtCentreResult = Annotated[
    CentreCaseOpened | CaseUnknown | IdempotencyConflict, strawberry.union("OpenCaseAtCentreResult")
]
AcceptCaseResult = Annotated[
    CentreCaseChanged | CategoryUnknown | KindFixed | _Step, strawberry.union("AcceptCaseResult")
]
AnswerCaseResult = Annotated[CentreCaseChanged | _Worded | _Step, strawberry.union("AnswerCaseResult")]
UnpublishReportedCaseResult = Annotated[
    CentreCaseChanged | CaseNotPublic | _Worded | _Step, strawberry.union("UnpublishReportedCaseResult")
]
CentreStepResult = Annotated[CentreCaseChanged | _Step, strawberry.union("CentreStepResult")]
AnswerRequestResult = Annotated[
    CentreCaseChanged | RequestUnknown | DueInPast | CaseReasonMissing | _Worded | _Step,
    strawberry.union("AnswerRequestResult"),
]
MergeCaseResult = Annotated[CentreCaseChanged | MergeImpossible | _Step, strawberry.union("MergeCaseResult")]
SplitCaseResult = Annotated[
    CentreCaseChanged | SplitImpossible | CategoryUnknown | _Worded | _Step, strawberry.union("SplitCaseResult")
]
CallBackResult = Annotated[
    CentreCaseChanged | GradeInvalid | AlreadyRated | CalledEnough | _Worded | _Step, strawberry.union("CallBackResult")
]


def _key(case_id: strawberry.ID) -> str:
    return key_of(case_id, "Case")


def _request(request_id: strawberry.ID) -> str:
    return key_of(request_id, "CaseRequest")


def changed(info: Info, case: Case) -> CentreCaseChanged:
    return CentreCaseChanged(case=CentreCase.of(case, OfficeWords.of(info)))


@strawberry.type
class SeatQuery:
    @strawberry.field(
        metadata=providers(scope=SCOPE),
        description="What waits for a seat; what is due first comes first. Who reported it is not told here.",
    )
    async def cases_at_centre(
        self, info: Info, list: BoardList, first: int | None = None, after: str | None = None
    ) -> Connection[CentreCase]:
        board, request = info.context.services.voice.centre.board, PageRequest.of(first, after)
        page, words = await board.board(info.context.viewer, list, request), OfficeWords.of(info)
        return connection(page, turn_of, lambda one: CentreCase.of(one, words))

    @strawberry.field(metadata=providers(scope=SCOPE), description="How many wait on each list of the board.")
    async def centre_board(self, info: Info) -> list[CentreCount]:
        counts = await info.context.services.voice.centre.board.counts(info.context.viewer)
        return [CentreCount(list=one, count=count) for one, count in counts.items()]

    @strawberry.field(
        metadata=providers(scope=SCOPE), description="By the number that its reporter quotes, typed as it may be."
    )
    async def case_at_centre(self, info: Info, number: str) -> CentreCase | None:
        found = await info.context.services.voice.centre.board.by_number(info.context.viewer, number)
        return CentreCase.of(found, OfficeWords.of(info)) if found else None

    @strawberry.field(
        metadata=providers(scope=SCOPE),
        description="What the knowledge base may answer, the surest first. Null for a case that is not there.",
    )
    async def known_answers_to(self, info: Info, case_id: strawberry.ID) -> list[KnownAnswer] | None:
        intake = info.context.services.voice.centre.intake
        found = await intake.known_answers(info.context.viewer, _key(case_id))
        return [KnownAnswer.of(one, info.context.locale) for one in found] if found is not None else None

    @strawberry.field(metadata=providers(scope=SCOPE), description="Open cases within a box, without what is in them.")
    async def case_map(self, info: Info, box: MapBoxInput) -> CaseMap:
        look = await info.context.services.voice.centre.map.seen(info.context.viewer, box.parsed())
        return CaseMap.of(look, OfficeWords.of(info))


@strawberry.type
class SeatMutation:
    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Read all that is in it, with who reported it, who sees in his ledger that you did.",
    )
    async def open_case_at_centre(
        self, info: Info, case_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> OpenCaseAtCentreResult:
        board = info.context.services.voice.centre.board
        opened = await board.open(info.context.viewer, _key(case_id), idempotency_key)
        return CentreCaseOpened.of(opened, OfficeWords.of(info))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Take it in (受理), with kind and category as you see them: its clock starts.",
    )
    async def accept_case(
        self,
        info: Info,
        case_id: strawberry.ID,
        idempotency_key: IdempotencyKey,
        taking: CaseTakingInput | None = None,
    ) -> AcceptCaseResult:
        intake, seen = info.context.services.voice.centre.intake, (taking or CaseTakingInput()).parsed()
        return changed(info, await intake.accept(info.context.viewer, _key(case_id), seen, idempotency_key))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Kind, category or urgency seen otherwise, before it is dispatched: its clock follows what it is.",
    )
    async def correct_case(
        self, info: Info, case_id: strawberry.ID, taking: CaseTakingInput, idempotency_key: IdempotencyKey
    ) -> AcceptCaseResult:
        intake, key = info.context.services.voice.centre.intake, _key(case_id)
        return changed(info, await intake.correct(info.context.viewer, key, taking.parsed(), idempotency_key))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Answer it at once; `answer` names the entry of the knowledge base that you answered by.",
    )
    async def answer_case(
        self,
        info: Info,
        case_id: strawberry.ID,
        text: str,
        idempotency_key: IdempotencyKey,
        answer: str | None = None,
    ) -> AnswerCaseResult:
        intake, key = info.context.services.voice.centre.intake, _key(case_id)
        return changed(info, await intake.answer(info.context.viewer, key, text, answer, idempotency_key))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE), description="Not the city's matter: why, and where to go instead."
    )
    async def refuse_case(
        self, info: Info, case_id: strawberry.ID, reason: str, right_place: str, idempotency_key: IdempotencyKey
    ) -> AnswerCaseResult:
        intake, key = info.context.services.voice.centre.intake, _key(case_id)
        return changed(info, await intake.refuse(info.context.viewer, key, reason, right_place, idempotency_key))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE), description="Nobody but those concerned reads it any more; the reason is kept."
    )
    async def unpublish_case(
        self, info: Info, case_id: strawberry.ID, reason: str, idempotency_key: IdempotencyKey
    ) -> UnpublishReportedCaseResult:
        publishing, key = info.context.services.voice.publishing, _key(case_id)
        return changed(info, await publishing.unpublish(info.context.viewer, key, reason, idempotency_key))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Yes to what a unit asks: its pause, its extension, or that it gives the case back (退单).",
    )
    async def approve_case_request(
        self,
        info: Info,
        case_id: strawberry.ID,
        request_id: strawberry.ID,
        idempotency_key: IdempotencyKey,
        why: str | None = None,
    ) -> AnswerRequestResult:
        requests, key, asked = info.context.services.voice.centre.requests, _key(case_id), _request(request_id)
        return changed(info, await requests.approve(info.context.viewer, key, asked, why, idempotency_key))

    @strawberry.mutation(metadata=providers(scope=SCOPE), description="No to what a unit asks, and why.")
    async def decline_case_request(
        self,
        info: Info,
        case_id: strawberry.ID,
        request_id: strawberry.ID,
        why: str,
        idempotency_key: IdempotencyKey,
    ) -> AnswerRequestResult:
        requests, key, asked = info.context.services.voice.centre.requests, _key(case_id), _request(request_id)
        return changed(info, await requests.decline(info.context.viewer, key, asked, why, idempotency_key))

    @strawberry.mutation(metadata=providers(scope=SCOPE), description="End a pause before its day.")
    async def resume_case(
        self, info: Info, case_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> CentreStepResult:
        requests = info.context.services.voice.centre.requests
        return changed(info, await requests.resume(info.context.viewer, _key(case_id), idempotency_key))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="It goes on in the case with this number, which is public or of the same reporter.",
    )
    async def merge_case(
        self, info: Info, case_id: strawberry.ID, number: str, idempotency_key: IdempotencyKey
    ) -> MergeCaseResult:
        joining, key = info.context.services.voice.centre.joining, _key(case_id)
        return changed(info, await joining.merge(info.context.viewer, key, number, idempotency_key))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Parts of it go on as cases of their own; what is left stays where it is.",
    )
    async def split_case(
        self, info: Info, case_id: strawberry.ID, parts: list[CasePartInput], idempotency_key: IdempotencyKey
    ) -> SplitCaseResult:
        if len(parts) > _MOST_PARTS:
            raise BadInput(field="parts")
        joining, wanted = info.context.services.voice.centre.joining, [part.parsed() for part in parts]
        return changed(info, await joining.split(info.context.viewer, _key(case_id), wanted, idempotency_key))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="You rang its reporter (回访). Not solved or not content opens it anew, once.",
    )
    async def call_back(
        self, info: Info, case_id: strawberry.ID, call: CallBackInput, idempotency_key: IdempotencyKey
    ) -> CallBackResult:
        calls, key = info.context.services.voice.centre.calls, _key(case_id)
        return changed(info, await calls.call_back(info.context.viewer, key, call.parsed(), idempotency_key))
