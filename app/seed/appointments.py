"""Appointments of the seeded city: venues with their hours, and times to book in the coming days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time

from app.core.ids import new_id
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.appointments.times.schedules.model import Release, Schedule, Window
from app.domains.appointments.times.venues.model import (
    Place,
    Resource,
    ResourceKind,
    Service,
    Venue,
    VenueKind,
    id_of,
)
from app.domains.appointments.times.venues.service import SCOPE
from app.seed.demo import Progress
from app.wiring import City
from mocks.venues import SeedResource, SeedService, SeedVenue, SeedWeek


async def seed_appointments(city: City, venues: Sequence[SeedVenue], say: Progress) -> None:
    """Each venue as its own organisation would save it."""
    say(f"{len(venues)} venues where one books a time")
    for venue in venues:
        await _venue(city, venue)


async def _venue(city: City, seeded: SeedVenue) -> None:
    rooms, keeper = city.services.appointments, _keeper(seeded.organisation)
    venue = _id(seeded, seeded.code)
    await rooms.venues.save_venue(keeper, _as_venue(seeded, venue), new_id())
    for resource in seeded.resources:
        made = _as_resource(seeded, resource, venue)
        await rooms.venues.save_resource(keeper, made, new_id())
        await rooms.schedules.save(keeper, _as_schedule(resource.week, made.id), new_id())
    for service in seeded.services:
        await rooms.venues.save_service(keeper, _as_service(seeded, service, venue), new_id())


def _keeper(organisation: str) -> Viewer:
    return Viewer(role=Role.PROVIDER_CLIENT, actor="seed", organisation=organisation, scopes=frozenset({SCOPE}))


def _id(seeded: SeedVenue, code: str) -> str:
    return id_of(seeded.organisation, code, test=False)


def _as_venue(seeded: SeedVenue, id_: str) -> Venue:
    return Venue(
        id=id_,
        organisation=seeded.organisation,
        kind=VenueKind(seeded.kind),
        name=Said(*seeded.name),
        address=Said(*seeded.address),
        place=Place(*seeded.place),
        hours=Said(*seeded.hours),
        phone=seeded.phone,
        works_on_holidays=seeded.works_on_holidays,
    )


def _as_resource(seeded: SeedVenue, resource: SeedResource, venue: str) -> Resource:
    return Resource(
        id=_id(seeded, resource.code),
        venue=venue,
        organisation=seeded.organisation,
        kind=ResourceKind.DOCTOR if resource.title[0] else ResourceKind.COUNTER,
        name=Said(*resource.name),
        department=Said(*resource.department),
        title=Said(*resource.title),
        fee=resource.fee,
    )


def _as_schedule(week: SeedWeek, resource: str) -> Schedule:
    windows = (
        Window(
            one.weekday,
            time.fromisoformat(one.opens),
            time.fromisoformat(one.closes),
            one.minutes,
            one.seats,
            one.walk_in,
        )
        for one in week.windows
    )
    return Schedule(resource, tuple(windows), Release(week.release_days), week.numbered)


def _as_service(seeded: SeedVenue, service: SeedService, venue: str) -> Service:
    return Service(
        id=_id(seeded, service.code),
        venue=venue,
        organisation=seeded.organisation,
        name=Said(*service.name),
        resources=tuple(_id(seeded, code) for code in service.resources),
        item=service.item,
        bring=Said(*service.bring),
        fee=service.fee,
    )
