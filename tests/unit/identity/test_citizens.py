"""Phone numbers, names, ID numbers, masks and ages, as people type and have them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from app.core.viewer import Assurance
from app.domains.identity.citizens.errors import IdNumberFault, IdNumberInvalid, NameInvalid, PhoneInvalid
from app.domains.identity.citizens.model import (
    Citizen,
    IdNumber,
    Sex,
    areas_of,
    birthday,
    is_elder,
    is_minor,
    mask_name,
    mask_phone,
    parse_name,
    parse_phone,
)
from mocks.people import id_number

DATES = st.dates(date(1900, 1, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    "raw",
    [
        "19900000001",
        "+8619900000001",
        "+86 199 0000 0001",
        "0086 199-0000-0001",
        " 199 0000 0001 ",
        "１９９０００００００１",
        "+86 (199) 00000001",
    ],
)
def test_a_mobile_number_is_understood_however_it_is_written(raw: str) -> None:
    assert parse_phone(raw) == "+8619900000001"


@pytest.mark.parametrize("raw", ["+852 6123 4567", "+65 9123 4567", "+1 201-555-0123"])
def test_mobile_numbers_from_abroad_are_taken(raw: str) -> None:
    assert parse_phone(raw) == "+" + re.sub(r"\D", "", raw)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        " ",
        "phone",
        "1990000000",  # a digit short
        "199000000011",  # a digit too many
        "12345678901",  # no such range
        "0591-87654321",  # a fixed line cannot get a text
        "12345",
        "+999 123456",
        "1990000000a",
        "9" * 300,
        "\x00",
    ],
)
def test_what_is_no_mobile_number_is_refused(raw: str) -> None:
    with pytest.raises(PhoneInvalid):
        parse_phone(raw)


@given(st.text(max_size=40))
def test_any_text_is_a_number_in_international_form_or_refused(raw: str) -> None:
    try:
        parsed = parse_phone(raw)
    except PhoneInvalid:
        return
    assert re.fullmatch(r"\+[0-9]{6,15}", parsed)
    assert parse_phone(parsed) == parsed


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("林晓梅", "林晓梅"),
        ("  林 ", None),
        (" 王二 ", "王二"),
        ("欧阳修文", "欧阳修文"),
        ("阿卜杜拉·吐尔逊", "阿卜杜拉·吐尔逊"),
        ("阿卜杜拉•吐尔逊", "阿卜杜拉·吐尔逊"),
        ("阿卜杜拉・吐尔逊", "阿卜杜拉·吐尔逊"),
        ("阿卜杜拉‧吐尔逊", "阿卜杜拉·吐尔逊"),
        ("㛃𠮷〇", "㛃𠮷〇"),
        ("Anne-Marie  O'Neill", "Anne-Marie O'Neill"),
        ("José Ñuñez", "José Ñuñez"),
        ("林\u3000晓梅", "林 晓梅"),
    ],
)
def test_names_are_written_as_the_registry_writes_them(raw: str, name: str | None) -> None:
    if name is None:
        with pytest.raises(NameInvalid):
            parse_name(raw)
    else:
        assert parse_name(raw) == name


@pytest.mark.parametrize(
    "raw", ["", "  ", "林", "··", "- -", "'林晓", "林晓1", "林晓<b>", "林\x00晓", "林" * 51, "😀😀", "林晓\u200b", "×÷"]
)
def test_what_is_no_name_is_refused(raw: str) -> None:
    with pytest.raises(NameInvalid):
        parse_name(raw)


@given(DATES, st.integers(0, 999))
def test_every_rightly_made_id_number_is_read_as_the_standard_says(born: date, order: int) -> None:
    text = id_number("350102", born, f"{order:03d}")
    number = IdNumber.parse(text)
    assert number == IdNumber(text, born, Sex.MALE if order % 2 else Sex.FEMALE)
    assert number.text[-1] == ric.calc_check_digit(text)
    assert number.birth_month == f"{born:%Y-%m}"


@given(DATES, st.integers(0, 999), st.integers(0, 17), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_seen(born: date, order: int, place: int, digit: str) -> None:
    text = id_number("350102", born, f"{order:03d}")
    if text[place] == digit:
        return
    with pytest.raises(IdNumberInvalid):
        IdNumber.parse(text[:place] + digit + text[place + 1 :])


def _ending_in_x() -> str:
    numbers = (id_number("350102", date(1990, 5, 20), f"{n:03d}") for n in range(100))
    return next(number for number in numbers if number.endswith("X"))


def test_blanks_and_a_small_x_do_not_matter() -> None:
    text = _ending_in_x()
    for raw in (text.lower(), f"  {text} ", f"{text[:6]} {text[6:14]} {text[14:]}"):
        assert IdNumber.parse(raw).text == text


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ("", IdNumberFault.FORM),
        ("350102900520101", IdNumberFault.FORM),  # fifteen digits, out of use since 2013
        ("35010219900520101", IdNumberFault.FORM),
        ("3501021990052010111", IdNumberFault.FORM),
        ("X50102199005201011", IdNumberFault.FORM),
        ("３５０１０２１９９００５２０１０１１", IdNumberFault.FORM),
        ("35010219900520101Ｘ", IdNumberFault.FORM),
        ("350102-19900520-1011", IdNumberFault.FORM),
        ("٣50102199005201011", IdNumberFault.FORM),
        ("350102199013201011", IdNumberFault.DATE),
        ("350102199000201011", IdNumberFault.DATE),
        ("350102199004311011", IdNumberFault.DATE),
        ("350102190002291011", IdNumberFault.DATE),  # 1900 was no leap year
        ("350102199102291011", IdNumberFault.DATE),
        ("350102000005201011", IdNumberFault.DATE),
    ],
)
def test_a_fault_in_an_id_number_is_named(raw: str, fault: IdNumberFault) -> None:
    with pytest.raises(IdNumberInvalid) as refused:
        IdNumber.parse(raw)
    assert refused.value.fault is fault


@pytest.mark.parametrize("born", [date(2000, 2, 29), date(1992, 2, 29)])
def test_leap_days_are_days_of_birth(born: date) -> None:
    assert IdNumber.parse(id_number("350102", born, "101")).birth == born


def test_every_wrong_check_digit_is_named() -> None:
    text = id_number("350102", date(1990, 5, 20), "101")
    for digit in set("0123456789X") - {text[-1]}:
        with pytest.raises(IdNumberInvalid) as refused:
            IdNumber.parse(text[:-1] + digit)
        assert refused.value.fault is IdNumberFault.CHECK_DIGIT


@given(st.text(max_size=24))
def test_any_text_is_an_id_number_or_refused(raw: str) -> None:
    try:
        number = IdNumber.parse(raw)
    except IdNumberInvalid:
        return
    assert ric.calc_check_digit(number.text) == number.text[-1]


def test_a_masked_name_keeps_the_first_character_and_the_length() -> None:
    assert (mask_name("林晓梅"), mask_name("王二"), mask_name("𠮷野")) == ("林**", "王*", "𠮷*")


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("+8619900000001", "+86 199****0001"), ("+85261234567", "+85 2****4567"), ("+6591234567", "+65 ****4567")],
)
def test_a_masked_phone_hides_at_least_four_digits(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked
    assert len(phone) - len(masked.replace(" ", "").replace("*", "")) >= 4


def _born(month: str | None) -> Citizen:
    return Citizen("c", datetime(2026, 1, 1, tzinfo=UTC), Assurance.REAL_NAME, birth_month=month)


@pytest.mark.parametrize(
    ("on", "reached"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 5, 1), False),
        (date(2026, 5, 31), False),  # the day is not known: in doubt the age is not reached
        (date(2026, 6, 1), True),
        (date(2027, 1, 1), True),
    ],
)
def test_an_age_is_reached_in_the_month_after_the_birthday(on: date, reached: bool) -> None:
    assert _born("1966-05").has_reached(60, on) is reached


def test_somebody_of_unknown_age_has_reached_none() -> None:
    assert not _born(None).has_reached(0, date(2026, 1, 1))


@given(DATES, st.integers(1, 100), DATES)
def test_nobody_is_told_to_be_older_than_he_is(born: date, years: int, on: date) -> None:
    if _born(f"{born:%Y-%m}").has_reached(years, on):
        assert on >= birthday(born, years)


@pytest.mark.parametrize(
    ("born", "years", "day"),
    [
        (date(1990, 5, 20), 18, date(2008, 5, 20)),
        (date(2008, 2, 29), 18, date(2026, 3, 1)),
        (date(2008, 2, 29), 20, date(2028, 2, 29)),
        (date(1966, 12, 31), 60, date(2026, 12, 31)),
        (date(2000, 2, 29), 100, date(2100, 3, 1)),
    ],
)
def test_birthdays_of_leap_days_fall_on_the_first_of_march(born: date, years: int, day: date) -> None:
    assert birthday(born, years) == day


@given(DATES)
def test_the_ages_of_law_change_on_the_birthday_itself(born: date) -> None:
    eve = timedelta(days=1)
    assert is_minor(born, birthday(born, 18) - eve)
    assert not is_minor(born, birthday(born, 18))
    assert not is_elder(born, birthday(born, 60) - eve)
    assert is_elder(born, birthday(born, 60))


@pytest.mark.parametrize(
    ("division", "areas"),
    [
        ("350102001004", ["35", "3501", "350102", "350102001", "350102001004"]),
        ("350102001000", ["35", "3501", "350102", "350102001"]),
        ("350102000000", ["35", "3501", "350102"]),
        ("350102", ["35", "3501", "350102"]),
        ("110000000000", ["11"]),
    ],
)
def test_a_division_lies_in_every_area_above_it(division: str, areas: list[str]) -> None:
    assert areas_of(division) == areas
