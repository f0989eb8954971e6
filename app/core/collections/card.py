"""Cards, codes, licences, and who looked."""

from __future__ import annotations

from app.core.collections.shape import BY_ID, TIDY, Index, Sealed, Shape

CARD: dict[str, Shape] = {
    "cards": Shape(
        ("holder",),
        (
            Index((("holder", 1),), unique=True, partial={"live": True}),
            Index((("holder", 1), ("_id", -1))),
            Index((("state", 1), ("status_index", 1))),
            Index((("status_index", 1),)),
            Index((("changed_at", 1),)),
            Index((("state", 1), ("valid_until", 1))),
        ),
    ),
    "card_numbers": Shape(BY_ID),
    "licences": Shape(
        ("holder",),
        (
            Index((("holder", 1), ("kind", 1), ("subject", 1)), unique=True, partial={"live": True}),
            Index((("holder", 1), ("source", 1)), unique=True, partial={"sourced": True}),
            Index((("holder", 1), ("_id", -1))),
            Index((("state", 1), ("status_index", 1))),
            Index((("state", 1), ("valid_until", 1))),
        ),
        (Sealed("facts", "licence facts", owner="holder"),),
    ),
    "licence_numbers": Shape(BY_ID),
    "licence_codes": Shape(BY_ID, (Index((("licence", 1), ("purpose", 1), ("expires_at", 1))), TIDY)),
    "test_citizens": Shape(("organisation",), (Index((("organisation", 1), ("place", 1)), unique=True),)),
    "codes": Shape(BY_ID, (Index((("card", 1), ("purpose", 1), ("expires_at", 1))), TIDY)),
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
}
