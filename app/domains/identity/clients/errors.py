"""What can be wrong with a client."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class ClientUnknown(Outcome):
    """No client with this id."""


class SecretUnknown(Outcome):
    """The client has no such secret, or it is the last one."""


class TwoSecretsAlready(Outcome):
    """Two secrets are valid: withdraw the old one first."""


class InvalidClient(Outcome):
    """`invalid_client` of RFC 6749: unknown, wrong secret, suspended."""


@dataclass(eq=False)
class ScopeNotGranted(Outcome):
    """`invalid_scope` of RFC 6749: the organisation or the client does not have it."""

    scope: str
