from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtual_card.cards.number import LENGTH, grouped, is_valid, new_number

numbers = st.text("0123456789", min_size=1, max_size=10).map(new_number)


@given(st.text("0123456789", min_size=1, max_size=10))
def test_a_new_number_has_its_prefix_sixteen_digits_and_is_valid(prefix: str) -> None:
    number = new_number(prefix)
    assert len(number) == LENGTH
    assert number.startswith(prefix)
    assert is_valid(number)


@given(numbers)
def test_every_single_wrong_digit_is_caught(number: str) -> None:
    for at in range(LENGTH):
        for digit in set("0123456789") - {number[at]}:
            assert not is_valid(number[:at] + digit + number[at + 1 :])


@given(numbers)
def test_every_swap_of_two_different_neighbours_is_caught(number: str) -> None:
    for at in range(LENGTH - 1):
        if number[at] != number[at + 1]:
            assert not is_valid(number[:at] + number[at + 1] + number[at] + number[at + 2 :])


@given(st.text(max_size=40))
def test_any_other_text_is_simply_not_valid(text: str) -> None:
    if not (text.isascii() and text.isdigit()):
        assert not is_valid(text)


def test_digits_of_other_scripts_and_other_lengths_are_not_valid() -> None:
    number = new_number()
    assert not is_valid(number.translate(str.maketrans("0123456789", "０１２３４５６７８９")))
    assert not is_valid(number[:-1])
    assert not is_valid("")


def test_numbers_are_not_handed_out_in_a_row() -> None:
    assert len({new_number() for _ in range(500)}) == 500


def test_a_number_is_printed_in_groups_of_four() -> None:
    assert grouped("3501482095736184") == "3501 4820 9573 6184"


@pytest.mark.parametrize("prefix", ["", "35a1", "35010000000", "３５０１"])
def test_a_prefix_that_is_no_division_code_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        new_number(prefix)
