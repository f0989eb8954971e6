"""A payer who was stopped by the desk: why, by whom, since when, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Ended:
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Block:
    """`reason` is for the desk. One that has `ended` stops nobody."""

    id: str
    payer: str
    reason: str
    by: str
    at: datetime
    ended: Ended | None = None
