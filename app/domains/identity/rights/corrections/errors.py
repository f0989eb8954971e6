"""What can stand in the way of a correction."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class CorrectionTextMissing(Outcome):
    """The wanted value, the reason and the answer each have 2 to 500 characters."""


class CorrectionUnknown(Outcome):
    """No such request, or not yours."""


@dataclass(eq=False)
class CorrectionSettled(Outcome):
    """It was answered or withdrawn before: `state` says which."""

    state: str


class NothingToCorrect(Outcome):
    """The civil registry's data is corrected for who has verified his real name."""


class RegistryDisagrees(Outcome):
    """The civil registry does not hold what was asked for; it has to be changed there first."""


class RevealWithoutReason(Outcome):
    """Who looks at what a citizen wrote says why, in 2 to 500 characters."""
