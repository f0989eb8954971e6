"""Payments of a citizen, whatever they are for."""

from __future__ import annotations

import strawberry

from app.core.paging import PageRequest
from graphql_schema.types.common import Connection, Info, Node, citizens, connection, key_of
from graphql_schema.types.payment.payments import Payment


@strawberry.type
class PaymentsQuery:
    @strawberry.field(description="One's own payments, newest first.", metadata=citizens(ward_scope="payments:manage"))
    async def payments(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[Payment]:
        services = info.context.services
        page = await services.payment.payments.mine(info.context.viewer, PageRequest.of(first, after))
        tree = services.organisations.tree
        return connection(page, lambda one: one.id, lambda one: Payment.of(one, tree))

    @strawberry.field(description="One of one's own.", metadata=citizens(ward_scope="payments:manage"))
    async def payment(self, info: Info, payment_id: strawberry.ID) -> Payment | None:
        services = info.context.services
        found = await services.payment.payments.one(info.context.viewer, key_of(payment_id, "Payment"))
        return Payment.of(found, services.organisations.tree) if found else None


async def payment_node(info: Info, key: str) -> Node | None:
    services = info.context.services
    found = await services.payment.payments.one(info.context.viewer, key)
    return Payment.of(found, services.organisations.tree) if found else None
