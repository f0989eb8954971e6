"""A correction: what a citizen says is wrong, and what became of it.

open ── accepted (the registry was asked again) ──> accepted
open ── rejected, with an answer ──> rejected
open ── withdrawn by the citizen ──> withdrawn
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.limit import Limit
from app.domains.identity.citizens.model import IdNumber, parse_name
from app.domains.identity.rights.corrections.errors import CorrectionSettled, CorrectionTextMissing

PER_CITIZEN = Limit("correction", 10, timedelta(days=1))


class CorrectionField(StrEnum):
    """What can be wrong. All but `other` comes from the civil registry, and is taken from there again."""

    NAME = "name"
    ID_NUMBER = "id_number"
    PHOTO = "photo"
    RESIDENCE = "residence"
    OTHER = "other"


class CorrectionState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Correction:
    """`wanted`, `reason` and `answer` are None when the citizen was erased, and in lists of the desk."""

    id: str
    citizen: str
    field: CorrectionField
    state: CorrectionState
    requested_at: datetime
    wanted: str | None = None
    reason: str | None = None
    answer: str | None = None
    settled_at: datetime | None = None
    settled_by: str | None = None

    def settled(self, state: CorrectionState, at: datetime, by: str, answer: str | None = None) -> Correction:
        """Raises CorrectionSettled."""
        if self.state is not CorrectionState.OPEN:
            raise CorrectionSettled(self.state.value)
        return replace(self, state=state, settled_at=at, settled_by=by, answer=answer)

    def named(self, name: str, number: IdNumber) -> tuple[str, IdNumber]:
        """With what the registry is to be asked: the wanted value in its place, the rest as it is.

        Raises NameInvalid, IdNumberInvalid.
        """
        if self.wanted is None:
            raise CorrectionSettled(self.state.value)
        if self.field is CorrectionField.NAME:
            return parse_name(self.wanted), number
        if self.field is CorrectionField.ID_NUMBER:
            return name, IdNumber.parse(self.wanted)
        return name, number


def parsed_wish(field: CorrectionField, wanted: str, reason: str) -> tuple[str, str]:
    """Raises CorrectionTextMissing, NameInvalid, IdNumberInvalid."""
    wish = (parsed_text(wanted), parsed_text(reason))
    if field is CorrectionField.NAME:
        return parse_name(wish[0]), wish[1]
    if field is CorrectionField.ID_NUMBER:
        return IdNumber.parse(wish[0]).text, wish[1]
    return wish


def parsed_text(text: str) -> str:
    """Raises CorrectionTextMissing."""
    text = text.strip()
    if not 2 <= len(text) <= 500:
        raise CorrectionTextMissing
    return text
