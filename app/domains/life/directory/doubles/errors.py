"""What can stand in the way of deciding on a double.

Outcome
└── DoubleUnknown    no such pair, or it is decided
"""

from __future__ import annotations

from app.core.errors import Outcome


class DoubleUnknown(Outcome):
    pass
