"""Points of a citizen, good causes and partners."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.payment.ledger.service import cursor_of
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    citizens,
    connection,
    everyone,
    key_of,
)
from graphql_schema.types.payment.errors import AccountClosed, AccountFrozen, PayerBlocked
from graphql_schema.types.payment.point_errors import CauseClosed, CauseUnknown, PointsShort
from graphql_schema.types.payment.points import GoodCause, PointEntry, PointHolding, PointPartner, PointsDonated

DonatePointsResult = Annotated[
    PointsDonated
    | CauseUnknown
    | CauseClosed
    | PointsShort
    | AccountFrozen
    | AccountClosed
    | PayerBlocked
    | IdempotencyConflict,
    strawberry.union("DonatePointsResult"),
]


@strawberry.type
class PointsQuery:
    @strawberry.field(description="What one has.", metadata=citizens())
    async def points(self, info: Info) -> PointHolding:
        return PointHolding.of(await info.context.services.payment.points.book.mine(info.context.viewer))

    @strawberry.field(description="How one's points came and went, newest first.", metadata=citizens())
    async def point_history(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[PointEntry]:
        services, viewer = info.context.services, info.context.viewer
        page = await services.payment.points.book.history(viewer, PageRequest.of(first, after))
        grants = await services.payment.points.grants.of_citizen(viewer, [one.about for one in page.items])
        tree = services.organisations.tree
        return connection(page, cursor_of, lambda one: PointEntry.of(one, grants.get(one.about), tree))

    @strawberry.field(description="What points can be given to.", metadata=everyone())
    async def good_causes(self, info: Info) -> list[GoodCause]:
        found = await info.context.services.payment.points.causes.listed()
        return [GoodCause.of(one, info.context.locale) for one in found]

    @strawberry.field(description="Merchants that take points.", metadata=everyone())
    async def point_partners(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[PointPartner]:
        services, locale = info.context.services, info.context.locale
        page = await services.payment.points.partners.listed(PageRequest.of(first, after))
        tree = services.organisations.tree
        return connection(page, lambda one: one.organisation, lambda one: PointPartner.of(one, tree, locale))


@strawberry.type
class PointsMutation:
    @strawberry.mutation(description="Give points to a good cause.", metadata=citizens())
    async def donate_points(
        self, info: Info, cause_id: strawberry.ID, points: int, idempotency_key: IdempotencyKey
    ) -> DonatePointsResult:
        causes = info.context.services.payment.points.causes
        code = key_of(cause_id, "GoodCause")
        done = await causes.donate(info.context.viewer, code, points, idempotency_key)
        cause = await causes.known(code)
        return PointsDonated(cause=GoodCause.of(cause, info.context.locale), points=done.points, left=done.left)
