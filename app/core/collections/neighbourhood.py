"""Estates, who lives in them, what they are told, what is repaired, who visits, and the gates between."""

from __future__ import annotations

from app.core.collections.shape import BY_ID, TIDY, Index, Sealed, Shape

NEIGHBOURHOOD: dict[str, Shape] = {
    "estates": Shape(
        BY_ID,
        (
            Index((("units", 1), ("_id", 1))),
            Index((("names", 1), ("state", 1))),
            Index((("area", 1), ("state", 1))),
        ),
    ),
    "homes": Shape(
        BY_ID,
        (
            Index((("estate", 1), ("building", 1), ("room", 1))),
            Index((("estate", 1), ("_id", 1))),
            Index((("estate", 1), ("building", 1), ("_id", 1))),
        ),
    ),
    "home_imports": Shape(BY_ID),
    "residencies": Shape(
        ("citizen",),
        (
            Index((("citizen", 1), ("household", 1)), unique=True, partial={"open": True}),
            Index((("citizen", 1), ("state", 1), ("_id", -1))),
            Index((("household", 1), ("state", 1), ("_id", 1))),
            Index((("court", 1), ("state", 1), ("_id", 1))),
            Index((("estate", 1), ("state", 1), ("_id", -1))),
            Index((("estate", 1), ("changed_at", 1))),
        ),
        (
            Sealed("home", "residency home", owner="citizen"),
            Sealed("reason", "residency reason", owner="citizen"),
        ),
    ),
    # visitors and gates; of passes, `left` is below none where gates without network let in too many
    "visitor_passes": Shape(
        BY_ID,
        (
            Index((("citizen", 1), ("_id", -1))),
            Index((("citizen", 1), ("ends", 1))),
            Index((("page", 1),)),
            # what gates are told of: passes that are not as they were made
            Index((("estate", 1), ("ends", 1), ("_id", 1)), partial={"changed_at": {"$exists": True}}),
            Index((("estate", 1), ("changed_at", 1)), partial={"changed_at": {"$exists": True}}),
            Index((("estate", 1), ("plate_hash", 1), ("ends", 1)), partial={"plate_hash": {"$exists": True}}),
            Index((("left", 1), ("_id", -1)), partial={"left": {"$lt": 0}}),
            TIDY,
        ),
        (
            Sealed("guest", "visitor guest", owner="citizen"),
            Sealed("phone", "visitor phone", owner="citizen"),
            Sealed("plate", "visitor plate", owner="citizen"),
            Sealed("link", "visitor link", owner="citizen"),
        ),
    ),
    "visitor_days": Shape(BY_ID, (TIDY,)),
    "estate_gates": Shape(BY_ID, (Index((("estate", 1), ("_id", 1))),)),
    "gate_log": Shape(
        BY_ID,
        (
            Index((("household", 1), ("turn", -1))),
            Index((("estate", 1), ("turn", -1))),
            Index((("citizen", 1), ("_id", 1))),
            Index((("odd", 1), ("turn", -1)), partial={"odd": True}),
            TIDY,
        ),
    ),
    "gate_looks": Shape(
        BY_ID,
        (Index((("estate", 1), ("_id", -1))), Index((("citizen", 1), ("_id", 1))), TIDY),
        (Sealed("reason", "gate look", owner="citizen"),),
    ),
    "gate_reports": Shape(BY_ID, (TIDY,)),
    # cars; a plate is registered once at an estate
    "resident_plates": Shape(
        ("estate",),
        (
            Index((("estate", 1), ("hash", 1)), unique=True),
            Index((("citizen", 1), ("_id", -1))),
            Index((("estate", 1), ("household", 1), ("slot", 1)), unique=True),
        ),
        (Sealed("plate", "resident plate", owner="citizen"),),
    ),
    "car_parks": Shape(BY_ID),
    # bays with numbers, and which home has each; the home under the city's ring, beside its keyed hash
    "parking_bays": Shape(BY_ID, (Index((("estate", 1), ("number", 1))),)),
    "bay_lets": Shape(
        BY_ID,
        (
            Index((("bay", 1), ("until", 1))),
            Index((("household", 1), ("until", 1))),
            Index((("estate", 1), ("until", 1))),
            TIDY,
        ),
        (Sealed("home", "bay home"),),
    ),
    "parked_cars": Shape(BY_ID, (Index((("until", 1),)),)),
    # what homes are told, and by which it was read; `after` while an urgent one is being told
    "estate_notices": Shape(
        BY_ID,
        (
            Index((("audience", 1), ("state", 1), ("_id", -1))),
            Index((("estate", 1), ("_id", -1))),
            Index((("after", 1), ("_id", 1)), partial={"after": {"$gte": ""}}),
            TIDY,
        ),
    ),
    "estate_notice_reads": Shape(BY_ID, (Index((("notice", 1),)), TIDY)),
    # repairs; what has a term to keep has `due_at`
    "repairs": Shape(
        BY_ID,
        (
            Index((("citizen", 1), ("_id", -1))),
            Index((("citizen", 1), ("open", 1))),
            Index((("estate", 1), ("open", 1), ("_id", -1))),
            Index((("estate", 1), ("state", 1), ("_id", -1))),
            Index((("given", 1), ("_id", -1)), partial={"given": True}),
            Index((("due_at", 1),)),
        ),
        (
            Sealed("words", "repair words", owner="citizen"),
            Sealed("home", "repair home", owner="citizen"),
        ),
    ),
    "households": Shape(BY_ID, (Index((("estate", 1), ("people", 1))), Index((("court", 1), ("people", 1))))),
}
