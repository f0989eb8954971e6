"""What can be wrong with a provider's trial."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class OnlyInTestMode(Outcome):
    """A live client has no test citizens."""


@dataclass(eq=False)
class TooManyTestCitizens(Outcome):
    """An organisation has `most` test citizens at most."""

    most: int


class TestCitizenUnknown(Outcome):
    """The organisation has no such test citizen."""
