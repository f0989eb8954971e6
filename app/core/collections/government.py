"""The catalogue, applications, hand-over, shared data, answers."""

from __future__ import annotations

from app.core.collections.shape import BY_ID, TIDY, Index, Sealed, Shape

GOVERNMENT: dict[str, Shape] = {
    # my government: applications
    "service_applications": Shape(
        ("citizen",),
        (
            Index((("citizen", 1), ("_id", -1))),
            Index((("citizen", 1), ("state", 1), ("_id", -1))),
            Index((("units", 1), ("test_of", 1), ("state", 1), ("turn", 1))),
            # No two drafts in one place: so many as there are places, whoever begins several at once.
            Index(
                (("citizen", 1), ("draft_place", 1)),
                unique=True,
                partial={"state": "draft", "draft_place": {"$exists": True}},
            ),
            Index((("handler", 1), ("state", 1), ("turn", 1)), partial={"held": True}),
            Index((("state", 1), ("_id", -1))),
            Index((("late", 1), ("_id", -1)), partial={"late": True}),
            Index((("look", 1),)),
        ),
        (
            Sealed("answers", "application answers", owner="citizen"),
            Sealed("correction.points", "application points", owner="citizen"),
            Sealed("correction.remark", "application remark", owner="citizen"),
            Sealed("decision.reason", "application reason", owner="citizen"),
            Sealed("decision.remedy", "application remedy", owner="citizen"),
        ),
    ),
    "application_numbers": Shape(BY_ID),
    # hand-over to departments
    "handovers": Shape(
        BY_ID,
        (
            Index((("open", 1), ("due_at", 1), ("system", 1))),
            Index((("system", 1), ("state", 1), ("_id", 1))),
            Index((("citizen", 1), ("_id", 1))),
        ),
    ),
    "handover_steps": Shape(
        BY_ID,
        (Index((("citizen", 1), ("_id", 1))),),
        (Sealed("words", "handover words", owner="citizen"),),
    ),
    "handover_differences": Shape(BY_ID, (Index((("open", 1), ("place", -1))),)),
    # shared data
    "data_sets": Shape(BY_ID),
    "data_accesses": Shape(
        BY_ID,
        (
            Index((("organisation", 1), ("data_set", 1), ("purpose", 1))),
            Index((("organisation", 1), ("_id", -1))),
            Index((("owner", 1), ("_id", -1))),
            Index((("state", 1), ("_id", -1))),
            Index((("state", 1), ("until", 1))),
        ),
    ),
    "consents": Shape(
        ("citizen",),
        (
            Index(
                (("citizen", 1), ("data_set", 1), ("organisation", 1), ("purpose", 1)),
                unique=True,
                partial={"active": True},
            ),
            Index((("citizen", 1), ("_id", -1))),
            Index((("data_set", 1), ("active", 1), ("until", 1))),
        ),
    ),
    "proofs_spared": Shape(BY_ID),
    # the catalogue
    "service_items": Shape(
        ("code",),
        (
            Index((("code", 1),), unique=True, partial={"current": True}),
            Index((("code", 1), ("version", -1))),
            Index((("shown", 1), ("code", 1))),
            Index((("shown", 1), ("rank", 1))),
            Index((("shown", 1), ("category", 1), ("rank", 1))),
            Index((("shown", 1), ("life_events", 1), ("rank", 1))),
            Index((("shown", 1), ("owner", 1), ("rank", 1))),
            Index((("owner", 1), ("_id", 1))),
            Index((("state", 1), ("_id", 1))),
        ),
    ),
    "offers": Shape(
        ("item",),
        (
            Index((("item", 1), ("division", 1))),
            Index((("unit", 1), ("item", 1))),
            Index((("level", 1), ("state", 1))),
        ),
    ),
    "item_imports": Shape(BY_ID),
    # answers
    "answers": Shape(
        ("code",),
        (
            Index((("code", 1),), unique=True, partial={"current": True}),
            Index((("code", 1), ("version", -1))),
            Index((("shown", 1), ("code", 1))),
            Index((("shown", 1), ("due", 1))),
            Index((("unit", 1), ("_id", 1))),
            Index((("unit", 1), ("state", 1), ("_id", 1))),
            Index((("unit", 1), ("due", 1))),
            Index((("state", 1), ("_id", 1))),
        ),
    ),
    "answer_imports": Shape(BY_ID),
    "answer_scores": Shape(BY_ID),
    "answer_ratings": Shape(("citizen",), (Index((("citizen", 1), ("_id", 1))),)),
    "answer_gaps": Shape(
        BY_ID,
        (Index((("state", 1), ("count", -1), ("_id", -1))), TIDY),
        (Sealed("question", "unanswered question"),),
    ),
    "ask_sessions": Shape(
        ("citizen",),
        (Index((("citizen", 1), ("_id", -1))), TIDY),
        (Sealed("turns", "ask turns", owner="citizen"),),
    ),
    "passing_asks": Shape(BY_ID, (TIDY,), (Sealed("turns", "ask turns"),)),
    "ask_handovers": Shape(
        ("citizen",),
        (Index((("citizen", 1), ("_id", -1))), TIDY),
        (Sealed("summary", "ask summary", owner="citizen"),),
    ),
    "item_uses": Shape(BY_ID, (TIDY,)),
    "item_weights": Shape(BY_ID),
}
