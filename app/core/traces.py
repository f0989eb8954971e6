"""Where an error happened, for the log, without what it says: the text of an exception can quote a person's data."""

from __future__ import annotations

import traceback

_LONGEST_CHAIN = 5


def frames_of(error: BaseException) -> str:
    """The traceback, causes included, without what the errors say."""
    seen: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(seen) < _LONGEST_CHAIN:
        seen.append("".join(traceback.format_tb(cause.__traceback__)) + type(cause).__qualname__)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return "\n\ncaused by\n".join(seen)
