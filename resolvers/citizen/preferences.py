"""How one wants to be told."""

from __future__ import annotations

from typing import Annotated

import strawberry

from graphql_schema.types.common import IdempotencyConflict, IdempotencyKey, Info, citizens
from graphql_schema.types.preferences import (
    CannotBeTurnedOff,
    NotificationPreferences,
    NotificationPreferencesChanged,
    NotificationPreferencesInput,
    SourceUnknown,
    TimeZoneUnknown,
    TooManyChoices,
)

ChangeNotificationPreferencesResult = Annotated[
    NotificationPreferencesChanged
    | SourceUnknown
    | CannotBeTurnedOff
    | TimeZoneUnknown
    | TooManyChoices
    | IdempotencyConflict,
    strawberry.union("ChangeNotificationPreferencesResult"),
]


@strawberry.type
class PreferenceQuery:
    @strawberry.field(metadata=citizens(), description="One's own; a ward's are nobody else's to see.")
    async def notification_preferences(self, info: Info) -> NotificationPreferences:
        services = info.context.services
        found = await services.preferences.mine(info.context.viewer)
        return NotificationPreferences.of(found, services.organisations.tree)


@strawberry.type
class PreferenceMutation:
    @strawberry.mutation(metadata=citizens(), description="What is left out stays; null goes back to the default.")
    async def change_notification_preferences(
        self, info: Info, changes: NotificationPreferencesInput, idempotency_key: IdempotencyKey
    ) -> ChangeNotificationPreferencesResult:
        services = info.context.services
        changed = await services.preferences.change(info.context.viewer, changes.parsed(), idempotency_key)
        return NotificationPreferencesChanged(
            preferences=NotificationPreferences.of(changed, services.organisations.tree)
        )
