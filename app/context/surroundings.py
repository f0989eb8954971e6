"""The services of surroundings."""

from __future__ import annotations

from dataclasses import dataclass

from app.domains.life.surroundings.alerts.service import WatchService
from app.domains.life.surroundings.readings.service import ReadingService
from app.domains.life.surroundings.stations.service import StationService
from app.domains.life.surroundings.weather.service import WeatherService


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    stations: StationService
    readings: ReadingService
    watches: WatchService
    weather: WeatherService
