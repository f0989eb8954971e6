"""What can stand in the way of publishing a case.

Outcome
├── PreviewChanged          what would be read is not what was previewed: look again
├── PublicationNotWished    whoever reported it did not ask for it to be public
├── CaseNotPublic           no such case, or it is not public
└── CasePublicAlready       it is public: take it back first
"""

from __future__ import annotations

from app.core.errors import Outcome


class PreviewChanged(Outcome):
    pass


class PublicationNotWished(Outcome):
    pass


class CaseNotPublic(Outcome):
    pass


class CasePublicAlready(Outcome):
    pass
