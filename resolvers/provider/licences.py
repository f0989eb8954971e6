"""Verifying a citizen's licence."""

from __future__ import annotations

from typing import Annotated

import strawberry

from graphql_schema.types.card_errors import (
    CodeExpired,
    CodeForOtherPurpose,
    CodeMalformed,
    CodeUnknown,
    CodeUsed,
)
from graphql_schema.types.common import IdempotencyConflict, IdempotencyKey, Info, providers
from graphql_schema.types.licences import LicenceNotActive, LicenceVerified
from virtual_card.licences.model import LicencePurpose

VerifyLicenceResult = Annotated[
    LicenceVerified
    | CodeMalformed
    | CodeUnknown
    | CodeUsed
    | CodeExpired
    | CodeForOtherPurpose
    | LicenceNotActive
    | IdempotencyConflict,
    strawberry.union("VerifyLicenceResult"),
]


@strawberry.type
class ProviderLicenceMutation:
    @strawberry.mutation(
        metadata=providers(scope="verify:licence"),
        description="Accept the code of a citizen's licence, once, and learn what the purpose allows.",
    )
    async def verify_licence(
        self, info: Info, code: str, purpose: LicencePurpose, idempotency_key: IdempotencyKey
    ) -> VerifyLicenceResult:
        context = info.context
        done = await context.services.licence_showing.verify(context.viewer, code, purpose, idempotency_key)
        return LicenceVerified.of(done, context.services, context.locale)
