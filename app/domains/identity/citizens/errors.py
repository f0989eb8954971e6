"""What can be wrong with what a person says of himself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import Outcome


class PhoneInvalid(Outcome):
    """Not a mobile number that can exist."""


class NameInvalid(Outcome):
    """Not a name as a civil registry writes it."""


class IdNumberFault(StrEnum):
    FORM = "form"
    DATE = "date"
    CHECK_DIGIT = "check_digit"


@dataclass(eq=False)
class IdNumberInvalid(Outcome):
    """Not an ID number that can exist by GB 11643-1999."""

    fault: IdNumberFault


class IdentityTaken(Outcome):
    """Another account was verified with this ID number."""


class AlreadyVerified(Outcome):
    """This account has its real name already."""


@dataclass(eq=False)
class TagInvalid(Outcome):
    """A name of a group: a small letter, then up to 39 small letters, digits and underscores."""

    tag: str
