"""What can stand in the way of a case.

Outcome
├── CaseUnknown             no such case, or not yours
├── CaseStateWrong          it is in another state: `state` says in which
├── CaseChanged             it was changed while this was under way: look again
├── CaseWordsMissing        a text that has to be written, 2 to 2,000 characters: `field` says which
├── CaseWordsTooLong        `most` characters fit into `field`
├── KindFixed               kind and category stay as they are once it is dispatched
├── CategoryUnknown         no such category, or one that has others below it
├── AlreadyRated            it was rated: each handling is rated once
├── GradeInvalid            1 to 5
├── NotRatedYet             it waits for the citizen's word until `until`
├── RequestPending          the centre has to answer what was asked before
├── RequestUnknown          nothing of that kind is waiting for an answer
├── CaseReasonMissing       a return, a pause and an extension have a reason
├── ExtendedAlready         once, by `most` at most
├── ExtensionInvalid        1 to `most` working days, or hours of an urgent one
├── DueInPast               the day has gone by
├── HandledBefore           who had it before does not handle it again
├── CaseHeldByAnother       another handler has it
├── CaseNotHeld             a handler takes it over before he acts
├── CaseUnitUnknown         no such unit, or one that handles no cases
├── UnitHasIt               the unit has it already
├── TaskUnknown             the unit has no part in it
├── TasksOpen               helping units are not done: `units`
├── FallbackKeeps           it fell to this unit because nobody owns it: it cannot be returned
├── FallbackOwed            returned twice: it goes to `unit` now, the fallback
├── MergeImpossible         with itself, with one that is closed, or with somebody's private one
├── SplitImpossible         `most` parts at a time
├── TooManyCases            `most` may be open at a time
├── CalledEnough            `most` calls a handling: then it is left
├── CaseFull                `most` events are kept of a case: nothing can be added to it
└── ReceiptWrong            the number and the receipt do not belong together
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.errors import Outcome


class CaseUnknown(Outcome):
    pass


@dataclass(eq=False)
class CaseStateWrong(Outcome):
    state: str


class CaseChanged(Outcome):
    pass


@dataclass(eq=False)
class CaseWordsMissing(Outcome):
    field: str


@dataclass(eq=False)
class CaseWordsTooLong(Outcome):
    field: str
    most: int


class KindFixed(Outcome):
    pass


class CategoryUnknown(Outcome):
    pass


class AlreadyRated(Outcome):
    pass


class GradeInvalid(Outcome):
    pass


@dataclass(eq=False)
class NotRatedYet(Outcome):
    until: datetime


class RequestPending(Outcome):
    pass


class RequestUnknown(Outcome):
    pass


class CaseReasonMissing(Outcome):
    pass


@dataclass(eq=False)
class ExtendedAlready(Outcome):
    most: int


@dataclass(eq=False)
class ExtensionInvalid(Outcome):
    most: int


class DueInPast(Outcome):
    pass


class HandledBefore(Outcome):
    pass


class CaseHeldByAnother(Outcome):
    pass


class CaseNotHeld(Outcome):
    pass


class CaseUnitUnknown(Outcome):
    pass


class UnitHasIt(Outcome):
    pass


class TaskUnknown(Outcome):
    pass


@dataclass(eq=False)
class TasksOpen(Outcome):
    units: tuple[str, ...]


class FallbackKeeps(Outcome):
    pass


@dataclass(eq=False)
class FallbackOwed(Outcome):
    unit: str


class MergeImpossible(Outcome):
    pass


@dataclass(eq=False)
class SplitImpossible(Outcome):
    most: int


@dataclass(eq=False)
class TooManyCases(Outcome):
    most: int


@dataclass(eq=False)
class CalledEnough(Outcome):
    most: int


@dataclass(eq=False)
class CaseFull(Outcome):
    most: int


class ReceiptWrong(Outcome):
    pass
