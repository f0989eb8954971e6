"""What can be wrong with a shift.

Outcome
├── ShiftOpenAlready   a cashier has one shift at a time
└── ShiftNotOpen       there is none, or it was closed
"""

from __future__ import annotations

from app.core.errors import Outcome


class ShiftOpenAlready(Outcome):
    pass


class ShiftNotOpen(Outcome):
    pass
