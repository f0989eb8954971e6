"""Whom a case is told to as its time goes: the handler, the unit's leader, the organisation above, the centre.

What somebody holds is warned of at half to him, at four fifths to his leader; overdue it goes to the organisation
above, and a working day later to the centre. What nobody holds goes one step higher at each mark, so it is up first;
what nobody has even taken in, or sent anywhere since it was opened anew, has no clock and is told after two hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.core.calendar.model import WorkingCalendar
from app.core.viewer import Viewer
from app.domains.identity.organisations.model import Tree
from app.domains.voice.cases.clocks.model import Mark
from app.domains.voice.cases.history.model import CaseState
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.passing.model import UNHELD
from app.domains.voice.cases.ratings.model import RATED_WITHIN

CENTRE_SCOPE, UNIT_SCOPE = "cases:centre", "cases"
SUPERVISION = "supervision"


class Rung(StrEnum):
    """In the order of going up."""

    HANDLER = "handler"
    LEADER = "leader"
    ABOVE = "above"
    CENTRE = "centre"


_RUNGS = tuple(Rung)
_STEP: Mapping[Mark, int] = {mark: step for step, mark in enumerate(Mark)}


def rung_of(mark: Mark, case: Case) -> Rung:
    if case.unit is None:
        return Rung.CENTRE
    step = _STEP[mark] + (case.handler is None)
    return _RUNGS[min(step, len(_RUNGS) - 1)]


@dataclass(frozen=True, slots=True)
class Raised:
    """To be told upwards: `what` is a mark, SUPERVISION when the day that was set went by, UNHELD when nobody
    took it on.
    """

    what: str
    rung: Rung


@dataclass(frozen=True, slots=True)
class Escalation:
    """What was told to an organisation of a case that is late, or about to be. `held`: somebody had it. `open`: neither
    noted by those it was told to, nor over with the case.
    """

    id: str
    case: str
    number: str
    unit: str | None
    to: str
    rung: Rung
    what: str
    held: bool
    at: datetime
    test_of: str | None = None
    open: bool = True
    noted_by: str | None = None
    noted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """How many were looked at, and what time did to them."""

    seen: int = 0
    warned: int = 0
    overdue: int = 0
    raised: int = 0
    resumed: int = 0
    unconfirmed: int = 0

    def __add__(self, other: Looked) -> Looked:
        return Looked(
            self.seen + other.seen,
            self.warned + other.warned,
            self.overdue + other.overdue,
            self.raised + other.raised,
            self.resumed + other.resumed,
            self.unconfirmed + other.unconfirmed,
        )


def looked_at(case: Case, calendar: WorkingCalendar, by: Viewer, now: datetime) -> tuple[Case, tuple[Raised, ...]]:
    """The case as time has made it by now, and what of it is told upwards: of several marks behind, the last."""
    if case.state is CaseState.REPLIED:
        over = case.replied_at is not None and now >= case.replied_at + RATED_WITHIN
        return (case.unconfirmed(by, now) if over else case), ()
    if not case.is_open:
        return case, ()
    ends = case.pause_ends
    running = case.resumed(by, now) if ends is not None and ends <= now else case
    marked, raised = _waiting(*_marked(running, calendar, by, now), by, now)
    missed = marked.next_supervision
    if missed is None or missed > now:
        return marked, raised
    return marked.supervision_missed(by, now), (*raised, Raised(SUPERVISION, Rung.CENTRE))


def _waiting(case: Case, raised: tuple[Raised, ...], by: Viewer, now: datetime) -> tuple[Case, tuple[Raised, ...]]:
    if case.unheld_at is None or case.unheld_at > now:
        return case, raised
    return case.escalated(UNHELD, by, now), (*raised, Raised(UNHELD, Rung.CENTRE))


def _marked(case: Case, calendar: WorkingCalendar, by: Viewer, now: datetime) -> tuple[Case, tuple[Raised, ...]]:
    if case.clock is None or case.clock.stopped is not None:
        return case, ()
    behind = [mark for mark in case.clock.passed(calendar, now) if mark not in case.warned]
    for mark in behind:
        case = case.passed(mark, rung_of(mark, case).value, by, now)
    if not behind or rung_of(behind[-1], case) is Rung.HANDLER:
        return case, ()
    return case, (Raised(behind[-1].value, rung_of(behind[-1], case)),)


def target(tree: Tree, case: Case, rung: Rung) -> str | None:
    """The organisation that hears of it. None: the city has no centre yet."""
    if rung in (Rung.HANDLER, Rung.LEADER) and case.unit is not None:
        return case.unit
    if rung is Rung.ABOVE:
        above = above_of(tree, case.unit)
        if above is not None:
            return above
    return centre_of(tree)


def above_of(tree: Tree, unit: str | None) -> str | None:
    """The nearest organisation above that handles cases itself."""
    node = tree.get(unit) if unit else None
    return next((one for one in reversed(node.path if node else ()) if tree.grants(one, UNIT_SCOPE)), None)


def centre_of(tree: Tree) -> str | None:
    """Who takes cases in: the first by its code, should there be several."""
    holding = (code for code, node in tree.nodes.items() if CENTRE_SCOPE in node.scopes and tree.active(code))
    return min(holding, default=None)
