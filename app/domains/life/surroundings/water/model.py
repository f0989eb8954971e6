"""Classes of surface water by GB 3838-2002 (地表水环境质量标准), table 1, for what stations measure by themselves.

A sample is of the worst class that any of its values is of (地表水环境质量评价办法, 环办〔2011〕22号, 3.1);
pH says only whether it is fit (6 to 9) or not. Values are in mg/L.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from math import isfinite


class Measured(StrEnum):
    PH = "ph"
    OXYGEN = "oxygen"  # dissolved
    PERMANGANATE = "permanganate"  # the permanganate index (COD-Mn)
    AMMONIA = "ammonia"  # NH3-N
    PHOSPHORUS = "phosphorus"  # total, in rivers


class WaterClass(IntEnum):
    """Ⅰ to Ⅴ; WORSE is 劣Ⅴ."""

    I = 1  # noqa: E741  (its name)
    II = 2
    III = 3
    IV = 4
    V = 5
    WORSE = 6


LIMITS: Mapping[Measured, tuple[float, float, float, float, float]] = {
    Measured.OXYGEN: (7.5, 6, 5, 3, 2),  # at least
    Measured.PERMANGANATE: (2, 4, 6, 10, 15),  # at most, like those that follow
    Measured.AMMONIA: (0.15, 0.5, 1.0, 1.5, 2.0),
    Measured.PHOSPHORUS: (0.02, 0.1, 0.2, 0.3, 0.4),
}
"""Table 1 of GB 3838-2002, items 3, 4, 7 and 8."""
FIT_PH = (6.0, 9.0)
_MOST: Mapping[Measured, float] = {
    Measured.PH: 14,
    Measured.OXYGEN: 30,
    Measured.PERMANGANATE: 500,
    Measured.AMMONIA: 200,
    Measured.PHOSPHORUS: 100,
}


@dataclass(frozen=True, slots=True)
class WaterQuality:
    """`by` are the values that make it of its class; none when it is of the first."""

    grade: WaterClass
    by: tuple[Measured, ...]


def class_of(what: Measured, value: float) -> WaterClass:
    if what is Measured.PH:
        return WaterClass.I if FIT_PH[0] <= value <= FIT_PH[1] else WaterClass.WORSE
    least = what is Measured.OXYGEN
    kept = ((value >= limit if least else value <= limit) for limit in LIMITS[what])
    return WaterClass(next((number for number, keeps in enumerate(kept, 1) if keeps), 6))


def quality_of(values: Mapping[Measured, float]) -> WaterQuality | None:
    """None: nothing was measured by which a class could be told (pH alone tells none)."""
    classes = {what: class_of(what, value) for what, value in values.items()}
    if not classes.keys() - {Measured.PH}:
        return None
    worst = max(classes.values())
    by = () if worst is WaterClass.I else tuple(what for what in Measured if classes.get(what) is worst)
    return WaterQuality(worst, by)


def possible(what: Measured, value: float) -> bool:
    """Whether an instrument can have measured it."""
    return isfinite(value) and 0 <= value <= _MOST[what]
