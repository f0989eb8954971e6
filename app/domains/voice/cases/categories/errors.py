"""What can be wrong with a category. That a case can be in it is asked in `cases.errors` (CategoryUnknown).

Outcome
└── CategoryInvalid     `field` says what of it: its code, its name, what stands above it
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class CategoryInvalid(Outcome):
    field: str
