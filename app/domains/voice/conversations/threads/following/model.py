"""Who hears of a conversation or a proposal, and news that are on their way to many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MOST_FOLLOWED = 200


class Audience(StrEnum):
    FOLLOWERS = "followers"  # of a thread
    SUPPORTERS = "supporters"  # of a proposal


@dataclass(frozen=True, slots=True)
class News:
    """Something that all of an audience are told: `event` with `facts`. `after`: who was told last, by id."""

    id: str
    event: str
    audience: Audience
    of: str
    facts: Mapping[str, Any]
    after: str = ""
