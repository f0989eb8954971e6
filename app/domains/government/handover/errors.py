"""What can be wrong with what is asked of hand-overs at the desk."""

from __future__ import annotations

from app.core.errors import Outcome


class HandoverUnknown(Outcome):
    """No application of this number was handed to a department."""


class HandoverSettled(Outcome):
    """The department has finished with it: there is nothing to ask."""


class DifferenceUnknown(Outcome):
    """No such difference, or it was settled before."""
