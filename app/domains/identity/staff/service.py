"""Enrolling staff and signing them in with password and one-time code (RFC 6238)."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from unicodedata import normalize

import pyotp
from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.limits import Limits
from app.core.mongo import Database, Tx
from app.core.passwords import Passwords
from app.core.tallies import Counting, refusals, uncounted
from app.core.viewer import ANONYMOUS, Origin, Role, Viewer
from app.domains.identity.organisations.errors import OrganisationUnknown
from app.domains.identity.organisations.service import OrganisationService
from app.domains.identity.sessions.model import Audience, Device, EndReason, Tokens
from app.domains.identity.sessions.service import SessionService
from app.domains.identity.staff.errors import (
    CredentialsWrong,
    PasswordChangeNeeded,
    PasswordUnchanged,
    StaffLocked,
)
from app.domains.identity.staff.model import (
    TOTP_STEP,
    TRIES_FROM_ONE_PLACE,
    TRIES_FROM_STRANGE_PLACES,
    TRIES_PER_ADDRESS,
    Enrolment,
    Staff,
    StaffRole,
    demand_fit,
    demand_strong,
)
from app.domains.identity.staff.store import StaffStore, TryStore

_TOKENS = TypeAdapter(Tokens)
_ENROLMENT = TypeAdapter(Enrolment)
_REPLY_KEPT = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class StaffSignedIn:
    staff: Staff
    tokens: Tokens


class StaffService:
    def __init__(
        self,
        db: Database,
        staff: StaffStore,
        tries: TryStore,
        passwords: Passwords,
        organisations: OrganisationService,
        sessions: SessionService,
        limits: Limits,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
        count: Counting = uncounted,
    ) -> None:
        self._db = db
        self._staff = staff
        self._tries = tries
        self._organisations = organisations
        self._sessions = sessions
        self._limits = limits
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock
        self._count = count
        self._passwords = passwords

    async def enrol(
        self,
        viewer: Viewer,
        organisation: str | None,
        login: str,
        name: str,
        password: str,
        roles: Collection[StaffRole],
        *,
        given: bool = False,
        key: str | None = None,
    ) -> Enrolment:
        """The secret of the one-time codes is shown this once (and to a repeat under `key`, for some minutes). A
        password `given` by somebody else must be changed at the first sign-in.

        Raises OrganisationUnknown, RoleUnfit, PasswordTooWeak, LoginTaken, IdempotencyConflict.
        """
        if organisation is not None and self._organisations.tree.get(organisation) is None:
            raise OrganisationUnknown
        demand_fit(organisation, roles)
        demand_strong(password)
        staff_id, secret = self._staff.id_of(organisation, login), pyotp.random_base32()
        hashed = await self._passwords.hash(password)
        known = Staff(staff_id, organisation, name, hashed, secret, frozenset(roles), login=login)
        staff = replace(known, must_change=given, since=self._clock.now())

        async def work(tx: Tx) -> Enrolment:
            await self._staff.add(staff, tx)
            await self._audit.record(viewer, "staff.enrolled", staff_id, tx, roles=sorted(roles))
            return Enrolment(staff_id, pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="Rong"))

        if key is None:
            return await self._db.transaction(work)
        call = Call.of(viewer, "enrolStaff", key, organisation, login, name, password, sorted(roles), given)
        return await self._idempotency.once(call, _ENROLMENT, work, kept=_REPLY_KEPT)

    async def sign_in(
        self, organisation: str | None, login: str, password: str, code: str, device: Device, origin: Origin, key: str
    ) -> StaffSignedIn:
        """Raises CredentialsWrong, StaffLocked, PasswordChangeNeeded, IdempotencyConflict, RateLimited (one address
        tries too often).
        """
        call = Call.of(ANONYMOUS, "signInStaff", key, organisation, login, password, code, device, kept_by=device.id)
        with refusals(self._counting(organisation), "sign_ins", "outcome", door=_door(organisation)):
            before = await self._idempotency.replay(call, _TOKENS)
            if before is None:
                await self._limits.take(TRIES_PER_ADDRESS, origin.address)
            staff = await self._checked(organisation, login, password, code, origin) if before is None else None
            staff = staff or await self._staff.get(self._staff.id_of(organisation, login))
            if staff is None or not self._may_work(staff):
                raise CredentialsWrong
            return StaffSignedIn(staff, before or await self._open(call, staff, device, origin))

    async def prove(self, organisation: str | None, login: str, password: str, code: str, origin: Origin) -> Staff:
        """Who this is, by both factors; the one-time code is spent. For a door that opens its own session.

        Raises CredentialsWrong, StaffLocked, PasswordChangeNeeded, RateLimited (one address tries too often).
        """
        with refusals(self._counting(organisation), "sign_ins", "outcome", door=_door(organisation)):
            await self._limits.take(TRIES_PER_ADDRESS, origin.address)
            staff = await self._checked(organisation, login, password, code, origin)
        self._signed_in(staff)
        return staff

    async def in_office(self, staff: str) -> Staff | None:
        """The member of staff with the roles of this moment; None when suspended, or the organisation is."""
        found = await self._staff.get(staff)
        return found if found is not None and self._may_work(found) else None

    async def change_password(
        self, organisation: str | None, login: str, password: str, code: str, new: str, origin: Origin
    ) -> None:
        """A password of one's own choice, proven by the old one and a one-time code; ends all sessions.

        Raises CredentialsWrong, StaffLocked, PasswordTooWeak, PasswordUnchanged, RateLimited.
        """
        demand_strong(new)
        await self._limits.take(TRIES_PER_ADDRESS, origin.address)
        staff = await self._checked(organisation, login, password, code, origin, changing=True)
        if new == password:
            raise PasswordUnchanged
        hashed, by = await self._passwords.hash(new), Viewer(role=_role_of(staff), actor=staff.id, origin=origin)

        async def work(tx: Tx) -> None:
            await self._staff.set_password(staff.id, hashed, False, tx)
            await self._sessions.end_all(by, staff.id, EndReason.CREDENTIALS_RESET, tx)
            await self._audit.record(by, "staff.password_changed", staff.id, tx)

        await self._db.transaction(work)

    async def _checked(
        self,
        organisation: str | None,
        login: str,
        password: str,
        code: str,
        origin: Origin,
        *,
        changing: bool = False,
    ) -> Staff:
        """Both factors, the code spent. Who is refused is recorded: by the hash of a login, whether anybody has it."""
        staff_id, place = self._staff.id_of(organisation, login), self._staff.place_of(origin.address)
        try:
            return await self._proven(staff_id, place, password, code, changing)
        except (CredentialsWrong, StaffLocked) as refused:
            nobody = replace(ANONYMOUS, origin=origin)
            await self._audit.record(nobody, "staff.refused", staff_id, None, why=refused.code)
            raise

    async def _proven(self, staff_id: str, place: str, password: str, code: str, changing: bool) -> Staff:
        """The try is counted before anything is looked at."""
        staff = await self._staff.get(staff_id)
        await self._count_try(staff_id, place, known=staff is not None and place in staff.places)
        right = await self._passwords.verify(password, staff.password_hash if staff else None)
        step = self._step(staff.totp_secret, code) if staff else None
        if staff is None or not right or step is None:
            raise CredentialsWrong
        if staff.must_change and not changing:  # the code is not spent yet: it is good for the change
            raise PasswordChangeNeeded
        if not await self._staff.use_step(staff.id, step, place) or not self._may_work(staff):
            raise CredentialsWrong
        await self._tries.forget(staff_id, place)
        return staff

    async def _count_try(self, staff: str, place: str, *, known: bool) -> None:
        """Raises StaffLocked, of logins that nobody has too."""
        now = self._clock.now()
        until = await self._tries.take(staff, place, TRIES_FROM_ONE_PLACE, now)
        if until is None and not known:
            until = await self._tries.take(staff, "", TRIES_FROM_STRANGE_PLACES, now)
        if until is not None:
            raise StaffLocked(until=until)

    async def refresh(
        self, refresh_token: str, device: str, audience: Audience, origin: Origin | None = None
    ) -> StaffSignedIn:
        """Raises SessionEnded (a token of another door too), CredentialsWrong (suspended meanwhile)."""
        session = await self._sessions.refresh(refresh_token, device, audience, origin)
        staff = await self._staff.get(session.holder)
        if staff is None or not self._may_work(staff):
            raise CredentialsWrong
        return StaffSignedIn(staff, self._sessions.tokens_for(session, self._claims(staff)))

    async def _open(self, call: Call, staff: Staff, device: Device, origin: Origin) -> Tokens:
        audience = Audience.PROVIDER if staff.organisation else Audience.ADMIN

        async def work(tx: Tx) -> Tokens:
            return await self._sessions.open(staff.id, audience, device, self._claims(staff), tx, origin)

        def told(_: Tokens) -> None:
            self._signed_in(staff)

        return await self._idempotency.once(call, _TOKENS, work, kept=_REPLY_KEPT, after=told)

    def _signed_in(self, staff: Staff) -> None:
        self._counting(staff.organisation)("sign_ins", door=_door(staff.organisation), outcome="signed_in")

    def _counting(self, organisation: str | None) -> Counting:
        """What is done in test mode is not counted."""
        node = self._organisations.tree.get(organisation) if organisation else None
        return uncounted if node is not None and node.test_mode else self._count

    def _may_work(self, staff: Staff) -> bool:
        placed = staff.organisation is None or self._organisations.tree.active(staff.organisation)
        return placed and not staff.suspended

    def _claims(self, staff: Staff) -> dict[str, Any]:
        roles = sorted(role.value for role in staff.roles)
        if staff.organisation is None:
            return {"role": "ops", "roles": roles}
        organisation = self._organisations.tree.get(staff.organisation)
        scopes = staff.may_use(organisation.scopes) if organisation else frozenset()
        test = organisation.test_mode if organisation else False
        return {
            "role": "staff",
            "roles": roles,
            "org": staff.organisation,
            "scope": " ".join(sorted(scopes)),
            "test": test,
        }

    def _step(self, secret: str, code: str) -> int | None:
        """The time step this code belongs to: the present one or a neighbour (a clock may be half a minute off)."""
        now = int(self._clock.now().timestamp()) // TOTP_STEP
        totp = pyotp.TOTP(secret)
        steps = (now, now - 1, now + 1)
        # Chinese keyboards type full-width digits; and what is no digit at all is a wrong code like any other.
        given = normalize("NFKC", code).strip().encode(errors="replace")
        return next((s for s in steps if hmac.compare_digest(totp.generate_otp(s).encode(), given)), None)


def _role_of(staff: Staff) -> Role:
    return Role.OPS if staff.organisation is None else Role.PROVIDER_STAFF


def _door(organisation: str | None) -> str:
    return "provider" if organisation else "desk"
