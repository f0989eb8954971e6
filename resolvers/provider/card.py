"""Verifying a citizen's code."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from graphql_schema.types.card import CodeVerified, VerificationRecord
from graphql_schema.types.card_errors import (
    CardNotActive,
    CodeExpired,
    CodeForOtherPurpose,
    CodeMalformed,
    CodeUnknown,
    CodeUsed,
    NoCard,
)
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    providers,
)
from virtual_card.codes.model import Purpose

VerifyCodeResult = Annotated[
    CodeVerified
    | CodeMalformed
    | CodeUnknown
    | CodeUsed
    | CodeExpired
    | CodeForOtherPurpose
    | NoCard
    | CardNotActive
    | IdempotencyConflict,
    strawberry.union("VerifyCodeResult"),
]


@strawberry.type
class ProviderCardQuery:
    @strawberry.field(metadata=providers(), description="What this organisation has verified, newest first.")
    async def verifications(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[VerificationRecord]:
        request = PageRequest.of(first, after)
        page = await info.context.services.disclosures.by_provider(info.context.viewer, request)
        return connection(page, lambda made: made.id, VerificationRecord.of)


@strawberry.type
class ProviderCardMutation:
    @strawberry.mutation(
        metadata=providers(), description="Accept a citizen's online code, once, and learn what the purpose allows."
    )
    async def verify_code(
        self, info: Info, code: str, purpose: Purpose, idempotency_key: IdempotencyKey
    ) -> VerifyCodeResult:
        done = await info.context.services.codes.verify(info.context.viewer, code, purpose, idempotency_key)
        return CodeVerified.of(done)
