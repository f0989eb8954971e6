"""The citizen schema and the provider schema, put together from the rooms' resolvers."""

from __future__ import annotations

import strawberry
from strawberry.schema.config import StrawberryConfig

from graphql_schema.endpoint.outcomes import exception_handlers
from graphql_schema.types.card import Card, Disclosure
from graphql_schema.types.identity import Citizen
from graphql_schema.types.messages import Message
from resolvers.citizen.card import CardMutation, CardQuery, CardSubscription
from resolvers.citizen.identity import IdentityMutation, IdentityQuery
from resolvers.citizen.messages import MessageMutation, MessageQuery, MessageSubscription
from resolvers.citizen.nodes import NodeQuery
from resolvers.citizen.preferences import PreferenceMutation, PreferenceQuery
from resolvers.citizen.rights import RightsMutation, RightsQuery
from resolvers.provider.broadcasts import ProviderBroadcastMutation, ProviderBroadcastQuery
from resolvers.provider.card import ProviderCardMutation, ProviderCardQuery
from resolvers.provider.identity import ProviderIdentityMutation, ProviderIdentityQuery
from resolvers.provider.notices import ProviderNoticeMutation, ProviderNoticeQuery
from resolvers.provider.onboarding import OnboardingMutation, OnboardingQuery
from resolvers.provider.templates import ProviderTemplateMutation, ProviderTemplateQuery
from resolvers.provider.trials import TrialMutation, TrialQuery
from resolvers.provider.webhooks import WebhookMutation, WebhookQuery


@strawberry.type(name="Query")
class CitizenQuery(IdentityQuery, CardQuery, MessageQuery, PreferenceQuery, RightsQuery, NodeQuery):
    pass


@strawberry.type(name="Mutation")
class CitizenMutation(IdentityMutation, CardMutation, MessageMutation, PreferenceMutation, RightsMutation):
    pass


@strawberry.type(name="Subscription")
class CitizenSubscription(CardSubscription, MessageSubscription):
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
):
    pass


@strawberry.type(name="Mutation")
class ProviderMutation(
    ProviderNoticeMutation,
    ProviderBroadcastMutation,
    ProviderIdentityMutation,
    ProviderCardMutation,
    ProviderTemplateMutation,
    WebhookMutation,
    OnboardingMutation,
    TrialMutation,
):
    pass


_config = StrawberryConfig(auto_camel_case=True)

citizen_schema = strawberry.Schema(
    query=CitizenQuery,
    mutation=CitizenMutation,
    subscription=CitizenSubscription,
    types=[Card, Citizen, Disclosure, Message],
    config=_config,
    exception_handlers=exception_handlers(),
)
provider_schema = strawberry.Schema(
    query=ProviderQuery,
    mutation=ProviderMutation,
    config=_config,
    exception_handlers=exception_handlers(),
)
