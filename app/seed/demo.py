"""What every part of the seed shares: who seeds, and what a newcomer is shown of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from app.core.viewer import Role, Viewer
from app.domains.identity.staff.model import StaffRole

SEEDER = Viewer(role=Role.OPS, actor="seed", roles=frozenset({StaffRole.ADMINISTRATOR.value}))
Progress = Callable[[str], None]


@dataclass(slots=True)
class Demo:
    """What is shown to a newcomer: `as_json` is the demo file."""

    people: list[dict[str, Any]] = field(default_factory=list)
    providers: list[dict[str, Any]] = field(default_factory=list)
    departments: list[dict[str, Any]] = field(default_factory=list)
    payees: list[dict[str, Any]] = field(default_factory=list)
    staff: list[dict[str, Any]] = field(default_factory=list)
    desk: list[dict[str, Any]] = field(default_factory=list)
    trials: list[dict[str, Any]] = field(default_factory=list)
    open311: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=2)


def as_citizen(citizen: str) -> Viewer:
    return Viewer(role=Role.CITIZEN, actor=citizen, subject=citizen)
