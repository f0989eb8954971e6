"""Bills of a biller: pushing them, taking them back, and how they stand."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.payment.bills.model import BillState
from app.domains.payment.bills.store import turn_of
from graphql_schema.types.common import Connection, IdempotencyConflict, IdempotencyKey, Info, connection, providers
from graphql_schema.types.payment.bill_errors import BillBeingPaid, BillerUnknown, BillNotPayable, BillUnknown
from graphql_schema.types.payment.pushed_bills import (
    BillsPushed,
    PushedBill,
    PushedBillAnswer,
    PushedBillInput,
    PushedBillWithdrawn,
)

SCOPE = "bills"
PushBillsResult = Annotated[BillsPushed | BillerUnknown | IdempotencyConflict, strawberry.union("PushBillsResult")]
WithdrawBillResult = Annotated[
    PushedBillWithdrawn | BillerUnknown | BillUnknown | BillNotPayable | BillBeingPaid | IdempotencyConflict,
    strawberry.union("WithdrawBillResult"),
]


@strawberry.type
class ProviderBillsQuery:
    @strawberry.field(metadata=providers(scope=SCOPE), description="In one state, the latest due first.")
    async def pushed_bills(
        self, info: Info, state: BillState, first: int | None = None, after: str | None = None
    ) -> Connection[PushedBill]:
        pushing = info.context.services.payment.bills.pushing
        page = await pushing.mine(info.context.viewer, state, PageRequest.of(first, after))
        return connection(page, turn_of, PushedBill.of)

    @strawberry.field(metadata=providers(scope=SCOPE), description="By your own number of it.")
    async def pushed_bill(self, info: Info, number: str) -> PushedBill | None:
        found = await info.context.services.payment.bills.pushing.one(info.context.viewer, number)
        return PushedBill.of(found) if found else None


@strawberry.type
class ProviderBillsMutation:
    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Up to 100 bills, new or in a newer version. Each row is answered by itself and may be told again: "
        "an older version changes nothing. A bill that is being paid is refused; tell it again later.",
    )
    async def push_bills(
        self, info: Info, bills: list[PushedBillInput], idempotency_key: IdempotencyKey
    ) -> PushBillsResult:
        pushing, told = info.context.services.payment.bills.pushing, [one.parsed() for one in bills]
        answers = await pushing.push(info.context.viewer, told, idempotency_key)
        return BillsPushed(answers=[PushedBillAnswer.of(one) for one in answers])

    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Take a bill back. What was paid of it is given back first, by a refund: until then it is refused.",
    )
    async def withdraw_bill(self, info: Info, number: str, idempotency_key: IdempotencyKey) -> WithdrawBillResult:
        pushing = info.context.services.payment.bills.pushing
        return PushedBillWithdrawn(
            bill=PushedBill.of(await pushing.withdraw(info.context.viewer, number, idempotency_key))
        )
