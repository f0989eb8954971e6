"""A reader at his library: he binds his card, sees what he has out, renews, reserves, and searches what there is.

Nothing of it is audited by item, logged, or shown at the desk: the library's law (公共图书馆法, article 43) keeps what
somebody borrows from others, and the city is one of them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.idempotency import Call, Idempotency
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Tx
from app.core.viewer import Viewer
from app.domains.life.culture.library.asking.service import LibraryAsks
from app.domains.life.culture.library.errors import (
    LibraryItemUnknown,
    LibraryMissing,
    ReaderCardMissing,
    ReaderCardUnknown,
)
from app.domains.life.culture.library.model import (
    Found,
    LibrarySystem,
    Loan,
    Reader,
    ReaderCard,
    Reserved,
    Standing,
    books_due,
    due_first,
    parsed_card,
    parsed_item,
    parsed_pin,
    parsed_words,
)
from app.domains.life.culture.library.store import ReaderCardStore
from app.domains.life.culture.tickets.service import demand_known

_CARD = TypeAdapter(ReaderCard)
_DONE = TypeAdapter(bool)
# A PIN has few digits: neither one caller nor one card is tried through.
_TRIES = Limit("library card tries", 6, timedelta(hours=1))
_SEARCHES = Limit("library searches", 120, timedelta(minutes=10))
MOST_AT_ONCE = 50


class Names(Protocol):
    async def real_name(self, citizen: str) -> str | None:
        """As the civil registry has it."""
        ...


class LibraryService:
    def __init__(
        self,
        cards: ReaderCardStore,
        asks: LibraryAsks,
        library: LibrarySystem | None,
        names: Names,
        limits: Limits,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._cards = cards
        self._asks = asks
        self._system = library
        self._names = names
        self._limits = limits
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    @property
    def _library(self) -> LibrarySystem:
        """Raises LibraryMissing."""
        if self._system is None:
            raise LibraryMissing
        return self._system

    async def bind(self, viewer: Viewer, number: str, pin: str | None, key: str) -> ReaderCard:
        """By the card's PIN, or by one's own real name, when the library has the card under the same. The PIN is not
        kept.

        Raises NotVerified, LibraryMissing, ReaderCardUnknown, RateLimited, Unavailable, IdempotencyConflict.
        """
        citizen, card, secret = demand_known(viewer), parsed_card(number), parsed_pin(pin)
        call = Call.of(viewer, "bindLibraryCard", key, card, secret)

        async def attempt() -> ReaderCard:
            library = self._library
            for subject in (citizen, card):
                await self._limits.take(_TRIES, subject)
            reader = await library.reader(card, secret)
            if reader is None or (secret is None and not await self._is_called(citizen, reader)):
                raise ReaderCardUnknown
            bound = ReaderCard(citizen, card, self._clock.now())

            async def work(tx: Tx) -> ReaderCard:
                await self._cards.put(bound, tx)
                await self._audit.record(viewer, "library_card.bound", citizen, tx, subject=citizen)
                return bound

            return await self._idempotency.once(call, _CARD, work)

        return await self._idempotency.alike(call, _CARD, attempt)

    async def let_go(self, viewer: Viewer, key: str) -> bool:
        """False when none was bound. Raises IdempotencyConflict."""
        citizen = viewer.self_only()

        async def work(tx: Tx) -> bool:
            gone = await self._cards.let_go(citizen, tx)
            if gone:
                await self._audit.record(viewer, "library_card.let_go", citizen, tx, subject=citizen)
            return gone

        return await self._idempotency.once(Call.of(viewer, "letGoOfLibraryCard", key), _DONE, work)

    async def choose_reminders(self, viewer: Viewer, on: bool, key: str) -> ReaderCard:
        """Raises ReaderCardMissing, IdempotencyConflict."""
        citizen = viewer.self_only()

        async def work(tx: Tx) -> ReaderCard:
            await self._card(citizen, tx)
            await self._cards.remind(citizen, on, tx)
            return await self._card(citizen, tx)

        return await self._idempotency.once(Call.of(viewer, "chooseLoanReminders", key, on), _CARD, work)

    async def card(self, viewer: Viewer) -> tuple[ReaderCard, Reader | None] | None:
        """None: no card is bound. The reader is None when the library has no such card any more. Raises Unavailable."""
        found = await self._cards.of(viewer.self_only())
        if found is None or found.number is None:
            return None
        return found, await self._system.reader(found.number, None) if self._system else None

    async def loans(self, viewer: Viewer) -> list[Loan]:
        """What is due first comes first; nothing without a card, or a library. Raises Unavailable."""
        found = await self._cards.of(viewer.self_only())
        if found is None or found.number is None or self._system is None:
            return []
        loans = due_first(await self._system.loans(found.number))
        if found.reminders:
            await self._cards.note_due(found.citizen, books_due(loans, civil_day(self._clock.now())))
        return loans

    async def reservations(self, viewer: Viewer) -> list[Reserved]:
        """As `loans`. Raises Unavailable."""
        number = await self._number(viewer)
        return await self._system.reservations(number) if number and self._system else []

    async def renew(self, viewer: Viewer, item: str, key: str) -> Loan:
        """The library renews once under whatever number of calls: of a repeat it says what it said.

        Raises LibraryMissing, ReaderCardMissing, LoanNotRenewed, Unavailable, IdempotencyConflict.
        """
        citizen, barcode = viewer.self_only(), parsed_item(item)
        call, adapter = Call.of(viewer, "renewLoan", key, barcode), TypeAdapter(Loan)

        async def attempt() -> Loan:
            number = (await self._card(citizen)).number or ""
            renewed = await self._asks.renew(call, self._library, number, barcode)

            async def work(tx: Tx) -> Loan:
                return renewed

            return await self._idempotency.once(call, adapter, work)

        return await self._idempotency.alike(call, adapter, attempt)

    async def reserve(self, viewer: Viewer, item: str, key: str) -> None:
        """Raises LibraryMissing, ReaderCardMissing, LibraryItemUnknown, ItemNotReserved, Unavailable,
        IdempotencyConflict.
        """
        await self._at_the_library(viewer, "reserveBook", item, key, reserve=True)

    async def cancel(self, viewer: Viewer, item: str, key: str) -> None:
        """Raises as `reserve`."""
        await self._at_the_library(viewer, "cancelReservation", item, key, reserve=False)

    async def search(self, caller: str, words: str, start: int, most: int) -> Found:
        """By anybody: `caller` is counted, and what he looks for is not kept. Raises BadInput, RateLimited,
        Unavailable.
        """
        said = parsed_words(words)
        if self._system is None:
            return Found(0, ())
        await self._limits.take(_SEARCHES, caller)
        return await self._system.search(said, max(0, start), max(1, min(most, MOST_AT_ONCE)))

    async def item(self, caller: str, item: str) -> Standing | None:
        """As `search`: readers share the library's few lines with whoever asks. Raises BadInput, RateLimited,
        Unavailable.
        """
        barcode = parsed_item(item)
        if self._system is None:
            return None
        await self._limits.take(_SEARCHES, caller)
        return await self._system.item(barcode)

    async def bound(self) -> int:
        """For the desk: how many cards are bound, about."""
        return await self._cards.count()

    @property
    def there(self) -> bool:
        return self._system is not None

    async def _at_the_library(self, viewer: Viewer, operation: str, item: str, key: str, *, reserve: bool) -> None:
        citizen, barcode = viewer.self_only(), parsed_item(item)
        call = Call.of(viewer, operation, key, barcode)

        async def attempt() -> bool:
            number, library = (await self._card(citizen)).number or "", self._library
            if await library.item(barcode) is None:
                raise LibraryItemUnknown
            ask = self._asks.reserve if reserve else self._asks.cancel
            await ask(call, library, number, barcode)

            async def work(tx: Tx) -> bool:
                return True

            return await self._idempotency.once(call, _DONE, work)

        await self._idempotency.alike(call, _DONE, attempt)

    async def _is_called(self, citizen: str, reader: Reader) -> bool:
        name = await self._names.real_name(citizen)
        return name is not None and "".join(name.split()) == "".join(reader.name.split())

    async def _number(self, viewer: Viewer) -> str | None:
        found = await self._cards.of(viewer.self_only())
        return found.number if found else None

    async def _card(self, citizen: str, tx: Tx | None = None) -> ReaderCard:
        found = await self._cards.of(citizen, tx)
        if found is None or found.number is None:
            raise ReaderCardMissing
        return found
