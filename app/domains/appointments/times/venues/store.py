"""Venues, resources and services in MongoDB, each by its id."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.core.mongo import Database, Document, Tx
from app.core.said import said_of, said_row
from app.domains.appointments.times.venues.model import Place, Resource, ResourceKind, Service, Venue, VenueKind


class VenueStore:
    def __init__(self, db: Database) -> None:
        self._venues = db["venues"]
        self._resources = db["venue_resources"]
        self._services = db["venue_services"]

    async def all(self) -> list[Venue | Resource | Service]:
        venues = await self._venues.find({}).to_list(None)
        resources = await self._resources.find({}).to_list(None)
        services = await self._services.find({}).to_list(None)
        return [*map(venue_of, venues), *map(resource_of, resources), *map(service_of, services)]

    async def put(self, thing: Venue | Resource | Service, tx: Tx) -> None:
        match thing:
            case Venue():
                await self._venues.replace_one({"_id": thing.id}, _venue_row(thing), upsert=True, session=tx)
            case Resource():
                await self._resources.replace_one({"_id": thing.id}, _resource_row(thing), upsert=True, session=tx)
            case Service():
                await self._services.replace_one({"_id": thing.id}, _service_row(thing), upsert=True, session=tx)


def _venue_row(venue: Venue) -> Document:
    return {
        "_id": venue.id,
        "organisation": venue.organisation,
        "kind": venue.kind.value,
        "name": said_row(venue.name),
        "address": said_row(venue.address),
        "latitude": venue.place.latitude,
        "longitude": venue.place.longitude,
        "hours": said_row(venue.hours),
        "phone": venue.phone,
        "unit": venue.unit,
        "works_on_holidays": venue.works_on_holidays,
        "test": venue.test,
        "active": venue.active,
    }


def venue_of(row: Document) -> Venue:
    return Venue(
        id=row["_id"],
        organisation=row["organisation"],
        kind=VenueKind(row["kind"]),
        name=said_of(row["name"]),
        address=said_of(row["address"]),
        place=Place(row["latitude"], row["longitude"]),
        hours=said_of(row["hours"]),
        phone=row["phone"],
        unit=row["unit"],
        works_on_holidays=row["works_on_holidays"],
        test=row["test"],
        active=row["active"],
    )


def _resource_row(resource: Resource) -> Document:
    return {
        "_id": resource.id,
        "venue": resource.venue,
        "organisation": resource.organisation,
        "kind": resource.kind.value,
        "name": said_row(resource.name),
        "department": said_row(resource.department),
        "title": said_row(resource.title),
        "fee": resource.fee,
        "test": resource.test,
        "active": resource.active,
    }


def resource_of(row: Document) -> Resource:
    said: dict[str, Any] = {name: said_of(row[name]) for name in ("name", "department", "title")}
    plain = {name: row[name] for name in ("venue", "organisation", "fee", "test", "active")}
    return Resource(id=row["_id"], kind=ResourceKind(row["kind"]), **said, **plain)


def _service_row(service: Service) -> Document:
    return {
        "_id": service.id,
        "venue": service.venue,
        "organisation": service.organisation,
        "name": said_row(service.name),
        "resources": list(service.resources),
        "item": service.item,
        "bring": said_row(service.bring),
        "fee": service.fee,
        "cut_off_minutes": int(service.cut_off.total_seconds()) // 60,
        "most_open": service.most_open,
        "test": service.test,
        "active": service.active,
    }


def service_of(row: Document) -> Service:
    plain = {name: row[name] for name in ("venue", "organisation", "item", "fee", "most_open", "test", "active")}
    return Service(
        id=row["_id"],
        name=said_of(row["name"]),
        bring=said_of(row["bring"]),
        resources=tuple(row["resources"]),
        cut_off=timedelta(minutes=row["cut_off_minutes"]),
        **plain,
    )
