"""What the city itself needs to run, and the files that citizens hand in."""

from __future__ import annotations

from app.core.collections.shape import BY_ID, TIDY, Index, Sealed, Shape

CORE: dict[str, Shape] = {
    # core
    "audit": Shape(
        BY_ID,
        (
            Index((("seq", 1), ("_id", 1))),  # the chain, and what is not in it yet
            Index((("subject", 1), ("at", -1), ("_id", -1))),
            Index((("actor", 1), ("at", -1), ("_id", -1))),
            Index((("action", 1), ("at", -1), ("_id", -1))),
            Index((("at", -1), ("_id", -1))),
        ),
    ),
    "audit_chain": Shape(BY_ID),
    "audit_heads": Shape(BY_ID, (Index((("at", -1),)),)),
    "audit_reasons": Shape(BY_ID, sealed=(Sealed("reason", "reason"),)),
    "calendar_days": Shape(BY_ID),
    "counters": Shape(BY_ID),
    "data_keys": Shape(BY_ID),
    "idempotency": Shape(BY_ID, (TIDY,), (Sealed("reply", "reply"),)),
    "limits": Shape(BY_ID, (TIDY,)),
    "outbox": Shape(
        BY_ID,
        (
            Index((("state", 1), ("due_at", 1), ("_id", 1))),
            Index((("state", 1), ("_id", 1))),
            Index((("citizen", 1), ("state", 1), ("_id", 1))),
            TIDY,
        ),
    ),
    "person_keys": Shape(BY_ID, sealed=(Sealed("key", "person key"),)),
    "signing_keys": Shape(BY_ID, sealed=(Sealed("private", "private"),)),
    "slots": Shape(BY_ID, (Index((("done_at", 1), ("lease_until", 1))), Index((("job", 1), ("slot", -1))), TIDY)),
    "tallies": Shape(BY_ID, (TIDY,)),
    # files that citizens hand in: the rows, and GridFS with the indexes that its drivers make
    "uploads": Shape(
        ("citizen",),
        (
            Index((("citizen", 1), ("_id", 1))),
            Index((("citizen", 1), ("claimed_by", 1), ("_id", 1))),
            Index((("drop_at", 1), ("_id", 1))),
            Index((("state", 1), ("claimed_by", 1))),
        ),
        (Sealed("name", "upload name", owner="citizen"), Sealed("thumbnail", "thumbnail", owner="citizen")),
    ),
    "upload_parts": Shape(
        ("upload",),
        (Index((("upload", 1), ("offset", 1))), Index((("citizen", 1),)), TIDY),
        (Sealed("data", "upload part", owner="citizen", record="upload"),),
    ),
    "uploads.files": Shape(BY_ID, (Index((("filename", 1), ("uploadDate", 1))),)),
    "uploads.chunks": Shape(
        ("files_id",),
        (Index((("files_id", 1), ("n", 1)), unique=True),),
        (Sealed("data", "upload", owner="files_id", record="files_id"),),
    ),
}
