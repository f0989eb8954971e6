"""Why a broadcast is not made, started or stopped."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class BroadcastUnknown(Outcome):
    """No such broadcast, or not yours."""


@dataclass(eq=False)
class BroadcastInOtherState(Outcome):
    """What is asked for cannot be done in the state it is in."""

    state: str


class AudienceEmpty(Outcome):
    """Nobody is in the audience."""


@dataclass(eq=False)
class AudienceInvalid(Outcome):
    """`part` of the audience cannot be: an age below nothing or from beyond its end, a district that is no code."""

    part: str


class AudienceTooWide(Outcome):
    """A provider reaches who used its services; a government also who lives in its own district."""


@dataclass(eq=False)
class PaceInvalid(Outcome):
    """Messages a second: from 1 to `most`."""

    most: int
