"""Showing codes and verifying them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.errors import Forbidden
from app.core.idempotency import Call, Idempotency
from app.core.keys import KeyUse, SigningKeys
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Database, Tx
from app.core.tallies import Counting, refusals, uncounted
from app.core.viewer import Viewer
from app.domains.identity.citizens.model import Citizen
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.organisations.service import OrganisationService
from virtual_card.cards.errors import NoCard
from virtual_card.cards.model import Card
from virtual_card.cards.store import CardStore
from virtual_card.codes import offline
from virtual_card.codes.errors import CodeUnknown, OfflineCodeForOtherPurpose
from virtual_card.codes.kept_list import KeptStatusList
from virtual_card.codes.keys import KeySet, SigningKey
from virtual_card.codes.model import (
    OFFLINE_LIFE,
    ONLINE_LIFE,
    Attribute,
    AttributeValue,
    KeptCode,
    Purpose,
    ShownCode,
    disclosed,
    disclosed_offline,
    refusal,
)
from virtual_card.codes.online import hash_online_code, new_online_code
from virtual_card.codes.store import CodeStore
from virtual_card.disclosures.model import Channel, Disclosure
from virtual_card.disclosures.service import DisclosureService

_SHOWN = TypeAdapter(ShownCode)
_PER_CARD = Limit("codes-shown", 60, timedelta(minutes=10))


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verifier is told: the attributes its purpose allows, and the id under which the citizen sees it."""

    id: str
    purpose: Purpose
    attributes: dict[Attribute, AttributeValue]
    at: datetime


_VERIFICATION = TypeAdapter(Verification)


@dataclass(frozen=True, slots=True)
class Taken:
    """A code that was accepted, and whose it is: which the city's own rooms may know, and no verifier."""

    holder: str
    verification: Verification


@dataclass(frozen=True, slots=True)
class Genuine:
    """An offline code that this city signed, as a gate read it. `card` may be barred since, or have been already."""

    id: str
    card: Card
    attributes: Mapping[str, offline.Attribute]


class CodeService:
    def __init__(
        self,
        db: Database,
        codes: CodeStore,
        cards: CardStore,
        citizens: CitizenStore,
        organisations: OrganisationService,
        disclosures: DisclosureService,
        keys: SigningKeys,
        limits: Limits,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
        issuer: str,
        count: Counting = uncounted,
    ) -> None:
        self._db = db
        self._codes = codes
        self._cards = cards
        self._citizens = citizens
        self._organisations = organisations
        self._disclosures = disclosures
        self._keys = keys
        self._limits = limits
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock
        self._issuer = issuer
        self._count = count
        self.status_list = KeptStatusList(cards, self._signing_key, clock, "/.well-known/card-status")

    async def show(self, viewer: Viewer, purpose: Purpose, key: str) -> ShownCode:
        """A fresh online code; older ones for the same purpose end within ten seconds.

        Raises NoCard, CardNotActive, IdempotencyConflict, RateLimited.
        """
        call = Call.of(viewer, "showCode", key, purpose.value)
        return await self._show(viewer, viewer.citizen(), None, purpose, call)

    async def show_of(self, viewer: Viewer, test_citizen: str, purpose: Purpose, key: str) -> ShownCode:
        """As `show`, of a test citizen: for the organisation in test mode whose he is, as the caller has seen."""
        call = Call.of(viewer, "showTestCode", key, test_citizen, purpose.value)
        return await self._show(viewer, test_citizen, viewer.provider(), purpose, call)

    async def _show(self, viewer: Viewer, holder: str, test_of: str | None, purpose: Purpose, call: Call) -> ShownCode:
        before = await self._idempotency.replay(call, _SHOWN)
        if before is not None:
            return before
        await self._limits.take(_PER_CARD, holder)
        text, now = new_online_code(), self._clock.now()

        async def work(tx: Tx) -> ShownCode:
            card = await self._active_card(holder, tx)
            kept = KeptCode(hash_online_code(text), card.id, holder, purpose, now + ONLINE_LIFE, None, test_of)
            await self._codes.add(kept, tx)
            await self._codes.shorten_others(kept, now, tx)
            await self._audit.record(viewer, "code.shown", card.id, tx, subject=holder, purpose=purpose.value)
            return ShownCode(text, purpose, kept.expires_at)

        return await self._idempotency.once(call, _SHOWN, work, kept=ONLINE_LIFE)

    async def show_offline(self, viewer: Viewer, purpose: Purpose, key: str) -> ShownCode:
        """A signed code for gates without network. Raises NoCard, CardNotActive, IdempotencyConflict, RateLimited."""
        call = Call.of(viewer, "showOfflineCode", key, purpose.value)
        before = await self._idempotency.replay(call, _SHOWN)
        if before is not None:
            return before
        await self._limits.take(_PER_CARD, viewer.citizen())
        card = await self._active_card(viewer.citizen(), None)
        citizen = await self._citizens.get(card.holder)
        assert citizen is not None
        shown = self._signed(card, citizen, purpose)

        async def work(tx: Tx) -> ShownCode:
            await self._audit.record(viewer, "code.shown_offline", card.id, tx, purpose=purpose.value)
            return shown

        return await self._idempotency.once(call, _SHOWN, work, kept=OFFLINE_LIFE)

    async def verify(self, viewer: Viewer, text: str, purpose: Purpose, key: str) -> Verification:
        """Accept a code once and tell what its purpose allows; the citizen sees it in the same moment.

        Raises CodeMalformed, CodeUnknown, CodeUsed, CodeExpired, CodeForOtherPurpose, CardNotActive,
        IdempotencyConflict, Forbidden (the scope for this purpose is not granted).
        """
        self._demand_verifier(viewer, purpose)
        count = uncounted if viewer.test_mode else self._count
        with refusals(count, "codes_refused", "reason"):
            hash_ = hash_online_code(text)
            call = Call.of(viewer, "verifyCode", key, hash_, purpose.value)

            async def work(tx: Tx) -> Verification:
                return (await self._accept(viewer, hash_, purpose, tx)).verification

            def told(_: Verification) -> None:
                count("codes_verified", purpose=purpose.value)

            return await self._idempotency.once(call, _VERIFICATION, work, after=told)

    async def take(self, viewer: Viewer, text: str, purpose: Purpose, tx: Tx) -> Taken:
        """Accept a code once, as `verify`, as part of what it is shown for: it is used when that is done, or not at
        all. Raises as `verify`, but for the key, which is the caller's.
        """
        self._demand_verifier(viewer, purpose)
        return await self._accept(viewer, hash_online_code(text), purpose, tx)

    async def genuine(self, text: str, purpose: Purpose, read_at: datetime) -> Genuine:
        """An offline code as a gate read it at that moment, which may be a while ago; seen twice, it is genuine twice.

        Raises OfflineCodeMalformed, OfflineCodeUntrusted, OfflineCodeNotYetValid, OfflineCodeExpired,
        OfflineCodeForOtherPurpose, CodeUnknown (no card has its place).
        """
        claims = offline.open_(text, self.trusted_at(read_at), read_at)
        if claims.purpose != purpose.value:
            raise OfflineCodeForOtherPurpose(expected=purpose.value, actual=claims.purpose)
        card = await self._cards.by_place(claims.status_index)
        if card is None:
            raise CodeUnknown
        return Genuine(claims.code_id.hex(), card, claims.attributes)

    def trusted_at(self, at: datetime) -> KeySet:
        """The keys that a gate could have known at that moment. A withdrawn key is trusted of no moment."""
        keys = self._keys.known(KeyUse.CARD, at)
        return KeySet(SigningKey(key.id, key.private).public for key in keys)

    def _demand_verifier(self, viewer: Viewer, purpose: Purpose) -> None:
        if not self._organisations.tree.active(viewer.provider(purpose.scope)):
            raise Forbidden

    async def _accept(self, viewer: Viewer, hash_: str, purpose: Purpose, tx: Tx) -> Taken:
        now, test_of = self._clock.now(), viewer.organisation if viewer.test_mode else None
        used = await self._codes.use(hash_, purpose, test_of, now, tx)
        code = await self._codes.get(hash_, tx)
        if not used or code is None:
            raise refusal(code, purpose, test_of)
        card, citizen = await self._cards.get(code.card, code.holder, tx), await self._citizens.get(code.holder, tx)
        if card is None or citizen is None:
            raise NoCard
        if not citizen.within_reach(viewer):
            raise CodeUnknown
        card.demand_active(civil_day(now))
        told = disclosed(purpose, citizen, card, civil_day(now))
        made = Disclosure.new(viewer, citizen.id, purpose.value, tuple(told), Channel.ONLINE_CODE, now)
        await self._disclosures.record(viewer, made, tx)
        return Taken(citizen.id, Verification(made.id, purpose, told, now))

    def card_keys(self) -> KeySet:
        """What `/.well-known/card-keys` publishes."""
        return KeySet(SigningKey(key.id, key.private).public for key in self._keys.published(KeyUse.CARD))

    async def _active_card(self, holder: str, tx: Tx | None) -> Card:
        card = await self._cards.newest_of(holder, tx)
        if card is None:
            raise NoCard
        card.demand_active(civil_day(self._clock.now()))
        return card

    def _signed(self, card: Card, citizen: Citizen, purpose: Purpose) -> ShownCode:
        now = self._clock.now().replace(microsecond=0)
        claims = offline.OfflineClaims(
            issuer=self._issuer,
            purpose=purpose.value,
            status_index=card.status_index,
            attributes=disclosed_offline(purpose, citizen, card, civil_day(now)),
            issued_at=now,
            expires_at=now + OFFLINE_LIFE,
        )
        return ShownCode(offline.seal(claims, self._signing_key()), purpose, claims.expires_at)

    def _signing_key(self) -> SigningKey:
        key = self._keys.signing(KeyUse.CARD)
        return SigningKey(key.id, key.private)
