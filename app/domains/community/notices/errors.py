"""What can stand in the way of a notice.

Outcome
├── EstateNoticeInvalid      `field` is missing or cannot be so
├── EstateNoticeUnknown      no such notice, or it is not for you
└── EstateNoticeWithdrawn    it was taken back
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class EstateNoticeInvalid(Outcome):
    field: str


class EstateNoticeUnknown(Outcome):
    pass


class EstateNoticeWithdrawn(Outcome):
    pass
