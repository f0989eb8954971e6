"""What can be wrong with materials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.core.errors import Outcome

if TYPE_CHECKING:
    from app.domains.government.applications.materials.model import Standing


@dataclass(eq=False)
class MaterialsMissing(Outcome):
    """Each material that is still to be given, and why."""

    missing: tuple[Standing, ...]


@dataclass(eq=False)
class MaterialUnknown(Outcome):
    """The item asks for no material of this `key`."""

    key: str
