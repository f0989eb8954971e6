"""Why a file is not read.

Outcome
├── GatewayFileMissing      the gateway has none of that day (yet), or the city has no gateway
└── GatewayFileMalformed    line `line` is not as the protocol says
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.core.errors import Outcome


@dataclass(eq=False)
class GatewayFileMissing(Outcome):
    day: date


@dataclass(eq=False)
class GatewayFileMalformed(Outcome):
    day: date
    line: int
