"""Thirty days before the last day of a card, or a licence, its holder is told once."""

from __future__ import annotations

from datetime import timedelta

from app.core.clock import civil_day
from app.core.mongo import Tx
from app.wiring import City
from virtual_card.cards.model import Card

NOTICE = timedelta(days=30)


async def tell_of_expiring_cards(city: City) -> None:
    """Cards whose last day is at most thirty days from now, those of days without a run too; each is told once."""
    today = civil_day(city.clock.now())
    async for card in city.cards.expiring_by(today, today + NOTICE):
        await _tell(city, card)


async def tell_of_expiring_licences(city: City) -> None:
    await city.services.licences.tell_of_expiry(NOTICE)


async def _tell(city: City, card: Card) -> None:
    async def work(tx: Tx) -> None:
        if await city.cards.mark_told_of_expiry(card, tx):
            facts = {"card": card.id, "valid_until": card.valid_until.isoformat()}
            await city.outbox.add("card.expires_soon", card.holder, tx, **facts)

    await city.db.transaction(work)
