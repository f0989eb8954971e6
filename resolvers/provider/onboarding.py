"""Applying as a provider, and following what becomes of it, without an account."""

from __future__ import annotations

from typing import Annotated

import strawberry

from graphql_schema.types.common import IdempotencyConflict, IdempotencyKey, Info, everyone
from graphql_schema.types.identity_errors import NameInvalid, PhoneInvalid
from graphql_schema.types.onboarding import (
    ApplicationMovedOn,
    ApplicationUnknown,
    CreditCodeInvalid,
    CreditCodeTaken,
    OrganisationUnknown,
    ProviderApplication,
    ProviderApplicationInput,
    ProviderApplicationWithdrawn,
    ProviderApplied,
    ScopeUnknown,
)

ApplyAsProviderResult = Annotated[
    ProviderApplied
    | CreditCodeInvalid
    | CreditCodeTaken
    | NameInvalid
    | PhoneInvalid
    | ScopeUnknown
    | OrganisationUnknown
    | IdempotencyConflict,
    strawberry.union("ApplyAsProviderResult"),
]
WithdrawApplicationResult = Annotated[
    ProviderApplicationWithdrawn | ApplicationUnknown | ApplicationMovedOn | IdempotencyConflict,
    strawberry.union("WithdrawApplicationResult"),
]


@strawberry.type
class OnboardingQuery:
    @strawberry.field(metadata=everyone(single=True), description="For who holds its link; null for everybody else.")
    async def application(self, info: Info, number: str, secret: str) -> ProviderApplication | None:
        found = await info.context.services.onboarding.follow(number, secret, info.context.address)
        return ProviderApplication.of(found) if found else None


@strawberry.type
class OnboardingMutation:
    @strawberry.mutation(
        metadata=everyone(single=True), description="Ask to become a provider; the ops desk answers by its link."
    )
    async def apply_as_provider(
        self, info: Info, application: ProviderApplicationInput, idempotency_key: IdempotencyKey
    ) -> ApplyAsProviderResult:
        done = await info.context.services.onboarding.apply(
            info.context.viewer, application.parsed(), idempotency_key, info.context.address
        )
        return ProviderApplied.of(done)

    @strawberry.mutation(
        metadata=everyone(single=True), description="For good. What was made for a trial works no more."
    )
    async def withdraw_application(
        self, info: Info, number: str, secret: str, idempotency_key: IdempotencyKey
    ) -> WithdrawApplicationResult:
        done = await info.context.services.onboarding.withdraw(
            info.context.viewer, number, secret, info.context.address, idempotency_key
        )
        return ProviderApplicationWithdrawn(application=ProviderApplication.of(done))
