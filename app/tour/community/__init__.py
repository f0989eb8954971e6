"""The part of the tour in the neighbourhood: one file a noun, as they need each other."""

from __future__ import annotations

from app.tour.community.care import Care
from app.tour.community.estates import Estates
from app.tour.community.family_visits import FamilyVisits
from app.tour.community.shops import Shops
from app.tour.community.volunteers import Volunteering
from app.tour.community.votes import Votes
from app.tour.journey import Step
from app.tour.payment.payer import Payer, Tour

# Each takes the citizen of the tour and gives its steps.
_PARTS: tuple[type[Tour], ...] = (Estates, Votes, Shops, Volunteering, FamilyVisits, Care)


def neighbouring(payer: Payer) -> list[tuple[str, Step]]:
    return [step for part in _PARTS for step in part(payer).steps()]
