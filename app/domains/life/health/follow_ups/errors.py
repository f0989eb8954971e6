"""What can be wrong with a follow-up."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class PatientNotInCare(Outcome):
    """No contract of this kind with your organisation is in force."""


@dataclass(eq=False)
class FollowUpInvalid(Outcome):
    """`what` of the plan or of its result cannot be as it is."""

    what: str


class FollowUpUnknown(Outcome):
    """No such plan of your organisation's, or it has ended."""


class FollowUpNotYours(Outcome):
    """The team that this patient has signed with does not name you among those who follow its patients up."""


class FollowUpPlanned(Outcome):
    """There is a plan for the same with this person already."""


class FollowUpChanged(Outcome):
    """Somebody else has entered a result at the same time: look again."""
