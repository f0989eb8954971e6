"""Why nothing is told."""

from __future__ import annotations

from app.core.errors import Outcome


class SubjectUnknown(Outcome):
    """Nobody whom this organisation may ask about is found by this."""


class SubjectNotVerified(Outcome):
    """The city has not checked who this is: no source can be asked about him."""


class NoDataAccess(Outcome):
    """Your organisation has no leave to ask for these fields for this purpose."""


class NoConsent(Outcome):
    """The citizen has not agreed, or does not agree any more."""


class ExchangeUnavailable(Outcome):
    """The source of the data does not answer at present."""
