"""An operator's live feed (GTFS-Realtime): trips, vehicles and notices from one address or several, read as protobuf.

What one address does not answer is left out while another does. Nothing is repeated: the next look comes in seconds.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from typing import Any

import httpx2
import structlog
from google.protobuf.message import DecodeError
from google.transit import gtfs_realtime_pb2 as gtfs
from pydantic import SecretStr

from app.core.errors import Unavailable
from app.core.places.errors import PlaceNotOnEarth
from app.core.places.model import Point
from app.domains.life.transit.realtime.model import Alert, Heard, HeardStop, HeardTrip, HeardVehicle
from app.gateways.breaker import CircuitBreaker, CircuitOpen
from app.gateways.http import ATTEMPTS, SECONDS, received, tls

log = structlog.get_logger(__name__)
_MOST_BYTES = 32 << 20
_MOST_ENTITIES, _MOST_STOPS = 50_000, 500
_LONGEST, _LONGEST_TEXT = 500, 4_000
_PATIENCE = 8.0  # seconds
_GONE = frozenset({gtfs.TripDescriptor.CANCELED, getattr(gtfs.TripDescriptor, "DELETED", 7)})
_OTHERS = frozenset({gtfs.TripDescriptor.ADDED, getattr(gtfs.TripDescriptor, "DUPLICATED", 6)})


class HttpTransitFeed:
    name = "transit"

    def __init__(
        self, urls: Sequence[str], key: SecretStr | None = None, *, transport: httpx2.AsyncBaseTransport | None = None
    ) -> None:
        headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
        self._client = httpx2.AsyncClient(
            headers=headers, timeout=_PATIENCE, transport=transport, verify=tls(), trust_env=False
        )
        self._breakers = {url: CircuitBreaker() for url in urls}

    async def aclose(self) -> None:
        await self._client.aclose()

    async def heard(self) -> Heard:
        """Raises Unavailable: no address answered with a feed."""
        found = [one for one in await asyncio.gather(*map(self._ask, self._breakers)) if one is not None]
        if not found:
            raise Unavailable
        moving = [one.stamp for one in found if one.trips or one.vehicles] or [one.stamp for one in found]
        return Heard(
            min(moving),
            tuple(trip for one in found for trip in one.trips),
            tuple(vehicle for one in found for vehicle in one.vehicles),
            tuple(alert for one in found for alert in one.alerts),
        )

    async def _ask(self, url: str) -> Heard | None:
        breaker = self._breakers[url]
        began = time.perf_counter()
        try:
            breaker.admit()
            async with asyncio.timeout(_PATIENCE):
                heard = await asyncio.to_thread(read, await self._body(url))
        except CircuitOpen:
            return self._none("circuit_open")
        except (httpx2.HTTPError, TimeoutError):
            breaker.failed()
            return self._none("unreachable")
        except (DecodeError, ValueError):
            breaker.failed()
            return self._none("not_understood")
        finally:
            SECONDS.labels(self.name).observe(time.perf_counter() - began)
        breaker.succeeded()
        ATTEMPTS.labels(self.name, "ok").inc()
        return heard

    async def _body(self, url: str) -> bytes:
        """Raises HTTPError."""
        answer = await received(self._client, "GET", url, most=_MOST_BYTES, seconds=_PATIENCE)
        answer.raise_for_status()
        return answer.content

    def _none(self, outcome: str) -> Heard | None:
        """Nothing was heard, for this reason."""
        ATTEMPTS.labels(self.name, outcome).inc()
        log.warning("gateway_failed", gateway=self.name, outcome=outcome)
        return None


def read(body: bytes) -> Heard:
    """Raises DecodeError, ValueError (no feed, or of a version that is not known)."""
    message = gtfs.FeedMessage()
    message.ParseFromString(body)
    if not message.IsInitialized() or not message.header.gtfs_realtime_version.startswith(("1.", "2.")):
        raise ValueError("no feed")
    entities = [one for one in message.entity[:_MOST_ENTITIES] if not one.is_deleted]
    stamp = int(message.header.timestamp)
    if not 0 < stamp < 1 << 33:
        raise ValueError("no time")
    return Heard(
        stamp,
        tuple(_trip(one.trip_update) for one in entities if _usable(one, "trip_update")),
        tuple(_vehicle(one.vehicle, stamp) for one in entities if _usable(one, "vehicle")),
        tuple(_alert(one.id, one.alert) for one in entities if one.HasField("alert")),
    )


def _usable(entity: Any, what: str) -> bool:
    """Of a trip of the timetable: one that was put in has no times there."""
    return bool(entity.HasField(what)) and getattr(entity, what).trip.schedule_relationship not in _OTHERS


def _trip(told: Any) -> HeardTrip:
    trip = told.trip
    return HeardTrip(
        trip=trip.trip_id[:_LONGEST],
        day=trip.start_date[:8],
        start=trip.start_time[:10],
        cancelled=trip.schedule_relationship in _GONE,
        stops=tuple(_stop(one) for one in told.stop_time_update[:_MOST_STOPS]),
        delay=told.delay if told.HasField("delay") else None,
    )


def _stop(told: Any) -> HeardStop:
    arrival = told.arrival if told.HasField("arrival") else None
    departure = told.departure if told.HasField("departure") else None
    kinds = gtfs.TripUpdate.StopTimeUpdate
    return HeardStop(
        turn=told.stop_sequence if told.HasField("stop_sequence") else None,
        stop=told.stop_id[:_LONGEST],
        arrival_delay=_field(arrival, "delay"),
        arrival_at=_field(arrival, "time"),
        departure_delay=_field(departure, "delay"),
        departure_at=_field(departure, "time"),
        skipped=told.schedule_relationship == kinds.SKIPPED,
        unknown=told.schedule_relationship == kinds.NO_DATA,
    )


def _field(event: Any, name: str) -> int | None:
    return int(getattr(event, name)) if event is not None and event.HasField(name) else None


def _vehicle(told: Any, stamp: int) -> HeardVehicle:
    return HeardVehicle(
        trip=told.trip.trip_id[:_LONGEST],
        day=told.trip.start_date[:8],
        start=told.trip.start_time[:10],
        label=(told.vehicle.label or told.vehicle.license_plate)[:40],
        point=_point(told.position) if told.HasField("position") else None,
        turn=told.current_stop_sequence if told.HasField("current_stop_sequence") else None,
        stop=told.stop_id[:_LONGEST],
        stopped=told.current_status == gtfs.VehiclePosition.STOPPED_AT,
        at=int(told.timestamp) if 0 < told.timestamp < 1 << 33 else stamp,
    )


def _point(position: Any) -> Point | None:
    try:
        return Point(round(position.latitude, 6), round(position.longitude, 6))
    except PlaceNotOnEarth:
        return None


def _alert(id_: str, told: Any) -> Alert:
    return Alert(
        id=id_[:_LONGEST],
        title=_texts(told.header_text.translation),
        text=_texts(told.description_text.translation),
        routes=tuple(sorted({one.route_id[:_LONGEST] for one in told.informed_entity if one.route_id})),
        stops=tuple(sorted({one.stop_id[:_LONGEST] for one in told.informed_entity if one.stop_id})),
        periods=tuple((int(one.start), int(one.end)) for one in told.active_period[:20]),
    )


def _texts(translations: Iterable[Any]) -> dict[str, str]:
    return {one.language[:20].lower(): one.text[:_LONGEST_TEXT] for one in list(translations)[:10]}
