"""What can stand in the way of counting.

Outcome
└── CountingBusy            all is being counted anew until `until`, by somebody else
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.errors import Outcome


@dataclass(eq=False)
class CountingBusy(Outcome):
    until: datetime
