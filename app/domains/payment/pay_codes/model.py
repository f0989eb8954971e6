"""A code to pay by: two fixed digits that tell tills whose it is, and sixteen random ones.

A guess meets one of a million codes that are shown at a time with a chance of one in ten thousand million. Only the
keyed hash of a code is kept.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domains.payment.pay_codes.errors import PayCodeExpired, PayCodeMalformed, PayCodeUnknown, PayCodeUsed
from app.domains.payment.payments.model import Method

LIFE = timedelta(seconds=60)
PREFIX = "86"
_RANDOM = 16
_FORM = re.compile(rf"{PREFIX}[0-9]{{{_RANDOM}}}")
_LONGEST = 40


def new_pay_code() -> str:
    return f"{PREFIX}{secrets.randbelow(10**_RANDOM):0{_RANDOM}d}"


def parsed_pay_code(raw: str) -> str:
    """The eighteen digits, whatever blanks stand between them. Raises PayCodeMalformed."""
    text = "".join(raw.split()) if len(raw) <= _LONGEST and raw.isascii() else ""
    if not _FORM.fullmatch(text):
        raise PayCodeMalformed
    return text


@dataclass(frozen=True, slots=True)
class ShownPayCode:
    """As the phone shows it. `strong`: the PIN was given, so that the higher limit of a day counts."""

    text: str
    method: Method
    strong: bool
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PayCode:
    """As the city keeps it. `used_at` is set with the first charge, whatever comes of it; `ended_at` when a newer code
    took its place.
    """

    hash: str
    citizen: str
    method: Method
    strong: bool
    expires_at: datetime
    used_at: datetime | None = None
    ended_at: datetime | None = None


def refusal(code: PayCode | None) -> PayCodeUnknown | PayCodeUsed | PayCodeExpired:
    """Why a code could not be used."""
    if code is None or (code.ended_at is not None and code.used_at is None):
        return PayCodeUnknown()
    return PayCodeUsed() if code.used_at is not None else PayCodeExpired()
