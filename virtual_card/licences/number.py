"""Numbers of licences: two letters of the kind, the year, eight random digits, and a check character.

`DL2026-4821-0937-K`. The check is ISO/IEC 7064 MOD 37,36 over letters and digits, as GB 32100 uses its like: it catches
every wrong character, and all but three in a thousand swaps of two neighbours.
"""

from __future__ import annotations

import re
import secrets

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_36

_FORM = re.compile(r"([A-Z]{2}[0-9]{4})([0-9]{4})([0-9]{4})([0-9A-Z])")


def new_number(prefix: str, year: int) -> str:
    """A store still has to check that it is unused."""
    body = f"{prefix}{year:04d}{secrets.randbelow(10**8):08d}"
    return body + str(mod_37_36.calc_check_digit(body))


def parsed(text: str) -> str | None:
    """The plain number of what somebody typed; None when it cannot be one."""
    plain = "".join(text.split()).replace("-", "").upper()
    if not plain.isascii() or not _FORM.fullmatch(plain):
        return None
    try:
        return str(mod_37_36.validate(plain))
    except ValidationError:
        return None


def grouped(number: str) -> str:
    """As printed."""
    return _FORM.sub(r"\1-\2-\3-\4", number)
