"""My voice: cases and their numbers, categories, boundaries; conversations, assets, indicators."""

from __future__ import annotations

from app.core.collections.shape import BY_ID, TIDY, Index, Sealed, Shape

VOICE: dict[str, Shape] = {
    # cases
    "cases": Shape(
        BY_ID,
        (
            # A citizen's own; one without an account, or without a name, is its own owner.
            Index((("owner", 1), ("_id", -1))),
            Index((("owner", 1), ("open", 1), ("_id", -1))),
            # A unit's queue, and the queue of all that is below it; a person's; the centre's.
            Index((("units", 1), ("test_of", 1), ("state", 1), ("turn", 1))),
            Index((("handler", 1), ("state", 1), ("turn", 1)), partial={"held": True}),
            Index((("test_of", 1), ("state", 1), ("turn", 1))),
            Index((("test_of", 1), ("asking", 1), ("turn", 1)), partial={"asking": True}),
            Index((("late", 1), ("_id", -1)), partial={"late": True}),
            Index((("units", 1), ("_id", -1))),  # all that a unit ever had, for the desk
            Index((("look", 1),), partial={"look": {"$exists": True}}),
            # The map of what is open; what is near a place; the public list; what changed, for the indicators.
            Index((("area", 1), ("test_of", 1), ("_id", -1)), partial={"open": True}),
            Index((("cell", 1), ("_id", -1)), partial={"cell": {"$exists": True}}),
            Index((("place.asset", 1), ("_id", -1)), partial={"place.asset": {"$type": "string"}}),
            Index((("public", 1), ("changed_at", 1), ("_id", 1)), partial={"public": True}),
            Index((("changed_at", 1), ("_id", 1))),
            # By when they were filed, as Open311 asks; and what came from one place.
            Index((("public", 1), ("filed_at", -1), ("_id", -1)), partial={"public": True}),
            Index((("origin", 1), ("filed_at", -1), ("_id", -1)), partial={"origin": {"$exists": True}}),
        ),
        (
            Sealed("words", "case words", owner="owner"),
            Sealed("said", "case said", owner="owner"),
        ),
    ),
    "case_numbers": Shape(BY_ID),
    "case_categories": Shape(BY_ID),
    "boundaries": Shape(BY_ID),
    # dispatch
    "responsibilities": Shape(BY_ID),
    "fallbacks": Shape(BY_ID),
    "dispatch_imports": Shape(BY_ID),
    # time
    "case_clock_rules": Shape(BY_ID, (Index((("code", 1), ("version", -1))),)),
    "case_escalations": Shape(
        BY_ID,
        (
            Index((("to", 1), ("test_of", 1), ("open", 1), ("_id", -1))),
            Index((("open", 1), ("_id", -1))),
            Index((("case", 1), ("open", 1))),
        ),
    ),
    "case_calendars": Shape(BY_ID),
    # assets
    "assets": Shape(
        BY_ID,
        (
            Index((("unit", 1), ("_id", 1))),
            Index((("kind", 1), ("_id", 1))),
            Index((("cell", 1), ("_id", 1))),
        ),
    ),
    "asset_imports": Shape(BY_ID),
    "asset_sheets": Shape(BY_ID),
    # patrols
    "patrols": Shape(BY_ID, (Index((("officers", 1), ("active", 1), ("_id", 1))), Index((("unit", 1), ("_id", 1))))),
    "patrol_rounds": Shape(
        BY_ID,
        (
            Index((("officer", 1), ("key", 1))),
            Index((("officer", 1), ("_id", -1))),
            Index((("officer", 1), ("patrol", 1), ("ended_at", 1), ("_id", -1))),
            Index((("patrol", 1), ("_id", -1))),
        ),
        (Sealed("words", "round words"),),
    ),
    "round_starts": Shape(BY_ID),
    "patrol_findings": Shape(
        BY_ID,
        (Index((("open", 1), ("test_of", 1), ("_id", -1))), Index((("case", 1), ("_id", -1)))),
        (Sealed("answer", "finding answer"),),
    ),
    # what everybody may read, who cares for it, and what is alike
    "publications": Shape(
        BY_ID,
        (
            Index((("listed", 1), ("_id", -1)), partial={"listed": True}),
            Index((("district", 1), ("_id", -1)), partial={"listed": True}),
            Index((("area", 1), ("_id", -1)), partial={"listed": True}),
        ),
    ),
    **dict.fromkeys(
        ("case_supports", "case_follows"),
        Shape(BY_ID, (Index((("citizen", 1), ("at", -1))), Index((("case", 1), ("_id", 1))))),
    ),
    "case_joins": Shape(
        BY_ID,
        (Index((("citizen", 1), ("at", -1))), Index((("case", 1), ("_id", 1)))),
        (Sealed("reason", "join reason", owner="citizen"),),
    ),
    "case_signs": Shape(BY_ID, (Index((("cell", 1), ("_id", -1))), TIDY)),
    # what channels bring, and what goes back by them
    "inbound_messages": Shape(
        BY_ID,
        (
            Index((("state", 1), ("due_at", 1))),
            Index((("state", 1), ("at", -1))),
            Index((("sender", 1), ("at", -1))),
            TIDY,
        ),
        (Sealed("content", "inbound content"),),
    ),
    "channel_answers": Shape(
        BY_ID,
        (Index((("state", 1), ("due_at", 1))), Index((("state", 1), ("at", -1))), Index((("inbound", 1),)), TIDY),
        (Sealed("content", "channel answer"),),
    ),
    # conversations
    "threads": Shape(
        BY_ID,
        (
            Index((("shown", 1), ("rank", -1))),
            Index((("shown", 1), ("kind", 1), ("rank", -1))),
            Index((("shown", 1), ("unit", 1), ("rank", -1))),
            Index((("shown", 1), ("officials", 1), ("kind", 1), ("state", 1), ("_id", 1))),
            Index((("author", 1), ("_id", -1))),
        ),
        (Sealed("words", "thread words", owner="author"),),
    ),
    "thread_posts": Shape(
        BY_ID,
        (Index((("thread", 1), ("listed", 1), ("_id", 1))), Index((("author", 1), ("_id", -1)))),
        (Sealed("words", "post words", owner="author"),),
    ),
    "thread_follows": Shape(BY_ID, (Index((("citizen", 1), ("thread", -1))), Index((("thread", 1), ("citizen", 1))))),
    "conversation_news": Shape(BY_ID),
    "nicknames": Shape(BY_ID, (Index((("citizen", 1),)),)),
    "moderations": Shape(
        BY_ID,
        (
            Index((("state", 1), ("turn", 1))),
            Index((("state", 1), ("kind", 1), ("turn", 1))),
            Index((("author", 1), ("turn", -1))),
        ),
        (Sealed("words", "moderation words", owner="author"),),
    ),
    "moderation_months": Shape(BY_ID),
    "abuse_reports": Shape(
        BY_ID, (Index((("post", 1), ("_id", 1))), Index((("citizen", 1), ("groundless", 1), ("at", -1))))
    ),
    "surveys": Shape(
        BY_ID,
        (
            Index((("shown", 1), ("rank", -1))),
            Index((("shown", 1), ("live_until", 1))),
            Index((("unit", 1), ("_id", -1))),
            Index((("state", 1), ("_id", -1))),
        ),
    ),
    # Counts without people, and people without answers: nothing joins the two.
    "survey_answers": Shape(BY_ID, (Index((("survey", 1), ("_id", 1))),), (Sealed("texts", "survey texts"),)),
    "survey_tickets": Shape(BY_ID),
    "proposals": Shape(
        BY_ID,
        (
            Index((("shown", 1), ("rank", -1))),
            Index((("shown", 1), ("state", 1), ("rank", -1))),
            Index((("author", 1), ("_id", -1))),
            Index((("author", 1), ("state", 1))),
            Index((("unit", 1), ("state", 1), ("turn", 1))),
            Index((("state", 1), ("_id", -1))),
            Index((("look", 1),), partial={"look": {"$exists": True}}),
        ),
        (Sealed("words", "proposal words", owner="author"), Sealed("reply.text", "proposal reply")),
    ),
    "proposal_supports": Shape(BY_ID, (Index((("citizen", 1), ("_id", 1))), Index((("proposal", 1), ("citizen", 1))))),
    # Open311, and neighbouring cities
    "open311_keys": Shape(BY_ID),
    "open311_tokens": Shape(
        BY_ID,
        (Index((("state", 1), ("due_at", 1))), Index((("client", 1), ("state", 1))), TIDY),
        (Sealed("form", "open311 form"),),
    ),
    "open311_changesets": Shape(BY_ID),
    "neighbours": Shape(BY_ID, (Index((("suspended", 1), ("poll_at", 1))),), (Sealed("key", "neighbour key"),)),
    "neighbour_cases": Shape(
        BY_ID,
        (
            Index((("state", 1), ("due_at", 1))),
            Index((("state", 1), ("_id", -1))),
            Index((("neighbour", 1), ("remote", 1))),
            Index((("neighbour", 1), ("state", 1), ("heard_at", 1))),
            Index((("owner", 1), ("_id", 1))),
        ),
    ),
    # indicators
    **dict.fromkeys(("case_facts", "case_cells", "case_counting"), Shape(BY_ID)),
    "case_hotspots": Shape(BY_ID),
    "index_weights": Shape(BY_ID),
}
