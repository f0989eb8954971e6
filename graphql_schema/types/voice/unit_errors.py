"""Named errors of the unit's side of cases, and of looking on from above."""

from __future__ import annotations

import strawberry

from app.domains.voice.units.escalation import errors as escalation
from app.domains.voice.units.handling import errors
from graphql_schema.endpoint.outcomes import UserError, outcome


@outcome(errors.NotLeadUnit)
@strawberry.type(description="The unit helps with a task of its own: the lead takes this step.")
class NotLeadUnit(UserError):
    pass


@outcome(errors.AssigneeUnknown)
@strawberry.type(description="Nobody of that id handles cases in the unit that has it.")
class AssigneeUnknown(UserError):
    pass


@outcome(errors.SupervisorNeeded)
@strawberry.type(description="A supervisor takes this step.")
class SupervisorNeeded(UserError):
    pass


@outcome(errors.TransferOutside)
@strawberry.type(description="The other unit is of another branch: give the case back instead, with a reason.")
class TransferOutside(UserError):
    pass


@outcome(escalation.EscalationUnknown)
@strawberry.type(description="Not there, not told to you, or noted already.")
class EscalationUnknown(UserError):
    pass


@outcome(escalation.NotAbove)
@strawberry.type(description="The centre, the desk, and the organisations above the unit set a day (督办).")
class NotAbove(UserError):
    pass
