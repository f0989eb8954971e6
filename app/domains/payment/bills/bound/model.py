"""An account that a citizen has bound: he sees its bills and may pay them, as others may who bound it too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.errors import BadInput
from app.core.limit import Limit

MOST_ACCOUNTS = 30
# A holder's name is a weak proof: it is not to be found by trying.
TRIES_PER_CITIZEN = Limit("bind-citizen", 10, timedelta(days=1))
TRIES_PER_ACCOUNT = Limit("bind-account", 20, timedelta(days=1))
_LONGEST = 30


@dataclass(frozen=True, slots=True)
class Bound:
    """`label` is the citizen's own word for it, such as "Mimi's school"; None when he was erased. `by` bound it: the
    citizen or his guardian.
    """

    id: str
    citizen: str
    account: str
    biller: str
    label: str | None
    by: str
    at: datetime


def demand_label(text: str) -> str:
    """Raises BadInput."""
    label = text.strip()
    if len(label) > _LONGEST or not label.isprintable():
        raise BadInput(field="label")
    return label


def demand_holder(text: str) -> str:
    """Raises BadInput."""
    holder = text.strip()
    if not 1 <= len(holder) <= 60 or not holder.isprintable():
        raise BadInput(field="holder")
    return holder
