"""What can be wrong with a filled-in form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.core.errors import Outcome

if TYPE_CHECKING:
    from app.domains.government.applications.forms.model import FieldFault


@dataclass(eq=False)
class FormInvalid(Outcome):
    """Each field that is wrong, with the reason."""

    faults: tuple[FieldFault, ...]


@dataclass(eq=False)
class FormVersionChanged(Outcome):
    """The item was amended since: `version` is the one that is asked now. The draft can be moved over to it."""

    version: int
