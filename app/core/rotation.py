"""Rotating keys by command and by schedule, and all of them in one list: for the shell, the desk and the job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.data_keys import DataKeys
from app.core.errors import Outcome
from app.core.idempotency import Call, Idempotency
from app.core.keys import KeyUse, SigningKeys
from app.core.mongo import Tx
from app.core.viewer import Role, Viewer

_BY_SCHEDULE = Viewer(role=Role.OPS, actor="schedule")


class Rotated(StrEnum):
    """What can be rotated: the keys that seal, and those that sign, by use."""

    DATA = "data"
    SESSION = KeyUse.SESSION.value
    CARD = KeyUse.CARD.value
    AUDIT = KeyUse.AUDIT.value
    LICENCE = KeyUse.LICENCE.value


# By schedule a key younger than this is not replaced: somebody rotated by hand, or the slot runs a second time.
AGE: Mapping[Rotated, timedelta] = {
    Rotated.DATA: timedelta(days=20),
    Rotated.SESSION: timedelta(days=20),
    # Gates keep card keys for when they have no network, and auditors keep those of the chain: about once a year.
    Rotated.CARD: timedelta(days=300),
    Rotated.AUDIT: timedelta(days=300),
    Rotated.LICENCE: timedelta(days=300),
}


class DataKeyNeedsLead(Outcome):
    """Every process must know a data key before it seals: there is none at once."""


@dataclass(frozen=True, slots=True)
class ListedKey:
    """`since` is when it begins to seal or sign; `wrapped_by` the root key a data key stands under."""

    id: str
    use: Rotated
    since: datetime
    retired_at: datetime | None = None
    destroyed_at: datetime | None = None
    wrapped_by: str | None = None


_LISTED = TypeAdapter(ListedKey)


class Rotation:
    def __init__(
        self, data: DataKeys, signing: SigningKeys, audit: Audit, idempotency: Idempotency, clock: Clock
    ) -> None:
        self._data = data
        self._signing = signing
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def asked(self, viewer: Viewer, what: Rotated, key: str, *, at_once: bool = False) -> ListedKey:
        """As `rotate`, by the desk: a repeat gets the same answer. A call killed midway may leave a key too many,
        which does no harm. Raises DataKeyNeedsLead, IdempotencyConflict.
        """
        call = Call.of(viewer, "rotateKey", key, what, at_once)
        before = await self._idempotency.replay(call, _LISTED)
        if before is not None:
            return before
        made = await self.rotate(viewer, what, at_once=at_once)

        async def work(tx: Tx) -> ListedKey:
            return made

        return await self._idempotency.once(call, _LISTED, work)

    async def rotate(self, viewer: Viewer, what: Rotated, *, at_once: bool = False) -> ListedKey:
        """Make the next key. `at_once` is for a signing key that leaked: what it signed is void.

        Raises DataKeyNeedsLead.
        """
        if what is Rotated.DATA and at_once:
            raise DataKeyNeedsLead

        async def noted(key: str, tx: Tx) -> None:
            await self._audit.record(viewer, "key.rotated", key, tx, at_once=at_once)

        if what is Rotated.DATA:
            made = await self._data.rotate(noted)
            return ListedKey(made.id, what, made.seals_from)
        signing = await self._signing.rotate(KeyUse(what.value), at_once=at_once, noted=noted)
        return ListedKey(signing.id, what, signing.signs_from)

    async def rotate_old(self) -> list[ListedKey]:
        """By schedule: the next key of each use whose newest is old enough."""
        now, keys = self._clock.now(), await self.keys()
        newest = {use: max(key.since for key in keys if key.use is use) for use in Rotated}
        return [await self.rotate(_BY_SCHEDULE, use) for use in Rotated if newest[use] + AGE[use] <= now]

    async def keys(self) -> list[ListedKey]:
        """Every data key there ever was, and the signing keys that are published now."""
        data = [
            ListedKey(key.id, Rotated.DATA, key.seals_from, key.retired_at, key.destroyed_at, key.wrapped_by)
            for key in await self._data.known()
        ]
        signing = [
            ListedKey(key.id, Rotated(use.value), key.signs_from)
            for use in KeyUse
            for key in self._signing.published(use)
        ]
        return data + signing
