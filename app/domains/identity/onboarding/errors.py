"""What can be wrong with a provider's application."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class ApplicationUnknown(Outcome):
    """No application with this number, or the secret is not its own."""


@dataclass(eq=False)
class ApplicationMovedOn(Outcome):
    """In its present `state` this is no longer, or not yet, possible."""

    state: str


@dataclass(eq=False)
class ScopeUnknown(Outcome):
    """The city grants no such scope."""

    scope: str


@dataclass(eq=False)
class ScopeNotAskedFor(Outcome):
    """More would be granted than the provider applied for."""

    scope: str


class RejectionWithoutReason(Outcome):
    """A rejection needs a reason of 2 to 500 characters: the applicant reads it."""
