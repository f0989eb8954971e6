"""What the directory of places asks of other rooms: who reviews, what may be said, what shows that a place was used;
and its reviews before those who moderate.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from app.core.clock import Clock
from app.core.mongo import Tx
from app.core.paging import MOST, PageRequest
from app.core.viewer import Viewer
from app.domains.appointments.booking.bookings.model import BookingState
from app.domains.appointments.booking.bookings.store import BookingStore
from app.domains.appointments.times.venues.service import VenueService
from app.domains.identity.citizens.model import mask_name
from app.domains.identity.citizens.store import CitizenStore
from app.domains.life.directory.reviews.model import Proof, Review, Reviewer, Standing
from app.domains.life.directory.reviews.service import ReviewService
from app.domains.payment.payments.model import PaymentState
from app.domains.payment.payments.store import PaymentStore
from app.domains.voice.conversations.moderation.model import PostKind, Subject, Visibility
from app.domains.voice.conversations.moderation.service import ModerationService
from app.domains.voice.conversations.moderation.speaking.errors import OnlyRealPeople, SpeakerUnverified
from app.domains.voice.conversations.moderation.words.model import Length, demand_public, is_suspect, parsed
from virtual_card.disclosures.store import DisclosureStore

_WITHIN = timedelta(days=366)
_CAME = frozenset({BookingState.ARRIVED, BookingState.CALLED, BookingState.SERVED})


class PublicWords:
    """Fulfils `life.directory.reviews.service.Words` by the rules for all that is said in public."""

    def public(self, raw: str, field: str, most: int) -> str:
        return demand_public(parsed(raw, field, Length(2, most)), field)

    def suspect(self, text: str) -> bool:
        return is_suspect(text)


class RealPeople:
    """Fulfils `life.directory.reviews.service.Reviewers`: in person, with a verified name, which others see masked."""

    def __init__(self, citizens: CitizenStore) -> None:
        self._citizens = citizens

    async def of(self, viewer: Viewer) -> Reviewer:
        """Raises SpeakerUnverified, OnlyRealPeople, Forbidden (for a ward nobody speaks)."""
        person = await self._citizens.get(viewer.self_only())
        if person is None or not person.verified or not person.name:
            raise SpeakerUnverified
        if person.test_of is not None:
            raise OnlyRealPeople
        return Reviewer(person.id, mask_name(person.name))


class ProofsOfUse:
    """Fulfils `life.directory.reviews.service.Proofs`: what somebody showed, kept or paid at an organisation within a
    year, as far as the last hundred of his appointments and payments tell.
    """

    def __init__(
        self,
        disclosures: DisclosureStore,
        bookings: BookingStore,
        venues: VenueService,
        payments: PaymentStore,
        clock: Clock,
    ) -> None:
        self._disclosures = disclosures
        self._bookings = bookings
        self._venues = venues
        self._payments = payments
        self._clock = clock

    async def of(self, citizen: str, operator: str) -> Proof | None:
        since = self._clock.now() - _WITHIN
        if await self._disclosures.shown_since(citizen, operator, since):
            return Proof.VERIFICATION
        if await self._kept(citizen, operator, since):
            return Proof.BOOKING
        return Proof.PAYMENT if await self._paid(citizen, operator, since) else None

    async def _kept(self, citizen: str, operator: str, since: datetime) -> bool:
        page = await self._bookings.of(citizen, PageRequest(MOST))
        came = {one.venue for one in page.items if one.state in _CAME and one.starts_at >= since}
        known = self._venues.directory.venues
        return any(operator in (known[one].organisation, known[one].unit) for one in came if one in known)

    async def _paid(self, citizen: str, operator: str, since: datetime) -> bool:
        page = await self._payments.page_of_payer(citizen, PageRequest(MOST))
        paid = (one for one in page.items if one.state is PaymentState.CAPTURED and one.made_at >= since)
        return any(one.payee.id == operator for one in paid)


class ReviewMatters:
    """Fulfils `life.directory.reviews.service.Moderators`."""

    def __init__(self, moderation: ModerationService) -> None:
        self._moderation = moderation

    async def enlist(self, review: str, author: str, tx: Tx) -> None:
        await self._moderation.enlist(PostKind.REVIEW, review, author, tx)


class ReviewBoard:
    """Reviews before those who moderate: fulfils `voice.conversations.moderation.service.Board`."""

    def __init__(self, reviews: ReviewService) -> None:
        self._reviews = reviews

    async def subject(self, post: str, tx: Tx | None = None) -> Subject | None:
        one = await self._reviews.get(post, tx)
        return _subject(one) if one else None

    async def turn(self, post: str, to: Visibility, at: datetime, tx: Tx) -> None:
        await self._reviews.turn(post, Standing(to.value), tx)


def _subject(one: Review) -> Subject:
    return Subject(one.citizen, one.name, Visibility(one.standing.value), f"{'★' * one.stars} {one.words}", one.at)
