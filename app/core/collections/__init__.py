"""The one table of collections, room by room: shard keys, indexes, and which values of a row are sealed.

It is plain data. `app/core/mongo.py` makes what is missing of it, `rong shard` spreads it, and the sealing anew and
what the city holds of a person (`resealing.py`, `holdings.py`) walk it.
"""

from __future__ import annotations

from app.core.collections.appointments import APPOINTMENTS
from app.core.collections.card import CARD
from app.core.collections.community import COMMUNITY
from app.core.collections.core import CORE
from app.core.collections.government import GOVERNMENT
from app.core.collections.identity import IDENTITY
from app.core.collections.life import LIFE
from app.core.collections.notifications import NOTIFICATIONS
from app.core.collections.payment import PAYMENT
from app.core.collections.shape import Index, Sealed, Series, Shape
from app.core.collections.voice import VOICE

COLLECTIONS: dict[str, Shape] = {
    **CORE,
    **IDENTITY,
    **CARD,
    **NOTIFICATIONS,
    **GOVERNMENT,
    **APPOINTMENTS,
    **VOICE,
    **PAYMENT,
    **LIFE,
    **COMMUNITY,
}

__all__ = ["COLLECTIONS", "Index", "Sealed", "Series", "Shape"]
