"""My life, for citizens: one file a noun, put together here."""

from __future__ import annotations

from resolvers.citizen.life.culture import CultureMutation, CultureQuery
from resolvers.citizen.life.health import HealthMutation, HealthQuery
from resolvers.citizen.life.home import HomeMutation, HomeQuery
from resolvers.citizen.life.library import LibraryMutation, LibraryQuery
from resolvers.citizen.life.places import PlaceMutation, PlaceQuery
from resolvers.citizen.life.surroundings import SurroundingsMutation, SurroundingsQuery
from resolvers.citizen.life.transit import TransitMutation, TransitQuery, TransitSubscription
from resolvers.citizen.life.waiting import EventWaitMutation, EventWaitQuery


class LifeQuery(
    PlaceQuery,
    TransitQuery,
    HomeQuery,
    CultureQuery,
    EventWaitQuery,
    LibraryQuery,
    HealthQuery,
    SurroundingsQuery,
):
    pass


class LifeMutation(
    PlaceMutation,
    TransitMutation,
    HomeMutation,
    CultureMutation,
    EventWaitMutation,
    LibraryMutation,
    HealthMutation,
    SurroundingsMutation,
):
    pass


class LifeSubscription(TransitSubscription):
    pass
