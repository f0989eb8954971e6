"""What can be wrong with a licence's file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.errors import Outcome


class LicenceFileMalformed(Outcome):
    """Not a licence file of this city."""


class LicenceFileUntrusted(Outcome):
    """Signed by a key that is not known, or altered."""


@dataclass(eq=False)
class LicenceFileExpired(Outcome):
    """A fresh one is to be fetched, or the licence itself is over."""

    expired_at: datetime


class LicenceFileRevoked(Outcome):
    """The licence was suspended, revoked or replaced."""
