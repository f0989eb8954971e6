"""Rules of the gateway and the wallet: what an answer makes of an order, numbers of cards, sums, statements."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.ids import new_id
from app.core.money import Money
from app.core.said import Said
from app.domains.payment.gateway.model import OrderAnswer, ToldOrder, next_look
from app.domains.payment.gateway.orders.model import PAID_WITHIN, Order, OrderPurpose, OrderState, judged
from app.domains.payment.ledger.model import (
    BANK,
    Account,
    AccountKind,
    Posting,
    Side,
    TransferKind,
    wallet,
)
from app.domains.payment.merchants.model import Category
from app.domains.payment.wallet.cards.errors import CardNumberInvalid
from app.domains.payment.wallet.cards.model import parse_number
from app.domains.payment.wallet.statements.drawing import draw
from app.domains.payment.wallet.statements.errors import StatementPeriodInvalid
from app.domains.payment.wallet.statements.model import (
    Period,
    SpendingCategory,
    Statement,
    WalletLine,
    category_of,
    month_of,
    other_side,
)
from app.domains.payment.wallet.statements.table import as_csv

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
TODAY = date(2026, 11, 22)
ORDER = Order("order", OrderPurpose.TOP_UP, "citizen", "citizen", 1000, "充值", NOW, NOW + PAID_WITHIN)
OPEN, PAID, FAILED, CLOSED = OrderAnswer.OPEN, OrderAnswer.PAID, OrderAnswer.FAILED, OrderAnswer.CLOSED
S = OrderState


@pytest.mark.parametrize(
    ("was", "answer", "paid_fen", "becomes"),
    [
        (S.OPENING, OPEN, 0, S.OPEN),
        (S.OPENING, PAID, 1000, S.PAID),
        (S.OPEN, PAID, 1000, S.PAID),
        (S.OPEN, PAID, 999, S.MISMATCH),
        (S.OPEN, PAID, 1001, S.MISMATCH),
        (S.OPEN, PAID, 0, S.MISMATCH),
        (S.OPEN, FAILED, 0, S.FAILED),
        (S.OPEN, CLOSED, 0, S.CLOSED),
        (S.PAID, PAID, 1000, S.PAID),
        (S.PAID, CLOSED, 0, S.PAID),
        (S.MISMATCH, PAID, 1000, S.MISMATCH),
        (S.RETURNED, PAID, 1000, S.RETURNED),
        (S.CLOSED, PAID, 1000, S.RETURNED),
        (S.FAILED, PAID, 999, S.RETURNED),
        (S.CLOSED, OPEN, 0, S.CLOSED),
    ],
)
def test_an_answer_settles_what_waits_and_brings_back_only_money(
    was: OrderState, answer: OrderAnswer, paid_fen: int, becomes: OrderState
) -> None:
    told = ToldOrder("order", "G", answer, 1000, paid_fen)
    assert judged(replace(ORDER, state=was), told) is becomes


def test_an_order_that_was_asked_for_otherwise_is_a_mismatch_even_when_it_was_paid_whole() -> None:
    assert judged(replace(ORDER, state=S.OPEN), ToldOrder("order", "G", PAID, 1, 1)) is S.MISMATCH


def test_looks_come_less_and_less_often() -> None:
    waits = [(next_look(looks, NOW) - NOW).total_seconds() for looks in range(10)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (15, 1800)


@pytest.mark.parametrize("number", ["6222021234567890128", "6222 0212 3456 7890 128", "4111-1111-1111-1111"])
def test_numbers_of_cards_are_read_with_blanks_and_hyphens(number: str) -> None:
    assert parse_number(number).isdigit()


@pytest.mark.parametrize("number", ["", "6222021234567890129", "4111", "４" + "1" * 15, "x" * 16, "0" * 40])
def test_what_is_no_number_of_a_card_is_refused(number: str) -> None:
    with pytest.raises(CardNumberInvalid):
        parse_number(number)


@given(st.text(alphabet="0123456789", min_size=15, max_size=18), st.integers(0, 18), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(digits: str, place: int, off: int) -> None:
    (good,) = [number for last in "0123456789" if (number := _valid(digits + last)) is not None]
    place %= len(good)
    wrong = good[:place] + str((int(good[place]) + off) % 10) + good[place + 1 :]
    assert _valid(wrong) is None


def _valid(number: str) -> str | None:
    try:
        return parse_number(number)
    except CardNumberInvalid:
        return None


def posting(fen: int, at: datetime = NOW, kind: TransferKind = TransferKind.TOP_UP) -> Posting:
    side = Side.CREDIT if fen > 0 else Side.DEBIT
    return Posting(new_id(), new_id(), wallet("c"), side, abs(fen), kind, at, other=BANK.id, seq=1, after=1000)


def line(fen: int, days: int = 0, category: SpendingCategory = SpendingCategory.TOP_UP) -> WalletLine:
    return WalletLine(posting(fen, NOW - timedelta(days=days)), category)


@given(st.lists(st.tuples(st.integers(-(10**9), 10**9).filter(bool), st.integers(0, 21)), max_size=40))
def test_a_months_sums_are_those_of_its_lines_by_day_and_by_category(moved: list[tuple[int, int]]) -> None:
    lines = [line(fen, days, SpendingCategory.FOOD if fen % 2 else SpendingCategory.BILLS) for fen, days in moved]
    month = month_of(Period.month(TODAY, TODAY), Money(500), lines)
    assert month.closing.fen == 500 + sum(fen for fen, _ in moved)
    assert month.income.fen - month.expense.fen == sum(fen for fen, _ in moved)
    assert sum(one.income.fen for one in month.days) == month.income.fen
    assert sum(one.expense.fen for one in month.days) == month.expense.fen
    assert sum(one.sum.fen for one in month.categories if one.incoming) == month.income.fen
    assert sum(one.count for one in month.categories) == len(moved)
    assert len(month.days) == 30


def test_what_a_line_counts_as_follows_from_its_kind_then_from_what_the_payee_does() -> None:
    shop, biller = Account(AccountKind.MERCHANT, "shop"), Account(AccountKind.BILLER, "water")
    pays = posting(-1, kind=TransferKind.PAYMENT)
    assert category_of(pays, shop, Category.PHARMACY) is SpendingCategory.HEALTH
    assert category_of(pays, shop, None) is SpendingCategory.SHOPPING
    assert category_of(pays, biller, None) is SpendingCategory.BILLS
    assert category_of(pays, None, None) is SpendingCategory.OTHER
    assert category_of(posting(1, kind=TransferKind.REFUND), shop, Category.PHARMACY) is SpendingCategory.REFUND


def test_of_a_payment_with_a_fee_the_payee_is_the_other_side() -> None:
    shop, fees = Account(AccountKind.MERCHANT, "shop"), Account(AccountKind.FEES)
    pays = replace(posting(-1, kind=TransferKind.PAYMENT), other="")
    assert other_side(pays, {pays.transfer: [wallet("c"), fees, shop]}) == shop
    assert other_side(pays, {}) is None


@pytest.mark.parametrize(
    ("first", "last"),
    [(TODAY, TODAY - timedelta(days=1)), (TODAY, TODAY + timedelta(days=1)), (date(2025, 1, 1), TODAY)],
)
def test_periods_run_forward_up_to_today_and_a_year_at_most(first: date, last: date) -> None:
    with pytest.raises(StatementPeriodInvalid):
        Period.checked(first, last, TODAY)


def test_a_day_begins_at_midnight_of_the_city() -> None:
    period = Period(TODAY, TODAY)
    assert period.since.astimezone(UTC) == datetime(2026, 11, 21, 16, tzinfo=UTC)
    assert period.until - period.since == timedelta(days=1)


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
@pytest.mark.parametrize("count", [0, 1, 120])
def test_a_statement_is_drawn_over_as_many_pages_as_it_takes(locale: str, count: int) -> None:
    lines = tuple(
        replace(line(-(100 + n), n % 20, SpendingCategory.FOOD), name=Said("=HYPERLINK(鱼丸)")) for n in range(count)
    )
    statement = Statement("林**", Period(date(2026, 11, 1), TODAY), Money(10**6), Money(0), lines, NOW)
    drawn = draw(statement, locale)
    assert drawn.startswith(b"%PDF")
    assert (len(re.findall(rb"/Type /Page\b(?!s)", drawn)) > 1) is (count == 120)
    text = as_csv(statement, locale)
    assert text.count("'=HYPERLINK(鱼丸)") == count  # no formula where it is opened
    assert ("期初余额" in text) is (locale == "zh-CN")
