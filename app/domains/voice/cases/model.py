"""A case (诉求): its states, and who may take which step.

filed ── taken in ─> accepted ── dispatched ─> dispatched ── claimed ─> handling ── done ─> handled ── told ─> replied
  │ │                  ^  ^                          │            │           │                              │
  │ └─ answered at once ──────────────────────────────────────────────────────────────────────────────────> │
  │                    │  └── return approved ───────┴────────────┴───────────┘                              │
  └─ refused           └── not solved or not content, once (reopened) ───────────────────────────────────────┤
                                                            content, contested again, or no word in 7 days ──┴─> closed
filed, accepted, dispatched, handling ── by who reported it ──> withdrawn;  any open one ── into another ──> merged

The clock runs from acceptance to the reply. Handled (`handled_at`), closed (`closed_at`) and confirmed (`confirmation`)
are three facts: none follows from another. Of anything that a case was, an event stays.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.viewer import Role, Viewer
from app.domains.voice.cases.centre.model import CentreSteps
from app.domains.voice.cases.passing.model import TimeSteps
from app.domains.voice.cases.record.model import (
    FALLBACK_AFTER,
    MOST_ROUNDS,
    Published,
    Supervision,
    Task,
    Words,
)
from app.domains.voice.cases.work.model import UnitSteps

__all__ = ["FALLBACK_AFTER", "MOST_ROUNDS", "WORKER", "Case", "Published", "Supervision", "Task", "Words"]
WORKER = Viewer(role=Role.OPS, actor="worker")


@dataclass(frozen=True, slots=True)
class Case(CentreSteps, UnitSteps, TimeSteps):
    """All of its steps, each with who may take it: what it is made of stands in `record`."""
