"""Several API processes from one, behind one port: one is killed, the others answer, and it is replaced."""

from __future__ import annotations

import os
import signal
import sys

import httpx2
import pytest

from tests.faults.conftest import Found
from tests.support.api import soon
from tests.support.processes import Process, free_port


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel who is whose child")
async def test_one_of_two_is_killed_and_nobody_who_comes_is_turned_away(found: Found, database_uri: str) -> None:
    processes, _ = await found(database_uri)
    own = free_port()
    api = await processes.api("--processes", "2", "--own-ports", str(own))
    at_first = api.children
    assert len(at_first) == 2

    async def both_answer() -> bool:
        return len(api.children) == 2 and await _by_itself(own) == await _by_itself(own + 1) == 200

    assert await soon(both_answer)
    victim = min(at_first)
    os.kill(victim, signal.SIGKILL)

    async def dead() -> bool:
        return victim not in api.children

    assert await soon(dead)  # whom it was answering is cut off; nobody who comes later is
    assert [await _asked(api.url) for _ in range(100)] == [200] * 100

    assert await soon(both_answer)
    assert len(api.children & at_first) == 1

    took = await _stopped(api)
    print(f"\nboth processes were gone {took:.1f} s after the parent was asked to stop")
    assert api.exit_status == 0


async def _stopped(api: Process) -> float:
    api.terminate()
    return await api.gone()


async def _by_itself(port: int) -> int:
    return await _asked(f"http://127.0.0.1:{port}")


async def _asked(url: str) -> int:
    """On a connection of its own; 0: nobody answers."""
    try:
        async with httpx2.AsyncClient(trust_env=False, timeout=10) as http:
            return (await http.get(f"{url}/readyz")).status_code
    except httpx2.TransportError:
        return 0
