"""My government, for providers: one file a noun, put together here."""

from __future__ import annotations

import strawberry

from resolvers.provider.government.answers import ProviderAnswerMutation, ProviderAnswerQuery
from resolvers.provider.government.applications import ProviderApplicationMutation, ProviderApplicationQuery
from resolvers.provider.government.catalogue import ProviderCatalogueMutation, ProviderCatalogueQuery
from resolvers.provider.government.shared_data import ProviderSharedDataMutation, ProviderSharedDataQuery


@strawberry.type
class ProviderGovernmentQuery(
    ProviderCatalogueQuery, ProviderApplicationQuery, ProviderSharedDataQuery, ProviderAnswerQuery
):
    pass


@strawberry.type
class ProviderGovernmentMutation(
    ProviderCatalogueMutation, ProviderApplicationMutation, ProviderSharedDataMutation, ProviderAnswerMutation
):
    pass


class ProviderGovernmentSubscription:
    pass
