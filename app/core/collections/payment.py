"""Ledger, payments, wallet, bills, codes, credit, points, reconciliation."""

from __future__ import annotations

from app.core.collections.shape import BY_ID, TIDY, Index, Sealed, Shape

# An account's postings in their order, with all that is read of them: statements, months and what was entered since the
# last fold come from the index alone. The rows of one account lie a page apart from each other.
_IN_ORDER = (("account", 1), ("at", 1), ("seq", 1), ("_id", 1))
_SAID = ("side", "fen", "kind", "transfer", "about", "other", "after")
_STATEMENT = (*_IN_ORDER, *((name, 1) for name in _SAID))

PAYMENT: dict[str, Shape] = {
    "payments": Shape(
        BY_ID,
        (
            Index((("payer", 1), ("_id", -1))),
            Index((("payee", 1), ("_id", -1))),
            Index((("payee", 1), ("captured_at", 1), ("_id", 1))),
            Index((("about", 1), ("_id", 1))),
            Index((("state", 1), ("_id", -1))),
            Index((("state", 1), ("until", 1))),
            Index((("state", 1), ("made_at", 1))),
            Index((("shift", 1), ("state", 1)), partial={"shift": {"$gt": ""}}),
            Index((("payer", 1), ("until", 1)), partial={"state": "waiting_for_confirmation"}),
        ),
    ),
    # ledger
    "ledger_accounts": Shape(BY_ID, (Index((("owner", 1), ("_id", 1))),)),
    "ledger_transfers": Shape(
        BY_ID,
        (
            Index((("about", 1), ("serial", 1))),
            Index((("until", 1), ("_id", 1)), partial={"state": "pending"}),
            Index((("at", 1), ("_id", 1))),
        ),
    ),
    "ledger_postings": Shape(
        ("account",),
        (
            Index((("account", 1), ("seq", 1)), unique=True, partial={"seq": {"$exists": True}}),
            Index(_STATEMENT),
            Index((("transfer", 1),)),
            Index((("at", 1), ("account", 1)), partial={"busy": True}),
        ),
    ),
    "ledger_marks": Shape(BY_ID),
    "ledger_folds": Shape(("account",), (Index((("account", 1), ("mark", 1)), unique=True),)),
    # the gateway; what is settled has no `due_at`
    "gateway_orders": Shape(
        BY_ID,
        (
            Index((("citizen", 1), ("purpose", 1), ("_id", -1))),
            Index((("state", 1), ("_id", -1))),
            Index((("due_at", 1), ("_id", 1)), partial={"due_at": {"$exists": True}}),
            Index((("settled_at", 1), ("_id", 1)), partial={"settled_at": {"$exists": True}}),
        ),
    ),
    "gateway_refunds": Shape(
        BY_ID,
        (
            Index((("order", 1), ("_id", 1))),
            Index((("state", 1), ("_id", -1))),
            Index((("stranded", 1), ("_id", -1)), partial={"stranded": True}),
            Index((("due_at", 1), ("_id", 1)), partial={"due_at": {"$exists": True}}),
            Index((("settled_at", 1), ("_id", 1)), partial={"settled_at": {"$exists": True}}),
        ),
    ),
    "gateway_payouts": Shape(
        BY_ID,
        (
            Index((("owner", 1), ("purpose", 1), ("_id", -1))),
            Index((("state", 1), ("_id", -1))),
            Index((("due_at", 1), ("_id", 1)), partial={"due_at": {"$exists": True}}),
            Index((("settled_at", 1), ("_id", 1)), partial={"settled_at": {"$exists": True}}),
        ),
    ),
    # wallet
    "bank_cards": Shape(
        ("citizen",),
        (
            Index((("citizen", 1), ("number_hash", 1)), unique=True, partial={"bound": True}),
            Index((("citizen", 1), ("bound", 1), ("_id", -1))),
        ),
        (Sealed("number", "bank card", owner="citizen"),),
    ),
    # refunds and disputes; of disputes, what is open has `open`, and what waits for time `looks_at`
    "refunds": Shape(
        BY_ID,
        (
            Index((("payment", 1), ("_id", 1))),
            Index((("payer", 1), ("_id", 1))),
            Index((("payee", 1), ("_id", -1))),
            Index((("state", 1), ("_id", -1))),
        ),
        (Sealed("note", "refund note", owner="payer"),),
    ),
    "disputes": Shape(
        ("citizen",),
        (
            Index((("citizen", 1), ("payment", 1)), unique=True, partial={"open": True}),
            Index((("citizen", 1), ("_id", -1))),
            Index((("citizen", 1), ("payment", 1), ("_id", -1))),
            Index((("payee", 1), ("_id", -1))),
            Index((("state", 1), ("_id", -1))),
            Index((("looks_at", 1),), partial={"looks_at": {"$exists": True}}),
        ),
        (Sealed("said", "dispute said", owner="citizen"),),
    ),
    # risk
    "risk_rules": Shape(BY_ID, (Index((("state", 1), ("_id", 1))), Index((("code", 1), ("version", -1))))),
    "risk_counts": Shape(BY_ID, (Index((("payer", 1),)), TIDY)),
    "risk_refusals": Shape(
        BY_ID,
        (
            Index((("order", -1),)),
            Index((("rule", 1), ("order", -1))),
            Index((("payer", 1), ("order", -1))),
            TIDY,
        ),
    ),
    "payer_blocks": Shape(
        ("payer",),
        (
            Index((("payer", 1),), unique=True, partial={"open": True}),
            Index((("payer", 1), ("_id", -1))),
            Index((("open", 1), ("_id", -1))),
        ),
        (
            Sealed("reason", "payer block reason", owner="payer"),
            Sealed("ended.reason", "payer block ended", owner="payer"),
        ),
    ),
    # bills
    "billers": Shape(BY_ID),
    "biller_accounts": Shape(
        BY_ID,
        (Index((("biller", 1), ("_id", 1))),),
        (Sealed("number", "biller account number"), Sealed("holder", "biller account holder")),
    ),
    "bound_accounts": Shape(
        ("citizen",),
        (
            Index((("citizen", 1), ("account", 1)), unique=True),
            Index((("citizen", 1), ("_id", -1))),
            Index((("account", 1),)),
        ),
        (Sealed("label", "bound account label", owner="citizen"),),
    ),
    "bills": Shape(
        BY_ID,
        (
            Index((("account", 1), ("payable", 1), ("turn", 1))),
            Index((("biller", 1), ("state", 1), ("turn", -1))),
            Index((("state", 1), ("turn", -1))),
            Index((("look", 1),), partial={"look": {"$type": "string"}}),
        ),
        (Sealed("content", "bill content"),),
    ),
    "receipts": Shape(
        BY_ID,
        (
            Index((("citizen", 1), ("_id", -1))),
            Index((("citizen", 1), ("bill", 1), ("_id", 1))),
            Index((("refused", 1), ("_id", -1)), partial={"refused": True}),
        ),
        (Sealed("content", "receipt content", owner="citizen"),),
    ),
    "auto_pays": Shape(
        ("citizen",),
        (
            Index((("citizen", 1), ("account", 1)), unique=True, partial={"active": True}),
            Index((("active", 1), ("_id", 1))),
        ),
    ),
    "auto_pay_runs": Shape(
        BY_ID,
        (
            Index((("citizen", 1), ("_id", -1))),
            Index((("state", 1), ("pay_on", 1))),
            Index((("state", 1), ("_id", -1))),
        ),
    ),
    # points
    "point_lots": Shape(
        ("citizen",),
        (
            Index((("citizen", 1), ("open", 1), ("expires_on", 1))),
            Index((("look_at", 1), ("_id", 1)), partial={"open": True}),
        ),
    ),
    "point_grants": Shape(
        BY_ID,
        (Index((("organisation", 1), ("turn", -1))), Index((("citizen", 1), ("_id", 1)))),
        (Sealed("what", "grant words", owner="citizen"),),
    ),
    "point_budgets": Shape(BY_ID),
    "point_days": Shape(BY_ID, (TIDY,)),
    "point_causes": Shape(BY_ID, (Index((("rank", 1), ("_id", 1))),)),
    "point_partners": Shape(BY_ID, (Index((("active", 1), ("_id", 1))),)),
    "point_rates": Shape(("organisation",), (Index((("organisation", 1), ("from_day", -1)), unique=True),)),
    "point_redemptions": Shape(
        ("organisation",),
        (Index((("organisation", 1), ("seq", -1)), unique=True), Index((("organisation", 1), ("_id", -1)))),
    ),
    # red packets
    "packets": Shape(
        BY_ID,
        (
            Index((("code", 1),)),
            Index((("sender", 1), ("_id", -1))),
            Index((("state", 1), ("_id", -1))),
            Index((("lapses_at", 1), ("_id", 1)), partial={"state": "open"}),
            Index((("to", 1), ("_id", -1)), partial={"state": "open"}),
            Index((("stranded", 1), ("_id", -1)), partial={"stranded": True}),
        ),
        (Sealed("wish", "packet wish", owner="sender"), Sealed("link", "packet link", owner="sender")),
    ),
    "packet_shares": Shape(
        ("packet",),
        (Index((("packet", 1), ("number", 1))), Index((("citizen", 1), ("turn", -1)))),
    ),
    # rides
    "ride_fares": Shape(
        BY_ID,
        (Index((("operator", 1), ("line", 1), ("from_day", -1))), Index((("from_day", -1), ("_id", 1)))),
    ),
    "rides": Shape(
        BY_ID,
        (
            Index((("citizen", 1), ("at", -1), ("_id", -1))),
            Index((("citizen", 1), ("turn", -1))),
            Index((("operator", 1), ("turn", -1))),
            Index((("operator", 1), ("state", 1), ("turn", -1))),
            Index((("citizen", 1), ("turn", 1)), partial={"state": "owed"}),
            Index((("look_at", 1), ("_id", 1)), partial={"state": "owed"}),
            Index((("turn", -1),), partial={"state": "borne"}),
        ),
    ),
    "ride_days": Shape(BY_ID, (Index((("citizen", 1),)), TIDY)),
    "ride_codes": Shape(BY_ID, (TIDY,)),
    # reconciliation; `settled` entries of the gateway are looked up by when that was
    "gateway_days": Shape(BY_ID, (Index((("state", 1), ("_id", 1))),)),
    "gateway_lines": Shape(
        BY_ID,
        (
            Index((("day", 1), ("_id", 1))),
            Index((("reference", 1), ("kind", 1), ("_id", 1))),
            Index((("file", 1), ("mark", 1))),
        ),
    ),
    "gateway_differences": Shape(
        BY_ID,
        (
            Index((("day", 1), ("_id", 1))),
            Index((("state", 1), ("_id", 1))),
            Index((("reference", 1), ("kind", 1))),
            Index((("citizen", 1), ("_id", 1))),
        ),
    ),
    # merchants and paying by code
    "merchants": Shape(BY_ID, (Index((("state", 1), ("_id", 1))),)),
    "merchant_codes": Shape(BY_ID, (TIDY,)),
    "merchant_orders": Shape(BY_ID),
    "pay_codes": Shape(BY_ID, (TIDY,)),
    "shown_pay_codes": Shape(BY_ID, (TIDY,)),
    "pay_pins": Shape(BY_ID),
    "spending_days": Shape(BY_ID, (Index((("citizen", 1),)), TIDY)),
    "shifts": Shape(
        ("organisation",),
        (
            Index((("organisation", 1), ("cashier", 1)), unique=True, partial={"open": True}),
            Index((("organisation", 1), ("_id", -1))),
            Index((("organisation", 1), ("cashier", 1), ("_id", -1))),
        ),
    ),
    # settlement
    "settlements": Shape(
        ("payee",),
        (
            Index((("payee", 1), ("seq", -1)), unique=True),
            Index((("payee", 1), ("_id", -1))),
            Index((("day", 1), ("_id", 1))),
            Index((("state", 1), ("_id", -1))),
            Index((("carried_into", 1), ("state", 1), ("payee", 1))),
        ),
    ),
    "settlement_days": Shape(BY_ID),
    "settlement_payees": Shape(
        BY_ID,
        (),
        (
            Sealed("account.number", "payee account number"),
            Sealed("account.holder", "payee account holder"),
            Sealed("proposed.number", "payee account number"),
            Sealed("proposed.holder", "payee account holder"),
        ),
    ),
    # credit and treatments
    "credit_rules": Shape(BY_ID, (Index((("state", 1), ("since", -1), ("_id", -1))),)),
    "credit_scores": Shape(BY_ID, (Index((("reckoning.value", 1),)),)),
    "credit_counts": Shape(("citizen",), (Index((("citizen", 1), ("_id", -1))),)),
    "credit_lines": Shape(BY_ID, (Index((("state", 1), ("_id", 1))),)),
    "credit_dues": Shape(
        ("citizen",),
        (
            Index((("citizen", 1), ("about", 1)), unique=True),
            Index((("citizen", 1), ("_id", -1))),
            Index((("citizen", 1), ("open", 1), ("day", 1), ("_id", 1))),
            Index((("citizen", 1), ("day", 1))),
            Index((("open", 1), ("citizen", 1), ("day", 1))),
            Index((("open", 1), ("_id", -1))),
        ),
    ),
    "credit_repayments": Shape(("citizen",), (Index((("citizen", 1), ("_id", -1))),)),
    "credit_appeals": Shape(
        ("citizen",),
        (
            Index((("citizen", 1),), unique=True, partial={"open": True}),
            Index((("citizen", 1), ("_id", -1))),
            Index((("state", 1), ("_id", -1))),
        ),
        tuple(Sealed(name, f"credit appeal {name}", owner="citizen") for name in ("reason", "answer")),
    ),
    "treatments": Shape(
        ("citizen",),
        (
            Index((("citizen", 1), ("_id", -1))),
            Index((("hospital", 1), ("_id", -1))),
            Index((("state", 1), ("until", 1))),
        ),
        tuple(Sealed(name, f"treatment {name}", owner="citizen") for name in ("about", "lines")),
    ),
}
