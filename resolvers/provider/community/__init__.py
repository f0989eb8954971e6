"""The community, for estates, committees, shops, groups of volunteers: one file a noun, put together here."""

from __future__ import annotations

from resolvers.provider.community.bays import ProviderBayMutation, ProviderBayQuery
from resolvers.provider.community.check_ins import ProviderCheckInMutation, ProviderCheckInQuery
from resolvers.provider.community.emergencies import (
    ProviderEmergencyMutation,
    ProviderEmergencyQuery,
    ProviderEmergencySubscription,
)
from resolvers.provider.community.estates import ProviderEstateMutation, ProviderEstateQuery
from resolvers.provider.community.family_visits import ProviderFamilyVisitMutation, ProviderFamilyVisitQuery
from resolvers.provider.community.gates import ProviderGateMutation, ProviderGateQuery
from resolvers.provider.community.patrols import ProviderPatrolMutation, ProviderPatrolQuery
from resolvers.provider.community.responders import (
    ProviderResponderMutation,
    ProviderResponderQuery,
    ProviderResponderSubscription,
)
from resolvers.provider.community.shops import (
    ProviderShopMutation,
    ProviderShopQuery,
    ProviderShopSubscription,
)
from resolvers.provider.community.together import ProviderTogetherMutation, ProviderTogetherQuery
from resolvers.provider.community.volunteers import ProviderVolunteerMutation, ProviderVolunteerQuery
from resolvers.provider.community.wishes import ProviderWishMutation, ProviderWishQuery


class ProviderCommunityQuery(
    ProviderShopQuery,
    ProviderTogetherQuery,
    ProviderFamilyVisitQuery,
    ProviderVolunteerQuery,
    ProviderCheckInQuery,
    ProviderPatrolQuery,
    ProviderWishQuery,
    ProviderResponderQuery,
    ProviderEstateQuery,
    ProviderGateQuery,
    ProviderBayQuery,
    ProviderEmergencyQuery,
):
    pass


class ProviderCommunityMutation(
    ProviderShopMutation,
    ProviderTogetherMutation,
    ProviderFamilyVisitMutation,
    ProviderVolunteerMutation,
    ProviderCheckInMutation,
    ProviderPatrolMutation,
    ProviderWishMutation,
    ProviderResponderMutation,
    ProviderEstateMutation,
    ProviderGateMutation,
    ProviderBayMutation,
    ProviderEmergencyMutation,
):
    pass


class ProviderCommunitySubscription(
    ProviderShopSubscription, ProviderResponderSubscription, ProviderEmergencySubscription
):
    pass
