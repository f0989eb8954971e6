"""Binding a bank card: the bank is asked, by the gateway, whether it is in the citizen's own name."""

from __future__ import annotations

from datetime import timedelta

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Database, Tx
from app.core.viewer import Viewer
from app.domains.identity.citizens.store import CitizenStore
from app.domains.payment.gateway.model import BankAccount, Owned, PaymentGateway, present
from app.domains.payment.wallet.cards.errors import BankCardUnknown, CardNotYours, TooManyCards
from app.domains.payment.wallet.cards.model import MOST_CARDS, BankCard, parse_number
from app.domains.payment.wallet.cards.store import CardStore
from app.domains.payment.wallet.errors import WalletNeedsRealName
from app.domains.payment.wallet.service import owner, owner_if_named

_CARD = TypeAdapter(BankCard)
# Whoever tries numbers one after the other finds out whose they are.
TRIES = Limit("bank cards tried", most=10, window=timedelta(days=1))


class BankCards:
    def __init__(
        self,
        db: Database,
        cards: CardStore,
        citizens: CitizenStore,
        gateway: PaymentGateway | None,
        limits: Limits,
        audit: Audit,
        once: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._cards = cards
        self._citizens = citizens
        self._gateway = gateway
        self._limits = limits
        self._audit = audit
        self._once = once
        self._clock = clock

    async def mine(self, viewer: Viewer) -> list[BankCard]:
        """None of somebody who is not known by name."""
        citizen = owner_if_named(viewer)
        return await self._cards.of(citizen) if citizen else []

    async def one(self, viewer: Viewer, id_: str) -> BankCard | None:
        """One that is bound."""
        found = await self._cards.get(viewer.self_only(), id_)
        return found if found is not None and found.bound else None

    async def bind(self, viewer: Viewer, raw: str, key: str) -> BankCard:
        """Raises WalletNeedsRealName, CardNumberInvalid, CardNotYours, CardBoundAlready, TooManyCards,
        PaymentGatewayMissing, RateLimited, Unavailable, IdempotencyConflict.
        """
        citizen, number = owner(viewer), parse_number(raw)
        call = Call.of(viewer, "bindBankCard", key, number)
        return await self._once.alike(call, _CARD, lambda: self._bind(viewer, citizen, number, call))

    async def _bind(self, viewer: Viewer, citizen: str, number: str, call: Call) -> BankCard:
        await self._limits.take(TRIES, citizen)
        bank = await self._owned(citizen, number)
        card = BankCard(new_id(), citizen, bank.bank, bank.bank_en, number[-4:], self._clock.now())

        async def work(tx: Tx) -> BankCard:
            if len(await self._cards.of(citizen, tx)) >= MOST_CARDS:
                raise TooManyCards(MOST_CARDS)
            await self._cards.add(card, number, tx)
            await self._audit.record(viewer, "bank_card.bound", card.id, tx, subject=citizen)
            return card

        return await self._once.once(call, _CARD, work)

    async def _owned(self, citizen: str, number: str) -> Owned:
        person = await self._citizens.get(citizen)
        if person is None or person.name is None:
            raise WalletNeedsRealName
        bank = await present(self._gateway).check_account(BankAccount(number, person.name))
        if not bank.belongs:
            raise CardNotYours
        return bank

    async def let_go(self, viewer: Viewer, id_: str, key: str) -> BankCard:
        """Raises BankCardUnknown, IdempotencyConflict."""
        citizen = owner(viewer)

        async def work(tx: Tx) -> BankCard:
            card = await self._cards.get(citizen, id_, tx)
            if card is None or not await self._cards.let_go(citizen, id_, tx):
                raise BankCardUnknown
            await self._audit.record(viewer, "bank_card.let_go", id_, tx, subject=citizen)
            return BankCard(card.id, citizen, card.bank, card.bank_en, card.last4, card.bound_at, bound=False)

        return await self._once.once(Call.of(viewer, "letGoOfBankCard", key, id_), _CARD, work)

    async def account(self, citizen: str, id_: str) -> BankAccount | None:
        """Where a withdrawal goes: the number, and the name as the city knows it. None: no such card any more."""
        card, person = await self._cards.get(citizen, id_), await self._citizens.get(citizen)
        if card is None or card.number is None or person is None or person.name is None:
            return None
        return BankAccount(card.number, person.name)

    async def known(self, citizen: str, id_: str, tx: Tx) -> BankCard:
        """One that is bound. Raises BankCardUnknown."""
        card = await self._cards.get(citizen, id_, tx)
        if card is None or not card.bound:
            raise BankCardUnknown
        return card
