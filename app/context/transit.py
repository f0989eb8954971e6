"""The services of transit."""

from __future__ import annotations

from dataclasses import dataclass

from app.domains.life.transit.departures.service import DepartureService
from app.domains.life.transit.favourites.service import FavouriteService
from app.domains.life.transit.feeds.service import FeedService
from app.domains.life.transit.journeys.service import JourneyService
from app.domains.life.transit.realtime.service import Listening, LiveBoard
from app.domains.life.transit.stops.service import StopService
from app.domains.life.transit.timetable.service import TimetableKeeper
from app.domains.life.transit.watches.service import WatchService


@dataclass(frozen=True, slots=True, kw_only=True)
class Transit:
    keeper: TimetableKeeper
    feeds: FeedService
    live: LiveBoard
    listening: Listening
    stops: StopService
    departures: DepartureService
    journeys: JourneyService
    favourites: FavouriteService
    watches: WatchService
