"""Codes of assets: their form, what their check digits catch, that neighbours are not alike."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domains.voice.street.assets.number import code_for, grouped, parsed_code

CODES = st.builds(lambda n: code_for("350102", f"H-{n}"), st.integers(0, 10**6))


@given(CODES)
def test_a_code_is_read_however_it_is_grouped(code: str) -> None:
    assert parsed_code(grouped(code)) == parsed_code(f" {code[:3]} {code[3:]} ") == code
    assert len(code) == 10


@given(CODES, st.integers(0, 9), st.sampled_from("0123456789"))
def test_no_wrong_digit_makes_another_code(code: str, place: int, digit: str) -> None:
    wrong = code[:place] + digit + code[place + 1 :]
    assert (parsed_code(wrong) is None) is (wrong != code)


@given(CODES, st.integers(0, 8))
def test_no_swap_of_neighbours_makes_another_code(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (parsed_code(swapped) is None) is (swapped != code)


@pytest.mark.parametrize("text", ["", "123", "48219370", "482193700x", "٤٨٢١٩٣٧٠٠٥", "4821937005" * 5, "LP4821937005"])
def test_what_has_another_form_is_no_code(text: str) -> None:
    assert parsed_code(text) is None


def test_neighbours_in_their_owners_list_are_not_alike() -> None:
    codes = [code_for("350102", f"L-{n:05d}") for n in range(2_000)]
    assert len(set(codes)) == 2_000
    alike = [sum(a == b for a, b in zip(one, other, strict=True)) for one, other in pairwise(codes)]
    assert sum(alike) / len(alike) < 1.5  # of ten digits, a tenth by chance
    assert max(alike) < 8


def test_the_same_number_of_the_same_owner_gives_the_same_code_each_time() -> None:
    assert code_for("350102", "H-1") == code_for("350102", "H-1")
    assert len({code_for("350102", "H-1", n) for n in range(12)}) == 12
    assert code_for("350102", "H-1") != code_for("350103", "H-1")
