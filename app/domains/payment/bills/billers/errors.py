"""What can stand in the way of a biller, and of a number at one."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class BillerUnknown(Outcome):
    """There is no such biller, or it takes no bills any more."""


@dataclass(eq=False)
class BillerUnfit(Outcome):
    """A biller's profile cannot stand as it is written: `field` says where."""

    field: str


class BillerChanged(Outcome):
    """The profile was changed while this was under way."""


@dataclass(eq=False)
class AccountNumberUnfit(Outcome):
    """A number that this biller cannot have given out."""

    shortest: int
    longest: int
    alphabet: str
