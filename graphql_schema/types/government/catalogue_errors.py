"""Named errors of the catalogue."""

from __future__ import annotations

import strawberry

from app.domains.government.catalogue import errors
from app.domains.government.catalogue.errors import Misfit
from app.domains.government.catalogue.model import ItemState
from graphql_schema.endpoint.outcomes import UserError, outcome

strawberry.enum(Misfit, name="ServiceItemMisfit", description="What is wrong with a field.")


@outcome(errors.ItemUnknown)
@strawberry.type(description="No item with this code, or none that is yours to change.")
class ItemUnknown(UserError):
    item: str


@outcome(errors.ItemCodeTaken)
@strawberry.type(description="Another unit defines an item with this code.")
class ItemCodeTaken(UserError):
    item: str


@outcome(errors.ItemNotInState, state=ItemState)
@strawberry.type(description="The step is not open to an item in this state.")
class ItemNotInState(UserError):
    item: str
    state: ItemState


@outcome(errors.ItemChangedMeanwhile)
@strawberry.type
class ItemChangedMeanwhile(UserError):
    pass


@outcome(errors.ItemMergedIntoItself)
@strawberry.type
class ItemMergedIntoItself(UserError):
    pass


@outcome(errors.ItemReasonMissing)
@strawberry.type
class ItemReasonMissing(UserError):
    pass


@strawberry.type
class ServiceItemFault:
    field: str = strawberry.field(description="As a path: `materials.2.key`.")
    misfit: Misfit


@outcome(
    errors.ItemUnfit, faults=lambda faults: [ServiceItemFault(field=one.field, misfit=one.misfit) for one in faults]
)
@strawberry.type(description="Every fault of the item as it is written.")
class ItemUnfit(UserError):
    faults: list[ServiceItemFault]


@outcome(errors.UnitUnknown)
@strawberry.type(description="No unit with this code, or none of yours.")
class UnitUnknown(UserError):
    unit: str


@outcome(errors.UnitOfOtherLevel)
@strawberry.type(description="The item is not meant for units of this level.")
class UnitOfOtherLevel(UserError):
    unit: str


@outcome(errors.NotOffered)
@strawberry.type
class NotOffered(UserError):
    unit: str


@outcome(errors.TooManyUnits)
@strawberry.type
class TooManyUnits(UserError):
    maximum: int


@outcome(errors.NothingToDelegate)
@strawberry.type
class NothingToDelegate(UserError):
    pass


@outcome(errors.NotInTestMode)
@strawberry.type(description="A client in test mode writes drafts; a live one changes what everybody finds.")
class NotInTestMode(UserError):
    pass
