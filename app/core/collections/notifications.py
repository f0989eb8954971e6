"""Messages and the ways they take."""

from __future__ import annotations

from app.core.collections.shape import BY_ID, TIDY, Index, Sealed, Shape

NOTIFICATIONS: dict[str, Shape] = {
    "inbox": Shape(
        ("citizen",),
        (
            Index((("citizen", 1), ("message", 1)), unique=True),
            Index((("citizen", 1), ("_id", -1))),
            Index((("citizen", 1), ("read_at", 1), ("_id", 1))),
        ),
        (Sealed("sealed", "values", owner="citizen", record="message"),),
    ),
    "preferences": Shape(BY_ID),
    "webhook_endpoints": Shape(
        ("organisation",),
        (
            Index((("organisation", 1), ("place", 1)), unique=True),
            Index((("organisation", 1), ("_id", 1))),
            Index((("state", 1), ("due_at", 1), ("_id", 1))),
        ),
        (Sealed("secret", "webhook secret"), Sealed("old_secret", "webhook secret")),
    ),
    "webhook_deliveries": Shape(
        BY_ID,
        (
            Index((("endpoint", 1), ("state", 1), ("due_at", 1), ("event", 1))),
            Index((("endpoint", 1), ("state", 1), ("subject", 1), ("event", 1))),
            Index((("endpoint", 1), ("state", 1), ("at", 1))),
            Index((("endpoint", 1), ("event", -1))),
            Index((("endpoint", 1), ("state", 1), ("event", -1))),
            TIDY,
        ),
    ),
    "push_devices": Shape(
        BY_ID,
        (Index((("citizen", 1), ("_id", 1))), Index((("token_hash", 1),)), TIDY),
        (Sealed("token", "push token", owner="citizen"),),
    ),
    "early_reports": Shape(BY_ID, (TIDY,)),
    "deliveries": Shape(
        BY_ID,
        (
            Index((("message", 1),)),
            Index((("recipient", 1), ("_id", 1))),
            Index((("sender", 1), ("key", 1))),
            Index((("seq", -1),)),
            Index((("outcome", 1), ("seq", -1))),
        ),
    ),
    "broadcasts": Shape(
        BY_ID, (Index((("state", 1), ("due_at", 1), ("_id", 1))), Index((("owner", 1), ("test", 1), ("_id", -1))))
    ),
    "digests": Shape(BY_ID, (TIDY,)),
    "notices": Shape(
        BY_ID,
        (Index((("organisation", 1), ("test", 1), ("_id", -1))), Index((("citizen", 1), ("_id", 1)))),
        (Sealed("sealed", "values", owner="citizen"),),
    ),
    "templates": Shape(
        ("owner",),
        (
            Index((("owner", 1), ("code", 1), ("version", 1)), unique=True),
            Index((("owner", 1), ("_id", -1))),
            Index((("state", 1), ("_id", -1))),
        ),
    ),
}
