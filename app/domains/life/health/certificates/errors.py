"""What can be wrong with a certificate of vaccination."""

from __future__ import annotations

from app.core.errors import Outcome


class NothingVaccinated(Outcome):
    """The hospitals know of no dose that this person was given: there is nothing to certify."""
