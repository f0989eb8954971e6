"""What can be wrong with a severe-weather notice.

Outcome
├── WeatherInvalid     `field` of a notice cannot be so
├── WeatherUnknown     there is no such notice
└── WeatherLifted      it is in force no more
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class WeatherInvalid(Outcome):
    field: str


class WeatherUnknown(Outcome):
    pass


class WeatherLifted(Outcome):
    pass
