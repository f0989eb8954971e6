"""What becomes of each ride of a batch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domains.payment.rides.model import Ride


class BatchResult(StrEnum):
    """`double`: the code was read for another ride. `barred`: the card was lost or revoked by then, and nobody pays."""

    TAKEN = "taken"
    REPEATED = "repeated"
    CONFLICT = "conflict"
    DOUBLE = "double"
    BARRED = "barred"
    CODE_INVALID = "code_invalid"
    LINE_UNKNOWN = "line_unknown"
    TOO_OLD = "too_old"
    TOO_EARLY = "too_early"
    UNFIT = "unfit"


@dataclass(frozen=True, slots=True)
class Answered:
    """`ride` when it was taken, now or before."""

    reference: str
    result: BatchResult
    ride: Ride | None = None
