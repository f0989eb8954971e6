"""Emergency calls: what came, where it was (that stands in the ledger of who called), taking and ending them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from app.admin.api.desk import ANY, OPERATORS, After, Body, Desk, First, Id, Key, Reply, Rows, allowed, desk_router
from app.core.paging import PageRequest
from app.domains.community.emergencies.errors import EmergencyUnknown
from app.domains.community.emergencies.model import Emergency, EmergencyEnd, EmergencyNumber, EmergencyState

router = desk_router("emergencies")


class EmergencyShown(Reply):
    """Without its place. `told_place`: one was told, though it may be forgotten by now."""

    id: str
    number: EmergencyNumber
    at: datetime
    state: EmergencyState
    told_place: bool
    case: str | None
    end: EmergencyEnd | None
    taken_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, one: Emergency) -> EmergencyShown:
        return cls(
            id=one.id,
            number=one.number,
            at=one.at,
            state=one.state,
            told_place=one.told_place,
            case=one.case,
            end=one.end,
            taken_at=one.taken_at,
            ended_at=one.ended_at,
        )


class EmergencyPlace(Reply):
    latitude: float | None
    longitude: float | None
    accuracy: int | None

    @classmethod
    def of(cls, one: Emergency) -> EmergencyPlace:
        if one.spot is None:
            return cls(latitude=None, longitude=None, accuracy=None)
        point = one.spot.point
        return cls(latitude=point.latitude, longitude=point.longitude, accuracy=one.spot.accuracy)


class EmergencySpot(EmergencyPlace):
    id: str
    number: EmergencyNumber
    at: datetime


class Ending(Body):
    end: EmergencyEnd


@router.get("/emergencies")
async def emergencies(
    desk: Annotated[Desk, allowed("list", *ANY)],
    first: First = 20,
    after: After = None,
    state: EmergencyState | None = None,
) -> Rows[EmergencyShown]:
    """The newest first, without places."""
    page = await desk.services.community.emergencies.page(desk.viewer, state, PageRequest.of(first, after))
    return Rows[EmergencyShown].of(page, EmergencyShown.of)


@router.get("/emergency-map")
async def emergency_map(desk: Annotated[Desk, allowed("map", *OPERATORS)]) -> list[EmergencySpot]:
    """Calls of the last day that nobody has taken, with their places; one look an hour stands in each one's ledger."""
    found = await desk.services.community.emergencies.on_map(desk.viewer)
    return [
        EmergencySpot(id=one.id, number=one.number, at=one.at, **EmergencyPlace.of(one).model_dump()) for one in found
    ]


@router.post("/emergencies/{emergency}/reveals")
async def reveal(emergency: Id, desk: Annotated[Desk, allowed("reveal", *OPERATORS)]) -> EmergencyPlace:
    """Where it was; the look stands in the ledger of who called."""
    found = await desk.services.community.emergencies.look(desk.viewer, emergency)
    if found is None:
        raise EmergencyUnknown
    return EmergencyPlace.of(found)


@router.post("/emergencies/{emergency}/taking")
async def take(emergency: Id, key: Key, desk: Annotated[Desk, allowed("take", *OPERATORS)]) -> EmergencyShown:
    """Make a case of it; who called is told its number."""
    return EmergencyShown.of(await desk.services.community.emergencies.take(desk.viewer, emergency, key))


@router.post("/emergencies/{emergency}/ending")
async def end(
    emergency: Id, body: Ending, key: Key, desk: Annotated[Desk, allowed("end", *OPERATORS)]
) -> EmergencyShown:
    """A false alarm, passed on, or helped."""
    return EmergencyShown.of(await desk.services.community.emergencies.end(desk.viewer, emergency, body.end, key))
