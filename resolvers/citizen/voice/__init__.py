"""My voice, for citizens: one file a noun, put together here."""

from __future__ import annotations

import strawberry

from resolvers.citizen.voice.assets import AssetQuery
from resolvers.citizen.voice.cases import CaseMutation, CaseQuery, CaseSubscription
from resolvers.citizen.voice.conversations import ConversationMutation, ConversationQuery
from resolvers.citizen.voice.indicators import IndicatorQuery
from resolvers.citizen.voice.proposals import ProposalMutation, ProposalQuery
from resolvers.citizen.voice.public import PublicCaseMutation, PublicCaseQuery
from resolvers.citizen.voice.surveys import SurveyMutation, SurveyQuery


@strawberry.type
class VoiceQuery(AssetQuery, CaseQuery, PublicCaseQuery, IndicatorQuery, ConversationQuery, SurveyQuery, ProposalQuery):
    pass


@strawberry.type
class VoiceMutation(CaseMutation, PublicCaseMutation, ConversationMutation, SurveyMutation, ProposalMutation):
    pass


@strawberry.type
class VoiceSubscription(CaseSubscription):
    pass
