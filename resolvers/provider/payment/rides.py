"""Rides that a transport operator reports."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.payment.rides.store import turn_of
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
from graphql_schema.types.payment.code_errors import LiveModeOnly
from graphql_schema.types.payment.ride_errors import LineUnknown, RideBatchUnfit, RideConflict, RideRefused
from graphql_schema.types.payment.rides import (
    CarriedRide,
    OfflineRideInput,
    RideAnswered,
    RideFare,
    RideInput,
    RideReported,
    RidesReported,
)

ReportRideResult = Annotated[
    RideReported
    | LineUnknown
    | RideRefused
    | RideConflict
    | CodeMalformed
    | CodeUnknown
    | CodeUsed
    | CodeExpired
    | CodeForOtherPurpose
    | CardNotActive
    | NoCard
    | LiveModeOnly
    | IdempotencyConflict,
    strawberry.union("ReportRideResult"),
]
ReportOfflineRidesResult = Annotated[
    RidesReported | RideBatchUnfit | LiveModeOnly, strawberry.union("ReportOfflineRidesResult")
]


@strawberry.type
class ProviderRidesQuery:
    @strawberry.field(description="Rides on your lines, newest first.", metadata=providers(scope="rides"))
    async def carried_rides(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[CarriedRide]:
        rides = info.context.services.payment.rides.rides
        page = await rides.carried(info.context.viewer, PageRequest.of(first, after))
        return connection(page, turn_of, CarriedRide.of)

    @strawberry.field(description="Your lines' fares of today.", metadata=providers(scope="rides"))
    async def line_fares(self, info: Info) -> list[RideFare]:
        services, viewer = info.context.services, info.context.viewer
        found = await services.payment.rides.fares.today(viewer.provider("rides"))
        tree = services.organisations.tree
        return [RideFare.of(one, tree, info.context.locale) for one in found]


@strawberry.type
class ProviderRidesMutation:
    @strawberry.mutation(
        description="A passenger boards with the code of his card. Needs the scope verify:transit, too.",
        metadata=providers(scope="rides"),
    )
    async def report_ride(self, info: Info, input: RideInput, idempotency_key: IdempotencyKey) -> ReportRideResult:
        rides = info.context.services.payment.rides.rides
        wish = (input.reference, input.line, input.code, input.metres)
        return RideReported(ride=CarriedRide.of(await rides.report(info.context.viewer, *wish, idempotency_key)))

    @strawberry.mutation(
        description="Rides that were read without network: 200 at most. Repeating is safe: each reference, and each "
        "code, is one ride.",
        metadata=providers(scope="rides"),
    )
    async def report_offline_rides(self, info: Info, rides: list[OfflineRideInput]) -> ReportOfflineRidesResult:
        batches = info.context.services.payment.rides.batches
        done = await batches.report(info.context.viewer, [one.parsed() for one in rides])
        return RidesReported(rides=[RideAnswered.of(one) for one in done])
