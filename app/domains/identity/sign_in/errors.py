"""How a sign-in can fail."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class OtpWrong(Outcome):
    """Not the code that was sent; `remaining` tries are left."""

    remaining: int


class OtpNoLongerValid(Outcome):
    """Expired, used, tried too often, or never sent: ask for a new code."""


@dataclass(eq=False)
class TooManyCodes(Outcome):
    """Too many codes were asked for; `retry_after` in seconds."""

    retry_after: int


@dataclass(eq=False)
class SmsRefused(Outcome):
    """The gateway will never send to this number: `reason` is its code, such as INVALID_NUMBER."""

    reason: str


class SmsUnavailable(Outcome):
    """The text message could not be sent; nothing was changed, try again."""
