"""Which tests run in one process: those of a file, so that it makes its city once; all races, so that theirs is started
once.

Not by xdist's own groups: it writes them to the end of a test's name, and a pytest that keeps names elsewhere spreads
the tests one by one and says nothing (pytest-xdist #1386).
"""

from __future__ import annotations

from typing import Any

from xdist.scheduler import LoadScopeScheduling

_LONG = ("races", "pages", "console", "webhooks", "cli", "graphql", "payment", "http", "contracts", "voice", "telling")
_TOGETHER = ("races", "architecture")


class ByFile(LoadScopeScheduling):
    """In the order in which they were collected."""

    def __init__(self, config: Any, log: Any = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


def unit_of(nodeid: str) -> str:
    """What runs in one process with this test: a file, or the whole of some rooms."""
    path = nodeid.partition("::")[0]
    room = _room(path)
    return room if room in _TOGETHER else path


def when(nodeid: str) -> int:
    """What takes long comes first, so that no process is left with it at the end."""
    room = _room(nodeid)
    return _LONG.index(room) if room in _LONG else len(_LONG)


def _room(path: str) -> str:
    return path.removeprefix("tests/").partition("/")[0]
