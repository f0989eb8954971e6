"""A question as somebody types it, and as it may be kept: in one spelling, capped, and without personal numbers."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from app.domains.government.answers.questions.errors import QuestionEmpty, QuestionTooLong

MOST: Final = 200
MASK: Final = "***"
# Numbers of persons, phones, cards and accounts, however they are broken up; times, years and sums are shorter.
_NUMBER = re.compile(r"(?<![0-9A-Za-z])\+?[0-9](?:[ \-.·_/]?[0-9]){6,}[Xx]?(?![0-9A-Za-z])")
# A passport, a permit, a plate.
_DOCUMENT = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{1,2}[ -]?[0-9]{7,9}(?![0-9A-Za-z])")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][ ·-]?[A-Z0-9]{5,6}(?![A-Z0-9])"
)
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}")
_PERSONAL = (_MAIL, _PLATE, _NUMBER, _DOCUMENT)


def parsed(text: str) -> str:
    """One line, masked. Raises QuestionEmpty, QuestionTooLong."""
    if len(text) > 10 * MOST:  # no need to look closer
        raise QuestionTooLong(MOST)
    # Compatibility forms first: full-width digits are digits.
    plain = unicodedata.normalize("NFKC", text)
    line = " ".join("".join(one if one.isprintable() else " " for one in plain).split())
    if len(line) > MOST:
        raise QuestionTooLong(MOST)
    if not any(one.isalnum() for one in line):
        raise QuestionEmpty
    return masked(line)


def masked(line: str) -> str:
    for personal in _PERSONAL:
        line = personal.sub(MASK, line)
    return line
