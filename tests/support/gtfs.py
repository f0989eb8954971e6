"""Feeds made for tests, and a reader of feeds that knows nothing of ours: `csv` and sums on a calendar."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

# A real feed, where the machine has it: it is not ours to give on.
CAIRNS = Path(__file__).resolve().parents[3] / "shared/data/cairns_gtfs.zip"

# A small town: two stops of a station, a loop, a night line, a line by headways; a feast and a day off.
TOWN: Mapping[str, str] = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\nT,Town Bus,https://bus.test,Asia/Shanghai\n",
    "stops.txt": (
        "stop_id,stop_code,stop_name,stop_lat,stop_lon,location_type,parent_station,platform_code\n"
        "S,,东街口,26.0850,119.3000,1,,\n"
        "S1,1001,东街口,26.0851,119.3001,0,S,1\n"
        "S2,1002,东街口,26.0849,119.2999,0,S,2\n"
        'A,1003,"Gate, East",26.0900,119.3050,0,,\n'
        "B,1004,五一广场,26.0950,119.3100,0,,\n"
        "C,1005,上下杭,26.0500,119.3000,0,,\n"
        "D,1006,仓前,26.0505,119.3010,0,,\n"
    ),
    "routes.txt": (
        "route_id,agency_id,route_short_name,route_long_name,route_type,route_color\n"
        "R1,T,1路,东街口-五一广场,3,FF0000\n"
        "R2,T,夜班2路,上下杭-东街口,3,\n"
        "R10,T,10路,仓前-五一广场,3,\n"
    ),
    "calendar.txt": (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "WK,1,1,1,1,1,0,0,20260101,20261231\n"
        "WE,0,0,0,0,0,1,1,20260101,20261231\n"
    ),
    "calendar_dates.txt": ("service_id,date,exception_type\nWK,20260505,2\nWE,20260505,1\nFEAST,20260505,1\n"),
    "trips.txt": (
        "route_id,service_id,trip_id,trip_headsign,direction_id,shape_id\n"
        "R1,WK,w1,五一广场,0,L1\nR1,WK,w2,五一广场,0,L1\nR1,WK,w3,东街口,1,\n"
        "R1,WE,e1,五一广场,0,L1\nR2,WK,n1,东街口,0,\nR10,WK,h1,五一广场,0,\nR10,FEAST,f1,五一广场,0,\n"
    ),
    "stop_times.txt": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "w1,08:00:00,08:00:00,S1,1\nw1,,,A,2\nw1,08:10:00,08:10:00,B,3\n"
        "w2,08:30:00,08:30:00,S1,1\nw2,,,A,2\nw2,08:40:00,08:40:00,B,3\n"
        "w3,08:20:00,08:20:00,B,5\nw3,08:25:00,08:26:00,A,10\nw3,08:35:00,08:35:00,S2,15\n"
        "e1,9:00:00,9:00:00,S1,1\ne1,9:05:00,9:05:00,A,2\ne1,9:10:00,9:10:00,B,3\n"
        "n1,23:50:00,23:50:00,C,1\nn1,24:20:00,24:21:00,S2,2\nn1,25:10:00,25:10:00,B,3\n"
        "h1,06:00:00,06:00:00,D,1\nh1,06:20:00,06:20:00,S1,2\nh1,06:30:00,06:30:00,B,3\n"
        "f1,10:00:00,10:00:00,D,1\nf1,10:30:00,10:30:00,B,2\n"
    ),
    "frequencies.txt": (
        "trip_id,start_time,end_time,headway_secs,exact_times\nh1,06:00:00,07:00:00,1200,0\nh1,07:00:00,08:00:00,1800,1\n"
    ),
    "shapes.txt": (
        "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\n"
        "L1,26.0950,119.3100,20\nL1,26.0851,119.3001,1\nL1,26.0900,119.3050,10\n"
    ),
    "transfers.txt": "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nC,D,2,200\nC,NOWHERE,2,1\n",
    "feed_info.txt": "feed_publisher_name,feed_publisher_url,feed_lang\nTown,https://bus.test,zh\n",
}


_MADE = (2026, 1, 1, 0, 0, 0)  # the same tables are the same file


def feed(tables: Mapping[str, str] = TOWN, folder: str = "", **changed: str | None) -> bytes:
    """A zip of these tables; `changed` replaces one (`stops="…"`), or leaves it out (None)."""
    out = io.BytesIO()
    whole = {**tables, **{f"{name}.txt": text for name, text in changed.items()}}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in whole.items():
            if text is not None:
                archive.writestr(zipfile.ZipInfo(folder + name, _MADE), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


@dataclass(frozen=True)
class Independent:
    """What leaves a stop, computed from the files alone."""

    file: bytes

    def table(self, name: str) -> list[dict[str, str]]:
        with zipfile.ZipFile(io.BytesIO(self.file)) as archive:
            if name not in archive.namelist():
                return []
            return list(csv.DictReader(io.TextIOWrapper(archive.open(name), "utf-8-sig")))

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.table("agency.txt")[0]["agency_timezone"])

    @cached_property
    def trips(self) -> dict[str, dict[str, str]]:
        return {row["trip_id"]: row for row in self.table("trips.txt")}

    @cached_property
    def calls(self) -> list[dict[str, str]]:
        return self.table("stop_times.txt")

    @cached_property
    def at_stops(self) -> dict[str, list[dict[str, str]]]:
        found = defaultdict(list)
        for row in self.calls:
            found[row["stop_id"]].append(row)
        return found

    @cached_property
    def last(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for row in self.calls:
            found[row["trip_id"]] = max(found.get(row["trip_id"], 0), int(row["stop_sequence"]))
        return found

    @cached_property
    def exceptions(self) -> dict[tuple[str, str], str]:
        return {(row["service_id"], row["date"]): row["exception_type"] for row in self.table("calendar_dates.txt")}

    @cached_property
    def weeks(self) -> dict[str, dict[str, str]]:
        return {row["service_id"]: row for row in self.table("calendar.txt")}

    def runs(self, service: str, day: date) -> bool:
        said = self.exceptions.get((service, f"{day:%Y%m%d}"))
        if said is not None:
            return said == "1"
        week = self.weeks.get(service)
        name = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")[day.weekday()]
        return week is not None and week[name] == "1" and week["start_date"] <= f"{day:%Y%m%d}" <= week["end_date"]

    def departures(self, stop: str, begin: datetime, end: datetime) -> list[tuple[datetime, str]]:
        """(moment, trip id) of all between the two, those of the day before that run on included."""
        found = []
        first = begin.astimezone(self.zone).date() - timedelta(days=3)
        for offset in range((end.date() - begin.date()).days + 6):
            day = first + timedelta(days=offset)
            midnight = datetime.combine(day, time(12), self.zone).astimezone(UTC) - timedelta(hours=12)
            for row in self.at_stops[stop]:
                if int(row["stop_sequence"]) == self.last[row["trip_id"]]:
                    continue
                if row.get("pickup_type") == "1" or not self.runs(self.trips[row["trip_id"]]["service_id"], day):
                    continue
                hours, minutes, seconds = map(int, row["departure_time"].split(":"))
                at = midnight + timedelta(hours=hours, minutes=minutes, seconds=seconds)
                if begin <= at <= end:
                    found.append((at, row["trip_id"]))
        return sorted(found)
