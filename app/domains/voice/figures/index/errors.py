"""What can stand in the way of the index.

Outcome
├── WeightsInvalid          every indicator has a weight from 0 to 100, and they make 100; these make `total`
└── WeightsChanged          somebody set other weights meanwhile: look again
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class WeightsInvalid(Outcome):
    total: int


class WeightsChanged(Outcome):
    pass
