"""From counts to a weight. What an item says of itself is where it begins; the more was counted in the city as a whole,
the more the counts decide. Twice the views are not twice the weight: the scale is logarithmic.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta

COUNTED_FOR = timedelta(days=30)
KEPT_FOR = timedelta(days=40)
_ENOUGH = 20_000  # views of all items, after which counts decide as far as they may
_MOST_DECIDED = 0.7
LEAST_CHANGE = 0.02  # a smaller one is not worth telling every process


def weights_of(said: Mapping[str, float], counted: Mapping[str, int]) -> dict[str, float]:
    """From 0 to 1, of each item; `said` is from 0 to 1 too."""
    most = max((counted.get(code, 0) for code in said), default=0)
    if not most:
        return dict(said)
    share = _MOST_DECIDED * min(1.0, sum(counted.values()) / _ENOUGH)
    return {
        code: round((1 - share) * own + share * math.log1p(counted.get(code, 0)) / math.log1p(most), 3)
        for code, own in said.items()
    }
