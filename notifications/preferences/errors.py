"""What can be wrong with a wish about how to be told."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class SourceUnknown(Outcome):
    """No such topic of the city, and no such provider."""

    source: str


@dataclass(eq=False)
class CannotBeTurnedOff(Outcome):
    """What concerns the safety of the account reaches its owner by push or by text message."""

    source: str


class TimeZoneUnknown(Outcome):
    """No name of a time zone as IANA lists them (Asia/Shanghai)."""


@dataclass(eq=False)
class TooManyChoices(Outcome):
    """Choices are kept for so many sources at the most."""

    limit: int
