"""The work of those who handle applications: finding what is due, taking it over, and each step up to its delivery.

A handler sees what hangs below his organisation. What the applicant wrote he opens by name: the applicant reads in his
ledger who did. In test mode only test citizens' matters are there, else only real ones.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import TypeAdapter

from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.numbers import parsed_number
from app.core.paging import Page, PageRequest
from app.core.sealed import PersonErased
from app.core.viewer import Viewer
from app.domains.government.applications.errors import NotAppliedOnline, ServiceApplicationUnknown
from app.domains.government.applications.history.model import Point, State, parsed_points, worded
from app.domains.government.applications.history.service import Steps
from app.domains.government.applications.materials.service import Files, Licences
from app.domains.government.applications.model import Application
from app.domains.government.applications.store import ApplicationStore, Desk
from app.domains.government.catalogue.model import Item
from app.domains.government.catalogue.service import CatalogueService
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.staff.model import StaffRole
from virtual_card.disclosures.model import Channel, Disclosure, Told
from virtual_card.disclosures.service import DisclosureService

SCOPE = "applications"
_ID = TypeAdapter(str)  # a reply is kept for a day: nothing of what somebody wrote is
_SEEN = (Told.NAME.value, Told.PHONE.value, Told.ID_NUMBER.value, Told.APPLICATION.value)
Change = Callable[[Application, datetime], Application]


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who applies, as the registry and he himself told the city. `by_guardian`: somebody else acts for him."""

    name: str | None
    id_number: str | None
    phone: str | None
    by_guardian: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """An application with all that is in it. `files`: where each upload is fetched in the next minutes."""

    application: Application
    applicant: Applicant
    files: Mapping[str, str]


class HandlingService:
    def __init__(
        self,
        applications: ApplicationStore,
        catalogue: CatalogueService,
        citizens: CitizenStore,
        files: Files,
        licences: Licences,
        disclosures: DisclosureService,
        steps: Steps,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._applications = applications
        self._catalogue = catalogue
        self._citizens = citizens
        self._files = files
        self._licences = licences
        self._disclosures = disclosures
        self._steps = steps
        self._idempotency = idempotency
        self._clock = clock

    async def desk(
        self, viewer: Viewer, state: State, request: PageRequest, *, mine: bool = False, due_by: date | None = None
    ) -> Page[Application]:
        """What is due first comes first, without what people wrote. `mine`: what this handler has taken over."""
        organisation = viewer.provider(SCOPE)
        handler = viewer.acting() if mine else None
        desk = Desk(organisation, _side(viewer), state, handler, due_by)
        return await self._applications.on_desk(desk, request)

    async def one(self, viewer: Viewer, application: str) -> Application | None:
        """Without what people wrote. Null for what is not there, and for what others handle."""
        return self._within(viewer, await self._applications.bare(application))

    async def by_number(self, viewer: Viewer, number: str) -> Application | None:
        viewer.provider(SCOPE)
        wanted = parsed_number(number)
        found = await self._applications.id_of(wanted) if wanted else None
        return await self.one(viewer, found) if found else None

    async def open(self, viewer: Viewer, application: str, key: str) -> Opened:
        """With all that is in it; the applicant sees in his ledger who read it.

        Raises ServiceApplicationUnknown, IdempotencyConflict.
        """

        async def work(tx: Tx) -> str:
            found = await self._mine(viewer, application, tx)
            made = Disclosure.new(viewer, found.citizen, "application", _SEEN, Channel.STAFF_READ, self._clock.now())
            await self._disclosures.record_read(viewer, made, found.number or found.id, tx)
            return found.id

        call = Call.of(viewer, "openApplication", key, application)
        found = await self._mine(viewer, await self._idempotency.once(call, _ID, work))
        return Opened(found, await self._applicant(found), await self._files.links(found.record, found.citizen))

    async def claim(self, viewer: Viewer, application: str, key: str) -> Application:
        """Raises ServiceApplicationUnknown, ApplicationStateWrong, HeldByAnother, IdempotencyConflict."""
        return await self._do(viewer, "claimApplication", key, application, lambda was, at: was.claimed(viewer, at))

    async def release(self, viewer: Viewer, application: str, key: str) -> Application:
        """Give it back; a supervisor may take it from another.

        Raises ServiceApplicationUnknown, NotHeld, HeldByAnother, IdempotencyConflict.
        """
        over = StaffRole.SUPERVISOR.value in viewer.roles
        return await self._do(
            viewer, "releaseApplication", key, application, lambda was, at: was.released(viewer, at, over=over)
        )

    async def accept(self, viewer: Viewer, application: str, key: str) -> Application:
        """Raises ServiceApplicationUnknown, ApplicationStateWrong, NotHeld, HeldByAnother, IdempotencyConflict."""
        return await self._do(viewer, "acceptApplication", key, application, lambda was, at: was.accepted(viewer, at))

    async def begin_review(self, viewer: Viewer, application: str, key: str) -> Application:
        """Raises ServiceApplicationUnknown, ApplicationStateWrong, NotHeld, HeldByAnother, IdempotencyConflict."""
        return await self._do(viewer, "beginReview", key, application, lambda was, at: was.review_begun(viewer, at))

    async def refuse(self, viewer: Viewer, application: str, reason: str, remedy: str, key: str) -> Application:
        """Not taken in: why, and how to appeal. Raises as `accept`, and ApplicationWordsMissing."""
        said = (worded(reason, "reason"), worded(remedy, "remedy"))
        return await self._do(
            viewer, "refuseApplication", key, application, lambda was, at: was.refused(*said, viewer, at), *said
        )

    async def ask_correction(
        self, viewer: Viewer, application: str, points: Collection[Point], key: str
    ) -> Application:
        """All that is to be mended, at once. Raises as `accept`, and CorrectionAlreadyAsked, CorrectionPointUnknown,
        ApplicationWordsMissing.
        """
        found = await self._mine(viewer, application)
        asked = parsed_points(points, await self._item(found))
        return await self._do(
            viewer, "askCorrection", key, application, lambda was, at: was.correction_asked(asked, viewer, at), asked
        )

    async def extend(self, viewer: Viewer, application: str, days: int, key: str) -> Application:
        """More working days, once. Raises as `accept`, and ExtensionRefused."""
        return await self._do(
            viewer, "extendApplication", key, application, lambda was, at: was.extended(days, viewer, at), days
        )

    async def decide(
        self, viewer: Viewer, application: str, granted: bool, reason: str, remedy: str | None, key: str
    ) -> Application:
        """Who is turned down is told how to appeal. Raises as `accept`, and ApplicationWordsMissing."""
        why = worded(reason, "reason")
        how = worded(remedy or "", "remedy") if remedy or not granted else None
        return await self._do(
            viewer,
            "decideApplication",
            key,
            application,
            lambda was, at: was.decided(granted, why, how, viewer, at),
            granted,
            why,
            how,
        )

    async def deliver(self, viewer: Viewer, application: str, facts: Mapping[str, str], key: str) -> Application:
        """What was granted reaches the applicant: a licence is issued into his wallet, with these facts on it.

        Raises as `accept`, and what a licence is refused for.
        """

        async def work(tx: Tx) -> str:
            was = await self._mine(viewer, application, tx)
            delivered = was.delivered(viewer, self._clock.now())
            result = await self._issued(viewer, was, facts, tx)
            return (await self._kept(viewer, delivered.resulting(result), was, tx)).id

        call = Call.of(viewer, "deliverApplication", key, application, sorted(facts.items()))
        return await self._mine(viewer, await self._idempotency.once(call, _ID, work))

    async def _do(
        self, viewer: Viewer, operation: str, key: str, application: str, change: Change, *content: object
    ) -> Application:
        async def work(tx: Tx) -> str:
            was = await self._mine(viewer, application, tx)
            now = change(was, self._clock.now())
            return (was if now is was else await self._kept(viewer, now, was, tx)).id

        call = Call.of(viewer, operation, key, application, *content)
        return await self._mine(viewer, await self._idempotency.once(call, _ID, work))

    async def _kept(self, viewer: Viewer, now: Application, was: Application, tx: Tx) -> Application:
        try:
            return await self._steps.keep(viewer, now, was, tx)
        except PersonErased:  # who applied has left the city, and his words with him
            raise ServiceApplicationUnknown from None

    async def _mine(self, viewer: Viewer, application: str, tx: Tx | None = None) -> Application:
        """Raises ServiceApplicationUnknown."""
        viewer.provider(SCOPE)
        found = self._within(viewer, await self._applications.get(application, tx=tx))
        if found is None:
            raise ServiceApplicationUnknown
        return found

    def _within(self, viewer: Viewer, found: Application | None) -> Application | None:
        organisation = viewer.provider(SCOPE)
        if found is None or found.state is State.DRAFT:
            return None
        return found if organisation in found.units and found.test_of == _side(viewer) else None

    async def _applicant(self, of: Application) -> Applicant:
        """Raises ServiceApplicationUnknown: he has left the city, and what he wrote with him."""
        person, number = await self._citizens.get(of.citizen), await self._citizens.id_number(of.citizen)
        if person is None or (person.name is None and not await self._citizens.present([of.citizen])):
            raise ServiceApplicationUnknown
        return Applicant(person.name, number.text if number else None, person.phone, of.by != of.citizen)

    async def _issued(self, viewer: Viewer, of: Application, facts: Mapping[str, str], tx: Tx) -> str | None:
        kind = (await self._item(of)).licence_kind
        if kind is None:
            return None
        return await self._licences.issue(
            viewer, citizen=of.citizen, kind=kind, issuer=of.unit, facts=facts, source=of.record, tx=tx
        )

    async def _item(self, of: Application) -> Item:
        found = await self._catalogue.item(of.item, of.version)
        if found is None:
            raise NotAppliedOnline
        return found


def _side(viewer: Viewer) -> str | None:
    """Which test citizens are there for this viewer; None: real people."""
    return viewer.organisation if viewer.test_mode else None
