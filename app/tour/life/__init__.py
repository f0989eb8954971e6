"""The part of the tour in which the citizen lives in the city: one file a noun, as they need each other."""

from __future__ import annotations

from app.tour.journey import Step
from app.tour.life.culture import Culture
from app.tour.life.health import Health
from app.tour.life.places import Places
from app.tour.life.surroundings import Surroundings
from app.tour.life.transit import Transit
from app.tour.payment.payer import Payer, Tour

# Each takes the citizen of the tour and gives its steps.
_PARTS: tuple[type[Tour], ...] = (Transit, Places, Culture, Surroundings, Health)


def living(payer: Payer) -> list[tuple[str, Step]]:
    return [step for part in _PARTS for step in part(payer).steps()]
