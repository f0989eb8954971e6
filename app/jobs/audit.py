"""Keeping the audit chain: its head is said, its newest part and then all of it walked, its oldest part cut."""

from __future__ import annotations

import structlog

from app.core.viewer import Role, Viewer
from app.wiring import City

log = structlog.get_logger()
_BY_SCHEDULE = Viewer(role=Role.OPS, actor="schedule")


async def publish_head(city: City) -> None:
    await city.audit_chain.publish_head()


async def check_newest(city: City) -> None:
    """What was recorded in the last two days. Raises nothing when it is not sound: the finding is kept and logged."""
    await _check(city, whole=False)


async def check_whole(city: City) -> None:
    await _check(city, whole=True)


async def cut_oldest(city: City) -> None:
    """That it was done, and up to where, is itself recorded."""
    was, now = await city.audit_chain.last_cut(), await city.audit_chain.cut()
    if now is not None and now != was:
        await city.audit.record(_BY_SCHEDULE, "audit.cut", "audit", None, through=now.seq)
        log.info("audit cut", through=now.seq)


async def _check(city: City, *, whole: bool) -> None:
    verdict = await city.audit_trail.check(whole=whole)
    if verdict.fault is not None:
        found = verdict.fault
        await city.audit.record(_BY_SCHEDULE, "audit.unsound", "audit", None, wrong=found.wrong, seq=found.seq)
        log.error("the audit chain is not sound", wrong=found.wrong.value, seq=found.seq, record=found.record)
