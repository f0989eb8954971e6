"""My payment: its rooms in the order in which they need each other, one file a noun."""

from __future__ import annotations

from typing import Any

from app.context import Payment
from app.wiring.card import Card
from app.wiring.core import Core
from app.wiring.identity import Calling, People
from app.wiring.outside import Outside
from app.wiring.payment.bills import bills_of
from app.wiring.payment.by_code import ByCode, by_code_of
from app.wiring.payment.credit import credit_of, treatments_of
from app.wiring.payment.giving import packets_of, points_of
from app.wiring.payment.ledger import Books, ledger_of
from app.wiring.payment.paying import Paying, paying_of
from app.wiring.payment.putting_right import PuttingRight, putting_right_of
from app.wiring.payment.riding import riding_of
from app.wiring.payment.settling import settling_of
from app.wiring.payment.wallet import wallet_of
from app.wiring.uploads import Uploads


def payment_of(core: Core, beyond: Outside, calling: Calling, people: People, card: Card, uploads: Uploads) -> Payment:
    books = ledger_of(core)
    paying = paying_of(core, beyond, books)
    right = putting_right_of(core, books, paying, people, uploads)
    by_code = by_code_of(core, calling, people, paying, right.refunds)
    credit = credit_of(core, people, books, paying, right.refunds, by_code.pins)
    wallet = wallet_of(core, beyond.gateway, calling, people, books, paying, by_code.pins)
    points = points_of(core, people, card, books, paying)
    return Payment(
        **_of_the_books(books, paying),
        **_of_putting_right(paying, right),
        **_of_codes(by_code),
        points=points,
        packets=packets_of(core, people, books, paying, wallet.wallets, points),
        rides=riding_of(core, people, card, books, paying),
        bills=bills_of(core, beyond, calling, paying.payments, by_code.pins),
        wallet=wallet,
        credit=credit,
        treatments=treatments_of(core, card, books, paying, credit, by_code.pins),
        settlement=settling_of(core, beyond, books, paying),
    )


def _of_the_books(books: Books, paying: Paying) -> dict[str, Any]:
    return {
        "ledger": books.ledger,
        "folding": books.folding,
        "proof": books.proof,
        "orders": paying.orders,
        "gateway_refunds": paying.gateway_refunds,
        "gateway_returns": paying.gateway_returns,
        "payouts": paying.payouts,
        "payments": paying.payments,
    }


def _of_putting_right(paying: Paying, right: PuttingRight) -> dict[str, Any]:
    return {
        "risk": paying.risk,
        "risk_rules": right.rules,
        "payer_blocks": right.blocks,
        "refunds": right.refunds,
        "refund_asking": right.asking,
        "disputes": right.disputes,
        "dispute_answers": right.answers,
        "dispute_decisions": right.decisions,
    }


def _of_codes(by_code: ByCode) -> dict[str, Any]:
    return {
        "watched_payments": by_code.watched,
        "merchants": by_code.merchants,
        "pay_codes": by_code.pay_codes,
        "pins": by_code.pins,
        "collecting": by_code.collecting,
        "confirming": by_code.confirming,
        "merchant_payments": by_code.merchant_payments,
        "shifts": by_code.shifts,
    }
