"""What can stand in the way of a service item."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import Outcome


@dataclass(eq=False)
class ItemUnknown(Outcome):
    """No item with this code, or none that is yours to change."""

    item: str


@dataclass(eq=False)
class ItemCodeTaken(Outcome):
    """Another unit defines an item with this code."""

    item: str


@dataclass(eq=False)
class ItemNotInState(Outcome):
    """The step is not open to an item in this state (`draft`, `published`, `cancelled`, `merged`)."""

    item: str
    state: str


class ItemChangedMeanwhile(Outcome):
    """Somebody else wrote this version in the same moment: read it again."""


class ItemMergedIntoItself(Outcome):
    """An item is merged into another one."""


class ItemReasonMissing(Outcome):
    """Who cancels, merges or delegates says why, in 2 to 500 characters."""


class NotInTestMode(Outcome):
    """A client in test mode writes drafts; what everybody finds is changed by a live one."""


class Misfit(StrEnum):
    """What can be wrong with a field of an item."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    FORM = "form"  # it is not written as it must be
    CHOICE = "choice"  # not of the closed list
    RANGE = "range"
    TWICE = "twice"
    UNKNOWN = "unknown"  # there is no such field, or no field of the form with this name
    DAYS = "days"  # promised later than the law allows
    SCHEMA = "schema"  # no JSON Schema (2020-12)
    SCHEMA_SIZE = "schema_size"
    SCHEMA_DEPTH = "schema_depth"
    SCHEMA_REFERENCE = "schema_reference"  # it refers to something outside itself
    SCHEMA_PATTERN = "schema_pattern"  # no pattern of the engine that never backtracks


@dataclass(frozen=True, slots=True)
class Unfit:
    """`field` as a path: `materials.2.key`."""

    field: str
    misfit: Misfit


@dataclass(eq=False)
class ItemUnfit(Outcome):
    """The item cannot stand as it is written: every fault of it."""

    faults: tuple[Unfit, ...]


@dataclass(eq=False)
class UnitUnknown(Outcome):
    """No unit with this code, or none that is yours to offer at."""

    unit: str


@dataclass(eq=False)
class UnitOfOtherLevel(Outcome):
    """The item is not meant for units of this level."""

    unit: str


@dataclass(eq=False)
class NotOffered(Outcome):
    """The item is not offered at this unit."""

    unit: str


@dataclass(eq=False)
class TooManyUnits(Outcome):
    """At least one unit and at most so many are named at once."""

    maximum: int


class NothingToDelegate(Outcome):
    """No unit of that level under you offers the item, or the levels are the same."""
