"""What can stand in the way of joining, supporting and following.

Outcome
├── OwnCase             it is his own
├── CaseOver            it is closed: nothing more comes of joining it
├── NotJoined           he has not joined it
└── JoinRatedAlready    he said so already: each handling is rated once
"""

from __future__ import annotations

from app.core.errors import Outcome


class OwnCase(Outcome):
    pass


class CaseOver(Outcome):
    pass


class NotJoined(Outcome):
    pass


class JoinRatedAlready(Outcome):
    pass
