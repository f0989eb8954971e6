"""What can stand in the way of a gate.

Outcome
├── GateUnknown   no such gate, or not one that you keep
├── GateInvalid   `field` is missing or cannot be so, or (`code`) the estate has as many as it can
└── GateShut      it is out of use
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class GateUnknown(Outcome):
    pass


@dataclass(eq=False)
class GateInvalid(Outcome):
    field: str


class GateShut(Outcome):
    pass
