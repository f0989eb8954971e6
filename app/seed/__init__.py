"""The seeded city, made through the city's own services, one file a room.

Everything can be repeated: what is there is left alone. What a newcomer needs to try it (phones of demo people,
client credentials, staff logins) is written to a file that only its owner can read.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from app.seed.answers import seed_answers
from app.seed.appointments import seed_appointments
from app.seed.community import seed_community
from app.seed.demo import Demo, Progress
from app.seed.government import seed_government
from app.seed.identity import seed_identity
from app.seed.inboxes import seed_inboxes
from app.seed.licences import seed_licences
from app.seed.life import seed_life
from app.seed.payment import seed_payment
from app.seed.queues import seed_queues
from app.seed.shared_data import seed_shared_data
from app.seed.voice import seed_voice
from app.wiring import City
from mocks.divisions import governments, neighbourhood
from mocks.venues import venues

# Of these there are queues of this morning.
_FEW = ("city-hall", "first-hospital")
# And here children are vaccinated, and families have their doctors.
_POINTS = ("gudong-vaccination", "jinshan-vaccination")


async def seed(city: City, demo_file: Path, say: Progress, *, small: bool = False) -> None:
    """Fill an empty city, and keep what a newcomer needs in `demo_file`. A `small` one is a part of Fuzhou.

    Raises what the services raise: a seed that fails is seen, and run again.
    """
    if await asyncio.to_thread(demo_file.exists) and city.services.organisations.tree.nodes:
        say("the city is there already")
        return
    demo, units = Demo(), neighbourhood() if small else governments()
    await seed_identity(city, demo, units, say)
    await seed_licences(city, say)
    await seed_government(city, demo, units, say)
    await seed_answers(city, say)
    await seed_shared_data(city, say)
    few = [one for one in venues() if one.organisation in _FEW or one.code in _POINTS]
    await seed_appointments(city, few if small else venues(), say)
    await seed_queues(city, demo, say)
    await seed_voice(city, demo, say, small=small)
    await seed_payment(city, demo, say, small=small)
    await seed_life(city, demo, say, small=small)
    await seed_community(city, demo, say, small=small)
    await seed_inboxes(city, say)
    await asyncio.to_thread(_write, demo_file, demo.as_json())


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")
