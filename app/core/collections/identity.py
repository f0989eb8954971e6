"""Citizens, their sessions and guardians, organisations and staff, and a citizen's right."""

from __future__ import annotations

from app.core.collections.shape import BY_ID, TIDY, Index, Sealed, Shape

IDENTITY: dict[str, Shape] = {
    # identity
    "citizens": Shape(
        BY_ID,
        (
            Index((("areas", 1), ("_id", 1))),
            Index((("birth_month", 1), ("_id", 1))),
            Index((("tags", 1), ("_id", 1))),
            Index((("services", 1), ("_id", 1))),
        ),
        tuple(Sealed(field, field, owner="_id") for field in ("phone", "name", "id_number")),
    ),
    "phones": Shape(BY_ID, (Index((("citizen", 1), ("_id", 1))),)),
    "real_names": Shape(BY_ID, (Index((("citizen", 1),)),)),
    "otp_challenges": Shape(BY_ID, (TIDY,), (Sealed("phone", "phone"),)),
    "sessions": Shape(BY_ID, (Index((("holder", 1), ("_id", -1))), TIDY)),
    "revocations": Shape(BY_ID, (Index((("at", 1),)), TIDY)),
    "verifications": Shape(BY_ID, (Index((("citizen", 1), ("_id", -1))),)),
    "verification_locks": Shape(BY_ID, (TIDY,)),
    "photos": Shape(BY_ID, sealed=(Sealed("photo", "photo", owner="_id"),)),
    "guardianships": Shape(
        ("guardian",),
        (
            Index((("guardian", 1), ("ward", 1)), unique=True, partial={"open": True}),
            Index((("guardian", 1), ("_id", 1))),
            Index((("ward", 1), ("_id", 1))),
        ),
    ),
    "organisations": Shape(BY_ID, (Index((("path", 1),)), Index((("parent", 1), ("_id", 1))))),
    "credit_codes": Shape(BY_ID),
    "applications": Shape(
        BY_ID,
        (Index((("state", 1), ("_id", -1))),),
        tuple(Sealed(field, field) for field in ("contact_name", "contact_phone", "purpose", "answer")),
    ),
    "clients": Shape(BY_ID, (Index((("organisation", 1), ("_id", 1))),)),
    "staff": Shape(
        BY_ID,
        (Index((("organisation", 1), ("_id", 1))), Index((("since", 1),))),
        tuple(Sealed(name, name) for name in ("name", "login", "totp")),
    ),
    "staff_tries": Shape(BY_ID, (Index((("staff", 1),)), TIDY)),
    "desk_sessions": Shape(BY_ID, (TIDY,)),
    # a citizen's right
    "data_exports": Shape(
        ("citizen",),
        (
            Index((("citizen", 1),), unique=True, partial={"open": True}),
            Index((("citizen", 1), ("_id", -1))),
            Index((("state", 1), ("due_at", 1), ("_id", 1))),
        ),
    ),
    "export_chunks": Shape(
        BY_ID, (Index((("citizen", 1), ("_id", 1))), TIDY), (Sealed("data", "export", owner="citizen"),)
    ),
    "corrections": Shape(
        ("citizen",),
        (Index((("citizen", 1), ("_id", -1))), Index((("state", 1), ("_id", -1)))),
        tuple(Sealed(name, f"correction {name}", owner="citizen") for name in ("wanted", "reason", "answer")),
    ),
    "erasures": Shape(
        ("citizen",),
        (
            Index((("citizen", 1),), unique=True, partial={"open": True}),
            Index((("citizen", 1), ("_id", -1))),
            Index((("state", 1), ("due_at", 1), ("_id", 1))),
            Index((("state", 1), ("_id", -1))),
        ),
    ),
}
