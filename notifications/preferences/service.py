"""Reading and changing how one wants to be told; for everybody without a choice the default holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.viewer import Viewer
from notifications.preferences.errors import SourceUnknown
from notifications.preferences.model import ALL_PROVIDERS, PROVIDER, Change, Preferences, Unchanged, parse_source
from notifications.preferences.store import PreferenceStore

_PREFERENCES = TypeAdapter(Preferences)


class PreferenceService:
    def __init__(
        self, preferences: PreferenceStore, is_provider: Callable[[str], bool], audit: Audit, idempotency: Idempotency
    ) -> None:
        """`is_provider` knows the codes of organisations."""
        self._preferences = preferences
        self._is_provider = is_provider
        self._audit = audit
        self._idempotency = idempotency

    async def of(self, citizen: str) -> Preferences:
        return await self._preferences.get(citizen) or Preferences(citizen)

    async def many(self, citizens: Sequence[str]) -> dict[str, Preferences]:
        """Of each of these people, in one read."""
        chosen = {one.citizen: one for one in await self._preferences.many(citizens)}
        return {citizen: chosen.get(citizen) or Preferences(citizen) for citizen in citizens}

    async def mine(self, viewer: Viewer) -> Preferences:
        return await self.of(viewer.self_only())

    async def change(self, viewer: Viewer, change: Change, key: str) -> Preferences:
        """Change one's own; what the change leaves out stays.

        Raises SourceUnknown, CannotBeTurnedOff, TimeZoneUnknown, TooManyChoices, IdempotencyConflict.
        """
        citizen = viewer.self_only()
        self._check_sources(change)
        call = Call.of(viewer, "changeNotificationPreferences", key, change)

        async def work(tx: Tx) -> Preferences:
            was = await self._preferences.get(citizen, tx) or Preferences(citizen)
            changed = was.changed(change)
            await self._preferences.save(changed, was, tx)
            await self._audit.record(viewer, "preferences.changed", citizen, tx, version=changed.version)
            return changed

        return await self._idempotency.once(call, _PREFERENCES, work)

    def _check_sources(self, change: Change) -> None:
        if isinstance(change.choices, Unchanged):
            return
        for source in change.choices or ():
            of_one = parse_source(source).startswith(PROVIDER) and source != ALL_PROVIDERS
            if of_one and not self._is_provider(source.removeprefix(PROVIDER)):
                raise SourceUnknown(source)
