"""Appointments, for providers: one file a noun, put together here."""

from __future__ import annotations

import strawberry

from resolvers.provider.appointments.contracts import ProviderContractMutation, ProviderContractQuery
from resolvers.provider.appointments.counters import ProviderCounterMutation, ProviderCounterQuery
from resolvers.provider.appointments.queues import (
    ProviderQueueMutation,
    ProviderQueueQuery,
    ProviderQueueSubscription,
)
from resolvers.provider.appointments.rosters import ProviderRosterMutation, ProviderRosterQuery


@strawberry.type
class ProviderAppointmentQuery(ProviderRosterQuery, ProviderQueueQuery, ProviderCounterQuery, ProviderContractQuery):
    pass


@strawberry.type
class ProviderAppointmentMutation(
    ProviderRosterMutation, ProviderQueueMutation, ProviderCounterMutation, ProviderContractMutation
):
    pass


@strawberry.type
class ProviderAppointmentSubscription(ProviderQueueSubscription):
    pass
