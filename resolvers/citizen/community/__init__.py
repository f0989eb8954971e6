"""The community, for citizens: one file a noun, put together here."""

from __future__ import annotations

from resolvers.citizen.community.activities import ActivityMutation, ActivityQuery
from resolvers.citizen.community.care import CareMutation, CareQuery
from resolvers.citizen.community.emergencies import EmergencyMutation, EmergencyQuery
from resolvers.citizen.community.estates import EstateMutation, EstateQuery
from resolvers.citizen.community.family_visits import FamilyVisitMutation, FamilyVisitQuery
from resolvers.citizen.community.leading import LeadingMutation, LeadingQuery
from resolvers.citizen.community.repairs import RepairMutation, RepairQuery
from resolvers.citizen.community.responders import ResponderMutation, ResponderQuery
from resolvers.citizen.community.shops import ShopMutation, ShopQuery
from resolvers.citizen.community.visitors import VisitorMutation, VisitorQuery, VisitorSubscription
from resolvers.citizen.community.volunteers import VolunteerMutation, VolunteerQuery
from resolvers.citizen.community.votes import VoteMutation, VoteQuery
from resolvers.citizen.community.wishes import WishMutation, WishQuery


class CommunityQuery(
    ShopQuery,
    VoteQuery,
    CareQuery,
    FamilyVisitQuery,
    VolunteerQuery,
    ActivityQuery,
    LeadingQuery,
    WishQuery,
    ResponderQuery,
    EstateQuery,
    RepairQuery,
    VisitorQuery,
    EmergencyQuery,
):
    pass


class CommunityMutation(
    ShopMutation,
    VoteMutation,
    CareMutation,
    FamilyVisitMutation,
    VolunteerMutation,
    ActivityMutation,
    LeadingMutation,
    WishMutation,
    ResponderMutation,
    EstateMutation,
    RepairMutation,
    VisitorMutation,
    EmergencyMutation,
):
    pass


class CommunitySubscription(VisitorSubscription):
    pass
