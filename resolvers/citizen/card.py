"""The card, its codes, and who looked."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from graphql_schema.types.card import (
    Card,
    CardCode,
    CardIssued,
    CardReinstated,
    CardSuspended,
    CodeShown,
    Disclosure,
    DisclosureDisputed,
)
from graphql_schema.types.card_errors import (
    AlreadyDisputed,
    CardExists,
    CardNotActive,
    CardNotSuspended,
    DisclosureUnknown,
    NoCard,
    NotVerified,
    ReasonMissing,
)
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    citizens,
    connection,
    key_of,
)
from virtual_card.cards import model as cards
from virtual_card.codes.model import Purpose

IssueCardResult = Annotated[
    CardIssued | NotVerified | CardExists | IdempotencyConflict, strawberry.union("IssueCardResult")
]
ShowCodeResult = Annotated[CodeShown | NoCard | CardNotActive | IdempotencyConflict, strawberry.union("ShowCodeResult")]
ReportCardLossResult = Annotated[
    CardSuspended | NoCard | CardNotActive | IdempotencyConflict, strawberry.union("ReportCardLossResult")
]
ReinstateCardResult = Annotated[
    CardReinstated | NoCard | CardNotSuspended | IdempotencyConflict, strawberry.union("ReinstateCardResult")
]
DisputeDisclosureResult = Annotated[
    DisclosureDisputed | ReasonMissing | DisclosureUnknown | AlreadyDisputed | IdempotencyConflict,
    strawberry.union("DisputeDisclosureResult"),
]


def shown(card: cards.Card, info: Info) -> Card:
    return Card.of(card, info.context.services.cards)


@strawberry.type
class CardQuery:
    @strawberry.field(metadata=citizens(ward_scope="card:show"), description="The newest card, whatever its state.")
    async def card(self, info: Info) -> Card | None:
        found = await info.context.services.cards.mine(info.context.viewer)
        return shown(found, info) if found else None

    @strawberry.field(metadata=citizens(ward_scope="disclosures:read"), description="Every look-up, newest first.")
    async def disclosures(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[Disclosure]:
        services = info.context.services
        page = await services.disclosures.mine(info.context.viewer, PageRequest.of(first, after))
        tree = services.organisations.tree
        return connection(page, lambda made: made.id, lambda made: Disclosure.of(made, tree))


@strawberry.type
class CardMutation:
    @strawberry.mutation(metadata=citizens(ward_scope="card:manage"), description="Issued once to a verified person.")
    async def issue_card(self, info: Info, idempotency_key: IdempotencyKey) -> IssueCardResult:
        card = await info.context.services.cards.issue(info.context.viewer, idempotency_key)
        return CardIssued(card=shown(card, info))

    @strawberry.mutation(
        metadata=citizens(ward_scope="card:show"),
        description="A one-use code for a verifier with network, good for 60 seconds.",
    )
    async def show_code(self, info: Info, purpose: Purpose, idempotency_key: IdempotencyKey) -> ShowCodeResult:
        code = await info.context.services.codes.show(info.context.viewer, purpose, idempotency_key)
        return CodeShown(card_code=CardCode.of(code))

    @strawberry.mutation(
        metadata=citizens(ward_scope="card:show"),
        description="A signed code for a gate without network, good for five minutes.",
    )
    async def show_offline_code(self, info: Info, purpose: Purpose, idempotency_key: IdempotencyKey) -> ShowCodeResult:
        code = await info.context.services.codes.show_offline(info.context.viewer, purpose, idempotency_key)
        return CodeShown(card_code=CardCode.of(code))

    @strawberry.mutation(
        metadata=citizens(ward_scope="card:manage"), description="Suspends the card everywhere at once."
    )
    async def report_card_loss(self, info: Info, idempotency_key: IdempotencyKey) -> ReportCardLossResult:
        card = await info.context.services.cards.report_loss(info.context.viewer, idempotency_key)
        return CardSuspended(card=shown(card, info))

    @strawberry.mutation(metadata=citizens(), description="The card was found: in person only.")
    async def reinstate_card(self, info: Info, idempotency_key: IdempotencyKey) -> ReinstateCardResult:
        card = await info.context.services.cards.reinstate(info.context.viewer, idempotency_key)
        return CardReinstated(card=shown(card, info))

    @strawberry.mutation(metadata=citizens(), description="“I did not agree to this look-up.”")
    async def dispute_disclosure(
        self, info: Info, disclosure_id: strawberry.ID, reason: str, idempotency_key: IdempotencyKey
    ) -> DisputeDisclosureResult:
        services, key = info.context.services, key_of(disclosure_id, "Disclosure")
        made = await services.disclosures.dispute(info.context.viewer, key, reason, idempotency_key)
        return DisclosureDisputed(disclosure=Disclosure.of(made, services.organisations.tree))


@strawberry.type
class CardSubscription:
    @strawberry.subscription(
        metadata=citizens(ward_scope="disclosures:read"), description="Each look-up in the moment it happens."
    )
    async def disclosed(self, info: Info) -> AsyncGenerator[Disclosure, None]:
        services = info.context.services
        async with services.disclosures.live(info.context.viewer) as disclosures:
            async for made in disclosures:
                yield Disclosure.of(made, services.organisations.tree)
