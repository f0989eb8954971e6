"""My voice, for the centre, for units, for grid officers: one file a noun, put together here."""

from __future__ import annotations

from resolvers.provider.voice.assets import ProviderAssetMutation, ProviderAssetQuery
from resolvers.provider.voice.callers import CallerMutation, CallerQuery
from resolvers.provider.voice.conversations import ProviderConversationMutation, ProviderConversationQuery
from resolvers.provider.voice.dispatch import DispatchMutation, DispatchQuery
from resolvers.provider.voice.escalations import ProviderEscalationMutation, ProviderEscalationQuery
from resolvers.provider.voice.indicators import ProviderIndicatorQuery
from resolvers.provider.voice.patrols import ProviderPatrolMutation, ProviderPatrolQuery
from resolvers.provider.voice.seats import SeatMutation, SeatQuery
from resolvers.provider.voice.units import ProviderUnitCaseMutation, ProviderUnitCaseQuery


class ProviderVoiceQuery(
    ProviderAssetQuery,
    ProviderPatrolQuery,
    CallerQuery,
    SeatQuery,
    DispatchQuery,
    ProviderUnitCaseQuery,
    ProviderEscalationQuery,
    ProviderIndicatorQuery,
    ProviderConversationQuery,
):
    pass


class ProviderVoiceMutation(
    ProviderAssetMutation,
    ProviderPatrolMutation,
    CallerMutation,
    SeatMutation,
    DispatchMutation,
    ProviderUnitCaseMutation,
    ProviderEscalationMutation,
    ProviderConversationMutation,
):
    pass


class ProviderVoiceSubscription:
    pass
