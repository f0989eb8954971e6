"""Keeping the ledger: busy accounts are folded, and the whole of it is proven each night."""

from __future__ import annotations

import structlog

from app.core.viewer import Role, Viewer
from app.wiring import City

log = structlog.get_logger()
_BY_SCHEDULE = Viewer(role=Role.OPS, actor="schedule")


async def fold_ledger(city: City) -> None:
    await city.services.payment.folding.fold()


async def prove_ledger(city: City) -> None:
    """Raises nothing when it is not sound: the finding is kept, recorded and logged."""
    verdict = await city.services.payment.proof.verify()
    if not verdict.sound:
        first = verdict.faults[0]
        await city.audit.record(
            _BY_SCHEDULE, "ledger.unsound", "ledger", None, faults=verdict.counted, wrong=first.wrong, at=first.where
        )
        log.error("the ledger is not sound", faults=verdict.counted, wrong=first.wrong.value, where=first.where)
