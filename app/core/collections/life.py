"""My life: places, transit, health, surroundings, culture, and what the home page keeps."""

from __future__ import annotations

from app.core.collections.shape import BY_ID, TIDY, Index, Sealed, Shape
from app.core.collections.surroundings import SURROUNDINGS

LIFE: dict[str, Shape] = {
    **SURROUNDINGS,
    # transit
    **dict.fromkeys(("transit_feeds", "transit_live", "transit_looks", "transit_favourites"), Shape(BY_ID)),
    "transit_versions": Shape(BY_ID, (Index((("alive_at", 1),)), Index((("made_at", -1), ("_id", -1))))),
    "transit_pieces": Shape(BY_ID, (Index((("version", 1), ("_id", 1))),)),
    "transit_watches": Shape(
        BY_ID, (Index((("looked_from", 1), ("_id", 1)), partial={"open": True}), Index((("citizen", 1), ("_id", 1))))
    ),
    # the home page: what a person chose of it; the scenes
    "home_pages": Shape(BY_ID),
    "home_scenes": Shape(BY_ID),
    # the directory of places
    "places": Shape(
        BY_ID,
        (
            Index((("kind", 1), ("_id", 1))),
            Index((("state", 1), ("_id", 1))),
            # What lies near, in cells of three sizes, with all that measuring needs; the same place twice.
            *(
                Index(((size, 1), ("kind", 1), ("latitude", 1), ("longitude", 1), ("_id", 1)))
                for size in ("spot", "cell", "area")
            ),
            Index((("twin", 1),), partial={"active": True}),
            Index((("keys", 1),)),
            Index((("operator", 1), ("_id", 1))),
        ),
    ),
    "place_changes": Shape(BY_ID, (Index((("place", 1), ("_id", -1))),)),
    **dict.fromkeys(("place_imports", "place_locks", "place_correction_slots"), Shape(BY_ID)),
    "place_doubles": Shape(BY_ID, (Index((("state", 1), ("_id", 1))),)),
    "place_reviews": Shape(
        BY_ID,
        (
            Index((("place", 1), ("listed", 1), ("turn", -1))),
            Index((("citizen", 1), ("turn", -1))),
            Index((("citizen", 1), ("place", 1))),
            Index((("state", 1), ("turn", -1))),
        ),
        (Sealed("words", "review words", owner="citizen"),),
    ),
    "place_favourites": Shape(BY_ID, (Index((("citizen", 1), ("turn", -1))), Index((("place", 1), ("_id", 1))))),
    "place_corrections": Shape(
        BY_ID,
        (
            Index((("state", 1), ("_id", 1))),
            Index((("operator", 1), ("state", 1), ("_id", 1))),
            Index((("citizen", 1), ("_id", -1))),
            Index((("place", 1), ("_id", -1))),
        ),
        (Sealed("note", "correction note", owner="citizen"),),
    ),
    # culture
    "culture_venues": Shape(BY_ID, (Index((("organisation", 1), ("_id", 1))), Index((("active", 1), ("_id", 1))))),
    "culture_events": Shape(
        BY_ID,
        (
            Index((("state", 1), ("turn", 1))),
            Index((("state", 1), ("kind", 1), ("turn", 1))),
            Index((("organisation", 1), ("_id", -1))),
            Index((("state", 1), ("_id", -1))),
        ),
    ),
    "culture_listings": Shape(
        BY_ID,
        (
            Index((("grams", 1), ("turn", 1))),
            Index((("days", 1), ("turn", 1))),
            Index((("cells", 1), ("turn", 1))),
        ),
    ),
    "culture_sessions": Shape(
        BY_ID, (Index((("event", 1), ("starts_at", 1))), Index((("venue", 1), ("hall", 1), ("ends_at", 1))))
    ),
    "event_places": Shape(BY_ID, (Index((("session", 1), ("purchase", 1), ("_id", 1))),)),
    "ticket_purchases": Shape(
        BY_ID,
        (
            Index((("citizen", 1), ("_id", -1))),
            Index((("citizen", 1), ("state", -1), ("ends_at", 1))),
            Index((("session", 1), ("state", 1), ("_id", 1))),
            Index((("state", 1), ("hold_until", 1)), partial={"state": "held"}),
            Index((("owed", 1), ("_id", 1)), partial={"owed": {"$gt": 0}}),
            Index((("state", 1), ("remind_at", 1)), partial={"state": "good"}),
        ),
    ),
    "ticket_waits": Shape(
        ("citizen",),
        (
            Index((("citizen", 1), ("session", 1)), unique=True, partial={"open": True}),
            Index((("citizen", 1), ("_id", -1))),
            Index((("session", 1), ("state", 1), ("_id", 1), ("count", 1))),
            Index((("open", 1), ("session", 1), ("_id", 1)), partial={"open": True}),
            Index((("state", 1), ("until", 1)), partial={"state": "offered"}),
        ),
    ),
    "ticket_counts": Shape(BY_ID, (Index((("citizen", 1),)),)),
    "ticket_runs": Shape(BY_ID, (Index((("done_at", 1), ("_id", 1))), Index((("event", 1), ("_id", -1))))),
    "ticket_codes": Shape(BY_ID, (TIDY,)),
    "shown_ticket_codes": Shape(BY_ID, (TIDY,)),
    "library_cards": Shape(
        BY_ID, (Index((("reminders", 1), ("_id", 1))),), (Sealed("number", "library card", owner="_id"),)
    ),
    "library_asks": Shape(BY_ID, (TIDY,)),
    "reading_lists": Shape(BY_ID),
    "reading_titles": Shape(
        BY_ID, (Index((("citizen", 1), ("_id", -1))),), (Sealed("what", "reading list title", owner="citizen"),)
    ),
    # health: what is kept up to date, and what centres look at with their patients; no record is kept
    "vaccination_certificates": Shape(BY_ID, (Index((("look_at", 1),)),)),
    "follow_up_plans": Shape(
        ("citizen",),
        (
            Index((("citizen", 1), ("organisation", 1), ("kind", 1)), unique=True, partial={"open": True}),
            Index((("citizen", 1), ("due", 1))),
            Index((("organisation", 1), ("contract", 1))),
            Index((("organisation", 1), ("test", 1), ("_id", 1)), partial={"open": True}),
            Index((("_id", 1), ("due", 1)), partial={"open": True}),
            Index((("open", 1), ("remind_on", 1))),
            Index((("open", 1), ("miss_on", 1))),
        ),
    ),
    "follow_ups": Shape(
        ("citizen",),
        (Index((("plan", 1), ("_id", -1))), Index((("citizen", 1), ("_id", -1)))),
        (Sealed("result", "follow-up result", owner="citizen"),),
    ),
    "sights": Shape(
        BY_ID,
        (
            Index((("active", 1), ("rank", 1), ("_id", 1))),
            Index((("organisation", 1), ("rank", 1), ("_id", 1))),
            Index((("rank", 1), ("_id", 1))),
        ),
    ),
    "sight_crowds": Shape(BY_ID),
    "day_routes": Shape(BY_ID, (Index((("active", 1), ("rank", 1), ("_id", 1))), Index((("rank", 1), ("_id", 1))))),
}
