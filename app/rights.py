"""What the rooms do for a citizen's right: their parts of his export, and what they do when he leaves."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from app.core.clock import Clock, civil_day
from app.core.holdings.model import Held
from app.core.holdings.people import HELD
from app.core.holdings.service import Holdings
from app.core.messages import LOCALES, message
from app.core.mongo import Database, Document, Tx
from app.core.paging import MOST, PageRequest
from app.core.uploads.service import UploadService
from app.core.viewer import Role, Viewer
from app.domains.appointments.booking.blocks.service import BlockService
from app.domains.appointments.booking.bookings.service import BookingService
from app.domains.appointments.booking.payments.service import PaymentService
from app.domains.appointments.booking.waiting.service import WaitingService
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.rights.exports.model import File
from app.domains.identity.sessions.model import EndReason
from app.domains.identity.sessions.service import SessionService
from app.domains.payment.wallet.statements.model import Period
from app.domains.payment.wallet.statements.service import Statements
from app.domains.payment.wallet.statements.table import as_csv
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.store import CaseStore
from virtual_card.cards.service import CardService
from virtual_card.disclosures.model import Channel, Disclosure, Told
from virtual_card.disclosures.service import DisclosureService
from virtual_card.licences.documents.service import DocumentService
from virtual_card.licences.service import LicenceService

_WORKER = Viewer(role=Role.OPS, actor="worker")
# Of an archive of 64 MB, so that the rest of it has room.
_MOST_OF_FILES = 40 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RowsExporter:
    """What can be read of the table of holdings, a JSON file for each kind; and what the files are.

    Of some kinds everything is hidden or in a file of its own (the portrait): those have no JSON file.
    """

    holdings: Holdings

    async def files(self, citizen: str) -> AsyncIterator[File]:
        for locale in LOCALES:
            yield File(f"README.{locale}.txt", message("EXPORT_README", locale).encode())
        for held in HELD:
            rows = [row async for row in self.holdings.rows(held, citizen)]
            if any(_tells(held, row) for row in rows):
                yield File(_name(held), json.dumps(rows, ensure_ascii=False, indent=2, default=str).encode())


@dataclass(frozen=True, slots=True)
class PictureExporter:
    """The portrait, and the faces of the card and of his licences as the app shows them."""

    citizens: CitizenStore
    cards: CardService
    licences: LicenceService
    documents: DocumentService

    async def files(self, citizen: str) -> AsyncIterator[File]:
        portrait, face = await self.citizens.photo(citizen), await self.cards.drawn(citizen)
        if portrait is not None:
            yield File("portrait.jpg", portrait)
        if face is not None:
            yield File("card.png", face)
        for licence in await self.licences.held_by(citizen):
            if licence.facts:
                yield File(f"licences/{licence.kind}-{licence.number}.png", await self.documents.drawn(licence))


@dataclass(frozen=True, slots=True)
class FilesExporter:
    """The files he handed in, the newest first, as many as fit; what is left out stands in `uploads.json`, too."""

    uploads: UploadService

    async def files(self, citizen: str) -> AsyncIterator[File]:
        left = _MOST_OF_FILES
        for upload in await self.uploads.clean_ones(citizen):
            assert upload.content is not None
            if upload.content.size <= left:
                left -= upload.content.size
                content = b"".join([piece async for piece in self.uploads.pieces(upload)])
                yield File(f"uploads/{upload.id}.{upload.content.media_type.suffix}", content)


@dataclass(frozen=True, slots=True)
class CasesExporter:
    """What happened to his cases, as he sees it in the app: beside the rows, which are without it."""

    cases: CaseStore

    async def files(self, citizen: str) -> AsyncIterator[File]:
        told, request = [], PageRequest(first=MOST)
        while (page := await self.cases.of_citizen(citizen, None, request)).items:
            whole = [await self.cases.get(one.id, citizen) for one in page.items]
            told += [_history(one) for one in whole if one is not None]
            request = PageRequest(first=MOST, after=page.items[-1].id)
        if told:
            yield File("case-history.json", json.dumps(told, ensure_ascii=False, indent=2).encode())


@dataclass(frozen=True, slots=True)
class SessionsEnd:
    db: Database
    sessions: SessionService
    name: str = "sessions"

    async def part(self, citizen: str) -> None:
        await self.db.transaction(lambda tx: self.sessions.end_all(_WORKER, citizen, EndReason.ERASED, tx))


class Ending(Protocol):
    """A room that ends by itself what a leaving citizen has there."""

    async def end_all(self, viewer: Viewer, citizen: str, /) -> object: ...


@dataclass(frozen=True, slots=True)
class Ends:
    """A room's part of an erasure, by its own service."""

    name: str
    room: Ending

    async def part(self, citizen: str) -> None:
        await self.room.end_all(_WORKER, citizen)


@dataclass(frozen=True, slots=True)
class CardsEnd:
    cards: CardService
    name: str = "cards"

    async def part(self, citizen: str) -> None:
        await self.cards.end(_WORKER, citizen, "erased")


@dataclass(frozen=True, slots=True)
class BookingsEnd:
    """He keeps no seat, waits for none, has his money back, and nobody reads what he wrote of having missed one."""

    bookings: BookingService
    payments: PaymentService
    waiting: WaitingService
    blocks: BlockService
    name: str = "bookings"

    async def part(self, citizen: str) -> None:
        await self.waiting.end_all(citizen)
        await self.bookings.end_all(_WORKER, citizen)
        await self.payments.give_back_all(citizen)
        await self.blocks.end_all(_WORKER, citizen)


@dataclass(frozen=True, slots=True)
class LedgerOfReads:
    """Fulfils `rights.corrections.service.StaffReads`: a staff read stands in the ledger beside the providers'."""

    disclosures: DisclosureService
    clock: Clock

    async def record(self, viewer: Viewer, citizen: str, reason: str, tx: Tx) -> None:
        told = (Told.CORRECTION.value,)
        made = Disclosure.new(viewer, citizen, "correction", told, Channel.STAFF_READ, self.clock.now())
        await self.disclosures.record_read(viewer, made, reason, tx)


@dataclass(frozen=True, slots=True)
class WalletExporter:
    """What moved his wallet, a table for each month: in the ledger it stands under accounts, not under his id."""

    citizens: CitizenStore
    statements: Statements
    clock: Clock

    async def files(self, citizen: str) -> AsyncIterator[File]:
        person, today = await self.citizens.get(citizen), civil_day(self.clock.now())
        month = civil_day(person.created_at).replace(day=1) if person else today
        while month <= today:
            period = Period.month(month, today)
            statement = await self.statements.of(citizen, period)
            if statement.lines:
                yield File(f"wallet/{month:%Y-%m}.csv", as_csv(statement, LOCALES[0]).encode())
            month = period.last + timedelta(days=1)


def _history(one: Case) -> dict[str, object]:
    steps = [
        {"what": event.what.value, "at": event.at.isoformat(), "unit": event.unit, "text": event.text}
        for event in one.events
        if event.public
    ]
    return {"number": one.number, "reply": one.reply, "right_place": one.right_place, "steps": steps}


def _tells(held: Held, row: Document) -> bool:
    """Whether a row holds more than whose it is and its own id."""
    return any(value not in (None, "", [], {}) for name, value in row.items() if name not in ("_id", held.owner))


def _name(held: Held) -> str:
    told = f"{held.collection}-as-{held.owner}" if held.owner in ("ward", "recipient") else held.collection
    return f"{told}.json"
