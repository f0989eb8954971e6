"""What can stand in the way of a parcel.

Outcome
├── ParcelUnknown        no such parcel, or not one's own
├── ParcelStateWrong     it was fetched or ordered already: `state`
├── ParcelInvalid        `field` cannot be that
└── ParcelRecipientUnknown     nobody in the app has this phone: the station tells him otherwise
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class ParcelUnknown(Outcome):
    pass


@dataclass(eq=False)
class ParcelStateWrong(Outcome):
    state: str


@dataclass(eq=False)
class ParcelInvalid(Outcome):
    field: str


class ParcelRecipientUnknown(Outcome):
    pass
