"""Timetables: which version is in force, importing another, and what is heard of buses under way."""

from __future__ import annotations

import base64
import binascii
from datetime import date, datetime
from io import BytesIO
from typing import Annotated

from pydantic import Field

from app.admin.api.desk import ADMINISTRATORS, ANY, Body, Desk, Id, Reply, allowed, desk_router
from app.core.errors import BadInput
from app.domains.life.transit.feeds.model import (
    FeedReport,
    FeedSummary,
    FeedVersion,
    Finding,
    FindingKind,
    VersionState,
)

router = desk_router("transit")
LARGEST_FEED = 16 << 20  # packed; larger ones are imported from the shell
_LARGEST_BODY = LARGEST_FEED * 4 // 3 + 1_000


class FeedFile(Body):
    """`data` is the zip file as base64."""

    data: str = Field(min_length=1, max_length=LARGEST_FEED * 4 // 3 + 4)

    def opened(self) -> BytesIO:
        """Raises BadInput."""
        try:
            return BytesIO(base64.b64decode(self.data, validate=True))
        except (binascii.Error, ValueError):
            raise BadInput(field="data") from None


class FindingShown(Reply):
    """`breaks`: with it nothing is imported. `more` of its kind and file are not listed."""

    kind: FindingKind
    breaks: bool
    file: str
    line: int
    field: str
    value: str
    more: int

    @classmethod
    def of(cls, one: Finding) -> FindingShown:
        return cls(
            kind=one.kind,
            breaks=one.breaks,
            file=one.file,
            line=one.line,
            field=one.field,
            value=one.value,
            more=one.more,
        )


class SummaryShown(Reply):
    publisher: str
    zone: str
    agencies: int
    stops: int
    routes: int
    trips: int
    calls: int
    first_day: date | None
    last_day: date | None

    @classmethod
    def of(cls, one: FeedSummary) -> SummaryShown:
        return cls(
            publisher=one.publisher,
            zone=one.zone,
            agencies=one.agencies,
            stops=one.stops,
            routes=one.routes,
            trips=one.trips,
            calls=one.calls,
            first_day=one.first_day,
            last_day=one.last_day,
        )


class ReportShown(Reply):
    """`summary` is null when nothing can be made of the file. `fresh` is false for what was in force already."""

    version: str
    usable: bool
    fresh: bool
    summary: SummaryShown | None
    findings: list[FindingShown]

    @classmethod
    def of(cls, report: FeedReport, *, fresh: bool) -> ReportShown:
        return cls(
            version=report.version,
            usable=report.usable,
            fresh=fresh,
            summary=SummaryShown.of(report.summary) if report.summary else None,
            findings=[FindingShown.of(one) for one in report.findings],
        )


class VersionShown(Reply):
    version: str
    state: VersionState
    in_force: bool
    made_at: datetime
    warnings: int
    summary: SummaryShown

    @classmethod
    def of(cls, one: FeedVersion, in_force: str | None) -> VersionShown:
        return cls(
            version=one.id,
            state=one.state,
            in_force=one.id == in_force,
            made_at=one.made_at,
            warnings=one.warnings,
            summary=SummaryShown.of(one.summary),
        )


class VersionsShown(Reply):
    """`looked_at`: when the live feed was asked last, with what `outcome`; `heard_at`: when it said something."""

    since: datetime | None
    items: list[VersionShown]
    looked_at: datetime | None
    outcome: str | None
    heard_at: datetime | None


@router.get("/transit/feeds")
async def feeds(desk: Annotated[Desk, allowed("feeds", *ANY)]) -> VersionsShown:
    """The newest first."""
    transit = desk.services.life.transit
    pointer, kept = await transit.feeds.versions()
    looked_at, outcome, heard_at = await transit.listening.last_look() or (None, None, None)
    return VersionsShown(
        since=pointer.since if pointer else None,
        items=[VersionShown.of(one, pointer.version if pointer else None) for one in kept],
        looked_at=looked_at,
        outcome=outcome,
        heard_at=heard_at,
    )


@router.post("/transit/feed-checks")
async def check(
    body: FeedFile, desk: Annotated[Desk, allowed("check_feed", *ADMINISTRATORS, most=_LARGEST_BODY)]
) -> ReportShown:
    """What importing it would come to. Nothing is changed."""
    return ReportShown.of(await desk.services.life.transit.feeds.check(body.opened), fresh=False)


@router.post("/transit/feeds")
async def import_feed(
    body: FeedFile, desk: Annotated[Desk, allowed("import_feed", *ADMINISTRATORS, most=_LARGEST_BODY)]
) -> ReportShown:
    """Import it and put it in force: all of it, or nothing. The same file again changes nothing."""
    done = await desk.services.life.transit.feeds.run(desk.viewer, body.opened)
    return ReportShown.of(done.report, fresh=done.fresh)


@router.post("/transit/feeds/{version}/restoration")
async def restore(version: Id, desk: Annotated[Desk, allowed("restore_feed", *ADMINISTRATORS)]) -> VersionsShown:
    """Put a version in force again that is still kept."""
    await desk.services.life.transit.feeds.restore(desk.viewer, version)
    return await feeds(desk)
