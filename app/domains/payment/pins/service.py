"""Choosing, changing, resetting and checking a payment PIN. Hashing is slow on purpose, and never within a transaction.

A PIN that was forgotten is set anew by two proofs: a code sent to the owner's own phone, and his whole ID number. So
neither a phone that was found nor a copy of an ID card is enough.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Tx
from app.core.passwords import Passwords
from app.core.viewer import Viewer
from app.domains.identity.citizens.model import IdNumber
from app.domains.payment.pins.errors import PinExists, PinLocked, PinNeeded, PinNotSet, PinResetRefused, PinWrong
from app.domains.payment.pins.model import LOCKED, MOST_TRIES, NEEDED_ABOVE, PinState, demand_strong
from app.domains.payment.pins.store import PinStore

_STATE = TypeAdapter(PinState)
_CHOSEN = PinState(chosen=True)
_RESETS = Limit("pin-resets", 5, timedelta(days=1))


class Owners(Protocol):
    """Who a citizen is, as the city knows him."""

    async def known_digits(self, citizen: str) -> tuple[str, ...]:
        """Digits that others may know of him, too: his phone's and those of his ID number."""
        ...

    async def is_number_of(self, citizen: str, number: IdNumber) -> bool: ...

    async def demand_phone(self, citizen: str, challenge: str, code: str) -> None:
        """The code that was sent to his phone. Raises OtpWrong, OtpNoLongerValid; PinResetRefused of another phone."""
        ...


class PinService:
    def __init__(
        self,
        pins: PinStore,
        owners: Owners,
        passwords: Passwords,
        limits: Limits,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._pins = pins
        self._owners = owners
        self._passwords = passwords
        self._limits = limits
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def state(self, viewer: Viewer) -> PinState:
        kept = await self._pins.get(viewer.self_only())
        return PinState(True, kept.locked_until(self._clock.now())) if kept else PinState(False)

    async def choose(self, viewer: Viewer, pin: str, key: str) -> PinState:
        """The first one. Raises RealNameNeeded, PinTooWeak, PinExists, IdempotencyConflict."""
        citizen, call = viewer.by_name(), Call.of(viewer, "choosePayPin", key, pin)

        async def attempt() -> PinState:
            hashed = await self._hashed(citizen, pin)

            async def work(tx: Tx) -> PinState:
                if await self._pins.get(citizen, tx) is not None:
                    raise PinExists
                await self._pins.add(citizen, hashed, self._clock.now(), tx)
                await self._audit.record(viewer, "pay_pin.chosen", citizen, tx, subject=citizen)
                return _CHOSEN

            return await self._idempotency.once(call, _STATE, work)

        return await self._idempotency.alike(call, _STATE, attempt)

    async def change(self, viewer: Viewer, old: str, new: str, key: str) -> PinState:
        """Raises PinNotSet, PinWrong, PinLocked, PinTooWeak, IdempotencyConflict."""
        citizen, call = viewer.self_only(), Call.of(viewer, "changePayPin", key, old, new)

        async def attempt() -> PinState:
            was = await self._verified(citizen, old)
            return await self._replace(viewer, citizen, was, new, call)

        return await self._idempotency.alike(call, _STATE, attempt)

    async def reset(self, viewer: Viewer, number: str, challenge: str, code: str, pin: str, key: str) -> PinState:
        """Raises RealNameNeeded, IdNumberInvalid, PinResetRefused, OtpWrong, OtpNoLongerValid, PinTooWeak, RateLimited,
        IdempotencyConflict.
        """
        citizen, parsed = viewer.by_name(), IdNumber.parse(number)
        call = Call.of(viewer, "resetPayPin", key, parsed.text, challenge, code, pin)

        async def attempt() -> PinState:
            demand_strong(pin, *await self._owners.known_digits(citizen))
            await self._limits.take(_RESETS, citizen)
            if not await self._owners.is_number_of(citizen, parsed):
                raise PinResetRefused
            await self._owners.demand_phone(citizen, challenge, code)
            return await self._replace(viewer, citizen, None, pin, call)

        return await self._idempotency.alike(call, _STATE, attempt)

    async def demand(self, citizen: str, pin: str) -> None:
        """That it is the right one. Not within a transaction: a wrong try counts whatever becomes of the rest.

        Raises PinNotSet, PinWrong, PinLocked.
        """
        await self._verified(citizen, pin)

    async def demand_above(self, citizen: str, fen: int, pin: str | None, *, least: int = NEEDED_ABOVE) -> None:
        """The PIN for a sum of more than `least` fen; beyond `NEEDED_ABOVE` one has to have been chosen. One that is
        given is looked at whatever the sum. Not within a transaction.

        Raises PinNeeded, PinNotSet, PinWrong, PinLocked.
        """
        if pin is not None:
            await self._verified(citizen, pin)
        elif fen > least:
            if await self._pins.get(citizen) is not None:
                raise PinNeeded
            if fen > NEEDED_ABOVE:
                raise PinNotSet

    async def _verified(self, citizen: str, pin: str) -> str:
        now = self._clock.now()
        kept = await self._pins.spend_try(citizen, now)
        if kept is None:
            raise await self._refusal(citizen)
        if not await self._passwords.verify(pin, kept.hash):
            if kept.tries >= MOST_TRIES:
                raise PinLocked(now + LOCKED)
            raise PinWrong(MOST_TRIES - kept.tries)
        await self._pins.forgive(citizen, kept.hash)
        return kept.hash

    async def _refusal(self, citizen: str) -> PinNotSet | PinLocked:
        kept, now = await self._pins.get(citizen), self._clock.now()
        return PinNotSet() if kept is None else PinLocked(kept.locked_until(now) or now + LOCKED)

    async def _replace(self, viewer: Viewer, citizen: str, was: str | None, pin: str, call: Call) -> PinState:
        hashed = await self._hashed(citizen, pin)

        async def work(tx: Tx) -> PinState:
            if not await self._pins.change(citizen, was, hashed, self._clock.now(), tx):
                raise PinNotSet
            action = "pay_pin.changed" if was else "pay_pin.reset"
            await self._audit.record(viewer, action, citizen, tx, subject=citizen)
            return _CHOSEN

        return await self._idempotency.once(call, _STATE, work)

    async def _hashed(self, citizen: str, pin: str) -> str:
        demand_strong(pin, *await self._owners.known_digits(citizen))
        return await self._passwords.hash(pin)
