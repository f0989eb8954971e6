"""What is told upwards of cases, and days that are set from above (督办)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.voice.units.escalation.model import CENTRE_SCOPE, UNIT_SCOPE
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
    CaseChanged,
    CaseFull,
    CaseStateWrong,
    CaseUnknown,
    CaseWordsMissing,
    CaseWordsTooLong,
    DueInPast,
)
from graphql_schema.types.voice.office_cases import OfficeWords
from graphql_schema.types.voice.unit_cases import CaseEscalation, CaseEscalationNoted, CaseSupervised
from graphql_schema.types.voice.unit_errors import EscalationUnknown, NotAbove

NoteEscalationResult = Annotated[
    CaseEscalationNoted | EscalationUnknown | IdempotencyConflict, strawberry.union("NoteEscalationResult")
]
SuperviseCaseResult = Annotated[
    CaseSupervised
    | CaseUnknown
    | NotAbove
    | CaseStateWrong
    | DueInPast
    | CaseWordsMissing
    | CaseWordsTooLong
    | CaseChanged
    | CaseFull
    | IdempotencyConflict,
    strawberry.union("SuperviseCaseResult"),
]


_OFFICES = providers(scope=UNIT_SCOPE, or_scope=CENTRE_SCOPE)


@strawberry.type
class ProviderEscalationQuery:
    @strawberry.field(
        metadata=_OFFICES,
        description="What was told to your organisation (scope `cases` or `cases:centre`) and nobody has noted, newest "
        "first. It goes away when the case is replied to, has more time, or goes to others.",
    )
    async def case_escalations(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[CaseEscalation]:
        service, request = info.context.services.voice.escalations, PageRequest.of(first, after)
        page, words = await service.told(info.context.viewer, request), OfficeWords.of(info)
        return connection(page, lambda one: one.id, lambda one: CaseEscalation.of(one, words))


@strawberry.type
class ProviderEscalationMutation:
    @strawberry.mutation(metadata=_OFFICES, description="Your organisation has taken note.")
    async def note_case_escalation(
        self, info: Info, escalation_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> NoteEscalationResult:
        service, key = info.context.services.voice.escalations, key_of(escalation_id, "CaseEscalation")
        noted = await service.note(info.context.viewer, key, idempotency_key)
        return CaseEscalationNoted(escalation=CaseEscalation.of(noted, OfficeWords.of(info)))

    @strawberry.mutation(
        metadata=_OFFICES,
        description="Set a day by which it is to be done (督办): the centre, and the organisations above the unit.",
    )
    async def supervise_case(
        self, info: Info, case_id: strawberry.ID, by_day: date, words: str, idempotency_key: IdempotencyKey
    ) -> SuperviseCaseResult:
        service, key = info.context.services.voice.supervising, key_of(case_id, "Case")
        done = await service.supervise(info.context.viewer, key, by_day, words, idempotency_key)
        return CaseSupervised.of(done, OfficeWords.of(info))
