"""The homes of an estate, one by one, as the desk puts them right: added, named anew, ended for a reason.

A home in which somebody lives, or asks to, stays as it is: what stands beside its people leads there by its name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.idempotency import Call, Idempotency
from app.core.mongo import DuplicateKey, Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.community.estates.errors import HomeInUse, HomeThere, HomeUnknown
from app.domains.community.estates.model import Home, home_of, reason_of
from app.domains.community.estates.service import EstateService
from app.domains.community.estates.store import EstateStore
from app.domains.community.residents.store import ResidentStore

_HOME = TypeAdapter(Home)


class OfHomes(Protocol):
    """A room that keeps something by a home's keyed hash."""

    async def home_ended(self, household: str, tx: Tx) -> None: ...

    async def home_renamed(self, household: str, now: Home, to: str, tx: Tx) -> None:
        """`to`: its keyed hash from now on."""
        ...


@dataclass(frozen=True, slots=True)
class Doorway:
    """Another name for the same door."""

    building: str
    room: str


class DoorService:
    def __init__(
        self, store: EstateStore, estates: EstateService, residents: ResidentStore, audit: Audit, once: Idempotency
    ) -> None:
        self._store = store
        self._estates = estates
        self._residents = residents
        self._audit = audit
        self._once = once
        self._rooms: list[OfHomes] = []

    def follow(self, room: OfHomes) -> None:
        """While the city is put together."""
        self._rooms.append(room)

    async def listed(self, estate: str, building: str, request: PageRequest) -> Page[Home]:
        """Of an estate, or of one building of it. For the desk."""
        return await self._store.homes(estate, building or None, request)

    async def one(self, home: str) -> Home | None:
        """By its id. For the desk."""
        return await self._store.home(home)

    async def add(self, viewer: Viewer, estate: str, door: Doorway, key: str) -> Home:
        """Raises EstateUnknown, EstateInvalid, HomeThere, IdempotencyConflict."""
        home = home_of(estate, door.building, door.room)

        async def work(tx: Tx) -> Home:
            await self._estates.managed(viewer, estate, tx=tx)
            await self._add(home, tx)
            await self._audit.record(viewer, "home.added", home.id, tx, estate=estate)
            return home

        return await self._once.once(Call.of(viewer, "addHome", key, home), _HOME, work)

    async def rename(self, viewer: Viewer, home: str, door: Doorway, key: str) -> Home:
        """What is kept of it goes with it. Raises HomeUnknown, HomeInUse, HomeThere, EstateInvalid,
        IdempotencyConflict.
        """
        was = _named(home)
        now = home_of(was.estate, door.building, door.room)

        async def work(tx: Tx) -> Home:
            await self._take_away(viewer, was, tx)
            await self._add(now, tx)
            household, to = self._residents.household_of(was), self._residents.household_of(now)
            for room in self._rooms:
                await room.home_renamed(household, now, to, tx)
            await self._audit.record(viewer, "home.renamed", was.id, tx, estate=was.estate, to=now.id)
            return now

        return await self._once.once(Call.of(viewer, "renameHome", key, home, now), _HOME, work)

    async def end(self, viewer: Viewer, home: str, reason: str, key: str) -> Home:
        """Raises HomeUnknown, HomeInUse, EstateReasonMissing, IdempotencyConflict."""
        why = reason_of(reason)
        was = _named(home)

        async def work(tx: Tx) -> Home:
            await self._take_away(viewer, was, tx)
            for room in self._rooms:
                await room.home_ended(self._residents.household_of(was), tx)
            await self._audit.record(viewer, "home.ended", was.id, tx, estate=was.estate, reason=why)
            return was

        return await self._once.once(Call.of(viewer, "endHome", key, home, why), _HOME, work)

    async def _take_away(self, viewer: Viewer, home: Home, tx: Tx) -> None:
        """Raises HomeUnknown, HomeInUse."""
        if not await self._estates.keeps(viewer, home.estate) or not await self._store.end_home(home, tx):
            raise HomeUnknown
        if people := await self._residents.in_use(home, tx):
            raise HomeInUse(people)
        await self._residents.forget_household(home, tx)

    async def _add(self, home: Home, tx: Tx) -> None:
        """Raises HomeThere."""
        if await self._store.has(home, tx):
            raise HomeThere
        try:
            await self._store.add_home(home, tx)
        except DuplicateKey:
            raise HomeThere from None


def _named(home: str) -> Home:
    """By its id. Raises HomeUnknown."""
    parts = home.split(":")
    if len(parts) != 3:
        raise HomeUnknown
    return Home(*parts)
