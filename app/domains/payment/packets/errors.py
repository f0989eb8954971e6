"""What red packets refuse, by name."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome
from app.core.money import Money


class PacketUnknown(Outcome):
    """No packet has this code, or it is not for whoever asks: which of the two is not said."""


class PacketOwn(Outcome):
    """Nobody sends a packet to himself alone."""


class PacketEmpty(Outcome):
    """Others were faster: all shares are taken."""


class PacketLapsed(Outcome):
    """A packet can be opened for a day; what was left went back."""


class PacketNotStranded(Outcome):
    """What was left of it waits for nobody's hand."""


@dataclass(eq=False)
class PacketTooSmall(Outcome):
    """Too little for so many shares."""

    least: Money


@dataclass(eq=False)
class PacketTooLarge(Outcome):
    """More than may be in a packet."""

    most: Money


@dataclass(eq=False)
class PacketSharesUnfit(Outcome):
    """From one to so many; to named people, no more than there are."""

    most: int


class PacketUneven(Outcome):
    """The amount cannot be split into equal shares."""


@dataclass(eq=False)
class PacketWishTooLong(Outcome):
    most: int
