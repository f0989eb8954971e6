"""A draft with what is still wrong in it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from app.domains.government.applications.forms.model import FieldFault
from app.domains.government.applications.materials.errors import MaterialUnknown
from app.domains.government.applications.materials.model import MOST_FILES, Given
from app.domains.government.applications.model import Application
from app.domains.government.catalogue.model import Item


@dataclass(frozen=True, slots=True)
class Draft:
    """`faults` are those that the form finds, leaving out what is not filled in yet."""

    application: Application
    faults: tuple[FieldFault, ...]


def demand_known(given: Collection[Given], item: Item) -> None:
    """Raises MaterialUnknown: the item does not ask for it, or not for so many files of it."""
    asked = {material.key for material in item.materials}
    for key in {one.key for one in given}:
        if key not in asked or sum(one.key == key for one in given) > MOST_FILES:
            raise MaterialUnknown(key[:80])
