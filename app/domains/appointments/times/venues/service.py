"""Keeping venues, their resources and services; finding what can be booked, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Document, Tx
from app.core.said import Said
from app.core.viewer import Viewer
from app.domains.appointments.times.venues.errors import (
    FeeInvalid,
    ResourceUnknown,
    ServiceRulesInvalid,
    ServiceUnknown,
    VenueNameMissing,
    VenueUnknown,
)
from app.domains.appointments.times.venues.model import Directory, Place, Resource, Service, Venue, VenueKind, nearest
from app.domains.appointments.times.venues.store import VenueStore, resource_of, service_of, venue_of

SCOPE = "appointments"
_MOST_FEE = 1_000_000
_MOST_OPEN = 10
_MOST_CUT_OFF = timedelta(days=7)
_VENUE, _RESOURCE, _SERVICE = TypeAdapter(Venue), TypeAdapter(Resource), TypeAdapter(Service)
Thing = TypeVar("Thing", Venue, Resource, Service)


class VenueService:
    """`directory` is all there is, kept in memory."""

    def __init__(self, store: VenueStore, audit: Audit, idempotency: Idempotency) -> None:
        self._store = store
        self._audit = audit
        self._idempotency = idempotency
        self.directory = Directory()

    async def load(self) -> None:
        # Into the one that is there: what was saved while the rows were read is not lost, and nothing is ever removed.
        self.directory.put(await self._store.all())

    def venue_changed(self, row: Document) -> None:
        self.directory.put([venue_of(row)])

    def resource_changed(self, row: Document) -> None:
        self.directory.put([resource_of(row)])

    def service_changed(self, row: Document) -> None:
        self.directory.put([service_of(row)])

    def find(
        self,
        test_of: str | None,
        *,
        kind: VenueKind | None = None,
        item: str | None = None,
        near: Place | None = None,
    ) -> list[Venue]:
        """Venues a citizen may go to, by kind and by a service for this item of the catalogue, nearest first."""
        offering = {one.venue for one in self.directory.services.values() if one.active and one.item == item}
        return nearest(
            [
                venue
                for venue in self.directory.venues.values()
                if _seen(venue, test_of) and kind in (None, venue.kind) and (item is None or venue.id in offering)
            ],
            near,
        )

    def venue(self, venue: str, test_of: str | None) -> Venue | None:
        found = self.directory.venues.get(venue)
        return found if found is not None and _seen(found, test_of) else None

    def bookable(self, service: str, test_of: str | None) -> Service:
        """With those resources alone that receive people. Raises ServiceUnknown."""
        found = self.directory.services.get(service)
        if found is None or not found.active or self.venue(found.venue, test_of) is None:
            raise ServiceUnknown
        return replace(found, resources=tuple(filter(self.directory.receives, found.resources)))

    def services(self, test_of: str | None, *, venue: str | None = None, item: str | None = None) -> list[Service]:
        return sorted(
            (
                service
                for service in self.directory.services.values()
                if service.active
                and venue in (None, service.venue)
                and item in (None, service.item)
                and self.venue(service.venue, test_of) is not None
            ),
            key=lambda service: service.id,
        )

    def own(self, viewer: Viewer, venue: str) -> Venue:
        """A venue that the provider keeps. Raises VenueUnknown."""
        found = self.directory.venues.get(venue)
        if found is None or not _owned(viewer, found):
            raise VenueUnknown
        return found

    def own_resource(self, viewer: Viewer, resource: str) -> Resource:
        """Raises ResourceUnknown."""
        found = self.directory.resources.get(resource)
        if found is None or not _owned(viewer, found):
            raise ResourceUnknown
        return found

    def kept_by(self, viewer: Viewer) -> Sequence[Venue]:
        return sorted((v for v in self.directory.venues.values() if _owned(viewer, v)), key=lambda v: v.id)

    async def save_venue(self, viewer: Viewer, venue: Venue, key: str) -> Venue:
        """Raises VenueNameMissing, IdempotencyConflict."""
        _named(venue.name)
        return await self._save(viewer, venue, "saveVenue", "venue.saved", key, _VENUE)

    async def save_resource(self, viewer: Viewer, resource: Resource, key: str) -> Resource:
        """Raises VenueUnknown, VenueNameMissing, FeeInvalid, IdempotencyConflict."""
        self.own(viewer, resource.venue)
        _named(resource.name)
        _payable(resource.fee or 0)
        return await self._save(viewer, resource, "saveResource", "resource.saved", key, _RESOURCE)

    async def save_service(self, viewer: Viewer, service: Service, key: str) -> Service:
        """Raises VenueUnknown, ResourceUnknown, VenueNameMissing, FeeInvalid, ServiceRulesInvalid,
        IdempotencyConflict.
        """
        self.own(viewer, service.venue)
        _named(service.name)
        _payable(service.fee)
        for resource in service.resources:
            if self.own_resource(viewer, resource).venue != service.venue:
                raise ResourceUnknown
        if not (timedelta(0) <= service.cut_off <= _MOST_CUT_OFF and 1 <= service.most_open <= _MOST_OPEN):
            raise ServiceRulesInvalid
        return await self._save(viewer, service, "saveService", "service.saved", key, _SERVICE)

    async def _save(
        self, viewer: Viewer, thing: Thing, operation: str, action: str, key: str, reply: TypeAdapter[Thing]
    ) -> Thing:
        async def work(tx: Tx) -> Thing:
            await self._store.put(thing, tx)
            await self._audit.record(viewer, action, thing.id, tx)
            return thing

        # Not after a repeat: it may have been changed once more since.
        call = Call.of(viewer, operation, key, thing)
        return await self._idempotency.once(call, reply, work, after=lambda saved: self.directory.put([saved]))


def _seen(venue: Venue, test_of: str | None) -> bool:
    """A test citizen sees what its own organisation tries; others see what is real."""
    mine = venue.organisation == test_of if venue.test else test_of is None
    return venue.active and mine


def _owned(viewer: Viewer, thing: Venue | Resource) -> bool:
    return thing.organisation == viewer.provider(SCOPE) and thing.test is viewer.test_mode


def _named(name: Said) -> None:
    if not 1 <= len(name.zh.strip()) <= 80 or len(name.en) > 80:
        raise VenueNameMissing


def _payable(fee: int) -> None:
    if not 0 <= fee <= _MOST_FEE:
        raise FeeInvalid
