"""The kinds, channels and states of cases, and the events that a case is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.core.viewer import Role


class CaseKind(StrEnum):
    ENQUIRY = "enquiry"  # 咨询
    COMPLAINT = "complaint"  # 投诉
    SUGGESTION = "suggestion"  # 建议
    HELP = "help"  # 求助


class CaseChannel(StrEnum):
    """By which way it came; all end in one list."""

    APP = "app"
    WEB = "web"
    PHONE = "phone"
    WECHAT = "wechat"
    QQ = "qq"
    SMS = "sms"
    MAIL = "mail"
    COUNTER = "counter"
    KIOSK = "kiosk"
    OPEN311 = "open311"
    GRID = "grid"  # a grid officer saw it himself


class Identity(StrEnum):
    """How the reporter is known. Whether the case is public is another matter."""

    NAMED = "named"  # to those who handle it
    CONFIDENTIAL = "confidential"  # to the centre alone
    ANONYMOUS = "anonymous"  # to nobody: he follows it by its number and a receipt


class CaseState(StrEnum):
    """Where it is in the loop. Handled, closed and confirmed are facts beside it (`Case.handled_at`, …)."""

    FILED = "filed"  # nobody has taken it in
    ACCEPTED = "accepted"  # the centre has; it is to be dispatched
    DISPATCHED = "dispatched"  # a unit has it, nobody there has begun
    HANDLING = "handling"
    HANDLED = "handled"  # done on site; the citizen is not told yet
    REPLIED = "replied"  # waits for the citizen's word
    CLOSED = "closed"
    REFUSED = "refused"  # not the city's matter: said why, and where to go
    WITHDRAWN = "withdrawn"
    MERGED = "merged"  # goes on in another case


OPEN = frozenset(
    {
        CaseState.FILED,
        CaseState.ACCEPTED,
        CaseState.DISPATCHED,
        CaseState.HANDLING,
        CaseState.HANDLED,
        CaseState.REPLIED,
    }
)
AT_UNIT = frozenset({CaseState.DISPATCHED, CaseState.HANDLING, CaseState.HANDLED})
BEFORE_REPLY = frozenset({CaseState.FILED, CaseState.ACCEPTED, CaseState.DISPATCHED, CaseState.HANDLING})
AT_CENTRE = frozenset({CaseState.FILED, CaseState.ACCEPTED})


class Confirmation(StrEnum):
    """What is known of the citizen's mind: a third fact, beside handled and closed."""

    NONE = "none"  # not asked yet, or not answered yet
    CONFIRMED = "confirmed"  # solved, and content
    CONTESTED = "contested"  # not solved, or not content
    UNCONFIRMED = "unconfirmed"  # no word in time


class Happened(StrEnum):
    """An event of a case. Appended, never changed."""

    FILED = "filed"
    ACCEPTED = "accepted"
    ANSWERED = "answered"  # at once, from what the centre knows
    REFUSED = "refused"
    CORRECTED = "corrected"  # kind or category, before it is dispatched
    DISPATCHED = "dispatched"
    CLAIMED = "claimed"
    ASSIGNED = "assigned"
    ON_SITE = "on_site"
    NOTED = "noted"  # progress, in words
    ASKED = "asked"  # the unit asks the citizen
    COMMENTED = "commented"  # the citizen adds something
    TASK_DONE = "task_done"  # a helping unit's part
    HANDLED = "handled"
    REPLIED = "replied"
    RATED = "rated"
    CALLED_BACK = "called_back"
    REOPENED = "reopened"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    SPLIT = "split"
    TRANSFERRED = "transferred"  # to another unit of the same branch, without the centre
    REQUESTED = "requested"  # a pause, an extension, a return
    APPROVED = "approved"
    DECLINED = "declined"
    RETURNED = "returned"
    PAUSED = "paused"
    RESUMED = "resumed"
    EXTENDED = "extended"
    WARNED = "warned"  # half, four fifths
    OVERDUE = "overdue"
    ESCALATED = "escalated"
    SUPERVISED = "supervised"  # 督办
    VERIFIED = "verified"  # by a grid officer, on site
    PUBLISHED = "published"
    UNPUBLISHED = "unpublished"


# What the citizen (and, of a public case, everybody) sees as it happens. The rest is the offices' own.
PUBLIC = frozenset(
    {
        Happened.FILED,
        Happened.ACCEPTED,
        Happened.ANSWERED,
        Happened.REFUSED,
        Happened.DISPATCHED,
        Happened.ON_SITE,
        Happened.ASKED,
        Happened.COMMENTED,
        Happened.HANDLED,
        Happened.REPLIED,
        Happened.RATED,
        Happened.CALLED_BACK,
        Happened.REOPENED,
        Happened.CLOSED,
        Happened.WITHDRAWN,
        Happened.MERGED,
        Happened.SPLIT,
        Happened.RETURNED,
        Happened.PAUSED,
        Happened.RESUMED,
        Happened.EXTENDED,
        Happened.SUPERVISED,
        Happened.VERIFIED,
    }
)


# The detail of a reply that came after its time: also when nobody had marked yet that the time was over.
LATE = "late"
# Words within a unit, which nobody outside hears of unless they are for the citizen.
INSIDE = frozenset({Happened.NOTED})


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """`by` is who did it; `unit` for whom. `text` is sealed with the case. `detail` is a code or an id that belongs to
    what happened: the grade, the mark, the unit it went to. `public`: the citizen may read it.
    """

    what: Happened
    at: datetime
    by: str
    role: Role
    unit: str | None = None
    text: str | None = None
    detail: str | None = None
    files: tuple[str, ...] = ()
    public: bool = False


@dataclass(frozen=True, slots=True)
class CaseTiming:
    """What its clock and the calendar said when it was last kept: when it is overdue, when time next does something to
    it by itself, and whether it is open and overdue.
    """

    due: datetime | None = None
    look: datetime | None = None
    late: bool = False
