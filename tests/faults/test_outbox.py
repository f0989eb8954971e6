"""10,000 events, twenty killed workers, a channel that is slow, refuses and loses its answers.

RONG_FAULTS_EVENTS and RONG_FAULTS_KILLS scale it.
"""

from __future__ import annotations

import os

import pytest

from tests.faults.conftest import Found
from tests.support.deluge import Deluge

EVENTS = int(os.environ.get("RONG_FAULTS_EVENTS", "10000"))
KILLS = int(os.environ.get("RONG_FAULTS_KILLS", "20"))


@pytest.mark.timeout(1200)
async def test_no_event_is_lost_and_the_channel_delivers_each_once(found: Found, database_uri: str) -> None:
    processes, town = await found(database_uri)

    figures = await Deluge(processes, town, EVENTS, KILLS, impatient=False).run(within=1100)

    print(f"\noutbox: {figures}")
    assert figures.inbox == EVENTS
    assert figures.most_in_inbox == 1
    assert figures.pushes == EVENTS
    assert figures.states == {"done": EVENTS}
