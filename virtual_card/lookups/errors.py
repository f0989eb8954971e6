"""Why the desk is shown nothing."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class CitizenUnknown(Outcome):
    """Nobody is found by this."""


class NothingToReveal(Outcome):
    """The field is empty: not verified yet, a ward without a phone, or erased."""


@dataclass(eq=False)
class RevealLimitReached(Outcome):
    """Nobody at the desk looks at more than `limit` fields a day."""

    limit: int
