"""A provider writes the texts of its messages, and asks the desk to approve them."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    providers,
)
from graphql_schema.types.templates import (
    FactDeclarationInvalid,
    MessageTemplate,
    MessageTemplateInput,
    MessageTemplateSaved,
    MessageTemplateSubmitted,
    MessageTemplateWithdrawn,
    PlaceholderNotAllowedHere,
    PlaceholderNotSimple,
    PlaceholderUnknown,
    TemplateCharacterRefused,
    TemplateCodeInvalid,
    TemplateInOtherState,
    TemplateLanguageMissing,
    TemplateTextLength,
    TemplateTextMalformed,
    TemplateUnknown,
)
from notifications.templates.service import SCOPE

SaveMessageTemplateResult = Annotated[
    MessageTemplateSaved
    | TemplateCodeInvalid
    | TemplateLanguageMissing
    | TemplateTextLength
    | TemplateTextMalformed
    | TemplateCharacterRefused
    | PlaceholderNotSimple
    | PlaceholderUnknown
    | PlaceholderNotAllowedHere
    | FactDeclarationInvalid
    | IdempotencyConflict,
    strawberry.union("SaveMessageTemplateResult"),
]
SubmitMessageTemplateResult = Annotated[
    MessageTemplateSubmitted | TemplateUnknown | TemplateInOtherState | IdempotencyConflict,
    strawberry.union("SubmitMessageTemplateResult"),
]
WithdrawMessageTemplateResult = Annotated[
    MessageTemplateWithdrawn | TemplateUnknown | TemplateInOtherState | IdempotencyConflict,
    strawberry.union("WithdrawMessageTemplateResult"),
]


@strawberry.type
class ProviderTemplateQuery:
    @strawberry.field(metadata=providers(scope=SCOPE), description="All versions of its own, newest first.")
    async def message_templates(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[MessageTemplate]:
        request = PageRequest.of(first, after)
        page = await info.context.services.templates.mine(info.context.viewer, request)
        return connection(page, lambda template: template.id, MessageTemplate.of)

    @strawberry.field(metadata=providers(scope=SCOPE), description="One version of its own, or null.")
    async def message_template(self, info: Info, code: str, version: int) -> MessageTemplate | None:
        found = await info.context.services.templates.one_of_mine(info.context.viewer, code, version)
        return MessageTemplate.of(found) if found else None


@strawberry.type
class ProviderTemplateMutation:
    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="A new version, as a draft. In test mode a draft can be sent to test citizens.",
    )
    async def save_message_template(
        self, info: Info, template: MessageTemplateInput, idempotency_key: IdempotencyKey
    ) -> SaveMessageTemplateResult:
        templates = info.context.services.templates
        saved = await templates.save_draft(info.context.viewer, template.parsed(), idempotency_key)
        return MessageTemplateSaved(template=MessageTemplate.of(saved))

    @strawberry.mutation(metadata=providers(scope=SCOPE), description="Ask the city to approve a draft.")
    async def submit_message_template(
        self, info: Info, code: str, version: int, idempotency_key: IdempotencyKey
    ) -> SubmitMessageTemplateResult:
        templates = info.context.services.templates
        submitted = await templates.submit(info.context.viewer, code, version, idempotency_key)
        return MessageTemplateSubmitted(template=MessageTemplate.of(submitted))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Not sent any more; an older approved version counts again.",
    )
    async def withdraw_message_template(
        self, info: Info, code: str, version: int, idempotency_key: IdempotencyKey
    ) -> WithdrawMessageTemplateResult:
        templates = info.context.services.templates
        withdrawn = await templates.withdraw(info.context.viewer, code, version, idempotency_key)
        return MessageTemplateWithdrawn(template=MessageTemplate.of(withdrawn))
