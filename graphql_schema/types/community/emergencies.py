"""Emergency calls, as who called sees them, and as the centre does."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.core.places.errors import PlaceNotOnEarth
from app.domains.community.emergencies import model as emergencies
from app.domains.community.emergencies.model import EmergencyEnd, EmergencyNumber, EmergencyState, Spot
from app.domains.community.emergencies.service import Called
from graphql_schema.types.common import global_id
from graphql_schema.types.places import Position, PositionInput

strawberry.enum(EmergencyNumber, description="110, 119, 120, 122.")
strawberry.enum(EmergencyState)
strawberry.enum(EmergencyEnd)


@strawberry.type(description="Whatever else this says: call `callNow` now. Without `id` nothing was recorded.")
class EmergencyCalled:
    call_now: str
    id: strawberry.ID | None
    place_shared: bool

    @classmethod
    def of(cls, one: Called) -> EmergencyCalled:
        id_ = global_id("Emergency", one.call) if one.call else None
        return cls(call_now=one.number.value, id=id_, place_shared=one.place_shared)


@strawberry.type(description="That one called an emergency number.")
class Emergency:
    id: strawberry.ID
    number: str
    at: datetime
    place_shared: bool
    emergency_state: EmergencyState
    case_number: str | None = strawberry.field(description="Of the case that the centre made of it.")
    end: EmergencyEnd | None
    taken_at: datetime | None
    ended_at: datetime | None
    position: Position | None = strawberry.field(
        description="For the centre, where it asks for it: that stands in the ledger of who called."
    )
    accuracy: int | None = strawberry.field(description="In metres, as the phone says.")

    @classmethod
    def of(cls, one: emergencies.Emergency) -> Emergency:
        return cls(
            id=global_id("Emergency", one.id),
            number=one.number.value,
            at=one.at,
            place_shared=one.told_place,
            emergency_state=one.state,
            case_number=one.case,
            end=one.end,
            taken_at=one.taken_at,
            ended_at=one.ended_at,
            position=Position.of(one.spot.point) if one.spot else None,
            accuracy=one.spot.accuracy if one.spot else None,
        )


@strawberry.type
class EmergencyChanged:
    emergency: Emergency


def spot_of(position: PositionInput | None, accuracy: int | None) -> Spot | None:
    """A place that cannot be is none: who calls for help is not told that his phone is wrong."""
    if position is None:
        return None
    try:
        return Spot(position.parsed(), accuracy if accuracy is not None and 0 <= accuracy <= 100_000 else None)
    except PlaceNotOnEarth:
        return None
