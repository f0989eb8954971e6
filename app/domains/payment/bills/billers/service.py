"""Billers: what the desk writes of them, and what citizens choose from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.said import Said
from app.core.viewer import Viewer
from app.domains.identity.organisations.model import Tree
from app.domains.payment.bills.billers.errors import BillerChanged, BillerUnfit, BillerUnknown
from app.domains.payment.bills.billers.model import SCOPE, Biller, BillerState, BillerWay, BillKind, NumberRule
from app.domains.payment.bills.billers.store import BillerStore

_BILLER = TypeAdapter(Biller)


@dataclass(frozen=True, slots=True)
class BillerProfile:
    """As the desk writes it."""

    id: str
    kind: BillKind
    name: Said
    number: NumberRule
    account_name: Said
    way: BillerWay
    system: str | None = None


class BillerService:
    def __init__(self, billers: BillerStore, tree: Tree, audit: Audit, once: Idempotency, clock: Clock) -> None:
        self._billers = billers
        self._tree = tree
        self._audit = audit
        self._once = once
        self._clock = clock

    async def active(self, kind: BillKind | None = None) -> list[Biller]:
        """Those whose organisation may send bills, by code."""
        return [one for one in await self._billers.all() if self.takes(one) and kind in (None, one.kind)]

    def takes(self, biller: Biller) -> bool:
        """Whether it is open, and its organisation may send bills."""
        return biller.active and self._tree.grants(biller.id, SCOPE)

    async def demand_open(self, billers: Iterable[str], tx: Tx) -> None:
        """Before anything is paid to them. Raises BillerUnknown."""
        for code in sorted(set(billers)):
            found = await self._billers.get(code, tx)
            if found is None or not self.takes(found):
                raise BillerUnknown

    async def known(self) -> dict[str, Biller]:
        """All there ever were, by code."""
        return {one.id: one for one in await self._billers.all()}

    async def one(self, biller: str) -> Biller | None:
        return await self._billers.get(biller)

    async def page(self, request: PageRequest) -> Page[Biller]:
        """For the desk, by code."""
        return await self._billers.page(request)

    async def write(self, viewer: Viewer, profile: BillerProfile, key: str) -> Biller:
        """By the desk: a new biller, or another profile of one. Raises BillerUnfit, BillerChanged,
        IdempotencyConflict.
        """
        if not self._tree.grants(profile.id, SCOPE):
            raise BillerUnfit("organisation")

        async def work(tx: Tx) -> Biller:
            was = await self._billers.get(profile.id, tx)
            wanted = self._wanted(profile, was).checked()
            if was is None:
                await self._billers.add(wanted, tx)
            elif not await self._billers.save(wanted, was, tx):
                raise BillerChanged
            await self._audit.record(
                viewer, "biller.written", wanted.id, tx, kind=wanted.kind.value, way=wanted.way.value
            )
            return wanted

        return await self._once.once(Call.of(viewer, "biller.write", key, profile), _BILLER, work)

    async def turn(self, viewer: Viewer, biller: str, state: BillerState, reason: str, key: str) -> Biller:
        """Close it, or open it again. Raises BillerUnknown, BillerChanged, IdempotencyConflict."""

        async def work(tx: Tx) -> Biller:
            was = await self._billers.get(biller, tx)
            if was is None:
                raise BillerUnknown
            now = replace(was, state=state, rev=was.rev + 1)
            if not await self._billers.save(now, was, tx):
                raise BillerChanged
            await self._audit.record(viewer, f"biller.{state.value}", biller, tx, reason=reason)
            return now

        return await self._once.once(Call.of(viewer, "biller.turn", key, biller, state, reason), _BILLER, work)

    def _wanted(self, profile: BillerProfile, was: Biller | None) -> Biller:
        return Biller(
            id=profile.id,
            kind=profile.kind,
            name=profile.name,
            number=profile.number,
            account_name=profile.account_name,
            way=profile.way,
            system=profile.system,
            state=was.state if was else BillerState.ACTIVE,
            since=was.since if was else self._clock.now(),
            rev=was.rev + 1 if was else 1,
        )
