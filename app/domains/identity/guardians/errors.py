"""Why somebody may not act for somebody."""

from __future__ import annotations

from app.core.errors import Outcome


class NotTheGuardian(Outcome):
    """The civil registry knows no relation that allows it."""


class WardMustBeMinorOrElder(Outcome):
    """Adults under sixty act for themselves."""


class NotProposed(Outcome):
    """There is nothing to accept here."""


class GuardianshipUnknown(Outcome):
    """No such guardianship, or not yours."""


class GuardianshipEndsTooLate(Outcome):
    """A guardianship lasts a year at the most, and for a minor until the eighteenth birthday."""
