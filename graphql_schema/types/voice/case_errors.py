"""Named errors of cases, for citizens and for offices alike."""

from __future__ import annotations

import strawberry

from app.domains.voice.cases import errors
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.voice.case_codes import CaseState


@outcome(errors.CaseUnknown)
@strawberry.type(description="No such case, or not yours.")
class CaseUnknown(UserError):
    pass


@outcome(errors.CaseStateWrong, state=CaseState)
@strawberry.type(description="It is in another state: `state` says in which.")
class CaseStateWrong(UserError):
    state: CaseState


@outcome(errors.CaseChanged)
@strawberry.type(description="It was changed while this was under way: look again.")
class CaseChanged(UserError):
    pass


@outcome(errors.CaseWordsMissing)
@strawberry.type(description="A text that has to be written, 2 to 2,000 characters: `field` says which.")
class CaseWordsMissing(UserError):
    field: str


@outcome(errors.CaseWordsTooLong)
@strawberry.type(description="`most` characters fit into `field`.")
class CaseWordsTooLong(UserError):
    field: str
    most: int


@outcome(errors.KindFixed)
@strawberry.type(description="Kind and category stay as they are once it is dispatched.")
class KindFixed(UserError):
    pass


@outcome(errors.CategoryUnknown)
@strawberry.type(description="No such category, or one that has others below it.")
class CategoryUnknown(UserError):
    pass


@outcome(errors.AlreadyRated)
@strawberry.type(description="It was rated: each handling is rated once.")
class AlreadyRated(UserError):
    pass


@outcome(errors.GradeInvalid)
@strawberry.type(description="1 to 5.")
class GradeInvalid(UserError):
    pass


@outcome(errors.RequestPending)
@strawberry.type(description="The centre has to answer what was asked before.")
class RequestPending(UserError):
    pass


@outcome(errors.RequestUnknown)
@strawberry.type(description="Nothing of that kind is waiting for an answer.")
class RequestUnknown(UserError):
    pass


@outcome(errors.CaseReasonMissing)
@strawberry.type(description="A return, a pause and an extension have a reason.")
class CaseReasonMissing(UserError):
    pass


@outcome(errors.ExtendedAlready)
@strawberry.type(description="Once, by `most` at most.")
class ExtendedAlready(UserError):
    most: int


@outcome(errors.ExtensionInvalid)
@strawberry.type(description="1 to `most` working days, or hours of shift of an urgent case.")
class ExtensionInvalid(UserError):
    most: int


@outcome(errors.CalledEnough)
@strawberry.type(description="`most` calls for each handling: then it is left.")
class CalledEnough(UserError):
    most: int


@outcome(errors.DueInPast)
@strawberry.type(description="The day has gone by.")
class DueInPast(UserError):
    pass


@outcome(errors.HandledBefore)
@strawberry.type(description="Who had it before does not handle it again.")
class HandledBefore(UserError):
    pass


@outcome(errors.CaseHeldByAnother)
@strawberry.type(description="Another handler has it.")
class CaseHeldByAnother(UserError):
    pass


@outcome(errors.CaseNotHeld)
@strawberry.type(description="A handler takes it over before he acts.")
class CaseNotHeld(UserError):
    pass


@outcome(errors.CaseUnitUnknown)
@strawberry.type(description="No such unit, or one that handles no cases.")
class CaseUnitUnknown(UserError):
    pass


@outcome(errors.UnitHasIt)
@strawberry.type(description="The unit has it already.")
class UnitHasIt(UserError):
    pass


@outcome(errors.TaskUnknown)
@strawberry.type(description="The unit has no part in it.")
class TaskUnknown(UserError):
    pass


@outcome(errors.TasksOpen, units=list)
@strawberry.type(description="Helping units are not done: `units`.")
class TasksOpen(UserError):
    units: list[str]


@outcome(errors.FallbackKeeps)
@strawberry.type(description="It fell to this unit because nobody owns it: it cannot be returned.")
class FallbackKeeps(UserError):
    pass


@outcome(errors.FallbackOwed)
@strawberry.type(description="Returned twice: it goes to `unit` now, the fallback.")
class FallbackOwed(UserError):
    unit: str


@outcome(errors.MergeImpossible)
@strawberry.type(description="With itself, with one that is closed, or with somebody's private one.")
class MergeImpossible(UserError):
    pass


@outcome(errors.SplitImpossible)
@strawberry.type(description="`most` parts at a time.")
class SplitImpossible(UserError):
    most: int


@outcome(errors.TooManyCases)
@strawberry.type(description="`most` may be open at a time.")
class TooManyCases(UserError):
    most: int


@outcome(errors.CaseFull)
@strawberry.type(description="`most` events are kept of a case: nothing can be added to it.")
class CaseFull(UserError):
    most: int


@outcome(errors.ReceiptWrong)
@strawberry.type(description="The number and the receipt do not belong together.")
class ReceiptWrong(UserError):
    pass
