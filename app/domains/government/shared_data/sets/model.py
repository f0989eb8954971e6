"""A data set: the fields a department offers, of which sensitivity, for which purposes, by which law, how fresh.

A field is known all over the city as `set.field` (`household.members`). An offer is amended in place, and its
version counts up; withdrawn, nothing is fetched from it any more.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.core.said import Said
from app.domains.government.shared_data.sets.errors import DataFieldUnknown, DataSetInvalid

SCOPE = "data"
MOST_FIELDS, MOST_PURPOSES = 40, 20
# Data that an applicant lets stand in for a proof: the one purpose whose rest names the item (`application:GA-0101`).
APPLICATION = "application"
_CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")


class DataKind(StrEnum):
    """How a field's value is read: one text, date, amount in yuan, whole number or yes and no; or several records."""

    TEXT = "text"
    DATE = "date"
    MONEY = "money"
    NUMBER = "number"
    YES_NO = "yes_no"
    RECORDS = "records"


class Sensitivity(StrEnum):
    ORDINARY = "ordinary"
    SENSITIVE = "sensitive"  # by the law on personal information: health, finances, children


@dataclass(frozen=True, slots=True)
class DataField:
    code: str
    title: Said
    kind: DataKind
    sensitivity: Sensitivity = Sensitivity.ORDINARY


@dataclass(frozen=True, slots=True)
class Purpose:
    code: str
    title: Said


class DataSetState(StrEnum):
    OFFERED = "offered"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class DataSet:
    """`owner` offers it out of `source`, its own system. `basis` is the law it may be told by; `fresh_hours`, how old
    an answer is at most.
    """

    code: str
    owner: str
    name: Said
    fields: tuple[DataField, ...]
    purposes: tuple[Purpose, ...]
    basis: str
    fresh_hours: int
    source: str
    offered_at: datetime
    state: DataSetState = DataSetState.OFFERED
    version: int = 1

    @property
    def by_code(self) -> Mapping[str, DataField]:
        return {one.code: one for one in self.fields}

    def allows(self, purpose: str) -> bool:
        """Whether it is offered for this purpose; for applications, whatever the item."""
        offered = {one.code for one in self.purposes}
        verb, _, item = purpose.partition(":")
        return APPLICATION in offered if item and verb == APPLICATION else purpose in offered

    def demand(self, fields: Collection[str]) -> None:
        """Raises DataFieldUnknown."""
        for field in fields:
            if field not in self.by_code:
                raise DataFieldUnknown(field=field)

    def full(self, fields: Collection[str]) -> tuple[str, ...]:
        """As the fields are known in the city: `set.field`."""
        return tuple(f"{self.code}.{field}" for field in fields)


@dataclass(frozen=True, slots=True)
class Offer:
    """What is to be offered, before it is anybody's."""

    code: str
    name: Said
    fields: tuple[DataField, ...]
    purposes: tuple[Purpose, ...]
    basis: str
    fresh_hours: int
    source: str

    def by(self, owner: str, at: datetime) -> DataSet:
        """Its first version."""
        said = (self.name, self.fields, self.purposes, self.basis, self.fresh_hours, self.source)
        return DataSet(self.code, owner, *said, at)


def demand_whole(data_set: DataSet) -> None:
    """What is offered makes sense. Raises DataSetInvalid (what is wrong, by name)."""
    for wrong, what in (
        (not _CODE.fullmatch(data_set.code), "code"),
        (not _said(data_set.name), "name"),
        (not 1 <= len(data_set.fields) <= MOST_FIELDS or len(data_set.by_code) != len(data_set.fields), "fields"),
        (any(not _CODE.fullmatch(one.code) or not _said(one.title) for one in data_set.fields), "fields"),
        (not 1 <= len(data_set.purposes) <= MOST_PURPOSES, "purposes"),
        (any(not _CODE.fullmatch(one.code) or not _said(one.title) for one in data_set.purposes), "purposes"),
        (not 2 <= len(data_set.basis) <= 500, "basis"),
        (not 1 <= data_set.fresh_hours <= 24 * 366, "freshHours"),
        (not 2 <= len(data_set.source) <= 100, "source"),
    ):
        if wrong:
            raise DataSetInvalid(what=what)


def _said(text: Said) -> bool:
    return 1 <= len(text.zh) <= 100 and len(text.en) <= 200
