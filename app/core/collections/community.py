"""Where people live together: estates and their residents, visitors, votes, shops; volunteers; emergencies."""

from __future__ import annotations

from app.core.collections.neighbourhood import NEIGHBOURHOOD
from app.core.collections.shape import Shape
from app.core.collections.surroundings import EMERGENCIES
from app.core.collections.together import TOGETHER
from app.core.collections.volunteers import VOLUNTEERS

COMMUNITY: dict[str, Shape] = {**NEIGHBOURHOOD, **VOLUNTEERS, **EMERGENCIES, **TOGETHER}
