"""Who asks. Services decide what the viewer may do; stores put the viewer's subject in every query."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import Forbidden, RealNameNeeded, Unauthenticated


class Role(StrEnum):
    ANONYMOUS = "anonymous"
    CITIZEN = "citizen"
    PROVIDER_CLIENT = "provider_client"
    PROVIDER_STAFF = "provider_staff"
    OPS = "ops"


class Assurance(StrEnum):
    """How sure the city is of who this is: a phone that answers, or a name checked at the civil registry."""

    PHONE = "phone"
    REAL_NAME = "real_name"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from: its network address (never kept in clear) and its id."""

    address: str
    request: str


@dataclass(frozen=True, slots=True)
class Viewer:
    """`actor` acts; `subject` is the citizen it is about: the actor, or the ward he acts for by a `guardianship`. In
    `test_mode` is a client or staff of an organisation that tries its calls, and a test citizen of that organisation.
    """

    role: Role = Role.ANONYMOUS
    actor: str | None = None
    subject: str | None = None
    session: str | None = None
    organisation: str | None = None
    assurance: Assurance = Assurance.PHONE
    scopes: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    test_mode: bool = False
    guardianship: str | None = None
    origin: Origin | None = None

    @property
    def is_guardian(self) -> bool:
        return self.role is Role.CITIZEN and self.actor != self.subject

    def citizen(self) -> str:
        """The citizen whose data this is about. Raises Unauthenticated."""
        if self.role is not Role.CITIZEN or self.subject is None:
            raise Unauthenticated
        return self.subject

    def self_only(self) -> str:
        """The citizen, acting in person. Raises Unauthenticated, Forbidden (a guardian)."""
        citizen = self.citizen()
        if self.is_guardian:
            raise Forbidden
        return citizen

    def by_name(self) -> str:
        """The citizen in person, whose name the city has verified. Raises as `self_only`, and RealNameNeeded."""
        citizen = self.self_only()
        if self.assurance is not Assurance.REAL_NAME:
            raise RealNameNeeded
        return citizen

    def acting(self) -> str:
        """Who is recorded as having done it. Raises Unauthenticated."""
        if self.actor is None:
            raise Unauthenticated
        return self.actor

    def provider(self, scope: str | None = None) -> str:
        """The organisation a provider acts for. Raises Unauthenticated, Forbidden (scope not granted)."""
        if self.role not in (Role.PROVIDER_CLIENT, Role.PROVIDER_STAFF) or self.organisation is None:
            raise Unauthenticated
        if scope is not None and scope not in self.scopes:
            raise Forbidden
        return self.organisation


ANONYMOUS = Viewer()
