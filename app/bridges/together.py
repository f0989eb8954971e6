"""What care and shops ask of other rooms: whom a phone belongs to, the centre's cases, the ledger of look-ups."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from app.core.clock import Clock
from app.core.ids import new_id
from app.core.messages import CHINESE, message
from app.core.mongo import Tx
from app.core.places.errors import OutsideCity
from app.core.viewer import Viewer
from app.domains.community.care.model import CareEntry
from app.domains.community.estates.service import EstateService
from app.domains.community.family_visits.reminding.service import VisitReminders
from app.domains.community.votes.reminding.service import VoteReminders
from app.domains.identity.citizens.model import parse_phone
from app.domains.identity.citizens.store import CitizenStore
from app.domains.voice.cases.errors import CategoryUnknown
from app.domains.voice.cases.filing.model import Filing
from app.domains.voice.cases.filing.service import CaseFiling
from app.domains.voice.cases.history.model import CaseChannel, CaseKind, Identity
from app.domains.voice.cases.model import Words
from app.domains.voice.places.errors import DivisionUnknown
from app.domains.voice.places.service import PlaceService
from notifications.messages.model import Message
from virtual_card.disclosures.model import Channel, Disclosure
from virtual_card.disclosures.service import DisclosureService

CATEGORY = "elder-care"
_SEEN, _PURPOSE = ("care.contact", "care.home", "name"), "care"


class PhoneOwners:
    """Fulfils `community.shops.parcels.service.Recipients`."""

    def __init__(self, citizens: CitizenStore) -> None:
        self._citizens = citizens

    async def by_phone(self, phone: str, tx: Tx) -> str | None:
        return await self._citizens.id_by_phone(parse_phone(phone), tx)


class StillTrueOfDates:
    """Nobody is reminded of a vote in which his home has a voice by now, or of a visit that will not be."""

    def __init__(self, votes: VoteReminders, visits: VisitReminders) -> None:
        self._votes = votes
        self._visits = visits

    def by_event(self) -> Mapping[str, Callable[[Message], Awaitable[bool]]]:
        return {
            "vote.closes_soon": self.votes,
            "family_visit.reminder": self.visits,
            "family_visit.coming": self.visits,
        }

    async def votes(self, message: Message) -> bool:
        return await self._votes.still_true(message.citizen, str(message.facts["vote"]))

    async def visits(self, message: Message) -> bool:
        return await self._visits.still_true(message.citizen, str(message.facts["visit"]))


class MissedCareCases:
    """Fulfils `community.care.escalating.service.CareCases`: in the division of the estate's committee."""

    def __init__(self, filing: CaseFiling, places: PlaceService, estates: EstateService, city: str) -> None:
        self._filing = filing
        self._places = places
        self._estates = estates
        self._city = city

    async def file(self, viewer: Viewer, entry: CareEntry, tx: Tx) -> str | None:
        estate = await self._estates.one(entry.estate, tx)
        if estate is None or entry.due_at is None:
            return None
        words = Words(message("CARE_CASE_TITLE", CHINESE), message("CARE_CASE_WORDS", CHINESE, at=entry.due_at))
        division = self._estates.division_of(estate) or self._city
        with suppress(CategoryUnknown, OutsideCity, DivisionUnknown):
            wish = Filing(
                kind=CaseKind.HELP,
                channel=CaseChannel.APP,
                category=CATEGORY,
                identity=Identity.NAMED,
                words=words,
                place=self._places.placed(estate.point, address=estate.address[:200], division=division),
                origin=f"care:{entry.id}:{int(entry.due_at.timestamp())}",
            )
            return (await self._filing.new(viewer, wish, entry.citizen, tx, new_id())).case.number
        return None


class CareLooksTold:
    """Fulfils `community.care.keeping.service.CareLooks`."""

    def __init__(self, disclosures: DisclosureService, clock: Clock) -> None:
        self._disclosures = disclosures
        self._clock = clock

    async def care(self, viewer: Viewer, entry: CareEntry, reason: str, tx: Tx) -> None:
        now = self._clock.now()
        made = Disclosure.new(viewer, entry.citizen, _PURPOSE, _SEEN, Channel.SHARED_DATA, now)
        await self._disclosures.record_shared(viewer, made, tx, ground="consent")
