"""What a citizen's own record answers."""

from __future__ import annotations

from app.core.viewer import Viewer
from app.domains.identity.citizens.model import Citizen
from app.domains.identity.citizens.store import CitizenStore


class CitizenService:
    def __init__(self, citizens: CitizenStore) -> None:
        self._citizens = citizens

    async def me(self, viewer: Viewer) -> Citizen | None:
        """The subject: the viewer, or the ward he acts for."""
        return await self._citizens.get(viewer.citizen())
