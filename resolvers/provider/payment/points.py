"""Points that a provider gives."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.payment.points.grants.store import turn_of
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    providers,
)
from graphql_schema.types.payment.code_errors import LiveModeOnly
from graphql_schema.types.payment.errors import AccountClosed, AccountFrozen, BalanceTooHigh
from graphql_schema.types.payment.point_errors import (
    DailyPointsReached,
    GrantConflict,
    GrantRecipientUnknown,
    GrantRecipientUnverified,
    GrantUnknown,
    GrantUsed,
    PointBudgetSpent,
)
from graphql_schema.types.payment.points import (
    PointBudget,
    PointGrant,
    PointGrantInput,
    PointsGranted,
    PointsTakenBack,
)

GrantPointsResult = Annotated[
    PointsGranted
    | GrantRecipientUnknown
    | GrantRecipientUnverified
    | GrantConflict
    | PointBudgetSpent
    | DailyPointsReached
    | BalanceTooHigh
    | AccountClosed
    | LiveModeOnly
    | IdempotencyConflict,
    strawberry.union("GrantPointsResult"),
]
TakeBackPointsResult = Annotated[
    PointsTakenBack | GrantUnknown | GrantUsed | AccountFrozen | AccountClosed | IdempotencyConflict,
    strawberry.union("TakeBackPointsResult"),
]


@strawberry.type
class ProviderPointsQuery:
    @strawberry.field(description="What you gave, newest first.", metadata=providers(scope="points"))
    async def point_grants(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[PointGrant]:
        grants = info.context.services.payment.points.grants
        page = await grants.mine(info.context.viewer, PageRequest.of(first, after))
        return connection(page, turn_of, PointGrant.of)

    @strawberry.field(description="Null when the city gave you none to give.", metadata=providers(scope="points"))
    async def point_budget(self, info: Info) -> PointBudget | None:
        found = await info.context.services.payment.points.grants.budget(info.context.viewer)
        return PointBudget.of(found) if found else None


@strawberry.type
class ProviderPointsMutation:
    @strawberry.mutation(description="For something done, out of your budget.", metadata=providers(scope="points"))
    async def grant_points(
        self, info: Info, input: PointGrantInput, idempotency_key: IdempotencyKey
    ) -> GrantPointsResult:
        grants = info.context.services.payment.points.grants
        done = await grants.grant(info.context.viewer, input.to.parsed(), input.parsed(), idempotency_key)
        return PointsGranted(grant=PointGrant.of(done))

    @strawberry.mutation(
        description="What was given by mistake, while its citizen has as many.", metadata=providers(scope="points")
    )
    async def take_back_points(
        self, info: Info, reference: str, idempotency_key: IdempotencyKey
    ) -> TakeBackPointsResult:
        grants = info.context.services.payment.points.grants
        return PointsTakenBack(
            grant=PointGrant.of(await grants.take_back(info.context.viewer, reference, idempotency_key))
        )
