"""A challenge: one code sent to one phone, to be given back within minutes and a few tries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.limit import Limit

CHALLENGE_LIFE = timedelta(minutes=5)
MOST_TRIES = 5

PER_PHONE = Limit("otp-phone", 5, timedelta(minutes=10))
# Five tries a code: at most a hundred guesses a day at one number's six digits.
PER_PHONE_AND_DAY = Limit("otp-phone-day", 20, timedelta(days=1))
PER_DEVICE = Limit("otp-device", 20, timedelta(hours=1))
# Mobile carriers put thousands of phones behind one address: these stop floods, the two above stop guessing.
PER_ADDRESS = Limit("otp-address", 300, timedelta(hours=1))
TRIES_PER_ADDRESS = Limit("otp-tries-address", 1500, timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the app is told: the same for a known and an unknown number."""

    id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """A challenge as kept; `code_hash` is keyed and bound to the challenge."""

    id: str
    phone: str
    code_hash: str
    tries: int
