"""Care, visits of relatives, votes and shops of the neighbourhood."""

from __future__ import annotations

from app.core.collections.shape import BY_ID, TIDY, Index, Sealed, Shape

TOGETHER: dict[str, Shape] = {
    "shops": Shape(BY_ID, (Index((("estates", 1), ("open", 1), ("_id", 1))), Index((("organisation", 1), ("_id", 1))))),
    "shop_items": Shape(BY_ID, (Index((("shop", 1), ("category", 1), ("_id", 1))), Index((("holds.at", 1),)))),
    "shop_orders": Shape(
        BY_ID,
        (
            Index((("citizen", 1), ("_id", -1))),
            Index((("citizen", 1), ("state", 1))),
            Index((("shop", 1), ("state", 1), ("_id", -1))),
            Index((("shop", 1), ("_id", -1))),
            Index((("state", 1), ("_id", -1))),
            Index((("look_at", 1), ("_id", 1))),
            Index((("owed", 1), ("_id", 1)), partial={"owed": {"$gt": 0}}),
            Index((("failed", 1), ("_id", 1)), partial={"failed": {"$gt": 0}}),
        ),
        (Sealed("private", "shop order", owner="citizen"),),
    ),
    "shop_parcels": Shape(
        BY_ID,
        (
            Index((("citizen", 1), ("_id", -1))),
            Index((("citizen", 1), ("state", 1), ("keep_until", 1))),
            Index((("shop", 1), ("state", 1), ("_id", -1))),
            Index((("look_at", 1),)),
            TIDY,
        ),
        (Sealed("said", "parcel", owner="citizen"),),
    ),
    "votes": Shape(
        BY_ID,
        (
            Index((("estate", 1), ("_id", -1))),
            Index((("state", 1), ("_id", -1))),
            Index((("state", 1), ("closes_at", 1))),
            Index((("running", 1),)),
            Index((("state", 1), ("remind_at", 1)), partial={"state": "open"}),
            Index((("after", 1), ("_id", 1)), partial={"after": {"$gte": ""}}),
        ),
    ),
    "vote_turnouts": Shape(
        BY_ID,
        (Index((("vote", 1), ("_id", 1))), Index((("citizen", 1), ("_id", 1)))),
        (Sealed("home", "vote home", owner="citizen"),),
    ),
    # Under the city's ring: no person's key leads to them.
    "vote_ballots": Shape(BY_ID, (Index((("vote", 1),)),), (Sealed("said", "vote ballot"),)),
    "vote_proxies": Shape(BY_ID, (Index((("citizen", 1), ("_id", 1))),)),
    "home_areas": Shape(BY_ID, (Index((("estate", 1),)),)),
    "vote_books": Shape(BY_ID),
    "care_entries": Shape(
        ("citizen",),
        (
            Index((("citizen", 1),), unique=True, partial={"open": True}),
            Index((("citizen", 1), ("_id", 1))),
            Index((("organisation", 1), ("state", 1), ("_id", -1))),
            Index((("organisation", 1), ("open", 1), ("_id", -1))),
            Index((("organisation", 1), ("missed", 1), ("state", 1), ("_id", -1))),
            Index((("open", 1), ("_id", -1))),
            Index((("state", 1), ("_id", -1))),
            Index((("missed", 1), ("state", 1), ("_id", -1))),
            Index((("look_at", 1),)),
        ),
        (Sealed("private", "care entry", owner="citizen"),),
    ),
    "care_steps": Shape(BY_ID, (Index((("entry", 1), ("at", -1))), Index((("citizen", 1), ("_id", 1))))),
    "care_houses": Shape(BY_ID, (Index((("organisation", 1), ("_id", 1))),)),
    "family_stays": Shape(
        ("citizen",),
        (
            Index((("citizen", 1), ("house", 1)), unique=True, partial={"open": True}),
            Index((("citizen", 1), ("open", 1), ("_id", -1))),
            Index((("house", 1), ("open", 1), ("_id", -1))),
            Index((("house", 1), ("state", 1), ("_id", -1))),
        ),
        (Sealed("label", "family stay", owner="citizen"),),
    ),
    "family_relatives": Shape(
        ("stay",),
        (
            Index((("stay", 1), ("citizen", 1)), unique=True),
            Index((("stay", 1), ("named_at", 1))),
            Index((("citizen", 1), ("named_at", -1))),
            Index((("resident", 1), ("_id", 1))),
        ),
    ),
    "family_visits": Shape(
        BY_ID,
        (
            Index((("citizen", 1), ("_id", -1))),
            Index((("citizen", 1), ("open", 1))),
            Index((("resident", 1), ("_id", -1))),
            Index((("stay", 1), ("open", 1))),
            Index((("house", 1), ("open", 1), ("_id", -1))),
            Index((("house", 1), ("state", 1), ("_id", -1))),
            Index((("state", 1), ("_id", -1))),
            Index((("state", 1), ("starts_at", 1))),
            Index((("state", 1), ("remind_at", 1)), partial={"state": "accepted"}),
            TIDY,
        ),
        (Sealed("said", "family visit", owner="citizen"),),
    ),
    "family_visit_places": Shape(BY_ID, (TIDY,)),
    "care_posts": Shape(BY_ID, (Index((("open", 1), ("_id", 1))), Index((("citizen", 1), ("_id", 1))))),
}
