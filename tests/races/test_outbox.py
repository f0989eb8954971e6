"""Events survive workers that are killed and a channel in bad weather. (`make faults` does this at full size.)"""

from __future__ import annotations

import pytest

from tests.races.conftest import Races
from tests.support.deluge import Deluge


@pytest.mark.timeout(180)
@pytest.mark.faults
async def test_killed_workers_lose_nothing_and_tell_nothing_twice(races: Races) -> None:
    figures = await Deluge(races.processes, races.town, events=300, kills=3, impatient=True).run(within=150)

    print(figures)
    assert figures.inbox == 300
    assert figures.most_in_inbox == 1
    assert figures.pushes == 300
    assert figures.states == {"done": 300}
