"""Inboxes of the seeded city: what its people were told while it was made they have read, but for the last few.

They are told as the worker tells, and read as they would read. The worker is handed the same events once more, and does
nothing again: what is read rings nowhere and is not texted.
"""

from __future__ import annotations

from app.core.events import Event
from app.core.ids import new_id
from app.seed.demo import Progress, as_citizen
from app.wiring import City
from mocks.city import DEMO_PEOPLE
from notifications.messages.model import RULES

# Beside what the first minutes of a running city tell: a broadcast, a bill that is paid tomorrow, a withdrawal.
UNREAD = 2


async def seed_inboxes(city: City, say: Progress) -> None:
    phones = [one.person.phone for one in DEMO_PEOPLE if one.person.phone]
    say(f"inboxes of {len(phones)} people, read but for the last messages")
    for phone in phones:
        if (citizen := await city.citizens.id_by_phone(phone)) is not None:
            await _read(city, citizen)


async def _read(city: City, citizen: str) -> None:
    """All but the last that wait to be told; who has nothing waiting has been here before."""
    now = Event(new_id(), "seed", citizen, {}, city.clock.now())
    older = (await city.outbox.pending_before(now, RULES))[:-UNREAD]
    for event in older:
        await city.dispatcher.tell(event)
    if older:
        await city.services.messages.mark_all_read(as_citizen(citizen))
