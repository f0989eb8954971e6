"""Venues, times, bookings, queues."""

from __future__ import annotations

from app.core.collections.shape import BY_ID, Index, Sealed, Shape

APPOINTMENTS: dict[str, Shape] = {
    # appointments
    "venues": Shape(BY_ID, (Index((("organisation", 1), ("_id", 1))),)),
    "venue_resources": Shape(BY_ID, (Index((("venue", 1), ("_id", 1))),)),
    "venue_services": Shape(BY_ID, (Index((("venue", 1), ("_id", 1))),)),
    "schedules": Shape(BY_ID),
    "schedule_exceptions": Shape(BY_ID, (Index((("scope", 1), ("day", 1))), Index((("settled", 1), ("_id", 1))))),
    "appointment_slots": Shape(
        BY_ID,
        (
            Index((("resource", 1), ("day", 1), ("starts_at", 1))),
            Index((("resource", 1), ("starts_at", 1))),
            Index((("venue", 1), ("day", 1))),
            Index((("day", 1),)),
        ),
    ),
    "withheld_seats": Shape(BY_ID, (Index((("until", 1),)),)),
    "bookings": Shape(
        ("citizen",),
        (
            Index((("citizen", 1), ("_id", -1))),
            Index((("venue", 1), ("day", 1), ("_id", 1))),
            Index((("slot", 1), ("state", 1))),
            Index((("state", 1), ("hold_until", 1))),
            Index((("state", 1), ("ends_at", 1))),
            Index((("payment", 1), ("_id", 1))),
            Index((("remind_at", 1),), partial={"remind_at": {"$exists": True}}),
        ),
    ),
    "diaries": Shape(BY_ID, (Index((("blocked", 1), ("_id", -1))),)),
    "waiting": Shape(
        ("citizen",),
        (
            Index((("citizen", 1), ("service", 1)), unique=True, partial={"open": True}),
            Index((("citizen", 1), ("_id", -1))),
            Index((("citizen", 1), ("booking", 1))),
            Index((("service", 1), ("state", 1), ("_id", 1))),
            Index((("state", 1), ("last", 1))),
        ),
    ),
    "booking_appeals": Shape(
        ("citizen",),
        (
            Index((("citizen", 1),), unique=True, partial={"open": True}),
            Index((("citizen", 1), ("_id", -1))),
            Index((("state", 1), ("_id", -1))),
        ),
        tuple(Sealed(name, f"appeal {name}", owner="citizen") for name in ("reason", "answer")),
    ),
    "calendar_feeds": Shape(BY_ID, (Index((("citizen", 1),)),)),
    # queues
    "queues": Shape(BY_ID, (Index((("venue", 1), ("_id", 1))),)),
    "queue_lines": Shape(
        BY_ID,
        (
            Index((("venue", 1), ("day", 1), ("_id", 1))),
            Index((("day", 1), ("_id", 1))),
            Index((("done", 1), ("day", 1), ("_id", 1))),
        ),
    ),
    "tickets": Shape(
        BY_ID,
        (
            Index((("line", 1), ("state", 1), ("ended_at", 1))),
            Index((("citizen", 1), ("day", 1), ("taken_at", -1))),
            Index((("citizen", 1), ("line", 1), ("taken_at", 1))),
            Index((("citizen", 1), ("state", 1))),
            Index((("citizen", 1), ("booking", 1))),
        ),
    ),
    "service_counters": Shape(BY_ID, (Index((("venue", 1), ("_id", 1))), Index((("queues", 1), ("open", 1))))),
    "visits": Shape(BY_ID, (Index((("citizen", 1), ("_id", 1))), Index((("venue", 1), ("day", 1))))),
    "family_teams": Shape(
        BY_ID, (Index((("venue", 1), ("active", 1), ("_id", 1))), Index((("active", 1), ("_id", 1))))
    ),
    "family_contracts": Shape(
        ("citizen",),
        (
            Index((("citizen", 1),), unique=True, partial={"open": True}),
            Index((("citizen", 1), ("_id", -1))),
            Index((("team", 1), ("open", 1), ("_id", -1))),
            Index((("open", 1), ("until", 1))),
            Index((("open", 1), ("tells_on", 1))),
        ),
    ),
}
