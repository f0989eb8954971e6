"""The citizen schema and the provider schema, put together from the rooms' resolvers."""

from __future__ import annotations

from datetime import datetime

import strawberry
from strawberry.schema.config import StrawberryConfig

from graphql_schema.endpoint.building import quick_building
from graphql_schema.endpoint.outcomes import exception_handlers
from graphql_schema.types.card import Card, Disclosure
from graphql_schema.types.government.catalogue import ServiceItem
from graphql_schema.types.identity import Citizen
from graphql_schema.types.messages import Message
from graphql_schema.types.times import MOMENT
from resolvers.citizen.appointments import AppointmentMutation, AppointmentQuery, AppointmentSubscription
from resolvers.citizen.card import CardMutation, CardQuery, CardSubscription
from resolvers.citizen.community import CommunityMutation, CommunityQuery, CommunitySubscription
from resolvers.citizen.government import GovernmentMutation, GovernmentQuery, GovernmentSubscription
from resolvers.citizen.identity import IdentityMutation, IdentityQuery
from resolvers.citizen.licences import LicenceMutation, LicenceQuery
from resolvers.citizen.life import LifeMutation, LifeQuery, LifeSubscription
from resolvers.citizen.messages import MessageMutation, MessageQuery, MessageSubscription
from resolvers.citizen.nodes import NodeQuery
from resolvers.citizen.payment import PaymentMutation, PaymentQuery, PaymentSubscription
from resolvers.citizen.preferences import PreferenceMutation, PreferenceQuery
from resolvers.citizen.rights import RightsMutation, RightsQuery
from resolvers.citizen.uploads import UploadMutation, UploadQuery
from resolvers.citizen.voice import VoiceMutation, VoiceQuery, VoiceSubscription
from resolvers.provider.appointments import (
    ProviderAppointmentMutation,
    ProviderAppointmentQuery,
    ProviderAppointmentSubscription,
)
from resolvers.provider.broadcasts import ProviderBroadcastMutation, ProviderBroadcastQuery
from resolvers.provider.card import ProviderCardMutation, ProviderCardQuery
from resolvers.provider.community import (
    ProviderCommunityMutation,
    ProviderCommunityQuery,
    ProviderCommunitySubscription,
)
from resolvers.provider.government import (
    ProviderGovernmentMutation,
    ProviderGovernmentQuery,
)
from resolvers.provider.identity import ProviderIdentityMutation, ProviderIdentityQuery
from resolvers.provider.licences import ProviderLicenceMutation
from resolvers.provider.life import ProviderLifeMutation, ProviderLifeQuery, ProviderLifeSubscription
from resolvers.provider.notices import ProviderNoticeMutation, ProviderNoticeQuery
from resolvers.provider.onboarding import OnboardingMutation, OnboardingQuery
from resolvers.provider.payment import ProviderPaymentMutation, ProviderPaymentQuery, ProviderPaymentSubscription
from resolvers.provider.templates import ProviderTemplateMutation, ProviderTemplateQuery
from resolvers.provider.trials import TrialMutation, TrialQuery
from resolvers.provider.uploads import ProviderUploadMutation, ProviderUploadQuery
from resolvers.provider.voice import ProviderVoiceMutation, ProviderVoiceQuery, ProviderVoiceSubscription
from resolvers.provider.webhooks import WebhookMutation, WebhookQuery


@strawberry.type(name="Query")
class CitizenQuery(
    IdentityQuery,
    CardQuery,
    LicenceQuery,
    MessageQuery,
    PreferenceQuery,
    RightsQuery,
    UploadQuery,
    GovernmentQuery,
    AppointmentQuery,
    VoiceQuery,
    PaymentQuery,
    LifeQuery,
    CommunityQuery,
    NodeQuery,
):
    pass


@strawberry.type(name="Mutation")
class CitizenMutation(
    IdentityMutation,
    CardMutation,
    LicenceMutation,
    MessageMutation,
    PreferenceMutation,
    RightsMutation,
    UploadMutation,
    GovernmentMutation,
    AppointmentMutation,
    VoiceMutation,
    PaymentMutation,
    LifeMutation,
    CommunityMutation,
):
    pass


@strawberry.type(name="Subscription")
class CitizenSubscription(
    CardSubscription,
    MessageSubscription,
    GovernmentSubscription,
    AppointmentSubscription,
    VoiceSubscription,
    PaymentSubscription,
    LifeSubscription,
    CommunitySubscription,
):
    pass


@strawberry.type(name="Query")
class ProviderQuery(
    ProviderNoticeQuery,
    ProviderBroadcastQuery,
    ProviderIdentityQuery,
    ProviderCardQuery,
    ProviderTemplateQuery,
    WebhookQuery,
    OnboardingQuery,
    TrialQuery,
    ProviderUploadQuery,
    ProviderGovernmentQuery,
    ProviderAppointmentQuery,
    ProviderVoiceQuery,
    ProviderPaymentQuery,
    ProviderLifeQuery,
    ProviderCommunityQuery,
):
    pass


@strawberry.type(name="Mutation")
class ProviderMutation(
    ProviderNoticeMutation,
    ProviderBroadcastMutation,
    ProviderIdentityMutation,
    ProviderCardMutation,
    ProviderLicenceMutation,
    ProviderTemplateMutation,
    WebhookMutation,
    OnboardingMutation,
    TrialMutation,
    ProviderUploadMutation,
    ProviderGovernmentMutation,
    ProviderAppointmentMutation,
    ProviderVoiceMutation,
    ProviderPaymentMutation,
    ProviderLifeMutation,
    ProviderCommunityMutation,
):
    pass


@strawberry.type(name="Subscription")
class ProviderSubscription(
    ProviderAppointmentSubscription,
    ProviderVoiceSubscription,
    ProviderPaymentSubscription,
    ProviderLifeSubscription,
    ProviderCommunitySubscription,
):
    pass


_config = StrawberryConfig(auto_camel_case=True, scalar_map={datetime: MOMENT})

with quick_building():
    citizen_schema = strawberry.Schema(
        query=CitizenQuery,
        mutation=CitizenMutation,
        subscription=CitizenSubscription,
        types=[Card, Citizen, Disclosure, Message, ServiceItem],
        config=_config,
        exception_handlers=exception_handlers(),
    )
    provider_schema = strawberry.Schema(
        query=ProviderQuery,
        mutation=ProviderMutation,
        subscription=ProviderSubscription,
        config=_config,
        exception_handlers=exception_handlers(),
    )
