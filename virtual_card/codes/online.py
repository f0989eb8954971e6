"""Online codes: 128 random bits that mean nothing outside the city; only their hash is stored.

`RONG:` + 26 characters of base32 stay within QR's alphanumeric mode, so that the picture is 25 × 25 modules.
"""

from __future__ import annotations

import re
import secrets
from base64 import b32encode
from hashlib import sha256

from virtual_card.codes.errors import CodeMalformed

PREFIX = "RONG:"
_MAX_TEXT = 64
_FORM = re.compile(r"[A-Z2-7]{25}[AEIMQUY4]")  # 26 characters hold 130 bits; the two last ones are zero


def new_online_code(prefix: str = PREFIX) -> str:
    """`prefix` says what is shown: the card, or a licence."""
    return prefix + b32encode(secrets.token_bytes(16)).decode().rstrip("=")


def hash_online_code(text: str, prefix: str = PREFIX) -> str:
    """What is stored and looked up: SHA-256 in hex of the code in capitals, blanks removed. 128 bits need no salt.

    Raises CodeMalformed for text that is no online code of this city.
    """
    if len(text) > _MAX_TEXT or not text.isascii():  # `ı`.upper() is I: only ASCII may be folded
        raise CodeMalformed
    code = "".join(text.split()).upper()
    if not code.startswith(prefix) or not _FORM.fullmatch(code.removeprefix(prefix)):
        raise CodeMalformed
    return sha256(code.encode()).hexdigest()
