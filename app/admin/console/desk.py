"""What every room of the console has at hand: the city, who asks, and the audit chain."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cachetools import TTLCache
from starlette.requests import Request

from app.admin.console.parts import Cell, link, mono, plain
from app.admin.console.texts import spoken
from app.core.errors import Unauthenticated
from app.core.ids import UUID
from app.core.viewer import Viewer
from app.wiring import City

_NAMES_KEPT, _NAMES_FRESH = 1_000, 60.0
_ID = re.compile(r"[0-9A-Za-z._:~-]{1,80}")
_OF_CITIZEN = re.compile(rf"{UUID.pattern}(~{UUID.pattern})?")


def viewer_of(request: Request) -> Viewer:
    """Who passed the gate. Raises Unauthenticated."""
    viewer = getattr(request.state, "viewer", None)
    if not isinstance(viewer, Viewer):
        raise Unauthenticated
    return viewer


def address_of(request: Request) -> str:
    return request.client.host if request.client else "unknown"


class Desk:
    def __init__(self, city: City) -> None:
        self.city = city
        self.services = city.services
        self._names: TTLCache[str, str] = TTLCache(_NAMES_KEPT, _NAMES_FRESH)

    def organisation(self, code: str) -> str:
        """By its name in the language of the request; by its code where the tree does not know it."""
        said = self.services.organisations.name_of(code)
        return said.within(spoken()) if said else code

    def office(self, code: str | None) -> Cell:
        """An organisation by its name, which leads to its page."""
        return plain(None) if code is None else link(self.organisation(code), f"/admin/organisations/{code}")

    def payee(self, code: str) -> Cell:
        """An organisation likewise; what is none, by its code."""
        return mono(code) if self.services.organisations.name_of(code) is None else self.office(code)

    async def estates(self, codes: Iterable[str]) -> dict[str, str]:
        """These estates by their names in the language of the request; a code that none has stands for itself."""
        asked = set(codes)
        found = await self.services.community.neighbourhood.estates.many(asked)
        return {code: found[code].name.within(spoken()) if code in found else code for code in asked}

    async def names(self, actors: Iterable[str | None]) -> dict[str, str]:
        """Who of these is staff, by name."""
        asked = {actor for actor in actors if actor}
        for actor in asked - self._names.keys():
            known = await self.services.staff.in_office(actor)
            self._names[actor] = known.name if known else ""
        return {actor: name for actor in asked if (name := self._names.get(actor))}

    async def note(
        self,
        viewer: Viewer,
        action: str,
        target: str,
        *,
        subject: str | None = None,
        reason: str | None = None,
        admitted: bool = True,
    ) -> None:
        """One record in the audit chain, as the desk's API writes it; when it fails, nothing is shown or done.

        What is no id may be anything that somebody wrote into an address, a person's phone too: it is not kept. In a
        citizen's place (`subject`) nothing is but UUIDs.
        """
        kept = target if (_OF_CITIZEN if subject else _ID).fullmatch(target) else "-"
        subject = subject if subject and UUID.fullmatch(subject) else None
        await self.city.audit.record(viewer, action, kept, None, subject=subject, reason=reason, admitted=admitted)
