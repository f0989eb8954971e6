"""What can stand in the way of a conversation.

Outcome
├── ThreadUnknown      no such thread, or nobody may read it now
├── ThreadIsClosed     nothing more is said in it
├── ThreadNotYours     only who opened it, or whom it is addressed to, closes or pins it
└── ThreadUnitUnknown  no such department, or one that takes no part in conversations
"""

from __future__ import annotations

from app.core.errors import Outcome


class ThreadUnknown(Outcome):
    pass


class ThreadIsClosed(Outcome):
    pass


class ThreadNotYours(Outcome):
    pass


class ThreadUnitUnknown(Outcome):
    pass
