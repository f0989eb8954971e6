"""Houses of culture in MongoDB."""

from __future__ import annotations

from collections.abc import Collection

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.places.model import Point
from app.core.said import said_of, said_row
from app.domains.life.culture.venues.model import CultureVenue, CultureVenueKind, Hall, SeatRow


class CultureVenueStore:
    def __init__(self, db: Database) -> None:
        self._venues = db["culture_venues"]

    async def put(self, venue: CultureVenue, tx: Tx) -> None:
        await self._venues.replace_one({"_id": venue.id}, _row(venue), upsert=True, session=tx)

    async def get(self, venue: str, tx: Tx | None = None) -> CultureVenue | None:
        row = await self._venues.find_one({"_id": venue}, session=tx)
        return _venue(row) if row else None

    async def many(self, venues: Collection[str]) -> dict[str, CultureVenue]:
        rows = await self._venues.find({"_id": {"$in": sorted(set(venues))}}).to_list(None)
        return {row["_id"]: _venue(row) for row in rows}

    async def touch(self, venue: str, tx: Tx) -> None:
        """Of two who change what is on in one house at the same moment one is turned back, and looks again."""
        await self._venues.update_one({"_id": venue}, {"$inc": {"touched": 1}}, session=tx)

    async def page(self, request: PageRequest, organisation: str | None = None) -> Page[CultureVenue]:
        """By id; an organisation's, or those that are open to all."""
        which: Document = {"organisation": organisation} if organisation else {"active": True}
        rows = await page_rows(self._venues, which, request, newest=False)
        return Page.cut([_venue(row) for row in rows], request)


def _row(one: CultureVenue) -> Document:
    return {
        "_id": one.id,
        "organisation": one.organisation,
        "kind": one.kind.value,
        "name": said_row(one.name),
        "address": said_row(one.address),
        "point": [one.point.latitude, one.point.longitude],
        "halls": [_hall_row(hall) for hall in one.halls],
        "hours": said_row(one.hours),
        "words": said_row(one.words),
        "phone": one.phone,
        "active": one.active,
    }


def _hall_row(hall: Hall) -> Document:
    rows = [[row.label, row.seats] for row in hall.rows]
    return {"code": hall.code, "name": said_row(hall.name), "rows": rows, "room": hall.room}


def _venue(row: Document) -> CultureVenue:
    return CultureVenue(
        id=row["_id"],
        organisation=row["organisation"],
        kind=CultureVenueKind(row["kind"]),
        name=said_of(row["name"]),
        address=said_of(row["address"]),
        point=Point(*row["point"]),
        halls=tuple(_hall(hall) for hall in row["halls"]),
        hours=said_of(row["hours"]),
        words=said_of(row["words"]),
        phone=row["phone"],
        active=row["active"],
    )


def _hall(row: Document) -> Hall:
    rows = tuple(SeatRow(label, seats) for label, seats in row["rows"])
    return Hall(row["code"], said_of(row["name"]), rows, row["room"])
