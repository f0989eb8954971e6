"""The life of a member of staff after the enrolment: suspended and reinstated, other roles, a lost password or phone.

Whoever's standing or credentials change is signed out everywhere in the same transaction. Nobody changes his own, and
the desk keeps an administrator: transactions that could take the last one run one after the other.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import pyotp
from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Database, Tx
from app.core.paging import Page, PageRequest
from app.core.passwords import Passwords, temporary_password
from app.core.viewer import Viewer
from app.domains.identity.sessions.model import EndReason
from app.domains.identity.sessions.service import SessionService
from app.domains.identity.staff.errors import LastAdministrator, NotOneself, StaffUnknown
from app.domains.identity.staff.model import Enrolment, Staff, StaffRole, demand_fit
from app.domains.identity.staff.store import StaffStore, TryStore

_T = TypeVar("_T")
_KEPT = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class TemporaryPassword:
    """Shown once; good for nothing but choosing one's own."""

    staff: str
    password: str


_PASSWORD, _ENROLMENT = TypeAdapter(TemporaryPassword), TypeAdapter(Enrolment)


class StaffingService:
    def __init__(
        self,
        db: Database,
        staff: StaffStore,
        tries: TryStore,
        passwords: Passwords,
        sessions: SessionService,
        audit: Audit,
        idempotency: Idempotency,
    ) -> None:
        self._db = db
        self._staff = staff
        self._tries = tries
        self._passwords = passwords
        self._sessions = sessions
        self._audit = audit
        self._idempotency = idempotency

    def id_of(self, organisation: str | None, login: str) -> str:
        """By which the member of staff with this login is known; whether there is one is another question."""
        return self._staff.id_of(organisation, login)

    async def page(self, organisation: str | None, request: PageRequest) -> Page[Staff]:
        """Of one organisation, or of the desk itself (None)."""
        return await self._staff.page(organisation, request)

    async def one(self, staff: str) -> Staff:
        """Raises StaffUnknown."""
        return await self._known(staff)

    async def suspend(self, viewer: Viewer, staff: str, suspended: bool, reason: str | None = None) -> Staff:
        """Suspend or reinstate; repeating changes nothing. Raises StaffUnknown, NotOneself, LastAdministrator."""

        async def work(tx: Tx) -> None:
            was = await self._another(viewer, staff, tx)
            if suspended:
                await self._demand_another_administrator(was, tx)
            if await self._staff.set_suspended(staff, suspended, tx):
                action = "staff.suspended" if suspended else "staff.reinstated"
                await self._changed(viewer, was, action, EndReason.STANDING_CHANGED, tx, reason)

        await self._db.transaction(work)
        return await self._known(staff)

    async def set_roles(
        self, viewer: Viewer, staff: str, roles: Collection[StaffRole], reason: str | None = None
    ) -> Staff:
        """Raises StaffUnknown, RoleUnfit, NotOneself, LastAdministrator."""

        async def work(tx: Tx) -> None:
            was = await self._another(viewer, staff, tx)
            demand_fit(was.organisation, roles)
            if StaffRole.ADMINISTRATOR not in roles:
                await self._demand_another_administrator(was, tx)
            if await self._staff.set_roles(was, frozenset(roles), tx):
                action, facts = "staff.roles_changed", {"before": set(was.roles), "roles": set(roles)}
                await self._changed(viewer, was, action, EndReason.STANDING_CHANGED, tx, reason, **facts)

        await self._db.transaction(work)
        return await self._known(staff)

    async def reset_password(
        self, viewer: Viewer, staff: str, key: str, reason: str | None = None
    ) -> TemporaryPassword:
        """A password to be changed at the first sign-in. Raises StaffUnknown, NotOneself, IdempotencyConflict."""
        password = temporary_password()
        hashed = await self._passwords.hash(password)

        async def work(tx: Tx) -> TemporaryPassword:
            was = await self._another(viewer, staff, tx)
            await self._staff.set_password(staff, hashed, True, tx)
            await self._changed(viewer, was, "staff.password_reset", EndReason.CREDENTIALS_RESET, tx, reason)
            return TemporaryPassword(staff, password)

        return await self._once(viewer, "resetStaffPassword", key, (staff, reason), _PASSWORD, work)

    async def reset_totp(self, viewer: Viewer, staff: str, key: str, reason: str | None = None) -> Enrolment:
        """A new secret for the authenticator: the old one is void. Raises StaffUnknown, NotOneself."""
        secret = pyotp.random_base32()

        async def work(tx: Tx) -> Enrolment:
            was = await self._another(viewer, staff, tx)
            await self._staff.set_totp(staff, secret, tx)
            await self._changed(viewer, was, "staff.totp_reset", EndReason.CREDENTIALS_RESET, tx, reason)
            uri = pyotp.TOTP(secret).provisioning_uri(name=was.login or was.name, issuer_name="Rong")
            return Enrolment(staff, uri)

        return await self._once(viewer, "resetStaffTotp", key, (staff, reason), _ENROLMENT, work)

    async def unlock(self, viewer: Viewer, staff: str) -> None:
        """Forget all tries under this login. Raises StaffUnknown."""

        async def work(tx: Tx) -> None:
            await self._known(staff, tx)
            await self._tries.forget_all(staff, tx)
            await self._audit.record(viewer, "staff.unlocked", staff, tx)

        await self._db.transaction(work)

    async def _changed(
        self, viewer: Viewer, was: Staff, action: str, ended: EndReason, tx: Tx, reason: str | None, **facts: Any
    ) -> None:
        await self._sessions.end_all(viewer, was.id, ended, tx)
        await self._tries.forget_all(was.id, tx)
        await self._audit.record(viewer, action, was.id, tx, reason=reason, **facts)

    async def _demand_another_administrator(self, leaving: Staff, tx: Tx) -> None:
        """Raises LastAdministrator."""
        if leaving.administers and not await self._staff.administrators(tx) - {leaving.id}:
            raise LastAdministrator

    async def _another(self, viewer: Viewer, staff: str, tx: Tx) -> Staff:
        """Raises StaffUnknown, NotOneself."""
        found = await self._known(staff, tx)
        if viewer.acting() == staff:
            raise NotOneself
        return found

    async def _known(self, staff: str, tx: Tx | None = None) -> Staff:
        found = await self._staff.get(staff, tx)
        if found is None:
            raise StaffUnknown
        return found

    async def _once(
        self,
        viewer: Viewer,
        operation: str,
        key: str,
        content: tuple[object, ...],
        reply: TypeAdapter[_T],
        work: Callable[[Tx], Awaitable[_T]],
    ) -> _T:
        """What is shown once is kept for a repeat no longer than some minutes."""
        return await self._idempotency.once(Call.of(viewer, operation, key, *content), reply, work, kept=_KEPT)
