"""Guardianship: one citizen may act for another, in named matters, until a day, and until it is revoked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from app.domains.identity.guardians.errors import NotProposed


class WardScope(StrEnum):
    """In which matters a guardian may act for the ward."""

    CARD_SHOW = "card:show"
    CARD_MANAGE = "card:manage"
    DISCLOSURES_READ = "disclosures:read"
    INBOX_READ = "inbox:read"
    APPLICATIONS_MANAGE = "applications:manage"
    APPOINTMENTS_MANAGE = "appointments:manage"
    VOICE_MANAGE = "voice:manage"
    PAYMENTS_MANAGE = "payments:manage"
    HEALTH_READ = "health:read"


class GuardianshipState(StrEnum):
    PROPOSED = "proposed"  # an elder with an account of his own must agree
    ACTIVE = "active"
    REVOKED = "revoked"


# The relations in which the registry's word is enough: towards a minor, and towards an elder.
TOWARDS_MINOR = frozenset({"parent", "grandparent", "guardian"})
TOWARDS_ELDER = frozenset({"child", "grandchild", "spouse", "guardian"})


@dataclass(frozen=True, slots=True)
class Guardianship:
    """`until` is the last civil day on which it holds; `relation` is the guardian's towards the ward."""

    id: str
    guardian: str
    ward: str
    relation: str
    scopes: frozenset[WardScope]
    state: GuardianshipState
    until: date
    created_at: datetime
    ended_at: datetime | None = None

    def holds(self, on: date) -> bool:
        return self.state is GuardianshipState.ACTIVE and on <= self.until

    def accepted(self) -> Guardianship:
        """Raises NotProposed."""
        if self.state is not GuardianshipState.PROPOSED:
            raise NotProposed
        return replace(self, state=GuardianshipState.ACTIVE)

    def revoked(self, at: datetime) -> Guardianship:
        return replace(self, state=GuardianshipState.REVOKED, ended_at=at)
