"""Everything here kills processes; it runs by `make faults` and prints what it measured."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from tests.support.processes import CityProcesses
from tests.support.remote import Town

Founded = tuple[CityProcesses, Town]
Found = Callable[[str], Awaitable[Founded]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.faults)


@pytest.fixture
async def found(tmp_path: Path) -> AsyncIterator[Found]:
    """Founds a city on the database of that URI: stand-ins started, everything else left to the test."""
    made: list[Founded] = []

    async def found(uri: str) -> Founded:
        processes = CityProcesses(tmp_path, uri, f"test_{tmp_path.name}"[:40], RONG_MOCKS_KEPT="100000")
        town = Town(processes.settings())
        made.append((processes, town))
        await processes.mocks()
        await town.start()
        return processes, town

    yield found
    for processes, town in made:
        await processes.stop()
        await town.stop()
