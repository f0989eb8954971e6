from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtual_card.codes.errors import CodeMalformed
from virtual_card.codes.online import PREFIX, hash_online_code, new_online_code


def test_codes_never_repeat_and_their_hash_does_not_show_them() -> None:
    codes = {new_online_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert len({hash_online_code(code) for code in codes}) == 1000
    assert all(code.removeprefix(PREFIX) not in hash_online_code(code).upper() for code in codes)


def test_what_a_scanner_or_a_person_does_to_the_text_does_not_change_its_hash() -> None:
    code = new_online_code()
    typed = f"  {code[:12].lower()} {code[12:].lower()}\r\n"
    assert hash_online_code(typed) == hash_online_code(code)


@pytest.mark.parametrize(
    "change",
    [
        lambda code: code[:-1],
        lambda code: code + "A",
        lambda code: code[:-1] + "B",  # bits that no 128-bit code has
        lambda code: code[:-2] + "1" + code[-1],  # 1 is not in base32
        lambda code: "RONG1:" + code.removeprefix(PREFIX),
        lambda code: code.removeprefix(PREFIX),
        lambda code: code.replace("R", "ʀ"),
        lambda code: code + " " * 100,
        lambda code: "",
    ],
)
def test_foreign_text_is_refused_by_name(change: object) -> None:
    with pytest.raises(CodeMalformed):
        hash_online_code(change(new_online_code()))  # type: ignore[operator]


@given(st.text())
def test_no_text_leads_to_another_error(text: str) -> None:
    with pytest.raises(CodeMalformed):
        hash_online_code(text)
