"""The library, one's reading list, and sights."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from graphql_schema.types.card_errors import NotVerified
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    citizens,
    connection,
    everyone,
    key_of,
)
from graphql_schema.types.life.library import (
    ItemNotReserved,
    LibraryFound,
    LibraryHolding,
    LibraryItem,
    LibraryItemUnknown,
    LibraryLoan,
    LibraryMissing,
    LibraryReservation,
    LoanNotRenewed,
    LoanRenewed,
    ReaderCard,
    ReaderCardBound,
    ReaderCardLetGo,
    ReaderCardMissing,
    ReaderCardUnknown,
    ReadingInvalid,
    ReadingListChanged,
    ReadingListFull,
    ReadingTitle,
    ReadingTitleUnknown,
    ReservationDone,
)
from graphql_schema.types.life.tourism import DayRoute, Sight
from graphql_schema.types.places import PositionInput

BindLibraryCardResult = Annotated[
    ReaderCardBound | NotVerified | LibraryMissing | ReaderCardUnknown | IdempotencyConflict,
    strawberry.union("BindLibraryCardResult"),
]
LetGoOfLibraryCardResult = Annotated[
    ReaderCardLetGo | IdempotencyConflict, strawberry.union("LetGoOfLibraryCardResult")
]
ChooseLoanRemindersResult = Annotated[
    ReaderCardBound | ReaderCardMissing | IdempotencyConflict, strawberry.union("ChooseLoanRemindersResult")
]
RenewLoanResult = Annotated[
    LoanRenewed | LibraryMissing | ReaderCardMissing | LoanNotRenewed | IdempotencyConflict,
    strawberry.union("RenewLoanResult"),
]
ReserveBookResult = Annotated[
    ReservationDone | LibraryMissing | ReaderCardMissing | LibraryItemUnknown | ItemNotReserved | IdempotencyConflict,
    strawberry.union("ReserveBookResult"),
]
AddToReadingListResult = Annotated[
    ReadingListChanged | ReadingInvalid | ReadingListFull | IdempotencyConflict,
    strawberry.union("AddToReadingListResult"),
]
ChangeReadingListResult = Annotated[
    ReadingListChanged | ReadingTitleUnknown | IdempotencyConflict, strawberry.union("ChangeReadingListResult")
]


@strawberry.type
class LibraryQuery:
    @strawberry.field(description="Whether this city has a library to ask.", metadata=everyone())
    async def has_library(self, info: Info) -> bool:
        return info.context.services.life.culture.library.there

    @strawberry.field(description="Null when none is bound.", metadata=citizens(live=True))
    async def library_card(self, info: Info) -> ReaderCard | None:
        found = await info.context.services.life.culture.library.card(info.context.viewer)
        return ReaderCard.of(*found) if found else None

    @strawberry.field(
        description="What is due first comes first; nothing without a card.", metadata=citizens(live=True)
    )
    async def library_loans(self, info: Info) -> list[LibraryLoan]:
        loans = await info.context.services.life.culture.library.loans(info.context.viewer)
        return [LibraryLoan.of(one) for one in loans]

    @strawberry.field(metadata=citizens(live=True))
    async def library_reservations(self, info: Info) -> list[LibraryReservation]:
        found = await info.context.services.life.culture.library.reservations(info.context.viewer)
        return [LibraryReservation.of(one) for one in found]

    @strawberry.field(description="Null of none. By its barcode.", metadata=everyone())
    async def library_item(self, info: Info, item: str) -> LibraryItem | None:
        library, context = info.context.services.life.culture.library, info.context
        found = await library.item(context.viewer.actor or context.address, item)
        return LibraryItem.of(found) if found else None

    @strawberry.field(description="One's own, newest first.", metadata=citizens(live=True))
    async def reading_list(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[ReadingTitle]:
        reading = info.context.services.life.culture.reading
        page = await reading.listed(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.id, ReadingTitle.of)

    @strawberry.field(description="What there is to read, by words.", metadata=everyone())
    async def library_search(self, info: Info, words: str, start: int = 0, first: int = 20) -> LibraryFound:
        library, context = info.context.services.life.culture.library, info.context
        found = await library.search(context.viewer.actor or context.address, words, start, first)
        return LibraryFound(total=found.total, holdings=[LibraryHolding.of(one) for one in found.holdings])

    @strawberry.field(
        description="With how they stand now; the nearest first when a place is named.", metadata=everyone()
    )
    async def sights(self, info: Info, near: PositionInput | None = None) -> list[Sight]:
        tourism, locale = info.context.services.life.culture.tourism, info.context.locale
        found = await tourism.listed(near.sought("near") if near else None)
        return [Sight.of(one, locale) for one in found]

    @strawberry.field(description="Null of none.", metadata=everyone())
    async def sight(self, info: Info, sight_id: strawberry.ID) -> Sight | None:
        found = await info.context.services.life.culture.tourism.one(key_of(sight_id, "Sight"))
        return Sight.of(found, info.context.locale) if found else None

    @strawberry.field(description="With how their stops stand now.", metadata=everyone())
    async def day_routes(self, info: Info) -> list[DayRoute]:
        found = await info.context.services.life.culture.tourism.routes()
        return [DayRoute.of(one, info.context.locale) for one in found]


@strawberry.type
class LibraryMutation:
    @strawberry.mutation(
        description="By its PIN, or, without one, by one's real name when the card is under the same.",
        metadata=citizens(live=True),
    )
    async def bind_library_card(
        self, info: Info, card: str, idempotency_key: IdempotencyKey, pin: str | None = None
    ) -> BindLibraryCardResult:
        library = info.context.services.life.culture.library
        return ReaderCardBound(card=ReaderCard.of(await library.bind(info.context.viewer, card, pin, idempotency_key)))

    @strawberry.mutation(metadata=citizens(live=True))
    async def let_go_of_library_card(self, info: Info, idempotency_key: IdempotencyKey) -> LetGoOfLibraryCardResult:
        library = info.context.services.life.culture.library
        return ReaderCardLetGo(was_bound=await library.let_go(info.context.viewer, idempotency_key))

    @strawberry.mutation(description="Whether one is told when something is due.", metadata=citizens(live=True))
    async def choose_loan_reminders(
        self, info: Info, on: bool, idempotency_key: IdempotencyKey
    ) -> ChooseLoanRemindersResult:
        library = info.context.services.life.culture.library
        card = await library.choose_reminders(info.context.viewer, on, idempotency_key)
        return ReaderCardBound(card=ReaderCard.of(card))

    @strawberry.mutation(metadata=citizens(live=True))
    async def renew_loan(self, info: Info, item: str, idempotency_key: IdempotencyKey) -> RenewLoanResult:
        library = info.context.services.life.culture.library
        return LoanRenewed(loan=LibraryLoan.of(await library.renew(info.context.viewer, item, idempotency_key)))

    @strawberry.mutation(metadata=citizens(live=True))
    async def reserve_book(self, info: Info, item: str, idempotency_key: IdempotencyKey) -> ReserveBookResult:
        await info.context.services.life.culture.library.reserve(info.context.viewer, item, idempotency_key)
        return ReservationDone(item=item)

    @strawberry.mutation(metadata=citizens(live=True))
    async def cancel_reservation(self, info: Info, item: str, idempotency_key: IdempotencyKey) -> ReserveBookResult:
        await info.context.services.life.culture.library.cancel(info.context.viewer, item, idempotency_key)
        return ReservationDone(item=item)

    @strawberry.mutation(metadata=citizens(live=True))
    async def add_to_reading_list(
        self,
        info: Info,
        title: str,
        idempotency_key: IdempotencyKey,
        author: str = "",
        item: str = "",
        note: str = "",
        online: str = "",
    ) -> AddToReadingListResult:
        reading = info.context.services.life.culture.reading
        added = await reading.add(info.context.viewer, title, author, item, note, online, idempotency_key)
        return ReadingListChanged(title=ReadingTitle.of(added))

    @strawberry.mutation(metadata=citizens(live=True))
    async def mark_title_read(
        self, info: Info, title_id: strawberry.ID, read: bool, idempotency_key: IdempotencyKey
    ) -> ChangeReadingListResult:
        reading, key = info.context.services.life.culture.reading, key_of(title_id, "ReadingTitle")
        marked = await reading.mark(info.context.viewer, key, read, idempotency_key)
        return ReadingListChanged(title=ReadingTitle.of(marked))

    @strawberry.mutation(metadata=citizens(live=True))
    async def take_off_reading_list(
        self, info: Info, title_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> ChangeReadingListResult:
        reading, key = info.context.services.life.culture.reading, key_of(title_id, "ReadingTitle")
        await reading.take_off(info.context.viewer, key, idempotency_key)
        return ReadingListChanged(title=None)
