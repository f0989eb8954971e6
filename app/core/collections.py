"""The one table of collections: shard keys, indexes, and which values of a row are sealed and under whose key.

It is plain data. `app/core/mongo.py` makes what is missing of it, `rong shard` spreads it, and the sealing anew and
what the city holds of a person (`resealing.py`, `holdings.py`) walk it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Index:
    keys: tuple[tuple[str, int], ...]
    unique: bool = False
    expire_after: int | None = None
    partial: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed value of a row: where it stands, to which field and record it is bound, and who `owner` is when it is
    a citizen's (the path of his id: it is sealed under his own key). When keys rotate, what stands here is sealed anew.
    """

    path: str
    field: str
    owner: str | None = None
    record: str = "_id"


@dataclass(frozen=True, slots=True)
class Shape:
    """How a collection is spread over shards and found again, and what of it is sealed.

    A unique index starts with the shard key.
    """

    shard_key: tuple[str, ...]
    indexes: tuple[Index, ...] = ()
    sealed: tuple[Sealed, ...] = ()


_BY_ID = ("_id",)
_TIDY = Index((("tidy_at", 1),), expire_after=0)

COLLECTIONS: dict[str, Shape] = {
    # core
    "audit": Shape(
        _BY_ID,
        (
            Index((("seq", 1), ("_id", 1))),  # the chain, and what is not in it yet
            Index((("subject", 1), ("at", -1), ("_id", -1))),
            Index((("actor", 1), ("at", -1), ("_id", -1))),
            Index((("action", 1), ("at", -1), ("_id", -1))),
            Index((("at", -1), ("_id", -1))),
        ),
    ),
    "audit_chain": Shape(_BY_ID),
    "audit_heads": Shape(_BY_ID, (Index((("at", -1),)),)),
    "audit_reasons": Shape(_BY_ID, sealed=(Sealed("reason", "reason"),)),
    "counters": Shape(_BY_ID),
    "data_keys": Shape(_BY_ID),
    "idempotency": Shape(_BY_ID, (_TIDY,), (Sealed("reply", "reply"),)),
    "limits": Shape(_BY_ID, (_TIDY,)),
    "outbox": Shape(
        _BY_ID,
        (
            Index((("state", 1), ("due_at", 1), ("_id", 1))),
            Index((("state", 1), ("_id", 1))),
            Index((("citizen", 1), ("state", 1), ("_id", 1))),
            _TIDY,
        ),
    ),
    "person_keys": Shape(_BY_ID, sealed=(Sealed("key", "person key"),)),
    "signing_keys": Shape(_BY_ID, sealed=(Sealed("private", "private"),)),
    "slots": Shape(_BY_ID, (Index((("done_at", 1), ("lease_until", 1))), Index((("job", 1), ("slot", -1))), _TIDY)),
    "tallies": Shape(_BY_ID, (_TIDY,)),
    # identity
    "citizens": Shape(
        _BY_ID,
        (
            Index((("areas", 1), ("_id", 1))),
            Index((("birth_month", 1), ("_id", 1))),
            Index((("tags", 1), ("_id", 1))),
            Index((("services", 1), ("_id", 1))),
        ),
        tuple(Sealed(field, field, owner="_id") for field in ("phone", "name", "id_number")),
    ),
    "phones": Shape(_BY_ID, (Index((("citizen", 1), ("_id", 1))),)),
    "real_names": Shape(_BY_ID, (Index((("citizen", 1),)),)),
    "otp_challenges": Shape(_BY_ID, (_TIDY,), (Sealed("phone", "phone"),)),
    "sessions": Shape(_BY_ID, (Index((("holder", 1), ("_id", -1))), _TIDY)),
    "revocations": Shape(_BY_ID, (Index((("at", 1),)), _TIDY)),
    "verifications": Shape(_BY_ID, (Index((("citizen", 1), ("_id", -1))),)),
    "verification_locks": Shape(_BY_ID, (_TIDY,)),
    "photos": Shape(_BY_ID, sealed=(Sealed("photo", "photo", owner="_id"),)),
    "guardianships": Shape(
        ("guardian",),
        (
            Index((("guardian", 1), ("ward", 1)), unique=True, partial={"open": True}),
            Index((("guardian", 1), ("_id", 1))),
            Index((("ward", 1), ("_id", 1))),
        ),
    ),
    "organisations": Shape(_BY_ID, (Index((("path", 1),)), Index((("parent", 1), ("_id", 1))))),
    "credit_codes": Shape(_BY_ID),
    "applications": Shape(
        _BY_ID,
        (Index((("state", 1), ("_id", -1))),),
        tuple(Sealed(field, field) for field in ("contact_name", "contact_phone", "purpose", "answer")),
    ),
    "clients": Shape(_BY_ID, (Index((("organisation", 1), ("_id", 1))),)),
    "staff": Shape(
        _BY_ID,
        (Index((("organisation", 1), ("_id", 1))),),
        tuple(Sealed(name, name) for name in ("name", "login", "totp")),
    ),
    "staff_tries": Shape(_BY_ID, (Index((("staff", 1),)), _TIDY)),
    "desk_sessions": Shape(_BY_ID, (_TIDY,)),
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
        _BY_ID, (Index((("citizen", 1), ("_id", 1))), _TIDY), (Sealed("data", "export", owner="citizen"),)
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
    # virtual card
    "cards": Shape(
        ("holder",),
        (
            Index((("holder", 1),), unique=True, partial={"live": True}),
            Index((("holder", 1), ("_id", -1))),
            Index((("state", 1), ("status_index", 1))),
            Index((("state", 1), ("valid_until", 1))),
        ),
    ),
    "card_numbers": Shape(_BY_ID),
    "test_citizens": Shape(("organisation",), (Index((("organisation", 1), ("place", 1)), unique=True),)),
    "codes": Shape(_BY_ID, (Index((("card", 1), ("purpose", 1), ("expires_at", 1))), _TIDY)),
    "disclosures": Shape(
        ("citizen",),
        (
            Index((("citizen", 1), ("_id", -1))),
            Index((("organisation", 1), ("test", 1), ("_id", -1))),
            Index((("dispute.state", 1), ("_id", -1)), partial={"dispute.state": "open"}),
        ),
        (
            Sealed("dispute.reason", "dispute", owner="citizen"),
            Sealed("dispute.answer", "answer", owner="citizen"),
        ),
    ),
    # notifications
    "inbox": Shape(
        ("citizen",),
        (
            Index((("citizen", 1), ("message", 1)), unique=True),
            Index((("citizen", 1), ("_id", -1))),
            Index((("citizen", 1), ("read_at", 1), ("_id", 1))),
        ),
        (Sealed("sealed", "values", owner="citizen", record="message"),),
    ),
    "preferences": Shape(_BY_ID),
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
        _BY_ID,
        (
            Index((("endpoint", 1), ("state", 1), ("due_at", 1), ("event", 1))),
            Index((("endpoint", 1), ("state", 1), ("subject", 1), ("event", 1))),
            Index((("endpoint", 1), ("state", 1), ("at", 1))),
            Index((("endpoint", 1), ("event", -1))),
            Index((("endpoint", 1), ("state", 1), ("event", -1))),
            _TIDY,
        ),
    ),
    "push_devices": Shape(
        _BY_ID,
        (Index((("citizen", 1), ("_id", 1))), Index((("token_hash", 1),)), _TIDY),
        (Sealed("token", "push token", owner="citizen"),),
    ),
    "early_reports": Shape(_BY_ID, (_TIDY,)),
    "deliveries": Shape(
        _BY_ID,
        (
            Index((("message", 1),)),
            Index((("recipient", 1), ("_id", 1))),
            Index((("sender", 1), ("key", 1))),
            Index((("seq", -1),)),
            Index((("outcome", 1), ("seq", -1))),
        ),
    ),
    "broadcasts": Shape(
        _BY_ID, (Index((("state", 1), ("due_at", 1), ("_id", 1))), Index((("owner", 1), ("test", 1), ("_id", -1))))
    ),
    "digests": Shape(_BY_ID, (_TIDY,)),
    "notices": Shape(
        _BY_ID,
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
