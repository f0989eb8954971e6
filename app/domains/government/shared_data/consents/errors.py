"""What can be wrong with a consent."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class ConsentUnknown(Outcome):
    """No such consent, or not yours."""


class ConsentWithdrawn(Outcome):
    """It was withdrawn before."""


@dataclass(eq=False)
class ConsentTimeInvalid(Outcome):
    """A consent holds for some minutes at least and for `days` at most."""

    days: int


class NobodyAsks(Outcome):
    """This organisation has no leave to ask for these fields for this purpose: there is nothing to agree to."""
