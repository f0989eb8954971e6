"""Named errors of applications."""

from __future__ import annotations

import strawberry

from app.domains.government.applications import errors
from app.domains.government.applications.forms import errors as form_errors
from app.domains.government.applications.history.model import State
from app.domains.government.applications.materials import errors as material_errors
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.government.applications import FieldFault, MaterialStanding
from virtual_card.licences import errors as licence_errors


@outcome(errors.NotAppliedOnline)
@strawberry.type(description="No such item, or not one that is applied for here.")
class NotAppliedOnline(UserError):
    pass


@outcome(errors.NotOfferedHere)
@strawberry.type(description="The unit does not offer it, or none near the applicant does.")
class NotOfferedHere(UserError):
    pass


@outcome(errors.ServiceApplicationUnknown)
@strawberry.type(description="Not there, or not yours: which of the two is not said.")
class ServiceApplicationUnknown(UserError):
    pass


@outcome(errors.ApplicationStateWrong, state=State)
@strawberry.type
class ApplicationStateWrong(UserError):
    state: State


@outcome(errors.ApplicationChanged)
@strawberry.type(description="It was changed while this was under way: look again.")
class ApplicationChanged(UserError):
    pass


@outcome(errors.ApplicationWordsMissing)
@strawberry.type(description="2 to 1,000 characters that say something.")
class ApplicationWordsMissing(UserError):
    field: str


@outcome(errors.TooManyDrafts)
@strawberry.type
class TooManyDrafts(UserError):
    most: int


@outcome(errors.RealNameMissing)
@strawberry.type
class RealNameMissing(UserError):
    pass


@outcome(form_errors.FormInvalid, faults=FieldFault.all)
@strawberry.type
class FormInvalid(UserError):
    faults: list[FieldFault]


@outcome(form_errors.FormVersionChanged)
@strawberry.type(description="The draft can be moved over.")
class FormVersionChanged(UserError):
    version: int


@outcome(material_errors.MaterialsMissing, missing=MaterialStanding.all)
@strawberry.type
class MaterialsMissing(UserError):
    missing: list[MaterialStanding]


@outcome(material_errors.MaterialUnknown)
@strawberry.type(description="The item does not ask for it, or not for so many files of it.")
class MaterialUnknown(UserError):
    key: str


@outcome(errors.CorrectionAlreadyAsked)
@strawberry.type(description="What is to be mended is asked for once, and whole.")
class CorrectionAlreadyAsked(UserError):
    pass


@outcome(errors.CorrectionPointUnknown)
@strawberry.type
class CorrectionPointUnknown(UserError):
    name: str


@outcome(errors.HeldByAnother)
@strawberry.type
class HeldByAnother(UserError):
    pass


@outcome(errors.NotHeld)
@strawberry.type(description="Take it over first.")
class NotHeld(UserError):
    pass


@outcome(errors.ExtensionRefused)
@strawberry.type
class ExtensionRefused(UserError):
    most_days: int


@outcome(licence_errors.LicenceKindUnknown)
@strawberry.type(description="The item promises a licence that the city does not have.")
class LicenceKindUnknown(UserError):
    kind: str


@outcome(licence_errors.LicenceFactUnfit)
@strawberry.type(description="It does not stand on a licence of this kind, or is too long.")
class LicenceFactUnfit(UserError):
    field: str
