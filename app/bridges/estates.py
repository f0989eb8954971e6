"""What estates ask of other rooms: names of people, their cards, and the ledger of look-ups."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from app.core.clock import Clock
from app.core.mongo import Tx
from app.core.viewer import Role, Viewer
from app.domains.identity.citizens.store import CitizenStore
from virtual_card.cards.store import CardStore
from virtual_card.disclosures.model import Channel, Disclosure
from virtual_card.disclosures.service import DisclosureService

_PURPOSE, _SEEN = "gate_log", ("gate.entry", "gate.home")


class CivilNames:
    """Fulfils `community.residents.service.Names`."""

    def __init__(self, citizens: CitizenStore) -> None:
        self._citizens = citizens

    async def of(self, citizens: Collection[str]) -> Mapping[str, str]:
        found = await self._citizens.many(sorted(citizens)) if citizens else {}
        return {one: found[one].name or "" for one in found if found[one].name}


class CardPlaces:
    """Fulfils `community.gates.lists.service.Cards`."""

    def __init__(self, cards: CardStore) -> None:
        self._cards = cards

    async def places(self, citizens: Collection[str]) -> list[tuple[str, int, bool]]:
        return await self._cards.places_of(citizens) if citizens else []

    async def changed_since(self, since: datetime, most: int) -> list[str]:
        return await self._cards.changed_since(since, most)


class GateLooks:
    """Fulfils `community.gates.log.service.Ledger`. The room tells the citizen itself, with the estate's name; what the
    desk does stands in the audit.
    """

    def __init__(self, disclosures: DisclosureService, clock: Clock) -> None:
        self._disclosures = disclosures
        self._clock = clock

    async def looked(self, viewer: Viewer, citizen: str, tx: Tx) -> None:
        if viewer.role is Role.OPS:
            return
        made = Disclosure.new(viewer, citizen, _PURPOSE, _SEEN, Channel.SHARED_DATA, self._clock.now())
        await self._disclosures.record_shared(viewer, made, tx, ground="law", tell=False)
