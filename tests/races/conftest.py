"""One city in real processes for all races: four API processes, one of stand-ins, one database."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.processes import CityProcesses
from tests.support.remote import Door, Town, door


@dataclass
class Races:
    processes: CityProcesses
    town: Town
    doors: list[Door]
    provider: str


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever comes first waits for the processes too, on a busy machine for a while."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="package")
async def races(database_uri: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Races]:
    """Raises FileExistsError: another process of this run has begun them, too, and each has eight more to feed."""
    folder = tmp_path_factory.mktemp("races")
    if "PYTEST_XDIST_WORKER" in os.environ:  # what all processes of this run share
        (tmp_path_factory.getbasetemp().parent / "races-begun").touch(exist_ok=False)
    processes = CityProcesses(folder, database_uri, "test_races")
    town = Town(processes.settings())
    try:
        await processes.mocks()
        await town.start()
        doors = [door(url) for url in await processes.crew(4)]
        provider = await town.provider("races", doors)
        yield Races(processes, town, doors, provider)
        for one in doors:
            await one.http.aclose()
    finally:
        await processes.stop()
        await town.city.db.drop()
        await town.stop()


@pytest.fixture
def town(races: Races) -> Town:
    return races.town


@pytest.fixture
def doors(races: Races) -> list[Door]:
    return races.doors


@pytest.fixture
def provider(races: Races) -> str:
    return races.provider
