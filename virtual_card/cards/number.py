"""Card numbers: a city prefix, random digits, and a Verhoeff check digit.

Verhoeff (1969) catches every wrong digit and every swap of two neighbours; ISO/IEC 7064 MOD 11,10 lets some swaps pass.
"""

from __future__ import annotations

import secrets

from stdnum import verhoeff

LENGTH = 16
_GROUP = 4


def new_number(prefix: str = "3501") -> str:
    """A number of 16 digits. `prefix` is the city's division code; a store still has to check that it is unused."""
    if not _is_digits(prefix) or len(prefix) > LENGTH - 6:
        raise ValueError("a card prefix is 1 to 10 digits")
    free = LENGTH - 1 - len(prefix)
    body = prefix + f"{secrets.randbelow(10**free):0{free}d}"
    return body + str(verhoeff.calc_check_digit(body))


def is_valid(number: str) -> bool:
    """Whether this is 16 ASCII digits with a right check digit; says nothing of whether such a card exists."""
    return len(number) == LENGTH and _is_digits(number) and bool(verhoeff.is_valid(number))


def grouped(number: str) -> str:
    """The number as printed: groups of four."""
    return " ".join(number[at : at + _GROUP] for at in range(0, len(number), _GROUP))


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
