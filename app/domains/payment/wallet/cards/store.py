"""Bank cards in MongoDB: the number is sealed under the citizen's own key, and found again by a keyed hash."""

from __future__ import annotations

from app.core.mongo import Database, Document, DuplicateKey, Tx
from app.core.person_keys import PersonKey, PersonKeys
from app.core.sealed import KeyRing, SealBroken
from app.domains.payment.wallet.cards.errors import CardBoundAlready
from app.domains.payment.wallet.cards.model import BankCard

_FIELD = "bank card"


class CardStore:
    def __init__(self, db: Database, ring: KeyRing, persons: PersonKeys) -> None:
        self._cards = db["bank_cards"]
        self._ring = ring
        self._persons = persons

    async def add(self, card: BankCard, number: str, tx: Tx) -> None:
        """Raises CardBoundAlready."""
        key = await self._persons.sealing(card.citizen, tx)
        row: Document = {
            "_id": card.id,
            "citizen": card.citizen,
            "bank": card.bank,
            "bank_en": card.bank_en,
            "last4": card.last4,
            "bound_at": card.bound_at,
            "bound": True,
            "number": key.seal_text(number, record=card.id, field=_FIELD),
            "number_hash": self._ring.keyed_hash(number, kind="bank card"),
        }
        try:
            await self._cards.insert_one(row, session=tx)
        except DuplicateKey:
            raise CardBoundAlready from None

    async def of(self, citizen: str, tx: Tx | None = None) -> list[BankCard]:
        """Those that are bound, the newest first, without their numbers."""
        rows = self._cards.find({"citizen": citizen, "bound": True}, {"number": 0}, session=tx).sort("_id", -1)
        return [_card(row, None) async for row in rows.limit(20)]

    async def get(self, citizen: str, id_: str, tx: Tx | None = None) -> BankCard | None:
        """With its number, whether it is bound or not."""
        row = await self._cards.find_one({"_id": id_, "citizen": citizen}, session=tx)
        return _card(row, await self._persons.of(citizen, tx)) if row else None

    async def let_go(self, citizen: str, id_: str, tx: Tx) -> bool:
        which = {"_id": id_, "citizen": citizen, "bound": True}
        return bool((await self._cards.update_one(which, {"$set": {"bound": False}}, session=tx)).modified_count)


def _card(row: Document, key: PersonKey | None) -> BankCard:
    return BankCard(
        id=row["_id"],
        citizen=row["citizen"],
        bank=row["bank"],
        bank_en=row["bank_en"],
        last4=row["last4"],
        bound_at=row["bound_at"],
        bound=row["bound"],
        number=_number(row, key) if key else None,
    )


def _number(row: Document, key: PersonKey) -> str | None:
    """None when the citizen was erased."""
    try:
        return key.open_text(row["number"], record=row["_id"], field=_FIELD)
    except SealBroken:
        return None
