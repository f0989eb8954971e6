"""Keys rotate by the calendar, and what older data keys sealed is sealed anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import structlog

from app.core.keys import KeyUse
from app.wiring import City

log = structlog.get_logger()
# A key younger than this is not replaced: somebody rotated by hand, or this slot runs a second time.
DATA_KEY_AGE = timedelta(days=20)
SIGNING_KEY_AGE: Mapping[KeyUse, timedelta] = {
    KeyUse.SESSION: timedelta(days=20),
    # A gate fetches card keys when it has network, and offline codes are checked against them: not more than once a year.
    KeyUse.CARD: timedelta(days=300),
    KeyUse.AUDIT: timedelta(days=300),
}
_AT_A_TIME = timedelta(minutes=5)


async def rotate_keys(city: City) -> None:
    """The next data key and the next signing keys, of those whose newest is old enough."""
    now = city.clock.now()
    newest = (await city.data_keys.known())[-1]
    if newest.made_at + DATA_KEY_AGE <= now:
        made = await city.data_keys.rotate()
        log.info("data key made", key=made.id)
    for use, age in SIGNING_KEY_AGE.items():
        if city.keys.newest(use).signs_from + age <= now:
            log.info("signing key made", key=(await city.keys.rotate(use)).id)


async def reseal(city: City) -> None:
    """Seal anew what older keys sealed, for some minutes; the next run goes on. Keys with nothing left are destroyed."""
    done = await city.resealing.run(within=_AT_A_TIME)
    if done.rows or done.destroyed or done.stuck:
        log.info("sealed anew", values=done.rows, destroyed=done.destroyed, stuck=done.stuck)
