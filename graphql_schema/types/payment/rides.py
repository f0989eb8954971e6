"""Rides by the code of a card, their fares, and how a fare came about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import strawberry

from app.core.money import Money as Sum
from app.domains.identity.organisations.model import Tree
from app.domains.payment.rides import model as rides
from app.domains.payment.rides.batches import model as batches
from app.domains.payment.rides.batches.model import BatchResult
from app.domains.payment.rides.debts.service import Owed
from app.domains.payment.rides.fares.model import FarePart, FareRules
from app.domains.payment.rides.model import RideChannel, RideState
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import Money, global_id

strawberry.enum(FarePart)
strawberry.enum(
    RideState,
    description="OWED: there was nothing to pay it with; it is collected as soon as there is. BORNE: its passenger "
    "is not there any more, and the city pays the fare.",
)
strawberry.enum(RideChannel)
strawberry.enum(
    BatchResult,
    name="RideResult",
    description="DOUBLE: its code was read for another ride. BARRED: the card was lost or revoked by then.",
)


@strawberry.type(description="One part of a fare: what it added or took off.")
class FareStep:
    part: FarePart
    amount: Money


@strawberry.type(description="A ride of one's own.")
class Ride:
    id: strawberry.ID
    operator: OrganisationName
    line: str
    line_name: str
    at: datetime
    channel: RideChannel
    metres: int | None
    fare: Money
    steps: list[FareStep] = strawberry.field(description="How the fare came about; together they are the fare.")
    state: RideState
    payment_id: strawberry.ID | None

    @classmethod
    def of(cls, one: rides.Ride, names: Mapping[tuple[str, str], FareRules], tree: Tree, locale: str) -> Ride:
        rules = names.get((one.operator, one.line))
        return cls(
            id=global_id("Ride", one.id),
            operator=OrganisationName.of(one.operator, tree),
            line=one.line,
            line_name=rules.name.within(locale) if rules else one.line,
            at=one.at,
            channel=one.channel,
            metres=one.metres,
            fare=Money.of(one.amount),
            steps=_steps(one),
            state=one.state,
            payment_id=global_id("Payment", one.payment) if one.payment else None,
        )


def _steps(one: rides.Ride) -> list[FareStep]:
    return [FareStep(part=step.part, amount=Money.of(Sum(step.fen))) for step in one.fare.steps]


@strawberry.type(description="A ride on a line of yours. By whom, only the city knows.")
class CarriedRide:
    reference: str
    line: str
    at: datetime
    channel: RideChannel
    fare: Money
    steps: list[FareStep]
    state: RideState

    @classmethod
    def of(cls, one: rides.Ride) -> CarriedRide:
        return cls(
            reference=one.reference,
            line=one.line,
            at=one.at,
            channel=one.channel,
            fare=Money.of(one.amount),
            steps=_steps(one),
            state=one.state,
        )


@strawberry.type(description="What a line costs, by the rules in force.")
class RideFare:
    operator: OrganisationName
    line: str
    name: str
    from_day: date
    base: Money = strawberry.field(description="For boarding, and the first `baseMetres`.")
    base_metres: int
    step: Money | None = strawberry.field(description="For each begun `stepMetres` beyond.")
    step_metres: int
    most: Money | None = strawberry.field(description="The longest fare.")
    senior_percent: int = strawberry.field(description="What people of 60 and more pay of it.")
    minor_percent: int = strawberry.field(description="What people under 18 pay of it.")
    transfer_off: Money
    transfer_minutes: int
    day_cap: Money | None = strawberry.field(description="The most that anybody pays the operator on one day.")

    @classmethod
    def of(cls, one: FareRules, tree: Tree, locale: str) -> RideFare:
        return cls(
            operator=OrganisationName.of(one.operator, tree),
            line=one.line,
            name=one.name.within(locale),
            from_day=one.from_day,
            base=Money.of(Sum(one.base)),
            base_metres=one.base_metres,
            step=_or_none(one.step),
            step_metres=one.step_metres,
            most=_or_none(one.most),
            senior_percent=one.senior,
            minor_percent=one.minor,
            transfer_off=Money.of(Sum(one.transfer_off)),
            transfer_minutes=int(one.transfer_within.total_seconds()) // 60,
            day_cap=_or_none(one.day_cap),
        )


def _or_none(fen: int) -> Money | None:
    return Money.of(Sum(fen)) if fen else None


@strawberry.type(description="Rides that are not paid yet.")
class OwedRides:
    rides: int
    amount: Money

    @classmethod
    def of(cls, owed: Owed) -> OwedRides:
        return cls(rides=owed.rides, amount=Money.of(Sum(owed.fen)))


@strawberry.type(description="Nothing is owed any more.")
class OwedRidesPaid:
    rides: int = strawberry.field(description="So many were paid now.")


@strawberry.input(description="`reference` is your own number of it: one reference is one ride.")
class RideInput:
    reference: str
    line: str
    code: str = strawberry.field(description="The online code of purpose TRANSIT that was shown.")
    metres: int | None = strawberry.field(
        default=None, description="How far it went, where the fare asks for it: then report the ride when it ends."
    )


@strawberry.input(description="A ride that was read without network, by an offline code.")
class OfflineRideInput:
    reference: str
    line: str
    code: str
    at: datetime = strawberry.field(description="When it was read, by the gate's clock; seven days ago at most.")
    metres: int | None = None

    def parsed(self) -> rides.RideReport:
        return rides.RideReport(self.reference, self.line, self.code, self.at, self.metres)


@strawberry.type
class RideReported:
    ride: CarriedRide


@strawberry.type(description="What became of one ride of a batch.")
class RideAnswered:
    reference: str
    result: BatchResult
    ride: CarriedRide | None

    @classmethod
    def of(cls, one: batches.Answered) -> RideAnswered:
        ride = CarriedRide.of(one.ride) if one.ride else None
        return cls(reference=one.reference, result=one.result, ride=ride)


@strawberry.type(description="Each ride, in the order of the batch.")
class RidesReported:
    rides: list[RideAnswered]
