"""What a bill, an account number, a receipt's code and auto-pay may be: rules, without a database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Outcome
from app.core.money import Money
from app.core.said import Said
from app.domains.payment.bills.accounts.model import Account, masked
from app.domains.payment.bills.auto_pay.errors import AutoPayCapUnfit, AutoPayNothingToSkip
from app.domains.payment.bills.auto_pay.model import (
    AutoPay,
    RunState,
    announces,
    demand_allowed,
    first_run,
    pay_day,
    pay_day_anew,
)
from app.domains.payment.bills.billers.errors import AccountNumberUnfit
from app.domains.payment.bills.billers.model import Alphabet, BillKind, NumberRule
from app.domains.payment.bills.errors import (
    BelowPaid,
    BillBeingPaid,
    BillNotPayable,
    BillTermsUnfit,
    MoreThanOwed,
    PartNotAllowed,
    PartTooSmall,
    VersionConflict,
)
from app.domains.payment.bills.model import Bill, BillLine, BillState, Stage, Terms, issued
from app.domains.payment.bills.pushing.model import fen_of
from app.domains.payment.bills.receipts.model import code_of, masked_name, receipt_of
from app.domains.payment.payments.model import Method

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
TODAY = date(2026, 11, 22)
DUE = date(2026, 12, 1)
TERMS = Terms(1, (BillLine(Said("学费"), 10_000),), DUE, reason=Said("学费"))


def bill(terms: Terms = TERMS) -> Bill:
    return issued("school", BillKind.SCHOOL, "account", "B-1", terms, NOW, TODAY)


def paid(one: Bill, fen: int) -> Bill:
    return one.engaged_by("p", fen, NOW).settled("p", fen, NOW)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"lines": ()}, "lines"),
        ({"lines": (BillLine(Said("x"), 0),)}, "lines"),
        ({"lines": (BillLine(Said(""), 5),)}, "lines"),
        ({"lines": (BillLine(Said("a"), 100), BillLine(Said("b"), -100))}, "amount"),
        ({"lines": (BillLine(Said("a"), 100), BillLine(Said("b"), -300))}, "amount"),
        ({"version": 0}, "version"),
        ({"least": 100}, "least"),
        ({"least": 10_001, "part_allowed": True}, "least"),
        ({"since": DUE, "until": TODAY}, "period"),
        ({"reason": Said("")}, "reason"),
        ({"reason": Said("a\u0007")}, "reason"),
        ({"beneficiary": "林" * 61}, "beneficiary"),
    ],
)
def test_terms_that_cannot_stand_are_named(changed: dict[str, object], field: str) -> None:
    with pytest.raises(BillTermsUnfit) as refused:
        replace(TERMS, **changed).checked()  # type: ignore[arg-type]
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("fen", "terms", "refusal"),
    [
        (10_001, TERMS, MoreThanOwed(Money(10_000))),
        (9_999, TERMS, PartNotAllowed(Money(10_000))),
        (2_999, replace(TERMS, part_allowed=True, least=3_000), PartTooSmall(Money(3_000))),
    ],
)
def test_what_can_be_paid_of_a_bill_is_what_it_allows(fen: int, terms: Terms, refusal: Outcome) -> None:
    with pytest.raises(type(refusal)) as refused:
        bill(terms).engaged_by("p", fen, NOW)
    assert refused.value.data == refusal.data


def test_a_rest_may_be_less_than_the_least_part() -> None:
    part = paid(bill(replace(TERMS, part_allowed=True, least=6_000)), 6_000)
    assert (part.state, part.remaining) == (BillState.PART_PAID, 4_000)
    whole = paid(part, 4_000)
    assert (whole.state, whole.remaining, whole.look_on) == (BillState.PAID, 0, None)


@given(st.lists(st.integers(1, 3_000), max_size=12))
def test_however_a_bill_is_paid_no_more_than_it_asks_for_is_taken(parts: list[int]) -> None:
    one = bill(replace(TERMS, part_allowed=True))
    for fen in parts:
        try:
            one = paid(one, fen)
        except (MoreThanOwed, BillNotPayable):
            assert fen > one.remaining or not one.payable
    assert 0 <= one.paid <= 10_000
    assert (one.state is BillState.PAID) is (one.paid == 10_000)


def test_a_bill_that_is_being_paid_takes_no_second_payment_and_no_change() -> None:
    engaged = bill().engaged_by("p", 10_000, NOW)
    acts: tuple[Callable[[], Bill], ...] = (
        lambda: engaged.engaged_by("q", 10_000, NOW),
        lambda: engaged.changed(replace(TERMS, version=2), NOW),
        lambda: engaged.withdrawn(NOW),
        lambda: engaged.superseded(NOW),
    )
    for act in acts:
        with pytest.raises(BillBeingPaid):
            act()
    assert engaged.released("other", NOW) is engaged
    assert engaged.released("p", NOW).engaged is None


def test_only_a_newer_version_is_news_and_the_same_one_has_the_same_content() -> None:
    one = bill(replace(TERMS, version=3))
    assert not one.follows(replace(TERMS, version=2))
    assert not one.follows(replace(TERMS, version=3))
    assert one.follows(replace(TERMS, version=4))
    with pytest.raises(VersionConflict):
        one.follows(replace(TERMS, version=3, due=TODAY))


def test_a_bill_is_not_changed_to_less_than_was_paid() -> None:
    part = paid(bill(replace(TERMS, part_allowed=True)), 5_000)
    with pytest.raises(BelowPaid):
        part.changed(replace(TERMS, version=2, lines=(BillLine(Said("学费"), 5_000),)), NOW)


def test_a_partly_paid_bill_can_be_taken_back_and_not_replaced() -> None:
    part = paid(bill(replace(TERMS, part_allowed=True)), 5_000)
    assert part.withdrawn(NOW).state is BillState.WITHDRAWN
    with pytest.raises(BillNotPayable):
        part.superseded(NOW)


@pytest.mark.parametrize(
    ("left", "stage"),
    [
        (-40, Stage.OVERDUE),
        (-1, Stage.OVERDUE),
        (8, None),
        (7, Stage.WEEK),
        (5, Stage.WEEK),
        (3, Stage.THREE_DAYS),
        (1, Stage.TOMORROW),
        (0, Stage.TOMORROW),
    ],
)
def test_the_nearest_stage_is_told(left: int, stage: Stage | None) -> None:
    assert bill().stage(DUE - timedelta(days=left)) is stage


def test_each_stage_is_told_once_and_none_after_the_bill_is_paid() -> None:
    one, told, day = bill(), list[Stage](), TODAY
    while day < DUE + timedelta(days=20):
        if one.look_on is not None and one.look_on <= day:
            if (stage := one.stage(day)) is not None:
                told.append(stage)
            one = one.looked_at(day)
        day += timedelta(days=1)
    assert told == list(Stage)
    assert paid(bill(), 10_000).stage(DUE) is None


def test_another_due_day_is_reminded_of_anew() -> None:
    reminded = bill().looked_at(DUE - timedelta(days=7))
    later = reminded.changed(replace(TERMS, version=2, due=DUE + timedelta(days=30)), NOW)
    assert (later.told, later.look_on) == (None, DUE + timedelta(days=23))


@pytest.mark.parametrize(
    ("text", "fen"), [("0", 0), ("12", 1200), ("12.5", 1250), ("12.05", 1205), ("-3.30", -330), ("-0.01", -1)]
)
def test_amounts_are_read_to_the_fen(text: str, fen: int) -> None:
    assert fen_of(text) == fen


@pytest.mark.parametrize("text", ["", "1.234", "1e3", "１２", "+1", " 1", "1,000", "NaN", "99999999999", ".5"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(BillTermsUnfit):
        fen_of(text)


def test_account_numbers_are_read_without_what_people_put_between() -> None:
    rule = NumberRule(6, 8, Alphabet.LETTERS_AND_DIGITS)
    assert rule.parsed(" ab-12 34 ") == "AB1234"
    for wrong in ("12345", "123456789", "12345?", "一二三四五六", "１２３４５６"):
        with pytest.raises(AccountNumberUnfit):
            rule.parsed(wrong)


def test_a_holder_is_compared_as_people_write_names() -> None:
    account = Account("a", "b", "12345678", "Lin Xiao")
    assert account.proved_by(" lin  xiao")
    assert account.proved_by("ＬＩＮ　ＸＩＡＯ")
    assert not account.proved_by("Lin")
    assert masked("12345678") == "****5678"
    assert masked_name("林小满") == "林**"


def test_a_receipts_code_is_found_by_who_has_it_and_by_nobody_else() -> None:
    def signed(text: str) -> str:
        return f"{hash(text) & (2**64 - 1):016x}"

    id_ = "0192f0c1-2345-7abc-8def-0123456789ab"
    code = code_of(id_, signed)
    assert receipt_of(code, signed) == id_
    for other in (code[:-1], code[:-1] + ("A" if code[-1] != "A" else "B"), "", "x" * 32, "林" * 32, code + "AAAA"):
        assert receipt_of(other, signed) is None


ALLOWED = AutoPay("ap", "citizen", "account", "school", 10_000, Method.WALLET, "citizen", NOW)


def test_auto_pay_is_allowed_up_to_a_bound_and_from_what_one_has() -> None:
    demand_allowed(1, Method.CREDIT)
    for cap, method in ((0, Method.WALLET), (1_000_001, Method.WALLET), (100, Method.GATEWAY), (100, Method.POINTS)):
        with pytest.raises(AutoPayCapUnfit):
            demand_allowed(cap, method)


@pytest.mark.parametrize(("left", "ahead"), [(3, 2), (2, 1), (1, 1), (0, 1), (-5, 1)])
def test_what_is_announced_is_paid_on_a_later_day_and_in_time_when_it_can_be(left: int, ahead: int) -> None:
    assert pay_day(TODAY + timedelta(days=left), TODAY) == TODAY + timedelta(days=ahead)


def test_a_bill_is_announced_three_days_before_it_is_due() -> None:
    assert not announces(bill(), DUE - timedelta(days=4))
    assert announces(bill(), DUE - timedelta(days=3))
    assert not announces(bill().engaged_by("p", 10_000, NOW), DUE)


def test_a_bill_above_the_cap_is_told_and_not_paid() -> None:
    assert first_run(replace(ALLOWED, cap=9_999), bill(), "p", TODAY, NOW).state is RunState.TOO_HIGH
    assert first_run(ALLOWED, bill(), "p", TODAY, NOW).state is RunState.ANNOUNCED


def test_a_refused_payment_is_tried_once_more() -> None:
    run = first_run(ALLOWED, bill(), "p", TODAY, NOW).refused("INSUFFICIENT_BALANCE", TODAY, NOW)
    assert (run.state, run.tries, run.pay_on) == (RunState.ANNOUNCED, 1, TODAY + timedelta(days=1))
    assert run.refused("INSUFFICIENT_BALANCE", TODAY, NOW).state is RunState.FAILED


@pytest.mark.parametrize(("left", "ahead"), [(30, 29), (4, 3), (3, 2), (2, 2), (1, 1), (0, 1), (-5, 1)])
def test_the_days_of_the_notice_begin_again_as_far_as_the_due_day_allows(left: int, ahead: int) -> None:
    assert pay_day_anew(TODAY + timedelta(days=left), TODAY) == TODAY + timedelta(days=ahead)


def test_what_was_announced_is_overtaken_by_another_version_and_what_was_skipped_is_not() -> None:
    run, other = first_run(ALLOWED, bill(), "p", TODAY, NOW), bill(replace(TERMS, version=2, part_allowed=True))
    part = paid(bill(replace(TERMS, part_allowed=True)), 4_000)
    assert not run.overtaken_by(bill())
    assert run.overtaken_by(other)
    assert run.overtaken_by(part)
    for state in (RunState.TOO_HIGH, RunState.FAILED):
        assert run.ended(state, NOW).overtaken_by(other)
        assert not run.ended(state, NOW).overtaken_by(part)
    for state in (RunState.SKIPPED, RunState.LAPSED, RunState.PAID):
        assert not run.ended(state, NOW).overtaken_by(other)
    anew = run.refused("INSUFFICIENT_BALANCE", TODAY, NOW).announced_anew(other, 10_000, TODAY, NOW)
    assert (anew.version, anew.tries, anew.code, anew.state) == (2, 0, None, RunState.ANNOUNCED)


def test_what_is_over_cannot_be_skipped() -> None:
    run = first_run(ALLOWED, bill(), "p", TODAY, NOW)
    assert run.skipped(NOW).state is RunState.SKIPPED
    with pytest.raises(AutoPayNothingToSkip):
        run.ended(RunState.PAID, NOW).skipped(NOW)
