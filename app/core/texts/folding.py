"""One spelling of a text: full width and half width, capitals and small letters, traditional and simplified."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import opencc

_HAN = re.compile(r"[\u3400-\u9fff]")
PARTS = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")
_simplified = opencc.OpenCC("t2s").convert


@lru_cache(maxsize=10_000)
def fold(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _simplified(plain) if _HAN.search(plain) else plain


def is_han(text: str) -> bool:
    return _HAN.match(text) is not None
