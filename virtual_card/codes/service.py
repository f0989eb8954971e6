"""Showing codes and verifying them."""

from __future__ import annotations

import asyncio
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
from app.core.mongo import Database, Document, Tx
from app.core.tallies import Counting, refusals, uncounted
from app.core.viewer import Viewer
from app.domains.identity.citizens.model import Citizen
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.organisations.service import OrganisationService
from virtual_card.cards.errors import NoCard
from virtual_card.cards.model import Card
from virtual_card.cards.store import CardStore
from virtual_card.codes import offline, status_list
from virtual_card.codes.errors import CodeUnknown
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
_LIST_TTL = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verifier is told: the attributes its purpose allows, and the id under which the citizen sees it."""

    id: str
    purpose: Purpose
    attributes: dict[Attribute, AttributeValue]
    at: datetime


_VERIFICATION = TypeAdapter(Verification)


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
        self._list: tuple[datetime, bytes] | None = None
        self._list_of = 0  # counts the changes of cards that this process has heard of
        self._list_lock = asyncio.Lock()

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
        organisation = viewer.provider(purpose.scope)
        if not self._organisations.tree.active(organisation):
            raise Forbidden
        count = uncounted if viewer.test_mode else self._count
        with refusals(count, "codes_refused", "reason"):
            hash_ = hash_online_code(text)
            call = Call.of(viewer, "verifyCode", key, hash_, purpose.value)

            async def work(tx: Tx) -> Verification:
                return await self._accept(viewer, hash_, purpose, tx)

            def told(_: Verification) -> None:
                count("codes_verified", purpose=purpose.value)

            return await self._idempotency.once(call, _VERIFICATION, work, after=told)

    async def _accept(self, viewer: Viewer, hash_: str, purpose: Purpose, tx: Tx) -> Verification:
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
        organisation = self._organisations.tree.nodes[made.organisation]
        await self._disclosures.record(viewer, made, organisation.name, tx)
        return Verification(made.id, purpose, told, now)

    def card_keys(self) -> KeySet:
        """What `/.well-known/card-keys` publishes."""
        return KeySet(SigningKey(key.id, key.private).public for key in self._keys.published(KeyUse.CARD))

    def card_changed(self, row: Document) -> None:
        """A card changed in some process: the list is made anew when it is asked for next."""
        self._forget()

    async def forget_list(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._list, self._list_of = None, self._list_of + 1

    async def status_list(self) -> bytes:
        """The signed list of barred cards, kept until a card changes, for half its time to live at most."""
        async with self._list_lock:  # one builder at a time
            kept = self._list
            if kept is None or self._clock.now() - kept[0] >= _LIST_TTL / 2:
                kept = await self._fresh_list()
            return kept[1]

    async def _fresh_list(self) -> tuple[datetime, bytes]:
        """A list that a card's change overtook while it was made is not kept, and made once more."""
        while True:
            made_of, now = self._list_of, self._clock.now()
            size = await self._cards.status_size()
            # Room to grow: a gate counts a place beyond its list as barred, and new cards come all day.
            room = max(1 << 16, 1 << (size * 2).bit_length())
            barred, key = await self._cards.barred(), self._signing_key()
            made = now, await asyncio.to_thread(status_list.encode, barred, room, key, now, _LIST_TTL)
            if made_of == self._list_of:
                self._list = made
                return made

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
