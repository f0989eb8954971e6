"""Taking a ward on, agreeing to a guardian, ending it; and who the viewer is when acting for a ward."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.errors import Forbidden, RealNameNeeded, Unavailable
from app.core.idempotency import Call, Idempotency, IdempotencyConflict
from app.core.ids import new_id
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.viewer import Viewer
from app.domains.identity.citizens.model import Citizen, IdNumber, birthday, is_elder, is_minor, parse_name
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.guardians.errors import (
    GuardianshipEndsTooLate,
    GuardianshipUnknown,
    NotTheGuardian,
    WardMustBeMinorOrElder,
)
from app.domains.identity.guardians.model import (
    TOWARDS_ELDER,
    TOWARDS_MINOR,
    Guardianship,
    GuardianshipState,
    WardScope,
)
from app.domains.identity.guardians.store import GuardianshipStore
from app.domains.identity.verification.errors import IdentityNotMatched, RegistryUnavailable
from app.domains.identity.verification.model import MOST_FAILURES, Attempt, RegistryRecord
from app.domains.identity.verification.service import CivilRegistry
from app.domains.identity.verification.store import VerificationStore

_LONGEST = timedelta(days=365)
_GUARDIANSHIP = TypeAdapter(Guardianship)


@dataclass(frozen=True, slots=True)
class NewWard:
    """What a guardian says of the ward; `until` defaults to the longest time allowed."""

    name: str
    id_number: str
    scopes: frozenset[WardScope]
    until: date | None = None


class GuardianService:
    def __init__(
        self,
        db: Database,
        guardianships: GuardianshipStore,
        citizens: CitizenStore,
        verifications: VerificationStore,
        registry: CivilRegistry,
        clean_photo: Callable[[bytes], Awaitable[bytes]],
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._guardianships = guardianships
        self._citizens = citizens
        self._verifications = verifications
        self._registry = registry
        self._clean_photo = clean_photo
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def acting_for(self, viewer: Viewer, ward: str) -> Viewer:
        """The viewer as guardian of this ward, with the scopes he holds now. Raises Forbidden."""
        found = await self._guardianships.between(viewer.self_only(), ward)
        if found is None or not found.holds(civil_day(self._clock.now())):
            raise Forbidden
        scopes = frozenset(scope.value for scope in found.scopes)
        return replace(viewer, subject=ward, scopes=scopes, guardianship=found.id)

    async def add_ward(self, viewer: Viewer, new: NewWard, key: str) -> Guardianship:
        """Take on a minor or an elder of the family. An elder with an account of his own is asked first.

        Raises NameInvalid, IdNumberInvalid, RealNameNeeded, WardMustBeMinorOrElder, GuardianshipEndsTooLate,
        NotTheGuardian, IdentityNotMatched, VerificationLocked, RegistryUnavailable, IdempotencyConflict.
        """
        guardian, name, number = viewer.self_only(), parse_name(new.name), IdNumber.parse(new.id_number)
        call = Call.of(viewer, "addWard", key, name, number.text, sorted(new.scopes), new.until)
        before = await self._idempotency.replay(call, _GUARDIANSHIP)
        if before is not None:
            return before
        until = self._until(number, new.until)
        own_number = await self._citizens.id_number(guardian)
        if own_number is None:
            raise RealNameNeeded
        await self._begin(guardian, call)
        record, relation = await self._ask(guardian, own_number, name, number, call.id)
        ids = new_id(), new_id()

        async def work(tx: Tx) -> Guardianship:
            ward, has_account = await self._ward(ids[0], name, number, record, tx)
            state = GuardianshipState.PROPOSED if has_account else GuardianshipState.ACTIVE
            made = Guardianship(ids[1], guardian, ward, relation, new.scopes, state, until, self._clock.now())
            return await self._keep(viewer, made, tx)

        return await self._idempotency.once(call, _GUARDIANSHIP, work)

    async def accept(self, viewer: Viewer, guardianship: str, key: str) -> Guardianship:
        """The ward agrees. Raises GuardianshipUnknown, NotProposed, IdempotencyConflict."""
        ward = viewer.self_only()
        call = Call.of(viewer, "acceptGuardian", key, guardianship)

        async def work(tx: Tx) -> Guardianship:
            was = await self._guardianships.party_to(guardianship, ward)
            if was is None or was.ward != ward:
                raise GuardianshipUnknown
            return await self._change(viewer, was, was.accepted(), "guardianship.accepted", tx)

        return await self._idempotency.once(call, _GUARDIANSHIP, work)

    async def revoke(self, viewer: Viewer, guardianship: str, key: str) -> Guardianship:
        """Either side ends it, at once. Raises GuardianshipUnknown, IdempotencyConflict."""
        citizen = viewer.self_only()
        call = Call.of(viewer, "revokeGuardianship", key, guardianship)

        async def work(tx: Tx) -> Guardianship:
            was = await self._guardianships.party_to(guardianship, citizen)
            if was is None or was.state is GuardianshipState.REVOKED:
                raise GuardianshipUnknown
            return await self._change(viewer, was, was.revoked(self._clock.now()), "guardianship.revoked", tx)

        return await self._idempotency.once(call, _GUARDIANSHIP, work)

    async def end_all(self, by: Viewer, citizen: str) -> None:
        """Whoever leaves the city is nobody's guardian and nobody's ward any more; the other side is told."""

        async def work(tx: Tx) -> None:
            open_ = await self._guardianships.of_guardian(citizen) + await self._guardianships.of_ward(citizen)
            for was in open_:
                if await self._guardianships.save(was.revoked(self._clock.now()), was, tx):
                    other = was.ward if citizen == was.guardian else was.guardian
                    await self._audit.record(by, "guardianship.revoked", was.id, tx, subject=was.ward)
                    await self._outbox.add("guardianship.revoked", other, tx, guardianship=was.id)

        await self._db.transaction(work)

    async def wards(self, viewer: Viewer) -> list[Guardianship]:
        return await self._guardianships.of_guardian(viewer.self_only())

    async def guardians(self, viewer: Viewer) -> list[Guardianship]:
        return await self._guardianships.of_ward(viewer.self_only())

    async def one(self, viewer: Viewer, guardianship: str) -> Guardianship | None:
        """One in which the viewer is the guardian or the ward, an ended one too."""
        return await self._guardianships.party_to(guardianship, viewer.self_only())

    async def people(self, guardianships: Sequence[Guardianship]) -> dict[str, Citizen]:
        """Both sides of these guardianships, by id, in one read."""
        ids = {person for g in guardianships for person in (g.guardian, g.ward)}
        return await self._citizens.many(sorted(ids))

    def _until(self, number: IdNumber, wished: date | None) -> date:
        today = civil_day(self._clock.now())
        if not is_minor(number.birth, today) and not is_elder(number.birth, today):
            raise WardMustBeMinorOrElder
        latest = today + _LONGEST
        if is_minor(number.birth, today):
            latest = min(latest, birthday(number.birth, 18) - timedelta(days=1))
        if wished is not None and not today <= wished <= latest:
            raise GuardianshipEndsTooLate
        return wished or latest

    async def _begin(self, guardian: str, call: Call) -> None:
        """A key stands for one guess, also after a failed one. Raises IdempotencyConflict."""
        content = self._idempotency.fingerprint(call)
        _, begun_with = await self._verifications.begin(Attempt(call.id, guardian, self._clock.now()), content)
        if begun_with != content:
            raise IdempotencyConflict

    async def _ask(
        self, guardian: str, own: IdNumber, name: str, number: IdNumber, request_id: str
    ) -> tuple[RegistryRecord, str]:
        """Guesses at a ward's name and number are counted like guesses at one's own."""
        remaining = await self._verifications.count_failure(guardian, request_id, self._clock.now())
        try:
            record = await self._registry.check(name=name, id_number=number.text, request_id=request_id)
            relation = await self._registry.relation(
                guardian=own.text, ward=number.text, request_id=f"{request_id}-relation"
            )
            if record is not None:
                record = replace(record, photo=await self._clean_photo(record.photo))
        except Unavailable:
            await self._verifications.give_back(guardian, request_id)
            raise RegistryUnavailable from None
        if record is None:
            raise IdentityNotMatched(min(remaining, MOST_FAILURES))
        await self._verifications.give_back(guardian, request_id)
        allowed = TOWARDS_MINOR if is_minor(number.birth, civil_day(self._clock.now())) else TOWARDS_ELDER
        if relation not in allowed:
            raise NotTheGuardian
        return record, relation

    async def _ward(self, fresh: str, name: str, number: IdNumber, record: RegistryRecord, tx: Tx) -> tuple[str, bool]:
        """The ward's record, made when there is none; and whether it is an account with a phone of its own."""
        known = await self._citizens.id_by_real_name(number, tx)
        if known is not None:
            citizen = await self._citizens.get(known, tx)
            return known, citizen is not None and citizen.phone is not None
        now = self._clock.now()
        await self._citizens.add(Citizen(id=fresh, created_at=now), tx)
        await self._citizens.give_real_name(fresh, name, number, record.household, record.division, now, tx)
        await self._citizens.keep_photo(fresh, record.photo, tx)
        return fresh, False

    async def _keep(self, viewer: Viewer, made: Guardianship, tx: Tx) -> Guardianship:
        """One open guardianship between two people: a new one takes the place of the old."""
        was = await self._guardianships.between(made.guardian, made.ward, tx)
        if was is not None:
            await self._guardianships.save(was.revoked(self._clock.now()), was, tx)
        await self._guardianships.add(made, tx)
        await self._told(viewer, made, f"guardianship.{made.state.value}", tx)
        return made

    async def _change(
        self, viewer: Viewer, was: Guardianship, changed: Guardianship, event: str, tx: Tx
    ) -> Guardianship:
        if not await self._guardianships.save(changed, was, tx):
            raise GuardianshipUnknown
        await self._told(viewer, changed, event, tx)
        return changed

    async def _told(self, viewer: Viewer, about: Guardianship, event: str, tx: Tx) -> None:
        await self._audit.record(viewer, event, about.id, tx, subject=about.ward)
        other = about.ward if viewer.actor == about.guardian else about.guardian
        await self._outbox.add(event, other, tx, guardianship=about.id)
