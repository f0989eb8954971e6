"""Showing a licence and accepting what was shown; the same rules as for the card's codes."""

from __future__ import annotations

from dataclasses import replace

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.errors import Forbidden
from app.core.idempotency import Call, Idempotency
from app.core.limits import Limits
from app.core.mongo import Database, Tx
from app.core.tallies import Counting, refusals, uncounted
from app.core.viewer import Viewer
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.organisations.service import OrganisationService
from virtual_card.codes.errors import CodeUnknown
from virtual_card.codes.online import hash_online_code, new_online_code
from virtual_card.disclosures.model import Channel, Disclosure
from virtual_card.disclosures.service import DisclosureService
from virtual_card.licences.errors import LicenceUnknown, PurposeNotForLicence
from virtual_card.licences.kinds import kind_of
from virtual_card.licences.model import Licence, LicencePurpose
from virtual_card.licences.showing.model import (
    LIFE,
    PER_HOLDER,
    PREFIX,
    KeptLicenceCode,
    LicenceVerification,
    ShownLicenceCode,
    named,
    refusal,
    tells_number,
    told_facts,
)
from virtual_card.licences.showing.store import LicenceCodeStore
from virtual_card.licences.store import LicenceStore

SCOPE = "verify:licence"
_SHOWN = TypeAdapter(ShownLicenceCode)
_VERIFICATION = TypeAdapter(LicenceVerification)


class ShowingService:
    def __init__(
        self,
        db: Database,
        codes: LicenceCodeStore,
        licences: LicenceStore,
        citizens: CitizenStore,
        organisations: OrganisationService,
        disclosures: DisclosureService,
        limits: Limits,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
        count: Counting = uncounted,
    ) -> None:
        self._db = db
        self._codes = codes
        self._licences = licences
        self._citizens = citizens
        self._organisations = organisations
        self._disclosures = disclosures
        self._limits = limits
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock
        self._count = count

    async def show(self, viewer: Viewer, licence: str, purpose: LicencePurpose, key: str) -> ShownLicenceCode:
        """A fresh code, good for a minute and once; older ones for the same purpose end within ten seconds.

        Raises LicenceUnknown, LicenceNotActive, PurposeNotForLicence, RateLimited, IdempotencyConflict.
        """
        holder, call = viewer.citizen(), Call.of(viewer, "showLicence", key, licence, purpose.value)
        before = await self._idempotency.replay(call, _SHOWN)
        if before is not None:
            return before
        await self._limits.take(PER_HOLDER, holder)
        text, now = new_online_code(PREFIX), self._clock.now()
        citizen = await self._citizens.get(holder)

        async def work(tx: Tx) -> ShownLicenceCode:
            found = await self._showable(holder, licence, purpose, tx)
            test_of = citizen.test_of if citizen else None
            hash_ = hash_online_code(text, PREFIX)
            kept = KeptLicenceCode(hash_, found.id, holder, purpose, now + LIFE, None, test_of)
            await self._codes.add(kept, tx)
            await self._codes.shorten_others(kept, now, tx)
            await self._audit.record(viewer, "licence.shown", found.id, tx, purpose=purpose.value)
            return ShownLicenceCode(text, purpose, kept.expires_at)

        return await self._idempotency.once(call, _SHOWN, work, kept=LIFE)

    async def verify(self, viewer: Viewer, text: str, purpose: LicencePurpose, key: str) -> LicenceVerification:
        """Accept a code once and tell what its purpose needs; the citizen sees it in the same moment.

        Raises CodeMalformed, CodeUnknown, CodeUsed, CodeExpired, CodeForOtherPurpose, LicenceNotActive,
        IdempotencyConflict, Forbidden.
        """
        organisation = viewer.provider(SCOPE)
        if not self._organisations.tree.active(organisation):
            raise Forbidden
        count = uncounted if viewer.test_mode else self._count
        with refusals(count, "codes_refused", "reason"):
            hash_ = hash_online_code(text, PREFIX)
            call = Call.of(viewer, "verifyLicence", key, hash_, purpose.value)

            async def work(tx: Tx) -> LicenceVerification:
                return await self._accept(viewer, hash_, purpose, tx)

            def told(done: LicenceVerification) -> None:
                count("licences_verified", kind=done.kind)

            return await self._idempotency.once(call, _VERIFICATION, work, after=told)

    async def _showable(self, holder: str, licence: str, purpose: LicencePurpose, tx: Tx) -> Licence:
        found = await self._licences.get(licence, holder, tx)
        if found is None:
            raise LicenceUnknown
        found.demand_active(civil_day(self._clock.now()))
        if purpose not in kind_of(found.kind).purposes:
            raise PurposeNotForLicence
        return found

    async def _accept(self, viewer: Viewer, hash_: str, purpose: LicencePurpose, tx: Tx) -> LicenceVerification:
        now, test_of = self._clock.now(), viewer.organisation if viewer.test_mode else None
        used = await self._codes.use(hash_, purpose, test_of, now, tx)
        code = await self._codes.get(hash_, tx)
        if not used or code is None:
            raise refusal(code, purpose, test_of)
        licence, citizen = (
            await self._licences.get(code.licence, code.holder, tx),
            await self._citizens.get(code.holder, tx),
        )
        if licence is None or citizen is None or not citizen.within_reach(viewer):
            raise CodeUnknown
        licence.demand_active(civil_day(now))
        facts = told_facts(licence, kind_of(licence.kind), purpose)
        names = named(facts, purpose)
        made = Disclosure.new(viewer, licence.holder, purpose.value, names, Channel.LICENCE_CODE, now)
        made = replace(made, licence=licence.kind)
        await self._disclosures.record_licence(viewer, made, kind_of(licence.kind).title, tx)
        number = licence.number if tells_number(purpose) else None
        return LicenceVerification(
            made.id, licence.kind, purpose, number, licence.issuer, facts, licence.valid_until, now
        )
