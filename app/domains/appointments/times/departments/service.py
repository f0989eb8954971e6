"""Looking for a doctor: the departments of a hospital, and of one the doctors with their fees and next free times.

Who works where is in memory; the times of a page of doctors are one question to the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from app.core.clock import Clock
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.appointments.times.departments.model import (
    MOST_DOCTORS,
    NEXT_TIMES,
    Department,
    Doctor,
    bookable_doctors,
    departments_of,
)
from app.domains.appointments.times.slots.store import SlotStore
from app.domains.appointments.times.venues.service import VenueService


class People(Protocol):
    async def test_of(self, citizen: str) -> str | None:
        """The organisation whose test citizen this is."""
        ...

    async def earlier(self, citizen: str, venue: str) -> timedelta:
        """By how much earlier this venue's times are given out to him."""
        ...


class DepartmentService:
    def __init__(self, venues: VenueService, slots: SlotStore, people: People, clock: Clock) -> None:
        self._venues = venues
        self._slots = slots
        self._people = people
        self._clock = clock

    async def of_venue(self, viewer: Viewer, venue: str) -> list[Department]:
        """None of a venue that this citizen does not see."""
        return departments_of(await self._bookable(viewer.citizen(), venue))

    async def doctors(self, viewer: Viewer, venue: str, department: str, request: PageRequest) -> Page[Doctor]:
        """Of the department with this Chinese name, by id, twenty at most; with no time free their `free` is empty."""
        citizen, most = viewer.citizen(), min(request.first, MOST_DOCTORS)
        found = [one for one in await self._bookable(citizen, venue) if one.resource.department.zh == department]
        rows = [one for one in found if request.after is None or one.resource.id > request.after]
        page = Page.cut(rows, PageRequest(most, request.after))
        return Page(await self._with_times(citizen, venue, page.items), page.has_next)

    async def _bookable(self, citizen: str, venue: str) -> list[Doctor]:
        seen = self._venues.venue(venue, await self._people.test_of(citizen))
        return bookable_doctors(self._venues.directory, venue) if seen else []

    async def _with_times(self, citizen: str, venue: str, doctors: Sequence[Doctor]) -> tuple[Doctor, ...]:
        if not doctors:
            return ()
        now = self._clock.now()
        released_by = now + await self._people.earlier(citizen, venue)
        times = await self._slots.next_of_each([one.resource.id for one in doctors], now, released_by, NEXT_TIMES)
        return tuple(replace(one, free=tuple(free)) for one, free in zip(doctors, times, strict=True))
