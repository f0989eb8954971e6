"""Of each operation of surroundings and emergency calls: who may, which id it takes, how many commands it may send."""

from __future__ import annotations

from collections.abc import Mapping

_OPEN, _IN_PERSON, _CENTRE = "open", "in person", "cases:centre"
SURROUNDINGS_SCOPES: tuple[str, ...] = ("surroundings",)
CITIZEN_MAY_SURROUNDINGS: Mapping[str, str] = {
    **dict.fromkeys(("stationsNear", "stations", "station", "stationChart", "surroundings", "weatherNotices"), _OPEN),
    **dict.fromkeys(("surroundingsWatches", "watchSurroundings", "dropSurroundingsWatch"), _IN_PERSON),
}
PROVIDER_MAY_SURROUNDINGS: Mapping[str, str] = dict.fromkeys(("runStations", "reportReadings"), "surroundings")
TAKES_SURROUNDINGS_ID: Mapping[str, tuple[str, str]] = {
    "Station": ("id", "Station"),
    **dict.fromkeys(("StationChart", "ReportReadings"), ("station", "Station")),
    "DropSurroundingsWatch": ("watch", "SurroundingsWatch"),
}
MOST_OF_SURROUNDINGS: Mapping[str, int] = {
    **dict.fromkeys(("citizen.StationsNear", "citizen.Stations", "citizen.Station", "citizen.Surroundings"), 1),
    "citizen.StationChart": 2,
    "citizen.WeatherNotices": 1,
    "citizen.SurroundingsWatches": 2,
    "citizen.WatchSurroundings": 7,
    "citizen.DropSurroundingsWatch": 5,
    "provider.RunStations": 2,
    "provider.ReportReadings": 14,
}

CITIZEN_MAY_EMERGENCIES: Mapping[str, str] = dict.fromkeys(("callEmergency", "myEmergencies"), _IN_PERSON)
PROVIDER_MAY_EMERGENCIES: Mapping[str, str] = {
    **dict.fromkeys(("emergencies", "emergency", "emergencyMap", "emergencyChanged"), _CENTRE),
    **dict.fromkeys(("takeEmergency", "endEmergency"), _CENTRE),
}
TAKES_EMERGENCY_ID: Mapping[str, tuple[str, str]] = dict.fromkeys(
    ("Emergency", "TakeEmergency", "EndEmergency"), ("emergencyId", "Emergency")
)
MOST_OF_EMERGENCIES: Mapping[str, int] = {
    "citizen.CallEmergency": 10,
    "citizen.MyEmergencies": 1,
    "provider.Emergencies": 3,
    "provider.Emergency": 8,
    "provider.EmergencyMap": 10,
    "provider.TakeEmergency": 14,
    "provider.EndEmergency": 9,
}
