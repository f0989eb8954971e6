"""Named errors of shared data."""

from __future__ import annotations

import strawberry

from app.domains.government.shared_data.accesses import errors as accesses
from app.domains.government.shared_data.accesses.model import AccessState
from app.domains.government.shared_data.consents import errors as consents
from app.domains.government.shared_data.fetches import errors as fetches
from app.domains.government.shared_data.sets import errors as sets
from graphql_schema.endpoint.outcomes import UserError, outcome


@outcome(sets.DataSetUnknown)
@strawberry.type
class DataSetUnknown(UserError):
    pass


@outcome(sets.DataSetTaken)
@strawberry.type
class DataSetTaken(UserError):
    pass


@outcome(sets.DataSetInvalid)
@strawberry.type
class DataSetInvalid(UserError):
    what: str


@outcome(sets.DataFieldUnknown)
@strawberry.type
class DataFieldUnknown(UserError):
    field: str


@outcome(accesses.DataAccessUnknown)
@strawberry.type
class DataAccessUnknown(UserError):
    pass


@outcome(accesses.DataAccessClosed, state=AccessState)
@strawberry.type
class DataAccessClosed(UserError):
    state: AccessState


@outcome(accesses.DataAccessInvalid)
@strawberry.type
class DataAccessInvalid(UserError):
    what: str


@outcome(accesses.PurposeNotOffered)
@strawberry.type
class PurposeNotOffered(UserError):
    pass


@outcome(consents.ConsentUnknown)
@strawberry.type
class ConsentUnknown(UserError):
    pass


@outcome(consents.ConsentWithdrawn)
@strawberry.type(description="It was withdrawn before.")
class ConsentWithdrawn(UserError):
    pass


@outcome(consents.ConsentTimeInvalid)
@strawberry.type
class ConsentTimeInvalid(UserError):
    days: int


@outcome(consents.NobodyAsks)
@strawberry.type(description="This organisation has no leave to ask for this: there is nothing to agree to.")
class NobodyAsks(UserError):
    pass


@outcome(fetches.SubjectUnknown)
@strawberry.type
class SubjectUnknown(UserError):
    pass


@outcome(fetches.SubjectNotVerified)
@strawberry.type
class SubjectNotVerified(UserError):
    pass


@outcome(fetches.NoDataAccess)
@strawberry.type
class NoDataAccess(UserError):
    pass


@outcome(fetches.NoConsent)
@strawberry.type
class NoConsent(UserError):
    pass


@outcome(fetches.ExchangeUnavailable)
@strawberry.type
class ExchangeUnavailable(UserError):
    pass
