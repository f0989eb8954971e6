"""A citizen's bookings, places on waiting lists, and whether he may book."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from app.core.said import Said
from app.domains.appointments.booking.blocks import model as blocks
from app.domains.appointments.booking.blocks.model import AppealState
from app.domains.appointments.booking.blocks.service import Standing
from app.domains.appointments.booking.bookings import model as bookings
from app.domains.appointments.booking.bookings.model import BookingState, CancelledBy, PaymentState
from app.domains.appointments.booking.feeds import model as feeds
from app.domains.appointments.booking.feeds.model import FeedDetail
from app.domains.appointments.booking.waiting import model as waiting
from app.domains.appointments.booking.waiting.model import WaitingState
from app.domains.appointments.times.venues.model import Directory
from graphql_schema.types.common import Info, Node, global_id

strawberry.enum(BookingState)
strawberry.enum(CancelledBy, name="BookingCancelledBy")
strawberry.enum(
    PaymentState, name="BookingPaymentState", description="OWED_BACK: it is given back, if it was paid or will yet be."
)
strawberry.enum(WaitingState)
strawberry.enum(AppealState, name="BookingAppealState")
strawberry.enum(FeedDetail, name="CalendarDetail", description="PLAIN: titles say “appointment” and no more.")


@strawberry.type(description="A time at a venue. `number` is what one quotes, `ownNumber` the house's.")
class Booking(Node):
    number: str
    state: BookingState
    venue_id: strawberry.ID
    venue_name: str
    address: str
    service_id: strawberry.ID
    service_name: str
    resource_id: strawberry.ID
    resource_name: str
    bring: str
    starts_at: datetime
    ends_at: datetime
    hold_until: datetime | None = strawberry.field(description="Until then a hold is confirmed, an offer answered.")
    cut_off: datetime = strawberry.field(description="The last moment to cancel or move.")
    fee: int = strawberry.field(description="In fen.")
    payment: PaymentState
    pay_at: str | None = strawberry.field(description="Where to pay, before it is confirmed.")
    own_number: str | None
    cancelled_by: CancelledBy | None
    reason: str | None = strawberry.field(description="In the words of the venue that cancelled it.")
    calendar_file: str = strawberry.field(description="Link to an iCalendar file, good for ten minutes.")

    @classmethod
    def of(cls, booking: bookings.Booking, info: Info) -> Booking:
        rooms, locale = info.context.services.appointments, info.context.locale
        return cls(
            id=global_id("Booking", booking.id),
            number=booking.number,
            state=booking.state_on(rooms.bookings.now),
            venue_id=global_id("Venue", booking.venue),
            service_id=global_id("BookableService", booking.service),
            resource_id=global_id("VenueResource", booking.resource),
            starts_at=booking.starts_at,
            ends_at=booking.ends_at,
            hold_until=booking.hold_until,
            cut_off=booking.cut_off,
            fee=booking.fee,
            payment=booking.payment,
            pay_at=booking.pay_at,
            own_number=booking.own_number,
            cancelled_by=booking.cancelled_by,
            reason=Said(booking.reason, booking.reason_en).within(locale) if booking.reason else None,
            calendar_file=rooms.feeds.link(booking),
            **_names(booking, rooms.venues.directory, locale),
        )


def _names(booking: bookings.Booking, directory: Directory, locale: str) -> dict[str, str]:
    """A place that is no longer in the directory has no name any more."""
    venue, service = directory.venues.get(booking.venue), directory.services.get(booking.service)
    resource = directory.resources.get(booking.resource)
    return {
        "venue_name": venue.name.within(locale) if venue else "",
        "address": venue.address.within(locale) if venue else "",
        "service_name": service.name.within(locale) if service else "",
        "resource_name": resource.name.within(locale) if resource else "",
        "bring": service.bring.within(locale) if service else "",
    }


@strawberry.type(description="A place on a waiting list; `ahead` is how many are before it.")
class WaitingPlace:
    id: strawberry.ID
    service_id: strawberry.ID
    resource_id: strawberry.ID | None
    first: date
    last: date
    state: WaitingState
    since: datetime
    ahead: int
    offer_id: strawberry.ID | None = strawberry.field(description="The booking that was offered.")

    @classmethod
    def of(cls, place: waiting.Waiting, ahead: int = 0) -> WaitingPlace:
        return cls(
            id=global_id("WaitingPlace", place.id),
            service_id=global_id("BookableService", place.service),
            resource_id=global_id("VenueResource", place.resource) if place.resource else None,
            first=place.first,
            last=place.last,
            state=place.state,
            since=place.since,
            ahead=ahead,
            offer_id=global_id("Booking", place.booking) if place.booking else None,
        )


@strawberry.type(description="What one says against being blocked, and the desk's answer.")
class BookingAppeal:
    id: strawberry.ID
    state: AppealState
    at: datetime
    reason: str | None
    answer: str | None

    @classmethod
    def of(cls, appeal: blocks.Appeal) -> BookingAppeal:
        return cls(
            id=global_id("BookingAppeal", appeal.id),
            state=appeal.state,
            at=appeal.at,
            reason=appeal.reason,
            answer=appeal.answer,
        )


@strawberry.type(description="Whether one may book: three missed appointments in 90 days block for 30.")
class BookingStanding:
    missed: int
    blocked_until: datetime | None
    appeal: BookingAppeal | None

    @classmethod
    def of(cls, standing: Standing) -> BookingStanding:
        appeal = BookingAppeal.of(standing.appeal) if standing.appeal else None
        return cls(missed=standing.missed, blocked_until=standing.blocked_until, appeal=appeal)


@strawberry.type(description="A feed of one's bookings. Its address is told when it is made, and never again.")
class CalendarFeed:
    detail: FeedDetail
    made_at: datetime

    @classmethod
    def of(cls, feed: feeds.Feed) -> CalendarFeed:
        return cls(detail=feed.detail, made_at=feed.made_at)


@strawberry.type
class SlotHeld:
    booking: Booking


@strawberry.type(description="Booked; or still held, with the place to pay at in `payAt`: then confirm once more.")
class BookingConfirmed:
    booking: Booking


@strawberry.type
class BookingMoved:
    booking: Booking


@strawberry.type
class BookingCancelled:
    booking: Booking


@strawberry.type(description="Booked; where there is a fee, held for five minutes, to be confirmed when it is paid.")
class OfferAccepted:
    booking: Booking


@strawberry.type
class OfferDeclined:
    booking: Booking


@strawberry.type
class WaitingListJoined:
    place: WaitingPlace


@strawberry.type
class WaitingListLeft:
    place: WaitingPlace


@strawberry.type
class BlockAppealed:
    appeal: BookingAppeal


@strawberry.type
class CalendarFeedMade:
    address: str = strawberry.field(description="Whoever has it sees the bookings: revoke it when it got about.")
    detail: FeedDetail


@strawberry.type
class CalendarFeedRevoked:
    revoked: bool = strawberry.field(description="False when there was none.")
