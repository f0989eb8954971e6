"""What the rooms do for a citizen's right: their parts of his export, and what they do when he leaves."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

from app.core.clock import Clock
from app.core.holdings import HELD, Held, Holdings
from app.core.messages import LOCALES, message
from app.core.mongo import Database, Document, Tx
from app.core.viewer import Role, Viewer
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.guardians.service import GuardianService
from app.domains.identity.rights.corrections.service import CorrectionService
from app.domains.identity.rights.exports.model import File
from app.domains.identity.sessions.model import EndReason
from app.domains.identity.sessions.service import SessionService
from virtual_card.cards.service import CardService
from virtual_card.disclosures.model import Channel, Disclosure, Told
from virtual_card.disclosures.service import DisclosureService

_WORKER = Viewer(role=Role.OPS, actor="worker")


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
    """The portrait, and the card's face as the app shows it."""

    citizens: CitizenStore
    cards: CardService

    async def files(self, citizen: str) -> AsyncIterator[File]:
        portrait, face = await self.citizens.photo(citizen), await self.cards.drawn(citizen)
        if portrait is not None:
            yield File("portrait.jpg", portrait)
        if face is not None:
            yield File("card.png", face)


@dataclass(frozen=True, slots=True)
class SessionsEnd:
    db: Database
    sessions: SessionService
    name: str = "sessions"

    async def part(self, citizen: str) -> None:
        await self.db.transaction(lambda tx: self.sessions.end_all(_WORKER, citizen, EndReason.ERASED, tx))


@dataclass(frozen=True, slots=True)
class GuardianshipsEnd:
    """His own guardians lose him, and he loses his wards; the other side is told."""

    guardians: GuardianService
    name: str = "guardianships"

    async def part(self, citizen: str) -> None:
        await self.guardians.end_all(_WORKER, citizen)


@dataclass(frozen=True, slots=True)
class CardsEnd:
    cards: CardService
    name: str = "cards"

    async def part(self, citizen: str) -> None:
        await self.cards.end(_WORKER, citizen, "erased")


@dataclass(frozen=True, slots=True)
class CorrectionsEnd:
    """What is still asked for is of no use any more, and could not be answered: its words are gone."""

    corrections: CorrectionService
    name: str = "corrections"

    async def part(self, citizen: str) -> None:
        await self.corrections.end_all(_WORKER, citizen)


@dataclass(frozen=True, slots=True)
class DisputesEnd:
    """As with corrections: nobody waits for an answer any more."""

    disclosures: DisclosureService
    name: str = "disputes"

    async def part(self, citizen: str) -> None:
        await self.disclosures.end_all(_WORKER, citizen)


@dataclass(frozen=True, slots=True)
class LedgerOfReads:
    """Fulfils `rights.corrections.service.StaffReads`: a staff read stands in the ledger beside the providers'."""

    disclosures: DisclosureService
    clock: Clock

    async def record(self, viewer: Viewer, citizen: str, reason: str, tx: Tx) -> None:
        told = (Told.CORRECTION.value,)
        made = Disclosure.new(viewer, citizen, "correction", told, Channel.STAFF_READ, self.clock.now())
        await self.disclosures.record_read(viewer, made, reason, tx)


def _tells(held: Held, row: Document) -> bool:
    """Whether a row holds more than whose it is and its own id."""
    return any(value not in (None, "", [], {}) for name, value in row.items() if name not in ("_id", held.owner))


def _name(held: Held) -> str:
    told = f"{held.collection}-as-{held.owner}" if held.owner in ("ward", "recipient") else held.collection
    return f"{told}.json"
