"""A report from the field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domains.voice.cases.history.model import CaseKind
from app.domains.voice.street.patrols.rounds.model import Fix


@dataclass(frozen=True, slots=True)
class FieldReport:
    """`fix` is where the phone was when he wrote it, at `said_at` by its clock. `asset`: the code that he scanned.
    `round`: the round on which he saw it.
    """

    kind: CaseKind
    category: str
    text: str
    said_at: datetime
    fix: Fix | None = None
    asset: str | None = None
    address: str = ""
    urgent: bool = False
    round: str | None = None
    files: tuple[str, ...] = ()
