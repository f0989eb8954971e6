"""A data exchange that a test can make fail, or wait."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.core.errors import Unavailable
from app.domains.government.shared_data.fetches.model import Answered, Records, Registered

_AS_OF = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass
class FakeExchange:
    """Answers every field with one text, unless `values` has others; before that it waits at the `gate`, if any."""

    down: bool = False
    values: dict[str, Records] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    asked: list[tuple[str, Registered, tuple[str, ...], str]] = field(default_factory=list)
    gate: asyncio.Event | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(
        self, data_set: str, person: Registered, fields: Sequence[str], purpose: str, request_id: str
    ) -> Answered:
        self.asked.append((data_set, person, tuple(fields), purpose))
        self.reached.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.down:
            raise Unavailable
        known = [one for one in fields if one not in self.unknown]
        values = {one: self.values.get(one, ({"value": f"{one} of {person.name}"},)) for one in known}
        return Answered(values, _AS_OF)

    async def holds(self, data_set: str, person: Registered, fields: Sequence[str]) -> frozenset[str]:
        if self.down:
            raise Unavailable
        return frozenset(fields) - self.unknown
