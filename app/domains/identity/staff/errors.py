"""How a member of staff is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.errors import Outcome


class CredentialsWrong(Outcome):
    """Login, password or one-time code is wrong, or the code was used before: which of them is not said."""


@dataclass(eq=False)
class StaffLocked(Outcome):
    """Too many tries under this login; possible again at `until`. Said of logins that nobody has, too."""

    until: datetime


class LoginTaken(Outcome):
    """There is staff with this login already."""


class PasswordTooWeak(Outcome):
    """A password has at least twelve characters and is none of the common ones."""


class RoleUnfit(Outcome):
    """A role of the ops desk at a provider, or the other way round, or no role at all."""


class PasswordChangeNeeded(Outcome):
    """The password was given by somebody else: choose one of your own first."""


class PasswordUnchanged(Outcome):
    """The new password is the old one."""


class StaffUnknown(Outcome):
    """No member of staff with this id."""


class NotOneself(Outcome):
    """One's own standing is changed by another."""


class LastAdministrator(Outcome):
    """The desk keeps at least one administrator who may work."""
