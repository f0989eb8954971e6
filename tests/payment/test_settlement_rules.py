"""Fees, and what a settlement may become."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import BadInput
from app.domains.payment.ledger.model import TransferKind
from app.domains.payment.payments.model import PayeeKind
from app.domains.payment.settlement.errors import (
    PayeeAccountChanged,
    PayeeAccountMissing,
    PayeeNeedsAnother,
    SettlementStateWrong,
)
from app.domains.payment.settlement.fees.model import MOST_POINTS, fee_given_back, fee_of
from app.domains.payment.settlement.model import Payee, Settlement, SettlementLine, SettlementState
from app.domains.payment.settlement.payees.model import PayeeAccount, PayeeProfile, parsed_number
from app.domains.payment.settlement.statements.model import StatementRow, table_of

AT = datetime(2026, 11, 22, 4, tzinfo=UTC)
SHOP = Payee(PayeeKind.MERCHANT, "shop")


@pytest.mark.parametrize(
    ("fen", "points", "fee"),
    [(10_000, 60, 60), (100, 60, 1), (83, 60, 0), (84, 60, 1), (1, 600, 0), (9, 600, 1), (0, 60, 0), (10_000, 0, 0)],
)
def test_a_fee_is_rounded_half_up_to_whole_fen(fen: int, points: int, fee: int) -> None:
    assert fee_of(fen, points) == fee


@pytest.mark.parametrize(("fen", "points"), [(-1, 60), (100, -1), (100, MOST_POINTS + 1)])
def test_no_fee_is_negative_or_beyond_the_most(fen: int, points: int) -> None:
    with pytest.raises(ValueError, match="no such fee"):
        fee_of(fen, points)


@given(
    fen=st.integers(1, 10**9),
    points=st.integers(0, MOST_POINTS),
    cuts=st.lists(st.integers(1, 10**9), max_size=12),
)
def test_a_fee_goes_back_part_by_part_and_never_more_than_was_taken(fen: int, points: int, cuts: list[int]) -> None:
    fee, before, back = fee_of(fen, points), 0, 0
    for cut in [*cuts, fen]:
        part = min(cut, fen - before)
        if part == 0:
            break
        now = fee_given_back(fen, fee, before, part)
        assert 0 <= now <= part
        before, back = before + part, back + now
    assert back == fee if before == fen else back <= fee


def settlement(**changed: Any) -> Settlement:
    lines = (
        SettlementLine(TransferKind.PAYMENT, 3, 30_000, 180),
        SettlementLine(TransferKind.REFUND, 1, -10_000, -60),
    )
    span = AT - timedelta(days=1), AT
    one = Settlement(SHOP, date(2026, 11, 21), 4, *span, lines, -500, SettlementState.CARRIED, AT)
    return replace(one, **changed)


def test_a_total_is_what_came_less_what_went_back_less_fees_and_what_was_left_over() -> None:
    one = settlement()
    assert (one.total, one.fees, one.counted(), one.counted(TransferKind.REFUND)) == (29_820 - 9_940 - 500, 120, 4, 1)


def test_what_was_returned_or_held_is_sent_anew() -> None:
    for state in (SettlementState.RETURNED, SettlementState.HELD):
        sent = settlement(state=state, reason="BANK_REFUSED").sent("payout")
        assert (sent.state, sent.payout, sent.tries, sent.reason) == (SettlementState.PAYING, "payout", 1, "")


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": SettlementState.PAID},
        {"state": SettlementState.RETURNED, "carried_into": "merchant:shop:2026-11-22"},
        {"carried": -50_000},
    ],
)
def test_what_is_paid_or_taken_up_or_nothing_is_not_sent(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettlementStateWrong):
        settlement(**wrong).sent("payout")


@pytest.mark.parametrize(
    ("tries", "reason", "again"),
    [(1, "BANK_REFUSED", True), (3, "BANK_REFUSED", False), (1, "ACCOUNT_CLOSED", False), (1, "NO_ACCOUNT", False)],
)
def test_a_bank_is_asked_three_times_and_once_when_it_says_why(tries: int, reason: str, again: bool) -> None:
    assert settlement(tries=tries).tries_again(reason) is again


def test_a_bank_account_is_approved_by_another_than_who_entered_it() -> None:
    entered = PayeeProfile(SHOP, proposed=PayeeAccount("6222000011112222", "店", "工商银行", "ICBC", "a", AT, "1"))
    assert entered.hindrance == "NO_ACCOUNT"
    with pytest.raises(PayeeNeedsAnother):
        entered.approved("a", "1")
    with pytest.raises(PayeeAccountChanged):
        entered.approved("b", "0")
    approved = entered.approved("b", "1")
    assert approved.account is not None
    assert (approved.account.masked, approved.hindrance) == ("**** 2222", "")
    with pytest.raises(PayeeAccountMissing):
        approved.approved("c", "1")
    assert "6222" not in repr(approved)


@pytest.mark.parametrize("raw", ["", "1234567", "6222x00011112222", "6" * 31, "６２２２００００１１１１"])
def test_a_bank_account_has_8_to_30_digits(raw: str) -> None:
    with pytest.raises(BadInput):
        parsed_number(raw)


def test_a_statement_is_a_table_of_yuan_in_which_no_order_is_a_formula() -> None:
    row = StatementRow("1", AT, TransferKind.PAYMENT, 1_234, 7, "p", "P1", '=HYPERLINK("x")', "wallet")
    text = table_of([row])
    assert '2026-11-22 12:00:00,payment,P1,"\'=HYPERLINK(""x"")",12.34,0.07,12.27,wallet' in text
