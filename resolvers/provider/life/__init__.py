"""My life, for who runs lines, hospitals, venues, stations: one file a noun, put together here."""

from __future__ import annotations

from resolvers.provider.life.culture import ProviderCultureMutation, ProviderCultureQuery
from resolvers.provider.life.health import ProviderHealthMutation, ProviderHealthQuery
from resolvers.provider.life.places import ProviderPlaceMutation, ProviderPlaceQuery
from resolvers.provider.life.surroundings import ProviderSurroundingsMutation, ProviderSurroundingsQuery


class ProviderLifeQuery(ProviderPlaceQuery, ProviderCultureQuery, ProviderHealthQuery, ProviderSurroundingsQuery):
    pass


class ProviderLifeMutation(
    ProviderPlaceMutation, ProviderCultureMutation, ProviderHealthMutation, ProviderSurroundingsMutation
):
    pass


class ProviderLifeSubscription:
    pass
