"""What can stand in the way of moderating, reporting and appealing.

Outcome
├── PostUnknown          no such post, or nobody may read it now
├── ReportedAlready      once a person and post
├── OwnPost              of one's own nobody reports anything
├── ReportsSuspended     too many reports without ground: none is taken until `until`
├── NothingToAppeal      it is not hidden, or not yours
├── AppealedAlready      once
├── MatterUnknown        nothing of the kind is, or was, to be looked at
├── MatterChanged        somebody else decided meanwhile: look again
└── AnotherDecides       who hid it does not decide on the appeal
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.errors import Outcome


class PostUnknown(Outcome):
    pass


class ReportedAlready(Outcome):
    pass


class OwnPost(Outcome):
    pass


@dataclass(eq=False)
class ReportsSuspended(Outcome):
    until: datetime


class NothingToAppeal(Outcome):
    pass


class AppealedAlready(Outcome):
    pass


class MatterUnknown(Outcome):
    pass


class MatterChanged(Outcome):
    pass


class AnotherDecides(Outcome):
    pass
