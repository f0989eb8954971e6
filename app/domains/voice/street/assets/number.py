"""Codes of assets: `4821-9370-05`, eight digits and two check digits.

Digits alone, so that a code is read over the telephone in any language. The check is ISO/IEC 7064 MOD 97-10: it catches
every wrong digit, every swap, and all but one in a hundred of other slips. The eight digits follow from who owns the
asset and what it is called there, so that a file that is imported again finds it again without an index; and they are
scattered: two neighbouring lamps hardly ever share more than a digit, and a code that is a digit off is no other lamp.
"""

from __future__ import annotations

import hashlib
import re

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_97_10

_FORM = re.compile(r"([0-9]{4})([0-9]{4})([0-9]{2})")
_DIGITS = 8
TRIES = 12
"""So many codes an asset may be given, in this order, each when the one before is another asset's."""


def code_for(unit: str, reference: str, attempt: int = 0) -> str:
    """The code of what its owner calls `reference`."""
    digest = hashlib.sha256(f"{unit}\0{reference}\0{attempt}".encode()).digest()
    body = f"{int.from_bytes(digest) % 10**_DIGITS:0{_DIGITS}d}"
    return body + str(mod_97_10.calc_check_digits(body))


def parsed_code(raw: str) -> str | None:
    """The plain code of what somebody typed or scanned; None when it cannot be one."""
    plain = "".join(raw.split()).replace("-", "") if len(raw) <= 40 else ""
    if not plain.isascii() or not _FORM.fullmatch(plain):
        return None
    try:
        return str(mod_97_10.validate(plain))
    except ValidationError:
        return None


def grouped(code: str) -> str:
    """As printed."""
    return _FORM.sub(r"\1-\2-\3", code)
