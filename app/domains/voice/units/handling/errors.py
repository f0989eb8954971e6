"""What else can stand in the way of a unit (see cases.errors).

Outcome
├── NotLeadUnit          the unit helps with a task of its own: the lead takes this step
├── AssigneeUnknown      nobody of that id handles cases in the unit that has it
├── SupervisorNeeded     a supervisor takes this step
└── TransferOutside      the other unit is of another branch: give the case back instead, with a reason
"""

from __future__ import annotations

from app.core.errors import Outcome


class NotLeadUnit(Outcome):
    pass


class AssigneeUnknown(Outcome):
    pass


class SupervisorNeeded(Outcome):
    pass


class TransferOutside(Outcome):
    pass
