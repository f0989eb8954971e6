"""The number that a citizen quotes: `FZ2026-0001-23456-7` (an application; of a case, `SQ…`), nine random digits of a
year and a check digit.

Random, so that nobody learns from his own how many there are or which another has; reading asks whose it is anyway.
Verhoeff's digit catches every wrong digit and every swap of two neighbours.
"""

from __future__ import annotations

import re
import secrets

from stdnum import verhoeff

_FORM = re.compile(r"([A-Z]{2})([0-9]{4})-?([0-9]{4})-?([0-9]{5})-?([0-9])")


def new_number(year: int, prefix: str = "FZ") -> str:
    """`prefix` is two capitals. A store still has to check that it is unused."""
    body = f"{secrets.randbelow(10**9):09d}"
    return f"{prefix}{year:04d}-{body[:4]}-{body[4:]}-{verhoeff.calc_check_digit(f'{year:04d}{body}')}"


def parsed_number(raw: str, prefix: str | None = None) -> str | None:
    """As it is written, whatever blanks and small letters somebody typed; None when it cannot be one (of that kind)."""
    found = _FORM.fullmatch("".join(raw.split()).upper()) if raw.isascii() and len(raw) <= 40 else None
    if found is None:
        return None
    kind, year, first, second, check = found.groups()
    if prefix not in (None, kind) or not verhoeff.is_valid(f"{year}{first}{second}{check}"):
        return None
    return f"{kind}{year}-{first}-{second}-{check}"
