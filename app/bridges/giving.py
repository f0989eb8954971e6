"""What points and red packets ask of people: whom a provider means, what a number hides, how others see somebody."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from app.bridges.telling import CardAddressees
from app.core.sealed import KeyRing
from app.core.viewer import Viewer
from app.domains.identity.citizens.model import mask_name, parse_phone
from app.domains.identity.citizens.store import CitizenStore
from app.domains.payment.points.grants.model import Recipient

_KIND = "packet recipient"
_NAMELESS = "*"


class PointRecipients:
    """Fulfils `payment.points.grants.service.Recipients`."""

    def __init__(self, citizens: CitizenStore, addressees: CardAddressees) -> None:
        self._citizens = citizens
        self._addressees = addressees

    async def find(self, viewer: Viewer, to: Recipient) -> str | None:
        """A number can be read off any card: only of who showed it there lately."""
        if to.verification is not None:
            return await self._addressees.by_verification(viewer, to.verification)
        citizen = await self._addressees.by_card_number(viewer, to.card_number or "")
        return citizen if citizen and await self._addressees.dealt_with(viewer, citizen) else None

    async def verified(self, citizen: str) -> bool:
        found = await self._citizens.get(citizen)
        return found is not None and found.verified


class PacketFriends:
    """Fulfils `payment.packets.service.PacketPeople`."""

    def __init__(self, citizens: CitizenStore, ring: KeyRing) -> None:
        self._citizens = citizens
        self._ring = ring

    async def phone_of(self, citizen: str) -> str | None:
        found = await self._citizens.get(citizen)
        return self._hash(found.phone) if found is not None and found.phone else None

    async def behind(self, phones: Sequence[str]) -> Mapping[str, str | None]:
        """Raises PhoneInvalid."""
        parsed = dict.fromkeys(parse_phone(phone) for phone in phones)
        return {self._hash(phone): await self._citizens.id_by_phone(phone) for phone in parsed}

    async def names(self, citizens: Collection[str]) -> Mapping[str, str]:
        found = await self._citizens.many(sorted(citizens)) if citizens else {}
        return {one: mask_name(found[one].name or _NAMELESS) if one in found else _NAMELESS for one in citizens}

    def _hash(self, phone: str) -> str:
        return self._ring.keyed_hash(phone, kind=_KIND)
