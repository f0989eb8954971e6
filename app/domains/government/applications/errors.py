"""What can stand in the way of an application.

Outcome
├── NotAppliedOnline            no such item, or not one that is applied for in the app
├── NotOfferedHere              no unit near the applicant offers it, or not this one
├── ServiceApplicationUnknown   no such application, or not yours
├── ApplicationStateWrong       it is in another state: `state` says in which
├── ApplicationChanged          it was changed while this was under way: look again
├── ApplicationWordsMissing     a reason or the like that has to be written: `field` says which
├── TooManyDrafts               `most` may be open at a time
├── RealNameMissing             who applies has verified his name
├── CorrectionAlreadyAsked      what is to be mended is asked for once, and whole
├── CorrectionPointUnknown      a point names a field or a material that the item does not have
├── HeldByAnother               another handler has it
├── NotHeld                     a handler takes it over before he acts
└── ExtensionRefused            the time is extended once, by ten working days at most
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class NotAppliedOnline(Outcome):
    pass


class NotOfferedHere(Outcome):
    pass


class ServiceApplicationUnknown(Outcome):
    pass


@dataclass(eq=False)
class ApplicationStateWrong(Outcome):
    state: str


class ApplicationChanged(Outcome):
    pass


@dataclass(eq=False)
class ApplicationWordsMissing(Outcome):
    """2 to 1,000 characters that say something."""

    field: str


@dataclass(eq=False)
class TooManyDrafts(Outcome):
    most: int


class RealNameMissing(Outcome):
    pass


class CorrectionAlreadyAsked(Outcome):
    pass


@dataclass(eq=False)
class CorrectionPointUnknown(Outcome):
    """`name`: of the field or material as it was written."""

    name: str


class HeldByAnother(Outcome):
    pass


class NotHeld(Outcome):
    pass


@dataclass(eq=False)
class ExtensionRefused(Outcome):
    most_days: int
