"""What can be wrong with a contract with a family doctor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.core.errors import Outcome


class TeamUnknown(Outcome):
    """No such team of family doctors (or it takes nobody)."""


class TeamFull(Outcome):
    """The team has as many people in its care as it can look after."""


class TeamInvalid(Outcome):
    """A team has a name of 1 to 40 characters, a doctor at its venue, looks after 1 to 5,000 people, and names each of
    its members (30 at most) once.
    """


@dataclass(eq=False)
class TeamMemberUnknown(Outcome):
    """Nobody signs in as this `login` at your organisation (any more)."""

    login: str


@dataclass(eq=False)
class ContractExists(Outcome):
    """There is a contract, until the day `until`; it has to be ended first."""

    until: date


class PackageUnknown(Outcome):
    """The team offers packages, and this is none of them; or it offers none."""


class ContractNotProposed(Outcome):
    """It was answered before, or taken back."""


@dataclass(eq=False)
class ContractNotYetRenewable(Outcome):
    """It can be renewed from the day `first` on."""

    first: date


class ContractUnknown(Outcome):
    """There is no contract (any more)."""
