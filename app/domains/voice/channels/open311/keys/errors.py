"""What can be wrong with an API key, at the desk and at the door."""

from __future__ import annotations

from app.core.errors import Outcome


class Open311ClientUnknown(Outcome):
    """No client of this id."""


class Open311KeyUnknown(Outcome):
    """The client has no such key, or it is the last one."""


class TwoKeysAlready(Outcome):
    """Two keys are valid: withdraw the old one first."""


class ApiKeyRefused(Outcome):
    """Missing, wrong, withdrawn, or its client is suspended."""
