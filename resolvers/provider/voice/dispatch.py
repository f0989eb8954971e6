"""Dispatching cases: what the rules propose, and the seat's decision."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.errors import BadInput
from app.domains.identity.organisations.model import Level
from app.domains.voice.centre.seats.model import SCOPE
from graphql_schema.types.common import IdempotencyConflict, IdempotencyKey, Info, key_of, providers
from graphql_schema.types.voice.case_errors import (
    CaseChanged,
    CaseFull,
    CaseStateWrong,
    CaseUnitUnknown,
    CaseUnknown,
    CaseWordsMissing,
    CaseWordsTooLong,
    FallbackOwed,
    RequestPending,
    UnitHasIt,
)
from graphql_schema.types.voice.dispatch_errors import TooManyHelpers
from graphql_schema.types.voice.office_cases import OfficeWords
from graphql_schema.types.voice.seats import CentreCaseChanged, DispatchHelperInput, DispatchProposal
from resolvers.provider.voice.seats import changed

_MOST_HELPERS = 50
_Sent = (
    CentreCaseChanged
    | CaseUnitUnknown
    | UnitHasIt
    | CaseUnknown
    | CaseStateWrong
    | CaseChanged
    | CaseFull
    | CaseWordsMissing
    | CaseWordsTooLong
    | IdempotencyConflict
)
DispatchCaseResult = Annotated[_Sent | FallbackOwed | TooManyHelpers, strawberry.union("DispatchCaseResult")]
MoveCaseResult = Annotated[_Sent | RequestPending, strawberry.union("MoveCaseResult")]


def _key(case_id: strawberry.ID) -> str:
    return key_of(case_id, "Case")


@strawberry.type
class DispatchQuery:
    @strawberry.field(
        metadata=providers(scope=SCOPE),
        description="Whose matter a case is by the rules, why, and who else comes into question. Null when there is no "
        "such case.",
    )
    async def dispatch_proposal(self, info: Info, case_id: strawberry.ID) -> DispatchProposal | None:
        dispatch = info.context.services.voice.centre.dispatch
        found = await dispatch.propose(info.context.viewer, _key(case_id))
        return DispatchProposal.of(found[1], found[0], OfficeWords.of(info)) if found else None


@strawberry.type
class DispatchMutation:
    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="To the unit that leads, and those that help (派单). `rev` is the case's as you saw it: another "
        "seat that was faster makes it CaseChanged. After the second return only the fallback unit may have it.",
    )
    async def dispatch_case(
        self,
        info: Info,
        case_id: strawberry.ID,
        unit: str,
        rev: int,
        idempotency_key: IdempotencyKey,
        helpers: list[DispatchHelperInput] | None = None,
    ) -> DispatchCaseResult:
        if len(helpers or ()) > _MOST_HELPERS:
            raise BadInput(field="helpers")
        helping = [one.parsed() for one in helpers or ()]
        dispatch, key = info.context.services.voice.centre.dispatch, _key(case_id)
        return changed(info, await dispatch.dispatch(info.context.viewer, key, unit, helping, rev, idempotency_key))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE), description="From one unit to another, without its going back."
    )
    async def move_case(
        self, info: Info, case_id: strawberry.ID, unit: str, words: str, idempotency_key: IdempotencyKey
    ) -> MoveCaseResult:
        dispatch, key = info.context.services.voice.centre.dispatch, _key(case_id)
        return changed(info, await dispatch.transfer(info.context.viewer, key, unit, words, idempotency_key))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="To the government of another level where it is: up to the city, down to the township.",
    )
    async def hand_over_case(
        self, info: Info, case_id: strawberry.ID, level: Level, words: str, idempotency_key: IdempotencyKey
    ) -> MoveCaseResult:
        dispatch, key = info.context.services.voice.centre.dispatch, _key(case_id)
        return changed(info, await dispatch.hand_over(info.context.viewer, key, level, words, idempotency_key))
