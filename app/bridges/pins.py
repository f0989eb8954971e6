"""What the payment PIN asks of the rooms that know people and their phones."""

from __future__ import annotations

from app.domains.identity.citizens.model import IdNumber
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.sign_in.service import SignInService
from app.domains.payment.pins.errors import PinResetRefused


class PinOwners:
    """Fulfils `payment.pins.service.Owners`."""

    def __init__(self, citizens: CitizenStore, sign_in: SignInService) -> None:
        self._citizens = citizens
        self._sign_in = sign_in

    async def known_digits(self, citizen: str) -> tuple[str, ...]:
        found, number = await self._citizens.get(citizen), await self._citizens.id_number(citizen)
        phone = found.phone if found and found.phone else ""
        return tuple(filter(None, (phone, number.text if number else "")))

    async def is_number_of(self, citizen: str, number: IdNumber) -> bool:
        return await self._citizens.id_by_real_name(number) == citizen

    async def demand_phone(self, citizen: str, challenge: str, code: str) -> None:
        if await self._citizens.id_by_phone(await self._sign_in.prove(challenge, code)) != citizen:
            raise PinResetRefused
