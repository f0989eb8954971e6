"""Named errors of assets."""

from __future__ import annotations

import strawberry

from app.domains.voice.street.assets import errors
from graphql_schema.endpoint.outcomes import UserError, outcome


@outcome(errors.AssetUnknown)
@strawberry.type(description="No such code.")
class AssetUnknown(UserError):
    pass


@outcome(errors.AssetRetired)
@strawberry.type(description="It is not there any more: nothing is reported of it.")
class AssetRetired(UserError):
    pass
