"""Bookings in the form of iCalendar (RFC 5545)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from icalendar import Calendar, Event

from app.core.messages import message
from app.domains.appointments.booking.bookings.model import Booking, BookingState
from app.domains.appointments.booking.feeds.model import FeedDetail
from app.domains.appointments.times.venues.model import Directory

_SHOWN = frozenset(
    {BookingState.BOOKED, BookingState.ARRIVED, BookingState.CALLED, BookingState.SERVED, BookingState.CANCELLED}
)


def calendar_of(
    bookings: Sequence[Booking], directory: Directory, detail: FeedDetail, locale: str, host: str, now: datetime
) -> bytes:
    """What is cancelled stays in it, as cancelled: a calendar that has it takes it out."""
    calendar = Calendar()
    calendar.add("prodid", "-//Rong//Appointments//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", message("CALENDAR_FEED_NAME", locale))
    for booking in bookings:
        if booking.state in _SHOWN:
            calendar.add_component(_event(booking, directory, detail, locale, host, now))
    return bytes(calendar.to_ical())


def _event(booking: Booking, directory: Directory, detail: FeedDetail, locale: str, host: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{booking.id}@{host}")
    event.add("dtstamp", now)
    event.add("dtstart", booking.starts_at)
    event.add("dtend", booking.ends_at)
    event.add("sequence", booking.sequence)
    event.add("status", "CANCELLED" if booking.state is BookingState.CANCELLED else "CONFIRMED")
    # Whoever sees the calendar sees no more than its owner chose.
    event.add("class", "PRIVATE")
    event.add("summary", message("CALENDAR_APPOINTMENT", locale))
    if detail is FeedDetail.FULL:
        _tell_all(event, booking, directory, locale)
    return event


def _tell_all(event: Event, booking: Booking, directory: Directory, locale: str) -> None:
    service, venue = directory.services.get(booking.service), directory.venues.get(booking.venue)
    if service is not None:
        event["summary"] = service.name.within(locale)
        event.add("description", "\n".join(filter(None, [booking.number, service.bring.within(locale)])))
    if venue is not None:
        event.add("location", f"{venue.name.within(locale)}, {venue.address.within(locale)}")
        event.add("geo", (venue.place.latitude, venue.place.longitude))
