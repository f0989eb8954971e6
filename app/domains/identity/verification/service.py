"""Raising a citizen's assurance: name and ID number are checked at the civil registry, outside any transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Protocol

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import Unavailable
from app.core.idempotency import Call, IdempotencyConflict
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.sealed import KeyRing
from app.core.viewer import Viewer
from app.domains.identity.citizens.errors import AlreadyVerified
from app.domains.identity.citizens.model import Citizen, IdNumber, parse_name
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.guardians.store import GuardianshipStore
from app.domains.identity.sessions.model import Audience
from app.domains.identity.sessions.service import SessionService
from app.domains.identity.sign_in.service import claims_of
from app.domains.identity.verification.errors import IdentityNotMatched, RegistryUnavailable
from app.domains.identity.verification.model import MOST_FAILURES, Attempt, AttemptState, RegistryRecord
from app.domains.identity.verification.store import VerificationStore


class CivilRegistry(Protocol):
    async def check(self, *, name: str, id_number: str, request_id: str) -> RegistryRecord | None:
        """The person's record, or None when name and number do not belong together. Raises Unavailable."""
        ...

    async def relation(self, *, guardian: str, ward: str, request_id: str) -> str | None:
        """How the first (by ID number) is related to the second. Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Verified:
    """`access_token` says the new level at once; the next refresh would say it too."""

    citizen: Citizen
    access_token: str


class VerificationService:
    def __init__(
        self,
        db: Database,
        verifications: VerificationStore,
        citizens: CitizenStore,
        guardianships: GuardianshipStore,
        registry: CivilRegistry,
        clean_photo: Callable[[bytes], Awaitable[bytes]],
        sessions: SessionService,
        ring: KeyRing,
        outbox: Outbox,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._db = db
        self._verifications = verifications
        self._citizens = citizens
        self._guardianships = guardianships
        self._registry = registry
        self._clean_photo = clean_photo
        self._sessions = sessions
        self._ring = ring
        self._outbox = outbox
        self._audit = audit
        self._clock = clock

    async def verify(self, viewer: Viewer, name: str, id_number: str, key: str) -> Verified:
        """Raises NameInvalid, IdNumberInvalid, AlreadyVerified, IdentityTaken, IdentityNotMatched,
        VerificationLocked, RegistryUnavailable, IdempotencyConflict.
        """
        citizen, person, number = viewer.self_only(), parse_name(name), IdNumber.parse(id_number)
        call = Call.of(viewer, "verifyIdentity", key, person, number.text)
        attempt = await self._begin(call, citizen)
        if attempt.state is AttemptState.MATCHED:
            return await self._verified(viewer, citizen)
        if attempt.state is AttemptState.NOT_MATCHED:
            raise IdentityNotMatched(attempt.remaining)
        if await self._is_verified(citizen):
            return await self._verified_by(viewer, call, citizen)
        remaining = await self._verifications.count_failure(citizen, attempt.id, self._clock.now())
        record = await self._ask(attempt, person, number)
        if record is None:
            await self._verifications.settle(attempt.id, AttemptState.NOT_MATCHED, remaining)
            raise IdentityNotMatched(remaining)
        await self._settle(viewer, attempt, person, number, record)
        return await self._verified(viewer, citizen)

    async def _begin(self, call: Call, citizen: str) -> Attempt:
        content = self._ring.keyed_hash(call.content, kind="idempotent content")
        attempt, begun_with = await self._verifications.begin(Attempt(call.id, citizen, self._clock.now()), content)
        if begun_with != content:
            raise IdempotencyConflict
        return attempt

    async def _is_verified(self, citizen: str) -> bool:
        found = await self._citizens.get(citizen)
        return found is None or found.verified

    async def _verified_by(self, viewer: Viewer, call: Call, citizen: str) -> Verified:
        """A parallel call with the same key may have been faster. Raises AlreadyVerified when it was another one."""
        if (await self._begin(call, citizen)).state is not AttemptState.MATCHED:
            raise AlreadyVerified
        return await self._verified(viewer, citizen)

    async def _ask(self, attempt: Attempt, name: str, number: IdNumber) -> RegistryRecord | None:
        try:
            record = await self._registry.check(name=name, id_number=number.text, request_id=attempt.id)
            return replace(record, photo=await self._clean_photo(record.photo)) if record else None
        except Unavailable:
            await self._verifications.give_back(attempt.citizen, attempt.id)
            await self._verifications.settle(attempt.id, AttemptState.UNAVAILABLE, MOST_FAILURES)
            raise RegistryUnavailable from None

    async def _settle(
        self, viewer: Viewer, attempt: Attempt, name: str, number: IdNumber, record: RegistryRecord
    ) -> None:
        now = self._clock.now()

        async def work(tx: Tx) -> None:
            if not await self._verifications.settle(attempt.id, AttemptState.MATCHED, MOST_FAILURES, tx):
                return  # a parallel call with the same key got here first
            await self._end_guardianships(viewer, await self._citizens.ward_record_of(number, tx), tx)
            await self._citizens.give_real_name(
                attempt.citizen, name, number, record.household, record.division, now, tx
            )
            await self._citizens.keep_photo(attempt.citizen, record.photo, tx)
            await self._verifications.give_back(attempt.citizen, attempt.id, tx)
            await self._audit.record(viewer, "citizen.verified", attempt.citizen, tx)
            await self._outbox.add("citizen.verified", attempt.citizen, tx)

        await self._db.transaction(work)

    async def _end_guardianships(self, viewer: Viewer, ward: str | None, tx: Tx) -> None:
        """Who verifies himself acts for himself: guardians of the record made for him lose it, and are told."""
        for was in await self._guardianships.of_ward(ward) if ward else ():
            await self._guardianships.save(was.revoked(self._clock.now()), was, tx)
            await self._audit.record(viewer, "guardianship.revoked", was.id, tx, subject=was.ward)
            await self._outbox.add("guardianship.revoked", was.guardian, tx, guardianship=was.id)

    async def _verified(self, viewer: Viewer, citizen: str) -> Verified:
        found = await self._citizens.get(citizen)
        assert found is not None
        claims = {**claims_of(found), "sid": viewer.session}
        token, _ = self._sessions.access_token(citizen, Audience.CITIZEN, claims)
        return Verified(found, token)
