"""Cases as the ops desk looks at them: states, times, units, and who did what; never what people wrote."""

from __future__ import annotations

from app.core.numbers import parsed_number
from app.core.paging import Page, PageRequest
from app.domains.voice.cases.filing.service import PREFIX
from app.domains.voice.cases.history.model import CaseState
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.store import CaseStore


class CaseOverseeing:
    def __init__(self, cases: CaseStore) -> None:
        self._cases = cases

    async def one(self, case: str) -> Case | None:
        return await self._cases.bare(case)

    async def by_number(self, number: str) -> Case | None:
        """Typed as it may be."""
        wanted = parsed_number(number, PREFIX)
        found = await self._cases.id_of(wanted) if wanted else None
        return await self._cases.bare(found) if found else None

    async def in_state(self, state: CaseState, request: PageRequest) -> Page[Case]:
        """Newest first."""
        return await self._cases.in_state(state, request)

    async def late(self, request: PageRequest) -> Page[Case]:
        """Open and overdue, newest first."""
        return await self._cases.late(request)

    async def of_unit(self, unit: str, request: PageRequest) -> Page[Case]:
        """What this unit or one below it has, newest first."""
        return await self._cases.of_unit(unit, request)

    async def of_asset(self, asset: str, request: PageRequest) -> Page[Case]:
        """All that was ever reported of it, newest first."""
        return await self._cases.of_asset(asset, request)
