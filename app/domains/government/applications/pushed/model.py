"""What a department's system can say has happened to an application, and what it means here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domains.government.applications.history.model import Happened, Point


class Pushed(StrEnum):
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REFUSED = "refused"
    IN_REVIEW = "in_review"
    GRANTED = "granted"
    REJECTED = "rejected"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    APPLIED = "applied"
    ALREADY = "already"  # it was so before: a repeat
    IMPOSSIBLE = "impossible"  # it cannot go there from where it is


ENTRY: Mapping[Pushed, Happened] = {
    Pushed.ACCEPTED: Happened.ACCEPTED,
    Pushed.RETURNED: Happened.CORRECTION_ASKED,
    Pushed.REFUSED: Happened.REFUSED,
    Pushed.IN_REVIEW: Happened.REVIEW_BEGUN,
    Pushed.GRANTED: Happened.GRANTED,
    Pushed.REJECTED: Happened.REJECTED,
    Pushed.DELIVERED: Happened.DELIVERED,
    Pushed.WITHDRAWN: Happened.WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class Said:
    """One step, with the department's words for the applicant."""

    step: Pushed
    reason: str | None = None
    remedy: str | None = None
    points: tuple[Point, ...] = ()
