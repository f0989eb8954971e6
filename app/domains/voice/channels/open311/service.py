"""Reading by Open311: the services there are, and the requests that are public.

With an API key a client sees, beside what is public, all that he filed himself: he follows it before anybody else may.
"""

from __future__ import annotations

from datetime import timedelta

from app.core.clock import Clock
from app.core.limit import Limit
from app.core.limits import Limits
from app.domains.voice.channels.open311.errors import JurisdictionUnknown, ServiceRequestUnknown
from app.domains.voice.channels.open311.keys.service import Open311KeyService
from app.domains.voice.channels.open311.model import ServiceRequest
from app.domains.voice.channels.open311.questions.model import Arguments, question
from app.domains.voice.channels.open311.services.service import ServiceList
from app.domains.voice.channels.open311.store import PublicRequestStore

READS = Limit("open311-reads", 300, timedelta(minutes=1))


class Open311Service:
    def __init__(
        self,
        requests: PublicRequestStore,
        services: ServiceList,
        keys: Open311KeyService,
        limits: Limits,
        clock: Clock,
        jurisdiction: str,
    ) -> None:
        self._requests = requests
        self.services = services
        self._keys = keys
        self._limits = limits
        self._clock = clock
        self.jurisdiction = jurisdiction

    async def admit(self, address: str, jurisdiction: str) -> None:
        """Before anything is read. Raises RateLimited, JurisdictionUnknown."""
        await self._limits.take(READS, address)
        self.demand(jurisdiction)

    def demand(self, jurisdiction: str) -> None:
        """Raises JurisdictionUnknown: without one this city is meant, for it is the only one here."""
        if jurisdiction and jurisdiction.lower() != self.jurisdiction.lower():
            raise JurisdictionUnknown

    async def requests(self, given: Arguments, api_key: str, address: str) -> tuple[list[ServiceRequest], bool]:
        """And whether they are wanted with notes.

        Raises ArgumentWrong, SpanTooLong, ServiceCodeUnknown, ApiKeyRefused.
        """
        asked, origin = question(given, self._clock.now()), await self._origin(api_key, address)
        if asked.numbers:
            return await self._requests.numbered(asked.numbers, origin), asked.extended
        for code in asked.services:
            self.services.get(code)
        return await self._requests.asked(asked, origin), asked.extended

    async def request(self, number: str, api_key: str, address: str) -> ServiceRequest:
        """Raises ServiceRequestUnknown, ApiKeyRefused."""
        origin = await self._origin(api_key, address)
        found = await self._requests.numbered([number], origin) if len(number) <= 64 else []
        if not found:
            raise ServiceRequestUnknown
        return found[0]

    async def filed_by(self, origin: str) -> list[ServiceRequest]:
        """For the desk: the newest fifty that came from there."""
        return await self._requests.filed_by(origin, 50)

    async def _origin(self, api_key: str, address: str) -> str | None:
        return (await self._keys.known(api_key, address)).origin if api_key else None
