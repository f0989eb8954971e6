"""An account at a biller: its number, and its holder's name, which proves that one may see its bills.

It is nobody's holding in the city: several citizens may have bound it, or none.
"""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime

_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Account:
    """`id` is the keyed hash of the biller and the number. `asked_at`: when its biller was last asked for bills."""

    id: str
    biller: str
    number: str
    holder: str
    asked_at: datetime | None = None

    @property
    def masked(self) -> str:
        """The last digits, as an account is named in lists and on receipts."""
        return masked(self.number)

    def proved_by(self, holder: str) -> bool:
        return secrets.compare_digest(folded(self.holder).encode(), folded(holder).encode())


def masked(number: str) -> str:
    return "*" * max(len(number) - _SHOWN, _SHOWN) + number[-_SHOWN:]


def folded(name: str) -> str:
    """A name as it is compared: width, case and blanks make no difference."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()
