"""What can stand in the way of binding an account.

Outcome
├── AccountNotFound     no such account, or another holder: which of the two is not said
├── AlreadyBound        it is bound by you already
├── TooManyAccounts     `most` may be bound
└── BoundUnknown        no such account among yours
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class AccountNotFound(Outcome):
    pass


class AlreadyBound(Outcome):
    pass


@dataclass(eq=False)
class TooManyAccounts(Outcome):
    most: int


class BoundUnknown(Outcome):
    pass
