"""Staff of providers and of the city's ops desk: a login, a password, a one-time code, and roles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.limit import Limit

MOST_FAILURES = 5
LOCK = timedelta(minutes=15)
TOTP_STEP = 30
# Each try costs a slow hash on purpose; one address must not keep the few threads for it busy.
TRIES_PER_ADDRESS = Limit("staff-tries-address", 60, timedelta(minutes=10))


class StaffRole(StrEnum):
    """Roles at a provider, then roles at the ops desk."""

    SEAT = "seat"
    HANDLER = "handler"
    SUPERVISOR = "supervisor"
    GRID_OFFICER = "grid_officer"
    CASHIER = "cashier"
    GATE = "gate"

    VIEWER = "viewer"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


OPS_ROLES = frozenset({StaffRole.VIEWER, StaffRole.OPERATOR, StaffRole.AUDITOR, StaffRole.ADMINISTRATOR})
PROVIDER_ROLES = frozenset(StaffRole) - OPS_ROLES

_VERIFY = frozenset(
    f"verify:{purpose}" for purpose in ("transit", "hospital", "library", "gate", "service_hall", "patrol")
)
# What a role may use of the scopes its organisation has.
ROLE_SCOPES: dict[StaffRole, frozenset[str]] = {
    StaffRole.SEAT: frozenset({"verify:service_hall"}),
    StaffRole.HANDLER: frozenset({"verify:service_hall", "verify:hospital"}),
    StaffRole.SUPERVISOR: _VERIFY,
    StaffRole.GRID_OFFICER: frozenset({"verify:patrol"}),
    StaffRole.CASHIER: frozenset(),
    StaffRole.GATE: _VERIFY,
}


@dataclass(frozen=True, slots=True)
class Staff:
    """`organisation` is None for ops. `id` is the keyed hash of realm and login, so a login is unique by its key."""

    id: str
    organisation: str | None
    name: str
    password_hash: str
    totp_secret: str
    roles: frozenset[StaffRole]
    last_step: int = 0
    failures: int = 0
    locked_until: datetime | None = None
    suspended: bool = False

    def may_use(self, organisation_scopes: frozenset[str]) -> frozenset[str]:
        by_role = frozenset[str]().union(*(ROLE_SCOPES.get(role, frozenset()) for role in self.roles))
        return by_role & organisation_scopes


@dataclass(frozen=True, slots=True)
class Enrolment:
    """`totp_uri` (otpauth://) goes into an authenticator app; shown once."""

    staff: str
    totp_uri: str
