"""A repair that was done, as a list of many things shows it; what was written of it stays sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domains.community.repairs.model import RepairKind

ASKED_FOR = timedelta(days=14)
"""How long a word is asked for. It is taken later, too."""


@dataclass(frozen=True, slots=True)
class Finished:
    id: str
    kind: RepairKind
    done_at: datetime

    def asks_until(self) -> datetime:
        return self.done_at + ASKED_FOR
