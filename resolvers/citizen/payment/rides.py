"""Rides of a citizen, and what lines cost."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.payment.rides.store import turn_of
from graphql_schema.types.common import Connection, Info, citizens, connection, everyone
from graphql_schema.types.payment.ride_errors import RidesStillOwed
from graphql_schema.types.payment.rides import OwedRides, OwedRidesPaid, Ride, RideFare

PayOwedRidesResult = Annotated[OwedRidesPaid | RidesStillOwed, strawberry.union("PayOwedRidesResult")]


@strawberry.type
class RidesQuery:
    @strawberry.field(description="One's own rides, newest first.", metadata=citizens(ward_scope="payments:manage"))
    async def rides(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[Ride]:
        services, locale = info.context.services, info.context.locale
        page = await services.payment.rides.rides.mine(info.context.viewer, PageRequest.of(first, after))
        names, tree = await services.payment.rides.fares.names(), services.organisations.tree
        return connection(page, turn_of, lambda one: Ride.of(one, names, tree, locale))

    @strawberry.field(description="What one owes for rides.", metadata=citizens(ward_scope="payments:manage"))
    async def owed_rides(self, info: Info) -> OwedRides:
        return OwedRides.of(await info.context.services.payment.rides.debts.mine(info.context.viewer))

    @strawberry.field(description="What each line costs today.", metadata=everyone())
    async def ride_fares(self, info: Info) -> list[RideFare]:
        services, locale = info.context.services, info.context.locale
        tree = services.organisations.tree
        return [RideFare.of(one, tree, locale) for one in await services.payment.rides.fares.today()]


@strawberry.type
class RidesMutation:
    @strawberry.mutation(
        description="From one's wallet or by one's credit line, the oldest first. Repeating is safe.",
        metadata=citizens(),
    )
    async def pay_owed_rides(self, info: Info) -> PayOwedRidesResult:
        return OwedRidesPaid(rides=await info.context.services.payment.rides.debts.settle(info.context.viewer))
