"""A finding: an officer looked at a case on site. What is not done though it was said to be is flagged to the centre,
until the centre says what it does about it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.core.places.model import Point
from app.domains.voice.cases.history.model import CaseState
from app.domains.voice.cases.model import Case
from app.domains.voice.street.patrols.errors import FindingUnknown
from app.domains.voice.street.patrols.rounds.model import Fix

NEAR = 100.0  # metres
_SAID_DONE = frozenset({CaseState.HANDLED, CaseState.REPLIED})


class When(StrEnum):
    BEFORE = "before"  # the work: is it as it was reported?
    AFTER = "after"  # is it done?


@dataclass(frozen=True, slots=True)
class Look:
    """`ok`: before the work, it is as it was reported; after it, it is done. `said_at`: by the phone's clock."""

    ok: bool
    words: str
    said_at: datetime
    fix: Fix | None = None
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """`unit`: who should have done it. `there`: whether the officer was near, as far as his phone tells; None when it
    does not. `open`: the centre has to look at it. What he wrote stands in the case.
    """

    id: str
    case: str
    number: str
    unit: str | None
    when: When
    ok: bool
    state: CaseState
    officer: str
    at: datetime
    said_at: datetime
    there: bool | None
    open: bool
    test_of: str | None = None
    settled_by: str | None = None
    settled_at: datetime | None = None
    answer: str | None = None

    def settled(self, answer: str, by: str, at: datetime) -> Finding:
        """Raises FindingUnknown."""
        if not self.open:
            raise FindingUnknown
        return replace(self, open=False, answer=answer, settled_by=by, settled_at=at)


def finding_of(id_: str, case: Case, look: Look, officer: str, at: datetime) -> Finding:
    after = case.state in _SAID_DONE
    return Finding(
        id=id_,
        case=case.id,
        number=case.number,
        unit=case.unit,
        when=When.AFTER if after else When.BEFORE,
        ok=look.ok,
        state=case.state,
        officer=officer,
        at=at,
        said_at=look.said_at,
        there=_there(look.fix, case.place.point),
        open=after and not look.ok,
        test_of=case.test_of,
    )


def _there(fix: Fix | None, point: Point | None) -> bool | None:
    if fix is None or point is None:
        return None
    return fix.point.metres_to(point) - min(fix.accuracy, NEAR) <= NEAR
