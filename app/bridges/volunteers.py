"""What volunteers ask of other rooms: which phone it is, points, words for all to read, files, look-ups."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from app.core.clock import Clock
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.uploads.service import UploadService
from app.core.viewer import Role, Viewer
from app.domains.identity.sessions.store import SessionStore
from app.domains.payment.points.grants.model import GrantReason, Wish
from app.domains.payment.points.grants.service import GrantService
from app.domains.voice.conversations.moderation.words.model import Length, demand_public, parsed
from virtual_card.disclosures.model import Channel, Disclosure
from virtual_card.disclosures.service import DisclosureService

_PLACE = "responder.place"


class SessionDevices:
    """Fulfils `community.volunteers.check_ins.service.Devices`."""

    def __init__(self, sessions: SessionStore) -> None:
        self._sessions = sessions

    async def of(self, session: str) -> str | None:
        found = await self._sessions.get(session) if session else None
        return found.device.id if found else None


class VolunteerPoints:
    """Fulfils `community.volunteers.hours.thanks.service.Giving`."""

    def __init__(self, grants: GrantService) -> None:
        self._grants = grants

    async def give(self, organisation: str, citizen: str, points: int, reference: str, what: str, tx: Tx) -> None:
        wish = Wish.of(reference, points, GrantReason.VOLUNTEERING, what)
        await self._grants.give(organisation, citizen, wish, tx)


class WordsForAll:
    """Fulfils `community.wishes.service.PublicWords`: the rules of what citizens write in public."""

    def demand(self, text: str, field: str, least: int, most: int) -> str:
        return demand_public(parsed(text, field, Length(least, most)), field)


class WishFiles:
    """Fulfils `community.wishes.service.Files`."""

    def __init__(self, uploads: UploadService) -> None:
        self._uploads = uploads

    async def claim(self, by: str, owner: str, uploads: Collection[str], tx: Tx) -> None:
        await self._uploads.claim(owner, list(dict.fromkeys(uploads)), by, tx)

    async def links(self, by: Collection[str], owners: Collection[str]) -> Mapping[str, str]:
        links = {one.id: self._uploads.link(one) for one in await self._uploads.of_matters(owners, by)}
        return {upload: link.url for upload, link in links.items() if link is not None}


class PlacesTold:
    """Fulfils `community.responders.calls.service.Disclosed`: that a centre sees where a responder is stands in his
    ledger, as shared data, by his consent.
    """

    def __init__(self, disclosures: DisclosureService, clock: Clock) -> None:
        self._disclosures = disclosures
        self._clock = clock

    async def place(self, organisation: str, by: str, citizen: str, call: str, tx: Tx) -> None:
        viewer = Viewer(role=Role.PROVIDER_STAFF, actor=by, organisation=organisation)
        now, attributes = self._clock.now(), (_PLACE,)
        made = Disclosure(new_id(), citizen, organisation, by, "emergency", attributes, Channel.SHARED_DATA, now)
        await self._disclosures.record_shared(viewer, made, tx, ground="consent")
