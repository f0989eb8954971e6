"""What can stand in the way of looking on from above.

Outcome
├── EscalationUnknown    not there, not told to you, or noted already
└── NotAbove             the centre, the desk, and the organisations above the unit set a day (督办)
"""

from __future__ import annotations

from app.core.errors import Outcome


class EscalationUnknown(Outcome):
    pass


class NotAbove(Outcome):
    pass
