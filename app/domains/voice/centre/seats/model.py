"""The centre's board: which cases wait for a seat, and why they do."""

from __future__ import annotations

from enum import StrEnum

from app.domains.voice.cases.history.model import Identity
from app.domains.voice.cases.model import Case

SCOPE = "cases:centre"


class BoardList(StrEnum):
    """What waits for a seat, in the order in which it is looked at."""

    FILED = "filed"  # to be taken in, answered, or refused
    REQUESTS = "requests"  # a unit asks for a pause, for more time, or to give it back
    RETURNED = "returned"  # given back: to be dispatched to somebody else
    REOPENED = "reopened"  # the citizen was not content: to be dispatched to somebody else
    ACCEPTED = "accepted"  # to be dispatched
    REPLIED = "replied"  # to be called back, the longest wait first


def is_known(case: Case) -> bool:
    """Whether there is a person behind it whom the ledger tells that somebody looked."""
    return case.citizen is not None and case.identity is not Identity.ANONYMOUS
