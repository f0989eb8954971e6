"""Bays with numbers, at the estate."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.community.estates.service import SCOPE
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    key_of,
    providers,
)
from graphql_schema.types.community.bays import BayLetInput, BayRemoved, BaysAdded, BaySaved, ParkingBay
from graphql_schema.types.community.estate_errors import EstateUnknown, HomeUnknown
from graphql_schema.types.community.gate_errors import BayInvalid, BayTaken, BayUnknown, NoCarPark

_KEPT = providers(scope=SCOPE, live=True)
AddBaysResult = Annotated[
    BaysAdded | EstateUnknown | NoCarPark | BayInvalid | IdempotencyConflict, strawberry.union("AddBaysResult")
]
RemoveBayResult = Annotated[
    BayRemoved | EstateUnknown | BayUnknown | BayInvalid | BayTaken | IdempotencyConflict,
    strawberry.union("RemoveBayResult"),
]
LetBayResult = Annotated[
    BaySaved | EstateUnknown | HomeUnknown | BayUnknown | BayInvalid | BayTaken | IdempotencyConflict,
    strawberry.union("LetBayResult"),
]
EndBayLetResult = Annotated[BaySaved | BayUnknown | IdempotencyConflict, strawberry.union("EndBayLetResult")]


@strawberry.type
class ProviderBayQuery:
    @strawberry.field(description="By number.", metadata=_KEPT)
    async def estate_bays(
        self, info: Info, estate_id: strawberry.ID, first: int | None = None, after: str | None = None
    ) -> Connection[ParkingBay]:
        bays, key = info.context.services.community.neighbourhood.gates.bays, key_of(estate_id, "Estate")
        page = await bays.of_estate(info.context.viewer, key, PageRequest.of(first, after))
        return connection(page, lambda one: one.number, ParkingBay.of)


@strawberry.type
class ProviderBayMutation:
    @strawberry.mutation(description="Those that are there stay as they are; 500 at once.", metadata=_KEPT)
    async def add_bays(
        self, info: Info, estate_id: strawberry.ID, numbers: list[str], idempotency_key: IdempotencyKey
    ) -> AddBaysResult:
        bays, key = info.context.services.community.neighbourhood.gates.bays, key_of(estate_id, "Estate")
        return BaysAdded(fresh=await bays.add(info.context.viewer, key, numbers, idempotency_key))

    @strawberry.mutation(description="One that is nobody's.", metadata=_KEPT)
    async def remove_bay(
        self, info: Info, estate_id: strawberry.ID, number: str, idempotency_key: IdempotencyKey
    ) -> RemoveBayResult:
        bays, key = info.context.services.community.neighbourhood.gates.bays, key_of(estate_id, "Estate")
        return BayRemoved(number=await bays.remove(info.context.viewer, key, number, idempotency_key))

    @strawberry.mutation(description="To a home, which has it alone.", metadata=_KEPT)
    async def let_bay(
        self,
        info: Info,
        estate_id: strawberry.ID,
        number: str,
        input: BayLetInput,
        idempotency_key: IdempotencyKey,
    ) -> LetBayResult:
        bays, key = info.context.services.community.neighbourhood.gates.bays, key_of(estate_id, "Estate")
        done = await bays.let(info.context.viewer, key, number, input.parsed(), idempotency_key)
        return BaySaved(bay=ParkingBay.of(done))

    @strawberry.mutation(description="It is free from today; what is to come is taken back.", metadata=_KEPT)
    async def end_bay_let(self, info: Info, let_id: strawberry.ID, idempotency_key: IdempotencyKey) -> EndBayLetResult:
        bays = info.context.services.community.neighbourhood.gates.bays
        done = await bays.end(info.context.viewer, key_of(let_id, "BayLet"), idempotency_key)
        return BaySaved(bay=ParkingBay.of(done))
