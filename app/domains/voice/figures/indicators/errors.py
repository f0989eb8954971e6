"""What can stand in the way of indicators.

Outcome
└── IndicatorUnitUnknown    no such unit, or none that the caller may look at
"""

from __future__ import annotations

from app.core.errors import Outcome


class IndicatorUnitUnknown(Outcome):
    pass
