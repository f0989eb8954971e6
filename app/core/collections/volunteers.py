"""Volunteers and what they do, micro-wishes, and who is called when somebody near needs help."""

from __future__ import annotations

from app.core.collections.shape import BY_ID, TIDY, Index, Sealed, Shape

VOLUNTEERS: dict[str, Shape] = {
    "volunteers": Shape(BY_ID),
    "volunteer_numbers": Shape(BY_ID, (Index((("volunteer", 1),)),)),
    "volunteer_groups": Shape(
        BY_ID,
        (
            Index((("state", 1), ("test", 1), ("_id", -1))),
            Index((("state", 1), ("_id", -1))),
            Index((("organisation", 1), ("test", 1), ("_id", -1))),
            Index((("founder", 1), ("_id", -1))),
        ),
    ),
    "volunteer_members": Shape(
        BY_ID,
        (
            Index((("citizen", 1), ("turn", -1))),
            Index((("citizen", 1), ("leads", 1))),
            Index((("group", 1), ("leads", 1))),
        ),
    ),
    "volunteer_activities": Shape(
        BY_ID,
        (
            Index((("state", 1), ("test", 1), ("turn", 1))),
            Index((("cell", 1), ("state", 1), ("test", 1), ("turn", 1))),
            Index((("organisation", 1), ("test", 1), ("_id", -1))),
            Index((("group", 1), ("state", 1), ("turn", 1))),
        ),
    ),
    "volunteer_routes": Shape(BY_ID, (Index((("organisation", 1), ("test", 1), ("_id", -1))),)),
    "volunteer_passes": Shape(BY_ID, (Index((("citizen", 1), ("at", -1))), Index((("activity", 1), ("citizen", 1))))),
    "volunteer_sign_ups": Shape(
        BY_ID,
        (
            Index((("citizen", 1), ("turn", -1))),
            Index((("activity", 1), ("turn", 1))),
            Index((("activity", 1), ("state", 1), ("turn", 1))),
        ),
    ),
    "volunteer_check_ins": Shape(
        BY_ID,
        (
            Index((("citizen", 1), ("at", -1))),
            Index((("activity", 1), ("citizen", 1))),
            Index((("activity", 1), ("device", 1))),
            Index((("activity", 1), ("spot", 1))),
        ),
        (Sealed("place", "check-in place", owner="citizen"),),
    ),
    "volunteer_presences": Shape(BY_ID, (TIDY,), (Sealed("place", "last check-in place", owner="_id"),)),
    "volunteer_flags": Shape(
        BY_ID,
        (
            Index((("citizen", 1), ("_id", -1))),
            Index((("activity", 1), ("_id", -1))),
            Index((("organisation", 1), ("state", 1), ("_id", -1))),
            Index((("state", 1), ("_id", -1))),
        ),
    ),
    "volunteer_hours": Shape(
        BY_ID,
        (
            Index((("citizen", 1), ("turn", -1))),
            Index((("activity", 1), ("citizen", 1))),
            Index((("activity", 1), ("state", 1), ("_id", 1))),
            Index((("state", 1), ("_id", 1))),
        ),
    ),
    "volunteer_days": Shape(BY_ID, (Index((("citizen", 1),)), TIDY)),
    "volunteer_thanks": Shape(
        BY_ID,
        (
            Index((("citizen", 1), ("at", -1))),
            Index((("state", 1), ("due_at", 1))),
            Index((("state", 1), ("_id", -1))),
        ),
    ),
    "micro_wishes": Shape(
        BY_ID,
        (
            Index((("state", 1), ("test", 1), ("_id", -1))),
            Index((("state", 1), ("_id", -1))),
            Index((("wisher", 1), ("_id", -1))),
            Index((("wisher", 1), ("state", 1))),
            Index((("holder", 1), ("_id", -1))),
            Index((("holder", 1), ("state", 1))),
            Index((("organisation", 1), ("test", 1), ("_id", -1))),
            Index((("organisation", 1), ("test", 1), ("state", 1), ("_id", -1))),
            Index((("state", 1), ("due_at", 1))),
            Index((("author", 1),)),
        ),
        (Sealed("words", "wish words", owner="author"),),
    ),
    "micro_wish_hands": Shape(BY_ID),
    "responders": Shape(BY_ID),
    "responder_places": Shape(
        BY_ID, (Index((("cell", 1), ("at", 1))), TIDY), (Sealed("place", "responder place", owner="_id"),)
    ),
    "help_calls": Shape(
        BY_ID,
        (
            Index((("organisation", 1), ("test", 1), ("_id", -1))),
            Index((("test", 1), ("ended_at", 1), ("_id", -1))),
        ),
        (Sealed("said", "help call words"),),
    ),
    "help_call_replies": Shape(
        BY_ID,
        (
            Index((("citizen", 1), ("open", 1), ("_id", -1))),
            Index((("call", 1), ("metres", 1), ("_id", 1))),
        ),
        (Sealed("place", "responder on the way", owner="citizen"),),
    ),
}
