"""A session: one signed-in device of a citizen or a member of staff, and the tokens that speak for it.

A refresh token is `session.generation.proof`, the proof being a MAC over both and the session's salt. Nothing
secret is stored, every token ever given can be told from a forged one, and the successor of a token is the same
whoever asks for it: so a device whose reply was lost gets it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.errors import BadInput

ACCESS_LIFE = timedelta(minutes=15)
SESSION_LIFE = timedelta(days=60)
STAFF_SESSION_LIFE = timedelta(hours=12)
# A phone that lost the reply to its refresh asks again with the token it has; after this it is a copy that is used.
GRACE = timedelta(seconds=10)


class Audience(StrEnum):
    """For which door a token is good: the `aud` claim."""

    CITIZEN = "citizen"
    PROVIDER = "provider"
    ADMIN = "admin"

    @property
    def session_life(self) -> timedelta:
        return SESSION_LIFE if self is Audience.CITIZEN else STAFF_SESSION_LIFE


@dataclass(frozen=True, slots=True)
class Device:
    """`id` is made by the app at installation; `name` is shown in the list of devices."""

    id: str
    name: str
    platform: str

    @classmethod
    def parse(cls, id_: str, name: str, platform: str) -> Device:
        """Raises BadInput (an id of 8 to 64 characters, a name and a platform of at most 80)."""
        for field, text, least, most in (("id", id_, 8, 64), ("name", name, 1, 80), ("platform", platform, 1, 80)):
            if not least <= len(text) <= most or not text.isprintable():
                raise BadInput(field=f"device.{field}")
        return cls(id_, name, platform)


class EndReason(StrEnum):
    SIGNED_OUT = "signed_out"
    TOKEN_REUSED = "token_reused"  # noqa: S105  (a reason, not a secret)
    STANDING_CHANGED = "standing_changed"
    CREDENTIALS_RESET = "credentials_reset"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Session:
    """`generation` counts refreshes; `rotated_at` is when the present generation came."""

    id: str
    holder: str
    audience: Audience
    device: Device
    salt: str
    generation: int
    created_at: datetime
    rotated_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None

    def live(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.expires_at

    def forgives(self, generation: int, device: str, now: datetime) -> bool:
        """Whether a token of the generation before is a lost reply and not a stolen copy."""
        return generation == self.generation - 1 and device == self.device.id and now - self.rotated_at <= GRACE


@dataclass(frozen=True, slots=True)
class Tokens:
    """`expires_at` is the access token's end."""

    access: str
    refresh: str
    expires_at: datetime
