"""A phone that can be reached, as long as its session lives."""

from __future__ import annotations

from dataclasses import dataclass

from notifications.channels.base import PushTarget


@dataclass(frozen=True, slots=True)
class PushDevice:
    """`session` is its id, so that signing out silences it."""

    session: str
    citizen: str
    target: PushTarget
    locale: str
