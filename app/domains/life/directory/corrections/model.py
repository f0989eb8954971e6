"""A correction that a citizen proposes: one field of a place, and how it should be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.core.places.errors import PlaceNotOnEarth
from app.core.places.model import Point
from app.core.said import Said
from app.domains.life.directory.corrections.errors import PlaceCorrectionDecided, PlaceCorrectionInvalid
from app.domains.life.directory.hours.errors import HoursInvalid
from app.domains.life.directory.hours.notation import parsed_hours, written_hours
from app.domains.life.directory.kinds.errors import PlaceKindUnknown
from app.domains.life.directory.places.errors import PlaceFieldInvalid
from app.domains.life.directory.places.model import Place, PlaceDraft

LONGEST_NOTE, LONGEST_REASON = 300, 200
_POSITION = re.compile(r"\s*(-?\d{1,3}(?:\.\d{1,10})?)\s*,\s*(-?\d{1,3}(?:\.\d{1,10})?)\s*")


class CorrectedField(StrEnum):
    NAME = "name"
    ADDRESS = "address"
    PHONE = "phone"
    HOURS = "hours"  # as `hours.notation` writes them
    POSITION = "position"  # latitude, longitude
    KIND = "kind"  # a code
    CLOSED = "closed"  # it is there no more; the value is not looked at


class CorrectionState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Proposed:
    """`value` is as it will be written; `note` says why, and who decides reads it."""

    field: CorrectedField
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class PlaceCorrection:
    """`was`: how the place had it when it was proposed. `operator` ran the place then. `reason` is told to who
    proposed it, None once he left the city.
    """

    id: str
    place: str
    citizen: str
    proposed: Proposed
    was: str
    operator: str | None
    at: datetime
    state: CorrectionState = CorrectionState.OPEN
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str = ""

    @property
    def open(self) -> bool:
        return self.state is CorrectionState.OPEN

    def decided(self, state: CorrectionState, by: str, reason: str, at: datetime) -> PlaceCorrection:
        """Raises PlaceCorrectionDecided."""
        if not self.open:
            raise PlaceCorrectionDecided
        return replace(self, state=state, decided_by=by, decided_at=at, reason=reason)


def current(place: Place, field: CorrectedField) -> str:
    """How the place has it now."""
    said = place.said
    values: Mapping[CorrectedField, str] = {
        CorrectedField.NAME: said.name.zh,
        CorrectedField.ADDRESS: said.address,
        CorrectedField.PHONE: said.phone,
        CorrectedField.HOURS: written_hours(said.hours),
        CorrectedField.POSITION: _position(said.point),
        CorrectedField.KIND: said.kind,
        CorrectedField.CLOSED: "",
    }
    return values[field]


def corrected(draft: PlaceDraft, field: CorrectedField, value: str) -> PlaceDraft:
    """As it would be; checked. Raises PlaceCorrectionInvalid."""
    try:
        return _with(draft, field, value).checked()
    except (HoursInvalid, PlaceKindUnknown, PlaceFieldInvalid, PlaceNotOnEarth):
        raise PlaceCorrectionInvalid("value") from None


def _with(draft: PlaceDraft, field: CorrectedField, value: str) -> PlaceDraft:
    match field:
        case CorrectedField.NAME:
            return replace(draft, name=Said(value, draft.name.en))
        case CorrectedField.ADDRESS:
            return replace(draft, address=value)
        case CorrectedField.PHONE:
            return replace(draft, phone=value)
        case CorrectedField.HOURS:
            return replace(draft, hours=parsed_hours(value))
        case CorrectedField.POSITION:
            return replace(draft, point=_point(value))
        case CorrectedField.KIND:
            return replace(draft, kind=value.strip())
        case CorrectedField.CLOSED:
            return draft


def _point(value: str) -> Point:
    found = _POSITION.fullmatch(value)
    if found is None:
        raise PlaceFieldInvalid("position")
    return Point(float(found[1]), float(found[2]))


def _position(point: Point) -> str:
    return f"{point.latitude:.6f}, {point.longitude:.6f}"
