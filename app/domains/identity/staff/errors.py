"""How a member of staff is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.errors import Outcome


class CredentialsWrong(Outcome):
    """Login, password or one-time code is wrong, or the code was used before: which of them is not said."""


@dataclass(eq=False)
class StaffLocked(Outcome):
    """Too many wrong passwords; possible again at `until`."""

    until: datetime


class LoginTaken(Outcome):
    """There is staff with this login already."""


class PasswordTooWeak(Outcome):
    """A password has at least twelve characters and is none of the common ones."""


class RoleUnfit(Outcome):
    """A role of the ops desk at a provider, or the other way round, or no role at all."""
