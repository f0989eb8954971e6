"""Agencies, stops, routes, services, shapes and ways on foot, as their tables say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from app.core.places.model import Point
from app.domains.life.transit.calendars.model import Service, zone_of
from app.domains.life.transit.feeds.archive import Archive
from app.domains.life.transit.feeds.model import FindingKind, Findings
from app.domains.life.transit.feeds.tables import Row, Table
from app.domains.life.transit.timetable.model import Agency, Route, Stop, StopKind, Transfer, polyline

MOST_STOPS, MOST_ROUTES, _MOST_SERVICES = 200_000, 50_000, 60_000
_MOST_POINTS = 5_000_000
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PARENTS: Mapping[StopKind, StopKind] = {
    StopKind.STOP: StopKind.STATION,
    StopKind.ENTRANCE: StopKind.STATION,
    StopKind.NODE: StopKind.STATION,
    StopKind.BOARDING_AREA: StopKind.STOP,
}
_ADDED, _REMOVED = 1, 2


class Numbers:
    """The ids of a table, numbered as they come."""

    def __init__(self) -> None:
        self.by_id: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.by_id)

    def get(self, id_: str) -> int | None:
        return self.by_id.get(id_)

    def new(self, row: Row, column: str, most: int) -> bool:
        """Whether its id is one and new; a second one is noted. Raises FeedStops beyond `most`."""
        id_ = row.key(column)
        if not id_:
            return False
        if id_ in self.by_id:
            row.note(FindingKind.ID_TWICE, column, id_)
            return False
        if len(self.by_id) >= most:
            raise row.stop(FindingKind.TOO_MANY)
        self.by_id[id_] = len(self.by_id)
        return True


def agencies_of(archive: Archive, found: Findings) -> tuple[list[Agency], dict[str, int], str]:
    """With their numbers by id, and their time zone: one for all. Raises FeedStops."""
    table = Table(archive, "agency.txt", ("agency_name", "agency_timezone"), found)
    agencies, numbers, zones = list[Agency](), dict[str, int](), dict[str, None]()
    for row in table.rows():
        id_ = row.text("agency_id")
        if id_ in numbers:
            row.note(FindingKind.ID_TWICE, "agency_id", id_)
            continue
        numbers[id_] = len(agencies)
        agencies.append(Agency(id_, row.key("agency_name"), _url(row.text("agency_url")), row.text("agency_phone")))
        zone = row.text("agency_timezone")
        if zone_of(zone) is None:
            row.note(FindingKind.TIME_ZONE, "agency_timezone", zone)
        zones[zone] = None
        if len(zones) > 1:
            row.note(FindingKind.TIME_ZONE, "agency_timezone", zone)
    if not agencies:
        raise found.stop(FindingKind.EMPTY, table.name)
    return agencies, numbers, next(iter(zones))


def stops_of(archive: Archive, found: Findings) -> tuple[list[Stop], Numbers]:
    """Raises FeedStops."""
    table = Table(archive, "stops.txt", ("stop_id",), found)
    stops, numbers = list[Stop](), Numbers()
    parents: list[tuple[Row, int, str]] = []
    for row in table.rows():
        if numbers.new(row, "stop_id", MOST_STOPS):
            stops.append(_stop(row))
            if parent := row.text("parent_station"):
                parents.append((row, len(stops) - 1, parent))
    for row, number, parent in parents:
        above = numbers.get(parent)
        wanted = _PARENTS.get(stops[number].kind)
        if above is None or stops[above].kind is not wanted:
            row.note(FindingKind.PARENT, "parent_station", parent)
        else:
            stops[number] = replace(stops[number], parent=above)
    return stops, numbers


def _stop(row: Row) -> Stop:
    kind = StopKind(row.whole("location_type", 4))
    latitude, longitude = row.degrees("stop_lat", 90), row.degrees("stop_lon", 180)
    # At 0, 0 is the sea: operators write it when they know no place.
    point = Point(latitude, longitude) if latitude is not None and longitude is not None else None
    if point is None or (latitude, longitude) == (0, 0):
        point = None
        if kind in (StopKind.STOP, StopKind.STATION):
            row.note(FindingKind.STOP_NOWHERE, "stop_lat")
    name = row.text("stop_name")
    if not name and kind is not StopKind.NODE and kind is not StopKind.BOARDING_AREA:
        row.note(FindingKind.VALUE_MISSING, "stop_name")
    return Stop(
        id=row.text("stop_id"),
        name=name or row.text("stop_desc"),
        point=point,
        code=row.text("stop_code"),
        kind=kind,
        platform=row.text("platform_code"),
        step_free=row.whole("wheelchair_boarding", 2),
    )


def routes_of(archive: Archive, agencies: Mapping[str, int], found: Findings) -> tuple[list[Route], Numbers]:
    """Raises FeedStops."""
    table = Table(archive, "routes.txt", ("route_id", "route_type"), found)
    routes, numbers = list[Route](), Numbers()
    for row in table.rows():
        if numbers.new(row, "route_id", MOST_ROUTES):
            agency = row.text("agency_id")
            if agency not in agencies and (agency or len(agencies) > 1):
                row.note(FindingKind.UNKNOWN if agency else FindingKind.VALUE_MISSING, "agency_id", agency)
            short, long = row.text("route_short_name"), row.text("route_long_name")
            if not short and not long:
                row.note(FindingKind.VALUE_MISSING, "route_short_name")
            routes.append(
                Route(
                    id=row.text("route_id"),
                    short=short,
                    long=long,
                    kind=row.whole("route_type", 1799),
                    agency=agencies.get(agency, 0),
                    colour=_colour(row, "route_color"),
                    text_colour=_colour(row, "route_text_color"),
                    sort=row.whole("route_sort_order", 10**9),
                )
            )
    return routes, numbers


def services_of(archive: Archive, found: Findings) -> tuple[list[Service], Numbers]:
    """Of either table or both. Raises FeedStops: there is neither."""
    if not archive.has("calendar.txt") and not archive.has("calendar_dates.txt"):
        raise found.stop(FindingKind.FILE_MISSING, "calendar.txt")
    numbers, services = Numbers(), list[Service]()
    if archive.has("calendar.txt"):
        table = Table(archive, "calendar.txt", ("service_id", *_DAYS, "start_date", "end_date"), found)
        for row in table.rows():
            if numbers.new(row, "service_id", _MOST_SERVICES):
                days = sum(row.whole(day, 1) << n for n, day in enumerate(_DAYS))
                services.append(Service(row.text("service_id"), days, row.day("start_date"), row.day("end_date")))
    if archive.has("calendar_dates.txt"):
        _except(
            Table(archive, "calendar_dates.txt", ("service_id", "date", "exception_type"), found), numbers, services
        )
    return services, numbers


def _except(table: Table, numbers: Numbers, services: list[Service]) -> None:
    days: dict[int, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    for row in table.rows():
        id_, day, kind = row.key("service_id"), row.day("date"), row.whole("exception_type", 2)
        number = numbers.by_id.setdefault(id_, len(numbers))
        if number == len(services):
            if number >= _MOST_SERVICES:
                raise row.stop(FindingKind.TOO_MANY)
            services.append(Service(id_))
        if kind in (_ADDED, _REMOVED):
            days[number][kind - 1].add(day)
        else:
            row.note(FindingKind.VALUE, "exception_type", row.text("exception_type"))
    for number, (added, removed) in days.items():
        services[number] = replace(services[number], added=frozenset(added), removed=frozenset(removed))


def shapes_of(archive: Archive, found: Findings) -> tuple[list[str], dict[str, int]]:
    """Each as an encoded polyline (five places), with their numbers by id. Raises FeedStops."""
    if not archive.has("shapes.txt"):
        return [], {}
    columns = ("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence")
    table, points = Table(archive, "shapes.txt", columns, found), dict[str, list[tuple[int, float, float]]]()
    for count, row in enumerate(table.rows()):
        if count >= _MOST_POINTS:
            raise row.stop(FindingKind.TOO_MANY)
        latitude, longitude = row.degrees("shape_pt_lat", 90), row.degrees("shape_pt_lon", 180)
        if latitude is None or longitude is None:
            row.note(FindingKind.VALUE_MISSING, "shape_pt_lat")
        else:
            turn = row.whole("shape_pt_sequence", 2**31)
            points.setdefault(row.key("shape_id"), []).append((turn, latitude, longitude))
    lines = [polyline([(up, along) for _, up, along in sorted(of)]) for of in points.values()]
    return lines, {id_: n for n, id_ in enumerate(points)}


def transfers_of(archive: Archive, stops: Numbers, found: Findings) -> list[Transfer]:
    """Between stops, whatever line one comes from. Raises FeedStops."""
    if not archive.has("transfers.txt"):
        return []
    transfers, table = list[Transfer](), Table(archive, "transfers.txt", (), found)
    for row in table.rows():
        if row.text("from_trip_id") or row.text("from_route_id") or row.text("to_trip_id") or row.text("to_route_id"):
            continue  # between two lines alone: the general way holds
        origin, target = stops.get(row.text("from_stop_id")), stops.get(row.text("to_stop_id"))
        if origin is None or target is None:
            row.note(FindingKind.TRANSFER, "to_stop_id" if target is None else "from_stop_id")
            continue
        least = row.whole("min_transfer_time", 86_400) if row.text("min_transfer_time") else None
        transfers.append(Transfer(origin, target, row.whole("transfer_type", 5), least))
    return transfers


def publisher_of(archive: Archive, found: Findings) -> str:
    """As the feed names it; empty when it does not."""
    if not archive.has("feed_info.txt"):
        return ""
    return next((row.text("feed_publisher_name") for row in Table(archive, "feed_info.txt", (), found).rows()), "")


def _url(text: str) -> str:
    return text if text.startswith(("https://", "http://")) else ""


def _colour(row: Row, column: str) -> str:
    value = row.text(column).lstrip("#")
    if not value:
        return ""
    if len(value) == 6 and all(c in "0123456789abcdefABCDEF" for c in value):
        return value.upper()
    row.note(FindingKind.VALUE, column, value)
    return ""
