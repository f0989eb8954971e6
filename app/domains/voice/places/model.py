"""A place in the city, as a case, an asset or a round has it."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.places.model import Point


@dataclass(frozen=True, slots=True)
class Place:
    """`division` is the code of the unit of government it lies in (GB/T 2260 and 10114, twelve digits); `address` is
    in words and may say where somebody lives. `asset` is the code on a lamp, hydrant or bin.
    """

    division: str
    point: Point | None = None
    address: str = ""
    asset: str | None = None
