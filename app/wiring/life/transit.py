"""Transit: the timetable in force, what is heard of it, and what is asked of both."""

from __future__ import annotations

from app.context.transit import Transit
from app.domains.life.transit.departures.service import DepartureService
from app.domains.life.transit.favourites.service import FavouriteService
from app.domains.life.transit.favourites.store import FavouriteStore
from app.domains.life.transit.feeds.service import FeedService
from app.domains.life.transit.feeds.store import FeedStore
from app.domains.life.transit.journeys.service import JourneyService
from app.domains.life.transit.realtime.service import Listening, LiveBoard
from app.domains.life.transit.realtime.store import LiveStore
from app.domains.life.transit.stops.service import StopService
from app.domains.life.transit.timetable.service import TimetableKeeper
from app.domains.life.transit.timetable.store import TimetableStore
from app.domains.life.transit.watches.service import WatchService
from app.domains.life.transit.watches.store import WatchStore
from app.wiring.core import Core
from app.wiring.outside import Outside


def transit_of(core: Core, beyond: Outside) -> Transit:
    db, clock = core.db, core.clock
    feeds, timetables, news = FeedStore(db), TimetableStore(db), LiveStore(db)
    keeper, live = TimetableKeeper(feeds, timetables), LiveBoard(news, clock)
    return Transit(
        keeper=keeper,
        feeds=FeedService(db, feeds, timetables, keeper, core.audit, clock),
        live=live,
        listening=Listening(beyond.transit, news, live, keeper, clock),
        stops=StopService(keeper, live, clock),
        departures=DepartureService(keeper, live, core.changes, clock),
        journeys=JourneyService(keeper, live, clock),
        favourites=FavouriteService(FavouriteStore(db), keeper, core.once, clock),
        watches=WatchService(db, WatchStore(db), keeper, live, core.outbox, core.once, clock),
    )
