"""Stops, routes, departures and journeys. Times are moments; `timeZone` is by whose clock the operator writes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated

import strawberry

from app.core.errors import BadInput
from app.core.places.errors import PlaceNotOnEarth
from app.core.places.model import Point
from app.domains.life.transit.calendars.model import moment
from app.domains.life.transit.departures import model as departures
from app.domains.life.transit.departures import service as boards
from app.domains.life.transit.departures.model import DepartureState
from app.domains.life.transit.journeys import model as journeys
from app.domains.life.transit.realtime import model as realtime
from app.domains.life.transit.realtime.model import TripState
from app.domains.life.transit.stops.model import TransitKind, directions_of, kind_of, line_of, routes_at
from app.domains.life.transit.stops.service import SeenStop, SeenTrip, trip_key
from app.domains.life.transit.timetable.model import StopKind, Timetable
from graphql_schema.types.common import global_id, key_of
from graphql_schema.types.places import Position, PositionInput

strawberry.enum(TransitKind)
strawberry.enum(DepartureState, name="TransitDepartureState", description="SCHEDULED: nothing is heard of it.")


@strawberry.type(description="Where one boards; or a station, whose platforms are stops of their own.")
class TransitStop:
    id: strawberry.ID
    code: str = strawberry.field(description="What stands on its pole; empty when the feed tells none.")
    name: str
    platform: str
    place: Position | None
    station: bool
    step_free: bool | None = strawberry.field(description="Null when the feed does not say.")
    table: strawberry.Private[Timetable]
    number: strawberry.Private[int]

    @strawberry.field(description="What calls there.")
    def routes(self) -> list[TransitRoute]:
        return [TransitRoute.of(self.table, n) for n in routes_at(self.table, self.number)]

    @classmethod
    def of(cls, table: Timetable, number: int) -> TransitStop:
        stop = table.stops[number]
        return cls(
            id=global_id("TransitStop", stop.id),
            code=stop.code,
            name=stop.name,
            platform=stop.platform,
            place=Position.of(stop.point) if stop.point else None,
            station=stop.kind is StopKind.STATION,
            step_free={1: True, 2: False}.get(stop.step_free),
            table=table,
            number=number,
        )


@strawberry.type
class NearTransitStop:
    stop: TransitStop
    metres: int = strawberry.field(description="By the air line.")

    @classmethod
    def of(cls, seen: SeenStop) -> NearTransitStop:
        return cls(stop=TransitStop.of(seen.table, seen.number), metres=round(seen.metres or 0))


@strawberry.type(description="A route one way, as most of its trips go.")
class TransitDirection:
    direction: int | None
    sign: str = strawberry.field(description="What is written in front.")
    line: str = strawberry.field(description="Its way on the map: an encoded polyline of five places.")
    stops: list[TransitStop]


@strawberry.type
class TransitRoute:
    id: strawberry.ID
    name: str = strawberry.field(description="As it is called in short: 55路.")
    long_name: str
    kind: TransitKind
    agency: str
    colour: str | None = strawberry.field(description="Six hexadecimal digits.")
    text_colour: str | None
    table: strawberry.Private[Timetable]
    number: strawberry.Private[int]

    @strawberry.field(description="Its ways, with their stops.")
    def directions(self) -> list[TransitDirection]:
        return [
            TransitDirection(
                direction=one.direction,
                sign=one.sign,
                line=line_of(self.table, one.pattern),
                stops=[TransitStop.of(self.table, n) for n in self.table.patterns[one.pattern].stops],
            )
            for one in directions_of(self.table, self.number)
        ]

    @classmethod
    def of(cls, table: Timetable, number: int) -> TransitRoute:
        route = table.routes[number]
        return cls(
            id=global_id("TransitRoute", route.id),
            name=route.name,
            long_name=route.long,
            kind=kind_of(route.kind),
            agency=table.parts.agencies[route.agency].name,
            colour=route.colour or None,
            text_colour=route.text_colour or None,
            table=table,
            number=number,
        )


@strawberry.type(description="What an operator lets people know.")
class TransitAlert:
    title: str
    text: str

    @classmethod
    def of(cls, alert: realtime.Alert, locale: str) -> TransitAlert:
        return cls(title=_said(alert.title, locale), text=_said(alert.text, locale))


@strawberry.type(description="`tripId` is what watches and `transitTrip` take.")
class TransitDeparture:
    trip_id: strawberry.ID
    stop: TransitStop
    route: TransitRoute
    sign: str
    scheduled_at: datetime
    expected_at: datetime | None = strawberry.field(description="As the operator expects it now; null: nothing heard.")
    state: DepartureState
    stops_away: int | None = strawberry.field(description="Null while it is not known where it is.")
    headway_minutes: int | None = strawberry.field(description="Of those without fixed times: about every so often.")

    @classmethod
    def of(cls, table: Timetable, one: departures.Departure) -> TransitDeparture:
        headway = table.trips.headways[one.trip]
        return cls(
            trip_id=_trip_id(table, one.trip, one.day),
            stop=TransitStop.of(table, one.stop),
            route=TransitRoute.of(table, table.pattern_of(one.trip).route),
            sign=table.sign(one.trip, one.position),
            scheduled_at=one.scheduled_at,
            expected_at=one.expected_at,
            state=one.state,
            stops_away=one.away,
            headway_minutes=max(1, headway // 60) if headway else None,
        )


@strawberry.type(description="The next departures of a stop or a station, the soonest first.")
class TransitBoard:
    stop: TransitStop
    departures: list[TransitDeparture]
    alerts: list[TransitAlert]
    live_at: datetime | None = strawberry.field(description="When the operator said what is live in it; null: nothing.")
    time_zone: str

    @classmethod
    def of(cls, board: boards.DepartureBoard, locale: str) -> TransitBoard:
        table = board.table
        return cls(
            stop=TransitStop.of(table, board.stop),
            departures=[TransitDeparture.of(table, one) for one in board.departures],
            alerts=[TransitAlert.of(one, locale) for one in board.alerts],
            live_at=board.live_at,
            time_zone=table.parts.zone,
        )


@strawberry.type
class TransitCall:
    stop: TransitStop
    arrives_at: datetime
    departs_at: datetime
    expected_at: datetime | None = strawberry.field(description="When it is expected to leave; null: nothing heard.")
    skipped: bool


@strawberry.type(description="A trip on a day, stop by stop.")
class TransitTrip:
    id: strawberry.ID
    route: TransitRoute
    sign: str
    day: date = strawberry.field(description="The service day: what runs after midnight is of the day before.")
    cancelled: bool
    vehicle: Position | None
    next_stop: int | None = strawberry.field(description="Which of `calls` it is at, or goes to; null: not known.")
    calls: list[TransitCall]

    @classmethod
    def of(cls, seen: SeenTrip) -> TransitTrip:
        table, trip, day = seen.table, seen.trip, seen.day
        news, vehicle = seen.news, seen.vehicle
        return cls(
            id=_trip_id(table, trip, day),
            route=TransitRoute.of(table, table.pattern_of(trip).route),
            sign=table.sign(trip),
            day=date.fromordinal(day),
            cancelled=news is not None and news.state is TripState.CANCELLED,
            vehicle=Position.of(vehicle.point) if vehicle and vehicle.point else None,
            next_stop=vehicle.position if vehicle else None,
            calls=[_call(seen, position) for position in range(len(table.pattern_of(trip).stops))],
        )


def _call(seen: SeenTrip, position: int) -> TransitCall:
    table, times, start = seen.table, seen.table.times(seen.trip), seen.table.trips.starts[seen.trip]
    told = seen.news.at(position) if seen.news else None
    leaves = moment(seen.day, start + times[2 * position + 1], table.zone)
    late = told.departure if told else None
    return TransitCall(
        stop=TransitStop.of(table, table.pattern_of(seen.trip).stops[position]),
        arrives_at=moment(seen.day, start + times[2 * position], table.zone),
        departs_at=leaves,
        expected_at=datetime.fromtimestamp(leaves.timestamp() + late, UTC) if late is not None else None,
        skipped=told is not None and told.skipped,
    )


@strawberry.type(description="On foot; without a stop where the journey begins or ends.")
class TransitWalk:
    origin: TransitStop | None
    target: TransitStop | None
    minutes: int
    metres: int = strawberry.field(description="By the air line.")


@strawberry.type
class TransitRide:
    trip_id: strawberry.ID
    route: TransitRoute
    sign: str
    origin: TransitStop
    target: TransitStop
    departs_at: datetime = strawberry.field(description="By the timetable.")
    arrives_at: datetime = strawberry.field(description="By the timetable.")
    expected_departs_at: datetime | None = strawberry.field(
        description="As the operator expects it now, with which the journey is counted; null: it is by the timetable."
    )
    expected_arrives_at: datetime | None
    stops: int = strawberry.field(description="How many one rides, the last one counted.")


TransitLeg = Annotated[TransitWalk | TransitRide, strawberry.union("TransitLeg")]


@strawberry.type(description="With what is heard of its rides, when one leaves now.")
class TransitJourney:
    departs_at: datetime
    arrives_at: datetime
    changes: int
    legs: list[TransitLeg]

    @classmethod
    def of(cls, table: Timetable, one: journeys.Journey) -> TransitJourney:
        return cls(
            departs_at=datetime.fromtimestamp(one.departs, UTC),
            arrives_at=datetime.fromtimestamp(one.arrives, UTC),
            changes=one.changes,
            legs=[_leg(table, leg) for leg in one.legs],
        )


def _leg(table: Timetable, leg: journeys.Walk | journeys.Ride) -> TransitWalk | TransitRide:
    if isinstance(leg, journeys.Walk):
        ends = (None if n is None else TransitStop.of(table, n) for n in (leg.origin, leg.target))
        return TransitWalk(
            origin=next(ends), target=next(ends), minutes=-(-leg.seconds // 60), metres=round(leg.metres)
        )
    stops, times, start = table.pattern_of(leg.trip).stops, table.times(leg.trip), table.trips.starts[leg.trip]
    live = leg.late is not None
    return TransitRide(
        trip_id=_trip_id(table, leg.trip, leg.day),
        route=TransitRoute.of(table, table.pattern_of(leg.trip).route),
        sign=table.sign(leg.trip, leg.board),
        origin=TransitStop.of(table, stops[leg.board]),
        target=TransitStop.of(table, stops[leg.alight]),
        departs_at=moment(leg.day, start + times[2 * leg.board + 1], table.zone),
        arrives_at=moment(leg.day, start + times[2 * leg.alight], table.zone),
        expected_departs_at=datetime.fromtimestamp(leg.departs, UTC) if live else None,
        expected_arrives_at=datetime.fromtimestamp(leg.arrives, UTC) if live else None,
        stops=leg.alight - leg.board,
    )


@strawberry.input(one_of=True, description="A stop, or any place: one walks from there, or to there.")
class TransitEndInput:
    stop_id: strawberry.ID | None = strawberry.UNSET
    place: PositionInput | None = strawberry.UNSET

    def parsed(self) -> str | Point:
        """Raises BadInput."""
        if self.stop_id:
            return key_of(self.stop_id, "TransitStop")
        if not self.place:
            raise BadInput(field="place")
        return point_of(self.place)


def point_of(place: PositionInput) -> Point:
    """Raises BadInput."""
    try:
        return place.parsed()
    except PlaceNotOnEarth:
        raise BadInput(field="place") from None


def _trip_id(table: Timetable, trip: int, day: int) -> strawberry.ID:
    return global_id("TransitTrip", trip_key(table, trip, day))


def _said(texts: Mapping[str, str], locale: str) -> str:
    """In the reader's language, else in the one that the operator wrote first."""
    wanted = locale.split("-")[0].lower()
    return next((text for language, text in texts.items() if language.split("-")[0] == wanted), "") or next(
        iter(texts.values()), ""
    )
