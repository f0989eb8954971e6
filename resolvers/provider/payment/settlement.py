"""Settlements and the statement of the organisation that asks."""

from __future__ import annotations

from datetime import date

import strawberry

from app.core.paging import PageRequest
from app.domains.payment.payments.model import PayeeKind
from app.domains.payment.settlement.service import SCOPE
from graphql_schema.types.common import Connection, Info, connection, key_of, providers
from graphql_schema.types.payment.settlement import MerchantStatementFile, MerchantStatementLine, Settlement


@strawberry.type
class ProviderSettlementQuery:
    @strawberry.field(metadata=providers(scope=SCOPE), description="Newest first: one a day on which something came.")
    async def settlements(
        self,
        info: Info,
        kind: PayeeKind = PayeeKind.MERCHANT,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[Settlement]:
        service, request = info.context.services.payment.settlement.settlements, PageRequest.of(first, after)
        page = await service.mine(info.context.viewer, kind, request)
        return connection(page, lambda one: one.id, Settlement.of)

    @strawberry.field(metadata=providers(scope=SCOPE), description="Null when it is not yours.")
    async def settlement(self, info: Info, settlement_id: strawberry.ID) -> Settlement | None:
        service = info.context.services.payment.settlement.settlements
        found = await service.my(info.context.viewer, key_of(settlement_id, "Settlement"))
        return Settlement.of(found) if found else None

    @strawberry.field(
        metadata=providers(scope=SCOPE),
        description="Every entry of your account, newest first, of the civil days from `since` to `until` with both.",
    )
    async def merchant_statement(
        self,
        info: Info,
        kind: PayeeKind = PayeeKind.MERCHANT,
        since: date | None = None,
        until: date | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[MerchantStatementLine]:
        service, request = info.context.services.payment.settlement.statements, PageRequest.of(first, after)
        page = await service.page(info.context.viewer, kind, since, until, request)
        return connection(page, lambda row: row.id, MerchantStatementLine.of)

    @strawberry.field(
        metadata=providers(scope=SCOPE), description="The same as a table, of 92 days and 50,000 lines at most."
    )
    async def merchant_statement_file(
        self, info: Info, since: date, until: date, kind: PayeeKind = PayeeKind.MERCHANT
    ) -> MerchantStatementFile:
        service = info.context.services.payment.settlement.statements
        text = await service.file(info.context.viewer, kind, since, until)
        return MerchantStatementFile(name=f"statement-{since.isoformat()}-{until.isoformat()}.csv", text=text)
