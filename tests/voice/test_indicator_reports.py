"""The index, hot spots, reports and tables: worked out by hand, and opened by another program."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import BadInput
from app.core.messages import LOCALES
from app.domains.voice.figures.index.errors import WeightsInvalid
from app.domains.voice.figures.index.model import FIRST, INDEX, SCORED, Weights, checked, scored
from app.domains.voice.figures.indicators.cells.model import CITY
from app.domains.voice.figures.indicators.definitions import DEFINITIONS
from app.domains.voice.figures.indicators.facts.model import Counted
from app.domains.voice.figures.indicators.hotspots.model import Findings, found, poisson_tail
from app.domains.voice.figures.indicators.model import Board, By, Figure, Months, Part
from app.domains.voice.figures.indicators.reports.model import Names, Report, Sheet, report_of
from app.domains.voice.figures.indicators.reports.workbook import csv_of, workbook_of

DAY = date(2026, 11, 22)
KEY = "350102000000|street-lamp"
SUMS = {"filed": 10, "due": 4, "on_time": 3, "rated": 2, "satisfied": 2, "solved": 1, "grades": 9, "accepted": 0}


def weeks(*counts: int) -> dict[date, dict[str, int]]:
    """The last of them is the present week; all on one day of their weeks."""
    return {DAY - timedelta(days=7 * back + 3): {KEY: n} for back, n in enumerate(reversed(counts))}


@pytest.mark.parametrize(
    ("counts", "hot"),
    [
        ((2, 2, 2, 2, 2, 2, 2, 2, 4), False),  # fewer than five
        ((2, 2, 2, 2, 2, 2, 2, 2, 6), False),  # one week in sixty has so many by chance
        ((2, 2, 2, 2, 2, 2, 2, 2, 12), True),
        ((0, 0, 0, 0, 0, 0, 0, 0, 5), False),  # one week in 270
        ((0, 0, 0, 0, 0, 0, 0, 0, 8), True),
        ((2, 2, 2, 90, 2, 2, 2, 2, 12), True),  # one wild week before does not hide it
        ((5, 25, 10, 20, 5, 25, 10, 20, 35), False),  # weeks lie far from each other here
        ((100,) * 8 + (130,), False),  # unlikely, but not half as many again
        ((100,) * 8 + (160,), True),
    ],
)
def test_a_spot_is_hot_by_usual_weeks_chance_and_number(counts: tuple[int, ...], hot: bool) -> None:
    spots = found(DAY, weeks(*counts)).spots
    assert bool(spots) is hot
    for spot in spots:
        assert (spot.count, spot.weeks, spot.district, spot.category) == (counts[-1], counts[:-1], *KEY.split("|"))


def test_a_spot_keeps_the_day_on_which_it_was_found_first() -> None:
    first = found(DAY, weeks(*(2,) * 8, 12))
    again = found(DAY + timedelta(days=1), weeks(*(2,) * 8, 12), first)
    assert [spot.since for spot in again.spots] == [DAY]
    assert [spot.since for spot in found(DAY + timedelta(days=1), weeks(*(2,) * 8, 12), None).spots] != [DAY]


@given(st.integers(0, 60), st.floats(0.1, 50))
def test_the_tail_falls_from_one(least: int, mean: float) -> None:
    assert poisson_tail(0, mean) == 1.0
    assert 0.0 <= poisson_tail(least + 1, mean) <= poisson_tail(least, mean) <= 1.0


def test_there_are_four_groups_eleven_headings_and_24_indicators_whose_weights_make_100() -> None:
    assert len(INDEX) == 4
    assert sum(len(group.headings) for group in INDEX) == 11
    assert len(SCORED) == 24 == sum(len(group.indicators) for group in INDEX)
    assert sum(FIRST.values.values()) == 100
    assert SCORED.keys() <= DEFINITIONS.keys()


def test_every_definition_says_what_it_counts_in_both_languages() -> None:
    for one in DEFINITIONS.values():
        assert all(said.zh and said.en for said in (one.name, one.top_words)), one.code
        assert one.bottom is None or (one.bottom_words.zh and one.bottom_words.en), one.code


def test_what_has_no_data_leaves_its_weight_to_the_others_of_its_group() -> None:
    index = scored(SUMS, FIRST)
    rows = {
        row.figure.definition.code: row for group in index.groups for head in group.headings for row in head.indicators
    }
    # Heard: only what is divided by cases filed has a score (none were refused or withdrawn): 2 and 1 of 15.
    assert [rows[code].share for code in ("refused", "withdrawn")] == pytest.approx(
        [100 * 15 / 85 * 2 / 3, 100 * 15 / 85 / 3]
    )
    assert rows["acceptance_time"].score is None
    assert rows["on_time"].score == 0.0  # three of four are on time: below nine of ten
    assert rows["satisfied"].score == 100.0
    assert rows["grade"].score == pytest.approx(80.0)
    assert sum(row.share for row in rows.values()) == pytest.approx(100.0)
    assert index.score is not None
    assert 0 < index.score < 100


def test_nothing_is_scored_of_nothing() -> None:
    assert scored({}, FIRST).score is None


@given(st.dictionaries(st.sampled_from([one.value for one in Counted]), st.integers(0, 10_000)))
def test_every_score_lies_between_0_and_100(sums: dict[str, int]) -> None:
    index = scored(sums, FIRST)
    for group in index.groups:
        for heading in group.headings:
            for row in heading.indicators:
                assert row.score is None or 0 <= row.score <= 100
    assert index.score is None or 0 <= index.score <= 100 + 1e-9


def test_a_group_whose_weights_are_all_zero_counts_for_nothing() -> None:
    only = Weights(2, {**dict.fromkeys(SCORED, 0), "on_time": 100})
    assert scored(SUMS, only).score == 0.0


@pytest.mark.parametrize(
    "changed",
    [{"on_time": 13}, {"on_time": -1, "solved": 23}, {"made_up": 0}, {"on_time": 101}],
)
def test_weights_that_do_not_make_100_are_refused(changed: dict[str, int]) -> None:
    with pytest.raises(WeightsInvalid):
        checked({**FIRST.values, **changed})
    with pytest.raises(WeightsInvalid):
        checked({code: n for code, n in FIRST.values.items() if code != "on_time"})


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-02", "2026-01"),
        ("2024-01", "2026-01"),
        ("2026-13", "2026-13"),
        ("", ""),
        ("x", "y"),
        ("2026-1", "2026-01"),
    ],
)
def test_months_that_are_none_or_too_many_are_refused(first: str, last: str) -> None:
    with pytest.raises(BadInput):
        Months.of(first, last)


def test_months_count_over_the_end_of_a_year() -> None:
    assert Months.of("2025-11", "2026-02").starts == ("2025-11", "2025-12", "2026-01", "2026-02")
    assert Months.until(date(2026, 2, 28), 14) == Months("2025-01", "2026-02")
    assert len(Months.of("2024-02", "2026-01").starts) == 24


def test_a_figure_without_a_denominator_has_no_value() -> None:
    assert Figure.of(DEFINITIONS["on_time"], {}).value is None
    assert Figure.of(DEFINITIONS["on_time"], SUMS).value == 0.75
    assert Figure.of(DEFINITIONS["filed"], SUMS).value == 10


def report(locale: str, unit: str = "鼓楼区") -> Report:
    months = Months("2026-10", "2026-11")
    parts = {by: (Part("a", SUMS), Part("b", {"filed": 20})) for by in By}
    board = Board(CITY, months, SUMS, (Part("2026-10", {}), Part("2026-11", SUMS)), parts)
    names = Names(locale, lambda code: f"{unit} {code}", lambda code: "路灯")
    spots = found(DAY, weeks(*(2,) * 8, 12))
    return report_of(board, board.trend, scored(SUMS, FIRST), spots, names)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_workbook_opens_elsewhere_with_its_values_and_charts(locale: str) -> None:
    made = report(locale)
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(made)))
    assert len(book.sheetnames) == len(made.sheets) == 9
    figures = book[book.sheetnames[0]]
    rows = {row[7]: row for row in figures.iter_rows(min_row=3, values_only=True)}
    assert rows["on_time v1"][1:5] == (0.75, "比例" if locale == "zh-CN" else "part of one", 3, 4)
    assert rows["acceptance_time v1"][1] is None
    assert [len(book[name]._charts) for name in book.sheetnames] == [0, 1, 1, 1, 1, 1, 1, 0, 1]


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"]


@pytest.mark.parametrize("word", FORMULAS)
def test_no_word_becomes_a_formula(word: str) -> None:
    sheet = Sheet("t", (word,), ((word,), (3,)))
    rows = list(csv.reader(io.StringIO(csv_of(sheet).decode("utf-8-sig"))))
    assert rows == [[f"'{word}"], [f"'{word}"], ["3"]]
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(Report("t", (sheet,)))))
    cells = [cell for row in book["t"].iter_rows(min_row=2) for cell in row]
    assert [cell.data_type for cell in cells] == ["s", "s", "n"]


def test_no_findings_no_spots() -> None:
    assert Findings(DAY).spots == ()
