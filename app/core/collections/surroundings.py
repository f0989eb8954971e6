"""Stations and their readings, who watches them, severe-weather notices; emergency calls."""

from __future__ import annotations

from app.core.collections.shape import BY_ID, TIDY, Index, Sealed, Series, Shape

SURROUNDINGS: dict[str, Shape] = {
    "stations": Shape(BY_ID, (Index((("operator", 1), ("_id", 1))),)),
    "station_hours": Shape(
        BY_ID, (Index((("station", 1), ("at", 1))), Index((("kept", 1),), partial={"kept": False}), TIDY)
    ),
    "station_history": Shape(
        ("station",),
        (Index((("station", 1), ("at", 1))),),
        series=Series(time="at", meta="station", kept_days=800),
    ),
    "surroundings_watches": Shape(
        BY_ID,
        (Index((("station", 1), ("_id", 1))), Index((("citizen", 1),))),
        (Sealed("where", "surroundings place", owner="citizen"),),
    ),
    "weather_notices": Shape(
        BY_ID,
        (
            Index((("turn", -1),)),
            Index((("open", 1), ("until", 1)), partial={"open": True}),
            Index((("untold", 1), ("_id", 1)), partial={"untold": True}),
        ),
    ),
}
EMERGENCIES: dict[str, Shape] = {
    "emergencies": Shape(
        BY_ID,
        (
            Index((("citizen", 1), ("_id", -1))),
            Index((("test_of", 1), ("_id", -1))),
            Index((("test_of", 1), ("state", 1), ("_id", -1))),
            Index((("forget_at", 1),), partial={"forget_at": {"$exists": True}}),
        ),
        (Sealed("spot", "emergency place", owner="citizen"),),
    ),
    "emergency_looks": Shape(BY_ID, (TIDY,)),
}
