"""The tree of organisations, and the file of units it is read from."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domains.identity.organisations.errors import BadRow, ImportRefused, RowFault
from app.domains.identity.organisations.model import Kind, Level, Organisation, OrganisationState, Tree
from app.domains.identity.organisations.service import parse_units

HEADER = "code,parent,name,level\n"
FUJIAN = Path(__file__).resolve().parents[4] / "shared" / "data" / "divisions_fujian.csv"


def node(code: str, *path: str, state: OrganisationState = OrganisationState.ACTIVE) -> Organisation:
    return Organisation(code, code, Kind.DEPARTMENT, parent=path[-1] if path else None, path=path, state=state)


def units_of(text: str, known: dict[str, Organisation] | None = None) -> list[Organisation]:
    return list(parse_units((HEADER + text).encode(), known or {}).units)


def faults_of(data: str | bytes) -> list[tuple[int, RowFault]]:
    with pytest.raises(ImportRefused) as refused:
        parse_units(data if isinstance(data, bytes) else (HEADER + data).encode(), {})
    return [(row.line, row.fault) for row in refused.value.rows]


def test_to_be_active_all_above_must_be_active() -> None:
    tree = Tree()
    tree.put([node("city"), node("hospital", "city"), node("ward-3", "city", "hospital"), node("library", "city")])
    assert all(tree.active(code) for code in ("city", "hospital", "ward-3", "library"))
    tree.put([node("hospital", "city", state=OrganisationState.SUSPENDED)])
    assert [tree.active(code) for code in ("city", "hospital", "ward-3", "library")] == [True, False, False, True]
    tree.put([node("city", state=OrganisationState.SUSPENDED), node("hospital", "city")])
    assert not any(tree.active(code) for code in ("city", "hospital", "ward-3", "library"))


def test_late_word_of_an_older_revision_counts_for_nothing() -> None:
    tree, made = Tree(), node("hospital")
    suspended = made.next(state=OrganisationState.SUSPENDED)
    tree.put([made, suspended, made])
    assert not tree.active("hospital")
    tree.put([suspended.next(state=OrganisationState.ACTIVE)])
    assert tree.active("hospital")


def test_what_is_unknown_or_hangs_in_the_air_is_not_active() -> None:
    tree = Tree()
    tree.put([node("orphan", "nowhere")])
    assert not tree.active("orphan")
    assert not tree.active("unknown")
    assert tree.get("unknown") is None


def test_children_are_listed_in_order_and_grandchildren_are_not() -> None:
    tree = Tree()
    tree.put([node("b", "root"), node("root"), node("a", "root"), node("a1", "root", "a")])
    assert [child.code for child in tree.under("root")] == ["a", "b"]


def test_parents_come_first_whatever_the_order_of_the_file() -> None:
    units = units_of("c1,b1,村,township\nb1,a1,县,county\na1,,省,province\n")
    assert [(unit.code, unit.path) for unit in units] == [("a1", ()), ("b1", ("a1",)), ("c1", ("a1", "b1"))]
    assert [unit.level for unit in units] == [Level.PROVINCE, Level.COUNTY, Level.TOWNSHIP]
    assert {unit.kind for unit in units} == {Kind.GOVERNMENT}


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("x,,省,province\n", [(2, RowFault.CODE)]),
        (",,省,province\n", [(2, RowFault.CODE)]),
        ("a b,,省,province\n", [(2, RowFault.CODE)]),
        (f"{'1' * 41},,省,province\n", [(2, RowFault.CODE)]),
        ("３５,,省,province\n", [(2, RowFault.CODE)]),
        ("a1,,,province\n", [(2, RowFault.NAME)]),
        ("a1,,   ,province\n", [(2, RowFault.NAME)]),
        (f"a1,,{'省' * 101},province\n", [(2, RowFault.NAME)]),
        ("a1,,省\x07,province\n", [(2, RowFault.NAME)]),
        ("a1,,省,planet\n", [(2, RowFault.LEVEL)]),
        ("a1,,省,\n", [(2, RowFault.LEVEL)]),
        ("a1,,省\n", [(2, RowFault.COLUMNS)]),
        ("a1,,省,province,more\n", [(2, RowFault.COLUMNS)]),
        ("a1,zz,省,province\n", [(2, RowFault.PARENT_UNKNOWN)]),
        ("a1,,省,province\na1,,省,province\n", [(3, RowFault.DUPLICATE)]),
        ("a1,a1,省,province\n", [(2, RowFault.CYCLE)]),
        ("a1,b1,省,province\nb1,a1,市,city\n", [(2, RowFault.CYCLE), (3, RowFault.CYCLE)]),
        ("!,,,planet\n", [(2, RowFault.CODE), (2, RowFault.NAME), (2, RowFault.LEVEL)]),
    ],
)
def test_every_fault_is_named_with_its_line(text: str, faults: list[tuple[int, RowFault]]) -> None:
    assert faults_of(text) == faults


def test_all_bad_rows_are_named_in_the_order_of_the_file() -> None:
    text = "a1,,省,province\n?,a1,市,city\nb1,zz,市,city\nb2,a1,,city\nb3,a1,市,town\na1,,省,province\n"
    assert faults_of(text) == [
        (3, RowFault.CODE),
        (4, RowFault.PARENT_UNKNOWN),
        (5, RowFault.NAME),
        (6, RowFault.LEVEL),
        (7, RowFault.DUPLICATE),
    ]


def test_what_was_wrong_is_quoted_and_not_at_length() -> None:
    with pytest.raises(ImportRefused) as refused:
        units_of(f"{'!' * 500},,省,province\n")
    assert refused.value.rows == (BadRow(2, RowFault.CODE, "!" * 80),)


def test_blank_lines_and_quoted_breaks_do_not_shift_the_line_numbers() -> None:
    assert faults_of('a1,,"省\n福建",province\n\nb1,,市,planet\n') == [(3, RowFault.NAME), (5, RowFault.LEVEL)]


def test_windows_line_ends_and_a_byte_order_mark_are_taken() -> None:
    data = b"\xef\xbb\xbf" + (HEADER + "a1,,省,province\nb1,a1,市,city\n").replace("\n", "\r\n").encode()
    assert [unit.code for unit in parse_units(data, {}).units] == ["a1", "b1"]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a byte order mark"])
def test_another_encoding_is_named_with_the_line_where_it_shows(mark: bytes) -> None:
    assert faults_of(mark + HEADER.encode() + "福州".encode("gb18030") + b",,x,province\n") == [(2, RowFault.ENCODING)]
    good = HEADER.encode() + "a1,,省,province\n".encode()
    assert faults_of(mark + good + "b1,a1,福州市,city\n".encode("gbk")) == [(3, RowFault.ENCODING)]
    assert faults_of((HEADER + "a1,,省,province\n").encode("utf-16")) == [(1, RowFault.ENCODING)]


@pytest.mark.parametrize("header", ["", "code,name\n", "Code,Parent,Name,Level\n", "code;parent;name;level\n"])
def test_a_file_with_other_columns_is_not_read(header: str) -> None:
    assert faults_of((header + "a1,,省,province\n").encode()) == [(1, RowFault.COLUMNS)]


def test_a_field_beyond_all_measure_is_refused_with_its_line() -> None:
    assert faults_of(f"a1,,省,province\nb1,a1,{'x' * 200_000},city\n") == [(3, RowFault.COLUMNS)]


def test_what_is_known_counts_as_parent_and_keeps_what_the_file_does_not_say() -> None:
    known = {"a1": node("a1"), "h1": Organisation("h1", "医院", Kind.HOSPITAL, parent="a1", path=("a1",))}
    known["b1"] = Organisation("b1", "旧名", Kind.GOVERNMENT, scopes=frozenset({"verify:gate"}))
    units = units_of("b1,a1,新名,city\nc1,h1,部,township\n", known)
    assert [(u.code, u.path, u.scopes) for u in units] == [
        ("b1", ("a1",), frozenset({"verify:gate"})),
        ("c1", ("a1", "h1"), frozenset()),
    ]


def test_english_names_are_read_where_the_file_has_them_and_stay_where_it_has_none() -> None:
    with_english = f"{HEADER.strip()},name_en\na1,,省,province,\n b1".replace(
        " b1", "b1,a1,市,city, City \nc1,b1,区,county"
    )
    read = parse_units(with_english.encode(), {}).units
    assert [(unit.code, unit.name_en) for unit in read] == [("a1", ""), ("b1", "City"), ("c1", "")]
    again = units_of("b1,,新市,city\n", {unit.code: unit for unit in read})
    assert [(unit.name, unit.name_en) for unit in again] == [("新市", "City")]


@pytest.mark.parametrize("name_en", ["x" * 101, "a\u200bb"])
def test_an_english_name_that_cannot_be_is_a_fault_of_its_own(name_en: str) -> None:
    data = f"{HEADER.strip()},name_en\na1,,省,province,{name_en}\n"
    assert faults_of(data.encode()) == [(2, RowFault.NAME_EN)]


def test_who_has_no_english_name_goes_by_the_chinese_one() -> None:
    tree = Tree()
    tree.put([Organisation("a", "医院", Kind.HOSPITAL, name_en="Hospital"), Organisation("b", "书店", Kind.MERCHANT)])
    names = [said and (said.within("en"), said.within("zh-CN")) for said in map(tree.name_of, "abc")]
    assert names == [("Hospital", "医院"), ("书店", "书店"), None]


def test_a_circle_through_what_is_known_is_seen() -> None:
    known = {"a1": node("a1"), "b1": node("b1", "a1")}
    with pytest.raises(ImportRefused) as refused:
        units_of("a1,b1,省,province\n", known)
    assert [row.fault for row in refused.value.rows] == [RowFault.CYCLE]


def test_the_divisions_of_fujian_are_read_and_read_again_alike() -> None:
    """The source lists Jinmen, a county without townships, once more as a township of itself under the same code."""
    first = parse_units(_fujian(), {})
    assert len(_fujian().splitlines()) == 1 + 1264
    assert (len(first.units), first.echoes) == (1263, (BadRow(655, RowFault.ECHO, "350527000000"),))
    assert sum(unit.parent is None for unit in first.units) == 1
    seen: set[str] = set()
    for unit in first.units:
        assert unit.parent is None or unit.parent in seen
        seen.add(unit.code)
    assert parse_units(_fujian(), {unit.code: unit for unit in first.units}) == first


def test_a_code_twice_is_a_fault_unless_the_row_is_its_own_echo() -> None:
    assert faults_of("a1,,省,province\na1,,省,province\n") == [(3, RowFault.DUPLICATE)]
    assert faults_of("a1,a1,省,province\n") == [(2, RowFault.CYCLE)]


def _fujian() -> bytes:
    if not FUJIAN.exists():
        pytest.skip(f"{FUJIAN.name} is not at hand")
    return FUJIAN.read_bytes()


def _read(data: bytes) -> tuple[list[Organisation], tuple[BadRow, ...]]:
    """The units, or what is wrong with them: never both, never any other exception."""
    try:
        return list(parse_units(data, {}).units), ()
    except ImportRefused as refused:
        assert refused.rows, "a refusal says why"  # noqa: PT017  (both ways are looked at by the caller)
        return [], refused.rows


def _is_sound(units: list[Organisation]) -> bool:
    seen: set[str] = set()
    for unit in units:
        if unit.parent is not None and (unit.parent not in seen or unit.path[-1] != unit.parent):
            return False
        seen.add(unit.code)
    return len(seen) == len(units)


_CELL = st.sampled_from(["a1", "b1", "c1", "", "省", '"', "\n", "\r", ",", "province", "city", "\x00", "x" * 41])
_LINE = st.lists(_CELL, max_size=6).map(",".join)


@given(st.one_of(st.binary(max_size=200), st.lists(_LINE, max_size=8).map(lambda lines: "\n".join(lines).encode())))
def test_any_bytes_are_a_sound_list_or_refused(rows: bytes) -> None:
    for data in (rows, HEADER.encode() + rows):
        units, bad = _read(data)
        assert _is_sound(units)
        assert all(row.line >= 1 for row in bad)


@given(st.dictionaries(st.integers(0, 12), st.integers(0, 12), max_size=12))
def test_a_forest_is_taken_and_anything_with_a_circle_is_not(parents: dict[int, int]) -> None:
    nodes = sorted({*parents, *parents.values()})
    rows = [f"n{n:02d},{f'n{parents[n]:02d}' if n in parents else ''},名,city" for n in nodes]
    circular = any(_returns(n, parents) for n in nodes)
    units, bad = _read((HEADER + "\n".join(rows)).encode())
    assert {row.fault for row in bad} == ({RowFault.CYCLE} if circular else set())
    assert _is_sound(units)
    assert len(units) == (0 if circular else len(nodes))


def _returns(start: int, parents: dict[int, int]) -> bool:
    step, seen = parents.get(start), {start}
    while step is not None:
        if step in seen:
            return True
        seen.add(step)
        step = parents.get(step)
    return False
