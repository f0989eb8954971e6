"""What emergency calls ask of other rooms: a case of the city's centre, and the ledger of look-ups."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from app.core.clock import Clock
from app.core.messages import CHINESE, message
from app.core.mongo import Tx
from app.core.places.errors import OutsideCity
from app.core.viewer import Viewer
from app.domains.community.emergencies.model import Emergency
from app.domains.voice.cases.filing.model import Filing
from app.domains.voice.cases.filing.service import CaseFiling
from app.domains.voice.cases.history.model import CaseChannel, CaseKind, Identity
from app.domains.voice.cases.model import Words
from app.domains.voice.places.model import Place
from app.domains.voice.places.service import PlaceService
from virtual_card.disclosures.model import Channel, Disclosure
from virtual_card.disclosures.service import DisclosureService

CATEGORY = "emergency-call"
_PLACE, _PURPOSE = "emergency.place", "emergency"


class EmergencyCases:
    """Fulfils `community.emergencies.service.Cases`."""

    def __init__(self, filing: CaseFiling, places: PlaceService, city: str) -> None:
        self._filing = filing
        self._places = places
        self._city = city

    async def file(self, viewer: Viewer, call: Emergency, case: str, tx: Tx) -> str:
        words = Words(
            message("EMERGENCY_CASE_TITLE", CHINESE, number=call.number.value),
            message("EMERGENCY_CASE_WORDS", CHINESE, number=call.number.value, at=call.at),
        )
        wish = Filing(
            kind=CaseKind.HELP,
            channel=CaseChannel.APP,
            category=CATEGORY,
            identity=Identity.NAMED,
            words=words,
            place=self._place(call),
            origin=f"emergency:{call.id}",
            test_of=call.test_of,
        )
        return (await self._filing.new(viewer, wish, call.citizen, tx, case)).case.number

    def _place(self, call: Emergency) -> Place:
        """Who calls from outside the city has no place in it; the centre knows it from the call."""
        with suppress(OutsideCity):
            if call.spot is not None:
                return self._places.placed(call.spot.point, division=None if len(self._places.shapes) else self._city)
        return self._places.placed(division=self._city)


class EmergencyLooks:
    """Fulfils `community.emergencies.service.Looks`: by law (to save a life), and told to who called."""

    def __init__(self, disclosures: DisclosureService, clock: Clock) -> None:
        self._disclosures = disclosures
        self._clock = clock

    async def places(self, viewer: Viewer, calls: Sequence[Emergency], tx: Tx) -> None:
        now, seen = self._clock.now(), (_PLACE,)
        made = [Disclosure.new(viewer, one.citizen, _PURPOSE, seen, Channel.SHARED_DATA, now) for one in calls]
        await self._disclosures.record_all_shared(viewer, made, tx, ground="law")
