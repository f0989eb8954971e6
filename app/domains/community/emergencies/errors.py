"""What can stand in the way of the centre. Nothing stands in the way of calling.

Outcome
├── EmergencyUnknown     there is no such call
├── EmergencyTaken       another has taken it
└── EmergencyOver        it has ended
"""

from __future__ import annotations

from app.core.errors import Outcome


class EmergencyUnknown(Outcome):
    pass


class EmergencyTaken(Outcome):
    pass


class EmergencyOver(Outcome):
    pass
