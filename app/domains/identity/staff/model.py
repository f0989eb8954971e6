"""Staff of providers and of the city's ops desk: a login, a password, a one-time code, and roles."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.limit import Limit
from app.domains.identity.staff.errors import PasswordTooWeak, RoleUnfit

TOTP_STEP = 30
MOST_ADDRESSES = 8
# Each try costs a slow hash on purpose; one address must not keep the few threads for it busy.
TRIES_PER_ADDRESS = Limit("staff-tries-address", 60, timedelta(minutes=10))


@dataclass(frozen=True, slots=True)
class TryLimit:
    """So many tries; the count starts anew `window` after the last one, and with a sign-in."""

    most: int
    window: timedelta


# A lock that a stranger can close on somebody is a weapon: so tries are counted by login and address. Strangers with
# many addresses share a second count, which does not touch the addresses that the person has signed in from before.
TRIES_FROM_ONE_PLACE = TryLimit(5, timedelta(minutes=15))
TRIES_FROM_STRANGE_PLACES = TryLimit(50, timedelta(hours=1))


class StaffRole(StrEnum):
    """Roles at a provider, then roles at the ops desk."""

    SEAT = "seat"
    HANDLER = "handler"
    SUPERVISOR = "supervisor"
    GRID_OFFICER = "grid_officer"
    CASHIER = "cashier"
    GATE = "gate"
    NURSE = "nurse"

    VIEWER = "viewer"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


OPS_ROLES = frozenset({StaffRole.VIEWER, StaffRole.OPERATOR, StaffRole.AUDITOR, StaffRole.ADMINISTRATOR})
PROVIDER_ROLES = frozenset(StaffRole) - OPS_ROLES

_VERIFY = frozenset(
    f"verify:{purpose}" for purpose in ("transit", "hospital", "library", "gate", "service_hall", "patrol", "licence")
)
# What a role may use of the scopes its organisation has.
ROLE_SCOPES: dict[StaffRole, frozenset[str]] = {
    StaffRole.SEAT: frozenset({"verify:service_hall", "appointments", "cases:centre"}),
    StaffRole.HANDLER: frozenset({"verify:service_hall", "verify:hospital", "verify:licence"})
    | {"applications", "appointments", "answers", "cases", "conversations", "volunteers", "health", "community:repairs"}
    | {"family-visits"},
    StaffRole.SUPERVISOR: _VERIFY
    | {"notify", "notify:urgent", "notify:legal", "broadcast", "webhooks"}
    | {"catalogue", "applications", "appointments", "answers", "data"}
    | {"cases", "cases:centre", "cases:grid", "conversations", "assets"}
    | {"payments", "payments:manage", "bills", "rides", "treatments", "points"}
    | {"culture", "culture:gate", "places", "health", "surroundings"}
    | {"community", "community:gate", "community:repairs", "shops", "family-visits"}
    | {"volunteers"},
    StaffRole.GRID_OFFICER: frozenset({"verify:patrol", "cases:grid"}),
    # What a member of a family doctor's team needs who follows patients up.
    StaffRole.NURSE: frozenset({"verify:hospital", "health"}),
    StaffRole.CASHIER: frozenset({"payments"}),
    StaffRole.GATE: _VERIFY | {"culture:gate", "community:gate"},
}


@dataclass(frozen=True, slots=True)
class Staff:
    """`organisation` is None for ops. `id` is the keyed hash of realm and login, so a login is unique by its key.

    `places` are keyed hashes of the addresses last signed in from. `must_change`: the password is somebody else's gift.
    """

    id: str
    organisation: str | None
    name: str
    password_hash: str
    totp_secret: str
    roles: frozenset[StaffRole]
    last_step: int = 0
    suspended: bool = False
    login: str = ""
    must_change: bool = False
    places: tuple[str, ...] = ()
    since: datetime | None = None

    @property
    def administers(self) -> bool:
        """Whether the desk can count on this one to let others in again."""
        return self.organisation is None and not self.suspended and StaffRole.ADMINISTRATOR in self.roles

    def may_use(self, organisation_scopes: frozenset[str]) -> frozenset[str]:
        by_role = frozenset[str]().union(*(ROLE_SCOPES.get(role, frozenset()) for role in self.roles))
        return by_role & organisation_scopes


@dataclass(frozen=True, slots=True)
class Enrolment:
    """`totp_uri` (otpauth://) goes into an authenticator app; shown once."""

    staff: str
    totp_uri: str


_COMMON = frozenset({"passwordpassword", "123456789012", "qwertyuiop12", "administrator", "111111111111"})


def demand_strong(password: str) -> None:
    """Raises PasswordTooWeak."""
    if len(password) < 12 or password.casefold() in _COMMON:
        raise PasswordTooWeak


def demand_fit(organisation: str | None, roles: Collection[StaffRole]) -> None:
    """Raises RoleUnfit."""
    fit = OPS_ROLES if organisation is None else PROVIDER_ROLES
    if not roles or not fit.issuperset(roles):
        raise RoleUnfit
