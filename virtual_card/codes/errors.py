"""What can be wrong with a code.

Outcome
├── CodeMalformed                 not an online code of this city
├── CodeUnknown                   of the right form, but never given
├── CodeExpired
├── CodeUsed                      it was verified before
├── CodeForOtherPurpose           shown for another purpose than it is verified for
├── OfflineCodeMalformed          not an offline code of this city
├── OfflineCodeUntrusted          signed by a key that is not known, or altered
├── OfflineCodeNotYetValid
├── OfflineCodeExpired
├── OfflineCodeForOtherPurpose
├── OfflineCodeRevoked            the card is suspended or revoked
├── OfflineCodeReplayed           this gate has seen it
├── StatusListMalformed           the list of revoked cards cannot be read
├── StatusListUntrusted           the list is not signed by a known key
├── StatusListStale               the list is too old to rely on
└── KeySetMalformed               the published keys cannot be read
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.errors import Outcome


class CodeMalformed(Outcome):
    pass


class CodeUnknown(Outcome):
    pass


class CodeExpired(Outcome):
    pass


class CodeUsed(Outcome):
    pass


class CodeForOtherPurpose(Outcome):
    pass


class OfflineCodeMalformed(Outcome):
    pass


class OfflineCodeUntrusted(Outcome):
    pass


@dataclass(eq=False)
class OfflineCodeNotYetValid(Outcome):
    valid_from: datetime


@dataclass(eq=False)
class OfflineCodeExpired(Outcome):
    expired_at: datetime


@dataclass(eq=False)
class OfflineCodeForOtherPurpose(Outcome):
    expected: str
    actual: str


class OfflineCodeRevoked(Outcome):
    pass


class OfflineCodeReplayed(Outcome):
    pass


class StatusListMalformed(Outcome):
    pass


class StatusListUntrusted(Outcome):
    pass


@dataclass(eq=False)
class StatusListStale(Outcome):
    """`age` and `limit` in seconds."""

    age: int
    limit: int


class KeySetMalformed(Outcome):
    pass
