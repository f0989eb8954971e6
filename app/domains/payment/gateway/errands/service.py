"""Sending errands to the gateway, hearing how they end, and asking about those of which nothing is heard.

Whoever has one writes it in his own transaction; it is sent after that (`send`), again and again under one reference
until the gateway answers. However often it is heard how it ended, one transaction settles it and runs what its room has
to do.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import ClassVar, Generic, Protocol, TypeVar

import structlog

from app.core.clock import Clock
from app.core.errors import Outcome, Unavailable
from app.core.mongo import Database, Tx
from app.core.paging import Page, PageRequest
from app.domains.payment.gateway.errands.model import WAITING, Errand, ErrandState, state_of
from app.domains.payment.gateway.errands.store import ErrandStore
from app.domains.payment.gateway.errors import GatewayRefused
from app.domains.payment.gateway.model import Notice, PaymentGateway, ToldErrand, next_look, present

log = structlog.get_logger(__name__)

E = TypeVar("E", bound=Errand)
Told = TypeVar("Told", bound=Errand, contravariant=True)
_AT_ONCE = 100


class Ended(Protocol[Told]):
    """A room that has errands. Both run in the transaction that settles the errand, once."""

    async def done(self, errand: Told, tx: Tx, /) -> None:
        """Book it (a credit of GATEWAY)."""
        ...

    async def failed(self, errand: Told, tx: Tx, /) -> None:
        """Nothing left: the errand's `reason` is the gateway's code."""
        ...


class Errands(ABC, Generic[E]):
    """Of one kind, which `kind` names in the log."""

    kind: ClassVar[str]

    def __init__(self, db: Database, errands: ErrandStore[E], gateway: PaymentGateway | None, clock: Clock) -> None:
        self._db = db
        self._errands = errands
        self._gateway = gateway
        self._clock = clock

    @abstractmethod
    def _room(self, errand: E) -> Ended[E]: ...

    @abstractmethod
    async def _ask(self, errand: E, gateway: PaymentGateway) -> ToldErrand:
        """Raises GatewayRefused, Unavailable."""

    @abstractmethod
    async def _state(self, errand: E, gateway: PaymentGateway) -> ToldErrand | None: ...

    @abstractmethod
    def _unknown(self) -> Outcome: ...

    def _looks_first(self, errand: E) -> bool:
        """Whether the gateway may know of it, so that it is asked how that stands before it is asked for it."""
        return errand.gateway_id is not None

    async def get(self, id_: str, tx: Tx | None = None) -> E | None:
        return await self._errands.get(id_, tx)

    async def page(self, state: ErrandState, request: PageRequest) -> Page[E]:
        """For the desk, newest first."""
        return await self._errands.page(state, request)

    async def send(self, id_: str) -> E:
        """Ask for it, or look how it stands. Raises that there is no such errand, PaymentGatewayMissing, Unavailable
        (a later round sends it).
        """
        errand, gateway = await self._known(id_), present(self._gateway)
        if not errand.waits:
            return errand
        told = await self._state(errand, gateway) if self._looks_first(errand) else None
        if told is None and errand.gateway_id:  # it took it once: only its own word ends it, and the desk sees it open
            log.error("gateway errand forgotten there", kind=self.kind, errand=errand.id)
            return errand
        try:
            told = told or await self._ask(errand, gateway)
        except GatewayRefused as refused:
            known = await self._state(errand, gateway)  # it may have taken it before, and refuse the repeat only
            if known is None:
                return await self._settle(replace(errand, state=ErrandState.FAILED, reason=refused.reason))
            told = known
        return await self._told(errand, told)

    async def heard(self, notice: Notice) -> None:
        """Whatever a notice says, the gateway is asked: what leaves the city is not decided by a message."""
        errand = await self._errands.get(notice.reference)
        if errand is None or not errand.waits:
            return
        try:
            await self.send(errand.id)
        except Unavailable:
            await self._errands.looked(errand.id, errand.looks, self._clock.now())

    async def sweep(self) -> int:
        """Send what was not sent, and look at what stays open; how many there were. Safe to run anywhere."""
        if self._gateway is None:
            return 0
        due = await self._errands.due(self._clock.now(), _AT_ONCE)
        for errand in due:
            looks = errand.looks + 1
            await self._errands.looked(errand.id, looks, next_look(looks, self._clock.now()))
            try:
                await self.send(errand.id)
            except Unavailable:
                break
            except Outcome as outcome:  # its room cannot take the end of it: the others are not to wait for that
                log.error("gateway errand not settled", kind=self.kind, errand=errand.id, outcome=outcome.code)
        return len(due)

    async def _known(self, id_: str) -> E:
        errand = await self._errands.get(id_)
        if errand is None:
            raise self._unknown()
        return errand

    async def _told(self, errand: E, told: ToldErrand) -> E:
        state = state_of(told.state)
        if told.fen != errand.fen:  # never believed; it stays open, and the desk sees it there
            log.error("gateway errand of another amount", kind=self.kind, errand=errand.id)
            return errand
        if state in WAITING:
            await self._errands.taken(errand.id, told.gateway_id)
            return await self._known(errand.id)
        return await self._settle(replace(errand, state=state, gateway_id=told.gateway_id, reason=told.reason))

    async def _settle(self, errand: E) -> E:
        settled, room = replace(errand, settled_at=self._clock.now()), self._room(errand)

        async def work(tx: Tx) -> None:
            if await self._errands.settle(settled, tx):
                await (room.done if settled.state is ErrandState.DONE else room.failed)(settled, tx)

        await self._db.transaction(work)
        return await self._known(errand.id)
