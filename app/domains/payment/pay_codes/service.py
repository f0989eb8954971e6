"""Showing a code to pay by."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import BadInput
from app.core.idempotency import Call, Idempotency
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Tx
from app.core.sealed import KeyRing
from app.core.viewer import Viewer
from app.domains.payment.pay_codes.model import LIFE, PayCode, ShownPayCode, new_pay_code, parsed_pay_code
from app.domains.payment.pay_codes.store import PayCodeStore
from app.domains.payment.payments.model import Method
from app.domains.payment.pins.service import PinService

_SHOWN = TypeAdapter(ShownPayCode)
_PER_CITIZEN = Limit("pay-codes-shown", 60, timedelta(minutes=10))
_METHODS = frozenset({Method.WALLET, Method.CREDIT})


class PayCodeService:
    def __init__(
        self,
        codes: PayCodeStore,
        pins: PinService,
        ring: KeyRing,
        limits: Limits,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._codes = codes
        self._pins = pins
        self._ring = ring
        self._limits = limits
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def show(self, viewer: Viewer, method: Method, pin: str | None, key: str) -> ShownPayCode:
        """A fresh code; the one shown before is none any more. With the PIN more may be spent in a day.

        Raises RealNameNeeded, PinNotSet, PinWrong, PinLocked, RateLimited, IdempotencyConflict.
        """
        citizen = viewer.by_name()
        if method not in _METHODS:
            raise BadInput(field="method")
        call = Call.of(viewer, "createPayCode", key, method.value, pin)

        async def attempt() -> ShownPayCode:
            await self._limits.take(_PER_CITIZEN, citizen)
            if pin is not None:
                await self._pins.demand(citizen, pin)
            text, now = new_pay_code(), self._clock.now()
            kept = PayCode(self.hash_of(text), citizen, method, pin is not None, now + LIFE)

            async def work(tx: Tx) -> ShownPayCode:
                await self._codes.show(kept, now, tx)
                await self._audit.record(viewer, "pay_code.shown", citizen, tx, subject=citizen, method=method.value)
                return ShownPayCode(text, method, kept.strong, kept.expires_at)

            return await self._idempotency.once(call, _SHOWN, work, kept=LIFE)

        return await self._idempotency.alike(call, _SHOWN, attempt)

    def hash_of(self, raw: str) -> str:
        """What is kept and looked up; keyed, for sixteen digits can be tried through. Raises PayCodeMalformed."""
        return self._ring.keyed_hash(parsed_pay_code(raw), kind="pay code")

    async def use(self, hash_: str, now: datetime, tx: Tx) -> PayCode | None:
        """Use it, once; None when it cannot be (any more): `get` tells why."""
        return await self._codes.use(hash_, now, tx)

    async def get(self, hash_: str, tx: Tx | None = None) -> PayCode | None:
        return await self._codes.get(hash_, tx)
