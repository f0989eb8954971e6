"""The seeded city's queues: a morning that the services themselves have made, and that a repeat leaves alone."""

from __future__ import annotations

from app.core.clock import CITY_TIME
from app.domains.identity.organisations.model import Kind, Organisation
from app.seed.appointments import seed_appointments
from app.seed.demo import Demo
from app.seed.queues import seed_queues
from app.wiring import City
from mocks.venues import venues
from tests.queues.conftest import OPS, SCOPES
from tests.support.fakes import MovableClock


async def test_a_morning_at_the_citizens_centre(city: City, clock: MovableClock) -> None:
    now = clock.now().astimezone(CITY_TIME)
    clock.ahead += now.replace(hour=10, minute=30) - now
    while clock.now().astimezone(CITY_TIME).isoweekday() > 5:
        clock.advance(days=1)
    for code in {venue.organisation for venue in venues()}:
        await city.services.organisations.put(OPS, Organisation(code, code, Kind.SERVICE_HALL, scopes=SCOPES))
    said: list[str] = []
    await seed_appointments(city, venues(), said.append)
    await seed_queues(city, Demo(), said.append)
    rooms = city.services.appointments
    venue = rooms.venues.directory.venues["city-hall.citizens-centre"]
    board = await rooms.boards.board(venue)
    issued = await city.db["tickets"].count_documents({})
    await seed_queues(city, Demo(), said.append)

    assert len(board.called) >= 2
    assert board.queues[0].waiting >= 6
    assert board.queues[0].wait is not None
    assert "Z" in board.taking
    assert await city.db["tickets"].count_documents({}) == issued
    assert await city.db["outbox"].count_documents({"type": {"$regex": "^ticket"}}) == 0
    assert await city.db["family_teams"].count_documents({}) == 2
