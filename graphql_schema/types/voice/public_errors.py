"""Named errors of publishing, joining and following."""

from __future__ import annotations

import strawberry

from app.domains.voice.public.following import errors as following
from app.domains.voice.public.publishing import errors as publishing
from graphql_schema.endpoint.outcomes import UserError, outcome


@outcome(publishing.PreviewChanged)
@strawberry.type(description="What would be read is not what was previewed: look again.")
class PreviewChanged(UserError):
    pass


@outcome(publishing.PublicationNotWished)
@strawberry.type(description="Whoever reported it did not ask for it to be public.")
class PublicationNotWished(UserError):
    pass


@outcome(publishing.CaseNotPublic)
@strawberry.type(description="No such case, or it is not public.")
class CaseNotPublic(UserError):
    pass


@outcome(publishing.CasePublicAlready)
@strawberry.type(description="It is public: take it back first.")
class CasePublicAlready(UserError):
    pass


@outcome(following.OwnCase)
@strawberry.type(description="It is your own.")
class OwnCase(UserError):
    pass


@outcome(following.CaseOver)
@strawberry.type(description="It was replied to or closed: nothing more comes of joining it.")
class CaseOver(UserError):
    pass


@outcome(following.NotJoined)
@strawberry.type(description="You have not joined it.")
class NotJoined(UserError):
    pass


@outcome(following.JoinRatedAlready)
@strawberry.type(description="You said so already: each handling is rated once.")
class JoinRatedAlready(UserError):
    pass
