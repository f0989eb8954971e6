"""The personal feed, its revocation, and the file of one booking behind a signed link."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_secret
from app.core.mongo import Tx
from app.core.paging import PageRequest
from app.core.sealed import KeyRing
from app.core.viewer import Viewer
from app.domains.appointments.booking.bookings.model import Booking
from app.domains.appointments.booking.bookings.store import BookingStore
from app.domains.appointments.booking.feeds.ics import calendar_of
from app.domains.appointments.booking.feeds.model import Feed, FeedDetail
from app.domains.appointments.booking.feeds.store import FeedStore
from app.domains.appointments.times.venues.service import VenueService

_FEED, _DROPPED = TypeAdapter(Feed), TypeAdapter(bool)
_LINK_LIFE = timedelta(minutes=10)
_SHOWN = PageRequest(100)


class FeedService:
    def __init__(
        self,
        feeds: FeedStore,
        bookings: BookingStore,
        venues: VenueService,
        ring: KeyRing,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
        base_url: str,
    ) -> None:
        self._feeds = feeds
        self._bookings = bookings
        self._venues = venues
        self._ring = ring
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock
        self._base_url = base_url.rstrip("/")
        self._host = urlsplit(base_url).hostname or "rong"

    async def mine(self, viewer: Viewer) -> Feed | None:
        return await self._feeds.of(viewer.citizen())

    async def make(self, viewer: Viewer, detail: FeedDetail, key: str) -> Feed:
        """A new address; the one before is good for nothing from here on. Raises IdempotencyConflict."""
        citizen, token = viewer.citizen(), new_secret()
        feed = Feed(citizen, detail, self._clock.now(), f"{self._base_url}/calendar/{token}.ics")

        async def work(tx: Tx) -> Feed:
            await self._feeds.replace(_hash(token), feed, tx)
            await self._audit.record(viewer, "calendar.made", citizen, tx, subject=citizen)
            return feed

        return await self._idempotency.once(Call.of(viewer, "makeCalendarFeed", key, detail.value), _FEED, work)

    async def revoke(self, viewer: Viewer, key: str) -> bool:
        """False when there was none. Raises IdempotencyConflict."""
        citizen = viewer.citizen()

        async def work(tx: Tx) -> bool:
            dropped = await self._feeds.drop(citizen, tx)
            if dropped:
                await self._audit.record(viewer, "calendar.revoked", citizen, tx, subject=citizen)
            return dropped

        return await self._idempotency.once(Call.of(viewer, "revokeCalendarFeed", key), _DROPPED, work)

    async def behind(self, token: str, locale: str) -> bytes | None:
        """The feed with this token; None when it was revoked, or never was."""
        feed = await self._feeds.by_token(_hash(token))
        if feed is None:
            return None
        page = await self._bookings.of(feed.citizen, _SHOWN)
        return self._file(page.items, feed.detail, locale)

    def link(self, booking: Booking) -> str:
        """To the booking's own file, good for ten minutes, without further proof."""
        until = int((self._clock.now() + _LINK_LIFE).timestamp())
        query = {"of": booking.citizen, "until": until, "proof": self._proof(booking.id, booking.citizen, until)}
        return f"{self._base_url}/calendar/bookings/{booking.id}.ics?{urlencode(query)}"

    async def file(self, booking: str, citizen: str, until: int, proof: str, locale: str) -> bytes | None:
        """None when the link is not genuine or over."""
        right = self._proof(booking, citizen, until)
        if not hmac.compare_digest(proof.encode(), right.encode()) or until < self._clock.now().timestamp():
            return None
        found = await self._bookings.get(booking, citizen)
        return self._file([found], FeedDetail.FULL, locale) if found else None

    def _file(self, bookings: list[Booking] | tuple[Booking, ...], detail: FeedDetail, locale: str) -> bytes:
        directory, now = self._venues.directory, self._clock.now()
        return calendar_of(bookings, directory, detail, locale, self._host, now)

    def _proof(self, booking: str, citizen: str, until: int) -> str:
        return self._ring.keyed_hash(f"{booking}.{citizen}.{until}", kind="calendar link")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
