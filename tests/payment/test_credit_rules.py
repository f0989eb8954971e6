"""What a score is made of, and what it is not."""

from __future__ import annotations

import ast
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domains.payment.credit.rules.errors import (
    CreditRulesInvalid,
    CreditRulesNeedAnother,
    CreditRulesSettled,
)
from app.domains.payment.credit.rules.model import (
    ABOUT,
    FIRST,
    LEAST,
    MEASURES,
    MOST,
    NAMES,
    WHOLE,
    Band,
    FactorCode,
    RulesState,
    Share,
)
from app.domains.payment.credit.score.model import Adjustment, Cause, Counted, months_before, reckoned
from app.domains.payment.credit.score.service import Facts

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
TODAY = date(2026, 11, 22)
SHARES = st.builds(Share, st.integers(0, 60), st.integers(0, 60))
COUNTED = st.builds(Counted, st.booleans(), SHARES, SHARES, SHARES, st.integers(0, 60))
# Where a score's facts come from. What people say, think, ask, report, vote or whom they know is in none of it.
SOURCES = {
    "app.core.clock",
    "app.domains.appointments.booking.blocks.store",
    "app.domains.appointments.booking.bookings.store",
    "app.domains.identity.citizens.store",
    "app.domains.payment.bills.store",
    "app.domains.payment.credit.dues.service",
    "app.domains.payment.credit.rules.model",
    "app.domains.payment.payments.model",
    "app.domains.payment.payments.store",
    "app.domains.payment.points.grants.model",
    "app.domains.payment.points.grants.store",
}


def value(counted: Counted) -> int:
    return reckoned(counted, FIRST, (), NOW, Cause.ASKED).value


def test_what_goes_into_a_score_are_the_published_factors_and_nothing_else() -> None:
    published = {code.value for code in FactorCode}
    assert published == {"identity", "bills", "dues", "appointments", "volunteering"}
    assert {field.name for field in fields(Counted)} == published
    assert {name for name in vars(Facts) if not name.startswith("_")} == published
    assert {rule.code.value for rule in FIRST.factors} == published


def test_the_facts_of_a_score_come_from_where_it_is_said_and_nowhere_else() -> None:
    tree = ast.parse((ROOT / "app/bridges/credit.py").read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    assert {name for name in imported if name.startswith(("app", "notifications", "virtual_card"))} == SOURCES
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import)]


def test_a_score_knows_no_other_room_of_the_city() -> None:
    allowed = ("app.core", "app.domains.payment", "virtual_card.cards.errors")
    for path in (ROOT / "app/domains/payment/credit").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
        ours = {name for name in imported if name.startswith(("app", "notifications", "virtual_card"))}
        assert {name for name in ours if not name.startswith(allowed)} == set(), path


def test_each_factor_has_its_name_and_its_explanation_in_both_languages() -> None:
    for code in FactorCode:
        assert code in MEASURES
        assert all((NAMES[code].zh, NAMES[code].en, ABOUT[code].zh, ABOUT[code].en))


@given(COUNTED)
def test_a_score_lies_within_its_bounds_and_is_what_its_factors_come_to(counted: Counted) -> None:
    made = reckoned(counted, FIRST, (), NOW, Cause.ASKED)
    assert LEAST <= made.value <= MOST
    assert made.value == LEAST + sum(one.points for one in made.factors)
    assert all(0 <= one.points <= one.weight for one in made.factors)


@given(COUNTED, st.sampled_from([FactorCode.BILLS, FactorCode.DUES, FactorCode.APPOINTMENTS]))
def test_one_more_good_thing_never_lowers_a_score_and_a_bad_one_never_raises_it(
    counted: Counted, code: FactorCode
) -> None:
    share = counted.of(code)
    better = replace(counted, **{code.value: replace(share, good=share.good + 1)})  # type: ignore[arg-type]
    worse = replace(counted, **{code.value: replace(share, bad=share.bad + 1)})  # type: ignore[arg-type]
    assert value(worse) <= value(counted) <= value(better)


@given(COUNTED)
def test_what_would_raise_it_is_what_it_says(counted: Counted) -> None:
    for factor in reckoned(counted, FIRST, (), NOW, Cause.ASKED).factors:
        found = counted.of(factor.code)
        more: object = Share(found.good + 1, found.bad)
        if factor.code is FactorCode.IDENTITY:
            more = True
        if factor.code is FactorCode.VOLUNTEERING:
            more = found.good + 1
        raised = replace(counted, **{factor.code.value: more})  # type: ignore[arg-type]
        assert value(raised) - value(counted) == factor.raises
        assert (factor.raised_by() is None) is (factor.raises == 0)


def test_nobody_loses_by_not_volunteering() -> None:
    factor = next(one for one in reckoned(Counted(True), FIRST, (), NOW, Cause.ASKED).factors if one.weight == 50)
    assert (factor.code, factor.points) == (FactorCode.VOLUNTEERING, 0)
    assert value(Counted(True, volunteering=10)) - value(Counted(True)) == 50


def test_a_newcomer_is_given_the_lowest_line_and_the_best_record_the_highest() -> None:
    assert (value(Counted(True)), FIRST.limit_of(value(Counted(True)))) == (660, 50_000)
    best = Counted(True, Share(40), Share(40), Share(40), 10)
    assert FIRST.limit_of(value(best)) == 500_000
    assert FIRST.limit_of(value(Counted())) == 0


def test_an_appeal_adds_and_never_above_the_highest() -> None:
    granted = (Adjustment("a", 200, TODAY),)
    best = Counted(True, Share(40), Share(40), Share(40), 10)
    assert reckoned(Counted(True), FIRST, granted, NOW, Cause.APPEAL).value == 860
    assert reckoned(best, FIRST, granted, NOW, Cause.APPEAL).value == MOST


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"since": TODAY + timedelta(days=6)}, "since"),
        ({"reason": "x"}, "reason"),
        ({"bands": ()}, "bands"),
        ({"bands": (Band(700, 100), Band(700, 200))}, "bands"),
        ({"bands": (Band(600, 200), Band(700, 100))}, "bands"),
        ({"bands": (Band(100, 200),)}, "bands"),
        ({"factors": FIRST.factors[:-1]}, "factors"),
        ({"factors": (*FIRST.factors, FIRST.factors[0])}, "factors"),
        ({"factors": (replace(FIRST.factors[0], weight=149), *FIRST.factors[1:])}, "weights"),
        ({"factors": (replace(FIRST.factors[0], weight=-1), *FIRST.factors[1:])}, "identity.weight"),
        ({"factors": (FIRST.factors[0], replace(FIRST.factors[1], months=37), *FIRST.factors[2:])}, "bills.months"),
        ({"factors": (FIRST.factors[0], replace(FIRST.factors[1], prior=0), *FIRST.factors[2:])}, "bills.prior"),
        ({"factors": (FIRST.factors[0], replace(FIRST.factors[1], start=101), *FIRST.factors[2:])}, "bills.start"),
        ({"factors": (*FIRST.factors[:4], replace(FIRST.factors[4], full=0))}, "volunteering.full"),
    ],
)
def test_rules_out_of_their_bounds_are_refused_by_the_field(changed: dict[str, object], field: str) -> None:
    proposed = replace(FIRST, since=TODAY + timedelta(days=7), reason="why", state=RulesState.PROPOSED)
    assert proposed.checked(TODAY)
    with pytest.raises(CreditRulesInvalid) as refused:
        replace(proposed, **changed).checked(TODAY)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_who_proposes_rules_does_not_approve_them_and_what_is_settled_stays() -> None:
    proposed = replace(FIRST, version=2, since=TODAY + timedelta(days=7), state=RulesState.PROPOSED, by="one")
    with pytest.raises(CreditRulesNeedAnother):
        proposed.approved("one", NOW, TODAY)
    approved = proposed.approved("other", NOW, TODAY)
    with pytest.raises(CreditRulesSettled):
        approved.approved("third", NOW, TODAY)
    with pytest.raises(CreditRulesSettled):
        approved.withdrawn("third", NOW)


def test_rules_are_approved_a_week_before_their_day_or_not_at_all() -> None:
    proposed = replace(FIRST, version=2, since=TODAY + timedelta(days=7), state=RulesState.PROPOSED, by="one")
    with pytest.raises(CreditRulesInvalid):
        proposed.approved("other", NOW, TODAY + timedelta(days=1))


def test_the_first_rules_weigh_the_whole() -> None:
    assert sum(one.weight for one in FIRST.factors) == WHOLE


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 11, 22), 12, date(2025, 11, 22)),
        (date(2026, 1, 31), 2, date(2025, 11, 30)),
        (date(2028, 2, 29), 12, date(2027, 2, 28)),
        (date(2026, 12, 31), 24, date(2024, 12, 31)),
        (date(2026, 3, 15), 0, date(2026, 3, 15)),
    ],
)
def test_months_are_counted_back_to_the_same_day_or_the_last(day: date, months: int, then: date) -> None:
    assert months_before(day, months) == then
