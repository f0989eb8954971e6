"""What the home page refuses.

Outcome
├── SuggestionUnknown   nothing is suggested under this key
└── SceneUnfit          a scene that cannot be shown: `field` says what of it
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class SuggestionUnknown(Outcome):
    pass


@dataclass(eq=False)
class SceneUnfit(Outcome):
    field: str
