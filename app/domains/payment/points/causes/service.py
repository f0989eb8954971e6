"""Giving points to good causes; the desk says which there are."""

from __future__ import annotations

import re
from dataclasses import replace

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.errors import BadInput
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Database, Tx
from app.core.viewer import Viewer
from app.domains.payment.ledger.errors import AccountUnknown, InsufficientBalance
from app.domains.payment.ledger.model import TransferKind, Wanted, moved
from app.domains.payment.ledger.model import points as account_of
from app.domains.payment.ledger.service import Ledger
from app.domains.payment.points.causes.errors import CauseClosed, CauseUnknown
from app.domains.payment.points.causes.model import MOST_A_GIFT, Cause, CauseSoFar, Donation
from app.domains.payment.points.causes.store import CauseStore
from app.domains.payment.points.errors import PointsShort
from app.domains.payment.points.model import POINT, points_of
from app.domains.payment.risk.errors import PayerBlocked
from app.domains.payment.risk.service import Risk

_DONATION = TypeAdapter(Donation)
_CODE = re.compile(r"[a-z][a-z0-9-]{1,40}")


class CauseService:
    def __init__(
        self, db: Database, causes: CauseStore, ledger: Ledger, risk: Risk, audit: Audit, idempotency: Idempotency
    ) -> None:
        self._db = db
        self._causes = causes
        self._ledger = ledger
        self._risk = risk
        self._audit = audit
        self._idempotency = idempotency

    async def listed(self, *, closed: bool = False) -> list[CauseSoFar]:
        """Those to which can be given, with what they were given; of the desk's, all."""
        found = [one for one in await self._causes.all() if closed or one.open]
        given = await self._ledger.balances([one.account for one in found])
        return [CauseSoFar(one, given[one.account]) for one in found]

    async def one(self, code: str) -> CauseSoFar | None:
        found = await self._causes.get(code)
        return await self._so_far(found) if found else None

    async def known(self, code: str) -> CauseSoFar:
        """Raises CauseUnknown."""
        found = await self.one(code)
        if found is None:
            raise CauseUnknown
        return found

    async def donate(self, viewer: Viewer, code: str, points: int, key: str) -> Donation:
        """Raises CauseUnknown, CauseClosed, PointsShort, AccountFrozen, AccountClosed, PayerBlocked,
        IdempotencyConflict.
        """
        citizen, fen = viewer.self_only(), points_of(points, most=MOST_A_GIFT)
        call = Call.of(viewer, "donatePoints", key, code, fen)

        async def work(tx: Tx) -> Donation:
            if await self._risk.stopped(citizen, tx):
                raise PayerBlocked
            cause = await self._open(code, tx)
            lines = moved(account_of(citizen), cause.account, fen)
            try:
                await self._ledger.post(Wanted(f"donation:{call.id}", TransferKind.DONATION, lines, code), tx)
            except AccountUnknown:
                raise PointsShort(0) from None
            except InsufficientBalance as short:
                raise PointsShort(short.available.fen // POINT) from None
            await self._audit.record(viewer, "points.donated", code, tx, points=points)
            left = await self._ledger.balance(account_of(citizen), tx)
            return Donation(code, points, left.posted.fen // POINT)

        return await self._idempotency.once(call, _DONATION, work)

    async def put(self, viewer: Viewer, cause: Cause) -> Cause:
        """Make it, or as it is to be from now on. Repeating is safe."""
        if not _CODE.fullmatch(cause.code):
            raise BadInput(field="code")
        if not cause.name.zh.strip() or len(cause.name.zh) > 40 or len(cause.name.en) > 120:
            raise BadInput(field="name")
        if cause.rank < 0 or (cause.goal is not None and cause.goal < 1):
            raise BadInput(field="goal" if cause.rank >= 0 else "rank")

        async def work(tx: Tx) -> None:
            await self._causes.put(cause, tx)
            await self._audit.record(viewer, "cause.put", cause.code, tx, open=cause.open)

        await self._db.transaction(work)
        return cause

    async def close(self, viewer: Viewer, code: str, *, open_: bool = False) -> Cause:
        """Or open it again. Raises CauseUnknown."""
        found = await self._causes.get(code)
        if found is None:
            raise CauseUnknown
        return await self.put(viewer, replace(found, open=open_))

    async def _open(self, code: str, tx: Tx) -> Cause:
        found = await self._causes.get(code, tx)
        if found is None:
            raise CauseUnknown
        if not found.open:
            raise CauseClosed
        return found

    async def _so_far(self, cause: Cause) -> CauseSoFar:
        return CauseSoFar(cause, (await self._ledger.balance(cause.account)).posted.fen)
