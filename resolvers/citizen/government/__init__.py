"""My government, for citizens: one file a noun, put together here."""

from __future__ import annotations

import strawberry

from resolvers.citizen.government.answers import AnswerMutation, AnswerQuery
from resolvers.citizen.government.applications import ApplicationMutation, ApplicationQuery
from resolvers.citizen.government.catalogue import CatalogueQuery
from resolvers.citizen.government.search import SearchQuery
from resolvers.citizen.government.shared_data import SharedDataMutation, SharedDataQuery


@strawberry.type
class GovernmentQuery(CatalogueQuery, SearchQuery, ApplicationQuery, SharedDataQuery, AnswerQuery):
    pass


@strawberry.type
class GovernmentMutation(ApplicationMutation, SharedDataMutation, AnswerMutation):
    pass


class GovernmentSubscription:
    pass
