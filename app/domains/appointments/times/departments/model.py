"""A hospital by its departments, as people look for a doctor: put together from who works there and what can be booked.

A department is known by its Chinese name; there is no row of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.said import Said
from app.domains.appointments.times.slots.model import Slot
from app.domains.appointments.times.venues.model import Directory, Resource, ResourceKind, Service

MOST_DOCTORS = 20
NEXT_TIMES = 3


@dataclass(frozen=True, slots=True)
class Department:
    """`doctors` is how many of it can be booked."""

    name: Said
    doctors: int


@dataclass(frozen=True, slots=True)
class Doctor:
    """`services` are those he can be booked for; `free` his next times, the soonest first."""

    resource: Resource
    services: tuple[Service, ...]
    free: tuple[Slot, ...] = ()


def bookable_doctors(directory: Directory, venue: str) -> list[Doctor]:
    """Who can be booked at this venue, by id; without their times."""
    services = directory.services_of(venue)
    doctors = (one for one in directory.resources_of(venue) if one.kind is ResourceKind.DOCTOR and one.department.zh)
    found = (Doctor(one, tuple(each for each in services if one.id in each.resources)) for one in doctors)
    return [one for one in found if one.services]


def departments_of(doctors: Sequence[Doctor]) -> list[Department]:
    """By name."""
    found: dict[str, Department] = {}
    for one in doctors:
        name = one.resource.department
        before = found.get(name.zh, Department(name, 0))
        found[name.zh] = Department(before.name, before.doctors + 1)
    return [found[zh] for zh in sorted(found)]
