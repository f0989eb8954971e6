"""What can be wrong with a payment PIN.

Outcome
├── PinTooWeak        six digits that are neither one digit, nor a row, nor a pattern, nor the owner's birthday
├── PinNotSet         none was chosen yet
├── PinNeeded         there is one, and this is not done without it
├── PinExists         one was chosen: it is changed with the old one, or reset
├── PinWrong          `remaining` tries are left
├── PinLocked         too many tries: `until` says when the next one counts
└── PinResetRefused   the phone's code or the ID number are not the owner's
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.errors import Outcome


class PinTooWeak(Outcome):
    pass


class PinNotSet(Outcome):
    pass


class PinNeeded(Outcome):
    pass


class PinExists(Outcome):
    pass


@dataclass(eq=False)
class PinWrong(Outcome):
    remaining: int


@dataclass(eq=False)
class PinLocked(Outcome):
    until: datetime


class PinResetRefused(Outcome):
    pass
