"""The services of my life."""

from __future__ import annotations

from dataclasses import dataclass

from app.context.culture import Culture
from app.context.directory import Directory
from app.context.health import Health
from app.context.home import HomePage
from app.context.surroundings import Surroundings
from app.context.transit import Transit


@dataclass(frozen=True, slots=True)
class Life:
    """One field a noun."""

    home: HomePage
    directory: Directory
    transit: Transit
    surroundings: Surroundings
    culture: Culture
    health: Health
