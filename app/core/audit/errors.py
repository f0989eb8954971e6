"""What keeps the chain from going on."""

from __future__ import annotations

from app.core.errors import RongError


class ChainBroken(RongError):
    """The chain's head is not as the city left it: nothing is added before somebody has looked."""
