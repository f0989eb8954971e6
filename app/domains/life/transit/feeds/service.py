"""Importing a feed: read and checked as a whole, written beside the one in force, and switched to by one change.

A version is its content: the same file is the same version, and importing it again changes nothing. A process that is
killed midway leaves pieces that nobody points to; the job tidies them up when its lease is over, and so it does with
versions that are long out of force.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import BinaryIO

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.ids import new_id
from app.core.mongo import Database, DuplicateKey, Tx
from app.core.viewer import Viewer
from app.domains.life.transit.calendars.model import Calendar, day_at, zone_of
from app.domains.life.transit.feeds.building import parts_of
from app.domains.life.transit.feeds.errors import FeedOvertaken, FeedRefused, FeedRunning, FeedUnknown
from app.domains.life.transit.feeds.model import (
    FeedReport,
    FeedSummary,
    FeedVersion,
    FindingKind,
    Findings,
    InForce,
    VersionState,
    switched,
)
from app.domains.life.transit.feeds.store import FeedStore
from app.domains.life.transit.timetable.model import Parts
from app.domains.life.transit.timetable.packing import packed
from app.domains.life.transit.timetable.service import TimetableKeeper
from app.domains.life.transit.timetable.store import TimetableStore

FORM = "g1"  # of what is kept: another form makes other versions of the same files
_LEASE = timedelta(minutes=2)
_KEPT = timedelta(days=2)
_PART = 1 << 20
_RIVALS = 4
Opened = Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class Imported:
    """`fresh` is false for the version that was in force already."""

    report: FeedReport
    fresh: bool


class FeedService:
    def __init__(
        self,
        db: Database,
        feeds: FeedStore,
        timetables: TimetableStore,
        keeper: TimetableKeeper,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._db = db
        self._feeds = feeds
        self._timetables = timetables
        self._keeper = keeper
        self._audit = audit
        self._clock = clock

    async def check(self, opened: Opened) -> FeedReport:
        """What importing it would come to; nothing is written."""
        return (await asyncio.to_thread(_read, opened, self._clock.now()))[0]

    async def run(self, viewer: Viewer, opened: Opened) -> Imported:
        """Import it and put it in force. Raises FeedRefused, FeedRunning, FeedOvertaken."""
        report, parts = await asyncio.to_thread(_read, opened, self._clock.now())
        if parts is None or report.summary is None:
            raise FeedRefused(report.findings, len(report.findings))
        pointer = await self._feeds.in_force()
        if pointer is not None and pointer.version == report.version:
            return Imported(report, fresh=False)
        version = await self._begun(report, report.summary)
        if version.state is VersionState.LOADING:
            version = await self._written(version, parts)
        await self._switched(viewer, version)
        return Imported(report, fresh=True)

    async def restore(self, viewer: Viewer, id_: str) -> None:
        """Put a version in force again that is still kept. Raises FeedUnknown."""
        version = await self._feeds.get(id_)
        if version is None or version.state is not VersionState.READY:
            raise FeedUnknown
        await self._switched(viewer, version)

    async def versions(self) -> tuple[InForce | None, list[FeedVersion]]:
        return await self._feeds.in_force(), await self._feeds.listed()

    async def tidy(self) -> int:
        """Delete what no process loads and nobody points to; how many versions that were."""
        now, gone = self._clock.now(), 0
        for version in await self._feeds.idle(now - _LEASE):
            if version.state is VersionState.READY and version.alive_at > now - _KEPT:
                continue
            if await self._db.transaction(lambda tx, one=version: self._given_up(one, tx)):  # type: ignore[misc]
                await self._timetables.drop(version.id)
                await self._feeds.forget(version.id)
                gone += 1
        return gone

    async def _given_up(self, version: FeedVersion, tx: Tx) -> bool:
        pointer = await self._feeds.in_force(tx)
        if pointer is not None and pointer.version == version.id:
            return False
        return await self._feeds.give_up(version, tx)

    async def _begun(self, report: FeedReport, summary: FeedSummary) -> FeedVersion:
        """Whose loading is this process's now; or one that is whole. Raises FeedRunning."""
        was, now = await self._feeds.get(report.version), self._clock.now()
        if was is not None and was.state is VersionState.READY:
            return was
        if was is not None and was.alive_at > now - _LEASE:
            raise FeedRunning
        warnings = len(report.findings)
        fresh = FeedVersion(report.version, VersionState.LOADING, summary, warnings, now, now, new_id())
        if not await self._feeds.begin(fresh, was):
            raise FeedRunning
        return fresh

    async def _written(self, version: FeedVersion, parts: Parts) -> FeedVersion:
        """Piece by piece; each renews the lease. Raises FeedOvertaken."""
        pieces = await asyncio.to_thread(list, packed(parts))
        for number, piece in enumerate(pieces):
            if not await self._feeds.alive(version, self._clock.now(), number + 1):
                raise FeedOvertaken
            await self._timetables.put(version.id, number, piece)
        return version

    async def _switched(self, viewer: Viewer, version: FeedVersion) -> None:
        now = self._clock.now()

        async def work(tx: Tx) -> None:
            was = await self._feeds.in_force(tx)
            if was is not None and was.version == version.id:
                return
            whole = self._feeds.ready(version, tx) if version.state is VersionState.LOADING else None
            if not await (whole or self._feeds.used(version, now, tx)):
                raise FeedOvertaken
            if was is not None and (old := await self._feeds.get(was.version, tx)) is not None:
                await self._feeds.used(old, now, tx)  # kept for some days from now on
            if not await self._feeds.point(switched(was, version.id, now, viewer.acting()), tx):
                raise DuplicateKey("switched meanwhile")
            before = was.version if was else None
            await self._audit.record(viewer, "transit.feed_switched", version.id, tx, was=before)

        for _ in range(_RIVALS):
            with suppress(DuplicateKey):  # another was switched to meanwhile: look again
                await self._db.transaction(work)
                break
        else:
            await self._db.transaction(work)
        await self._keeper.load()


def _read(opened: Opened, now: datetime) -> tuple[FeedReport, Parts | None]:
    """What a file is and holds."""
    found = Findings()
    with opened() as file:
        version, size = _version(file)
        file.seek(0)
        parts = parts_of(file, found)
    summary = _summary(parts, found, now) if parts else None
    return FeedReport(version, size, summary, found.listed()), parts


def _version(file: BinaryIO) -> tuple[str, int]:
    read, size = hashlib.sha256(), 0
    while part := file.read(_PART):
        read.update(part)
        size += len(part)
    return f"{FORM}-{read.hexdigest()[:24]}", size


def _summary(parts: Parts, found: Findings, now: datetime) -> FeedSummary:
    zone = zone_of(parts.zone) or UTC
    span, today = Calendar(parts.services).span, day_at(now, zone)
    if span is None or span[1] < today:
        found.note(FindingKind.EXPIRED, "calendar.txt", value=str(date.fromordinal(span[1])) if span else "")
    elif span[0] > today:
        found.note(FindingKind.NOT_BEGUN, "calendar.txt", value=str(date.fromordinal(span[0])))
    return FeedSummary(
        publisher=parts.publisher,
        zone=parts.zone,
        agencies=len(parts.agencies),
        stops=len(parts.stops),
        routes=len(parts.routes),
        trips=len(parts.trips),
        calls=len(parts.calls),
        first_day=date.fromordinal(span[0]) if span else None,
        last_day=date.fromordinal(span[1]) if span else None,
    )
