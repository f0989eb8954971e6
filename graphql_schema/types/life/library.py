"""The library and one's reading list."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from app.domains.life.culture.library import errors, model
from app.domains.life.culture.reading import errors as reading_errors
from app.domains.life.culture.reading.model import Title
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.common import global_id


@outcome(errors.LibraryMissing)
@strawberry.type(description="This city has no library to ask.")
class LibraryMissing(UserError):
    pass


@outcome(errors.ReaderCardUnknown)
@strawberry.type(description="No such card, or not with this PIN or this name: which of them is not said.")
class ReaderCardUnknown(UserError):
    pass


@outcome(errors.ReaderCardMissing)
@strawberry.type(description="Bind a card first.")
class ReaderCardMissing(UserError):
    pass


@outcome(errors.LibraryItemUnknown)
@strawberry.type(description="The library has no such item.")
class LibraryItemUnknown(UserError):
    pass


@outcome(errors.LoanNotRenewed)
@strawberry.type(description="The library says why.")
class LoanNotRenewed(UserError):
    reason: str


@outcome(errors.ItemNotReserved)
@strawberry.type(description="The library says why.")
class ItemNotReserved(UserError):
    reason: str


@outcome(reading_errors.ReadingListFull)
@strawberry.type(description="So many titles are on it at most.")
class ReadingListFull(UserError):
    most: int


@outcome(reading_errors.ReadingTitleUnknown)
@strawberry.type(description="No such title on one's list.")
class ReadingTitleUnknown(UserError):
    pass


@outcome(reading_errors.ReadingInvalid)
@strawberry.type(description="`field` is missing or too long.")
class ReadingInvalid(UserError):
    field: str


@strawberry.type(description="A reader's card. The city keeps its number, sealed, and nothing of what is read.")
class ReaderCard:
    number: str
    bound_at: datetime
    reminders: bool = strawberry.field(description="One is told when something is due.")
    loans: int | None = strawberry.field(description="How many are out; null where the library was not asked.")
    overdue: int | None
    reservations: int | None
    barred: bool | None

    @classmethod
    def of(cls, card: model.ReaderCard, reader: model.Reader | None = None) -> ReaderCard:
        return cls(
            number=card.number or "",
            bound_at=card.bound_at,
            reminders=card.reminders,
            loans=reader.loans if reader else None,
            overdue=reader.overdue if reader else None,
            reservations=reader.reservations if reader else None,
            barred=reader.barred if reader else None,
        )


@strawberry.type(description="`item` is its barcode.")
class LibraryLoan:
    item: str
    title: str
    due: date | None

    @classmethod
    def of(cls, one: model.Loan) -> LibraryLoan:
        return cls(item=one.item, title=one.title, due=one.due)


@strawberry.type(description="Something reserved; `ready`: it waits on the shelf for it.")
class LibraryReservation:
    item: str
    title: str
    ready: bool

    @classmethod
    def of(cls, one: model.Reserved) -> LibraryReservation:
        return cls(item=one.item, title=one.title, ready=one.ready)


@strawberry.type(description="One copy that a search found.")
class LibraryHolding:
    item: str
    title: str
    author: str
    publisher: str
    year: str
    branch: str
    shelf: str
    online: str = strawberry.field(description="Where it is read online; empty when it is not.")

    @classmethod
    def of(cls, one: model.Holding) -> LibraryHolding:
        return cls(
            item=one.item,
            title=one.title,
            author=one.author,
            publisher=one.publisher,
            year=one.year,
            branch=one.branch,
            shelf=one.shelf,
            online=one.online,
        )


@strawberry.type(description="Some of `total`.")
class LibraryFound:
    total: int
    holdings: list[LibraryHolding]


@strawberry.type(description="Whether a copy is on its shelf.")
class LibraryItem:
    item: str
    title: str
    branch: str
    available: bool
    due: date | None
    waiting: int = strawberry.field(description="How many wait for it.")

    @classmethod
    def of(cls, one: model.Standing) -> LibraryItem:
        return cls(
            item=one.item,
            title=one.title,
            branch=one.branch,
            available=one.available,
            due=one.due,
            waiting=one.waiting,
        )


@strawberry.type
class ReaderCardBound:
    card: ReaderCard


@strawberry.type
class ReaderCardLetGo:
    was_bound: bool


@strawberry.type
class LoanRenewed:
    loan: LibraryLoan


@strawberry.type
class ReservationDone:
    item: str


@strawberry.type(description="One title on one's own list: sealed, and nobody else's business.")
class ReadingTitle:
    id: strawberry.ID
    title: str
    author: str
    item: str = strawberry.field(description="Its barcode in the library; empty when it is not from there.")
    note: str
    online: str = strawberry.field(description="Where it is read; may be empty.")
    read: bool
    at: datetime

    @classmethod
    def of(cls, one: Title) -> ReadingTitle:
        return cls(
            id=global_id("ReadingTitle", one.id),
            title=one.title,
            author=one.author,
            item=one.item,
            note=one.note,
            online=one.online,
            read=one.read,
            at=one.at,
        )


@strawberry.type
class ReadingListChanged:
    title: ReadingTitle | None = strawberry.field(description="Null when it was taken off.")
