"""What shared data asks of cards, applications and the catalogue, and what applications ask of shared data."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from app.bridges.telling import CardAddressees
from app.core.mongo import Tx
from app.core.numbers import parsed_number
from app.core.viewer import Viewer
from app.domains.government.applications.forms.model import Source, form_of
from app.domains.government.applications.history.model import State
from app.domains.government.applications.materials.model import Answering, data_wanted
from app.domains.government.applications.store import ApplicationStore
from app.domains.government.catalogue.service import CatalogueService
from app.domains.government.shared_data.fetches.model import Registered, WhoBy, WhyNot, one_text
from app.domains.government.shared_data.fetches.service import Subject
from app.domains.government.shared_data.prefill.service import PrefillService
from app.domains.identity.citizens.store import CitizenStore

# With whoever applied no more: then there is nothing to ask about him for.
_OVER = frozenset({State.DRAFT, State.WITHDRAWN, State.REFUSED, State.DELIVERED})


class PeopleAskedAbout:
    """Fulfils `shared_data.fetches.service.Subjects`."""

    def __init__(self, citizens: CitizenStore, addressees: CardAddressees, applications: ApplicationStore) -> None:
        self._citizens = citizens
        self._addressees = addressees
        self._applications = applications

    async def find(self, viewer: Viewer, by: WhoBy, which: str) -> Subject | None:
        if by is WhoBy.APPLICATION:
            return await self._by_application(viewer, which)
        if by is WhoBy.VERIFICATION:
            citizen = await self._addressees.by_verification(viewer, which)
        else:
            citizen = await self._by_card_number(viewer, which)
        return Subject(citizen, viewer.test_mode) if citizen else None

    async def _by_card_number(self, viewer: Viewer, number: str) -> str | None:
        """A number can be read off any card: only of who showed it there lately, or has applied there."""
        citizen = await self._addressees.by_card_number(viewer, number)
        if citizen is None or await self._addressees.dealt_with(viewer, citizen):
            return citizen
        applied = await self._applications.under_way(citizen)
        return citizen if any(viewer.provider() in one.units for one in applied) else None

    async def _by_application(self, viewer: Viewer, which: str) -> Subject | None:
        """One that the provider's unit, or a unit below it, handles."""
        number = parsed_number(which)
        found = await self._applications.id_of(number) if number else None
        application = await self._applications.bare(found) if found else None
        if application is None or application.state in _OVER or viewer.provider() not in application.units:
            return None
        citizen = await self._citizens.get(application.citizen)
        if citizen is None or not citizen.within_reach(viewer):
            return None
        return Subject(application.citizen, viewer.test_mode, application.item, application.unit)

    async def registered(self, citizen: str) -> Registered | None:
        found, number = await self._citizens.get(citizen), await self._citizens.id_number(citizen)
        if found is None or found.name is None or number is None or not found.verified:
            return None
        return Registered(found.name, number.text)

    async def is_test(self, citizen: str) -> bool:
        found = await self._citizens.get(citizen)
        return found is not None and found.test_of is not None


class ItemsOfCatalogue:
    """Fulfils `shared_data.consents.service.ItemsAsk`."""

    def __init__(self, catalogue: CatalogueService) -> None:
        self._catalogue = catalogue

    async def wanted(self, item: str, unit: str) -> Collection[str]:
        found = await self._catalogue.item(item)
        if found is None or await self._catalogue.offer(item, unit) is None:
            return ()
        prefills = form_of(found.form).prefills()
        return data_wanted(found) | {one.name for one in prefills if one.source is Source.DATA}


class SharedAnswers:
    """Fulfils `applications.materials.service.SharedData`."""

    def __init__(self, prefill: PrefillService) -> None:
        self._prefill = prefill

    async def answering(
        self, citizen: str, *, item: str, unit: str, wanted: Collection[str]
    ) -> Mapping[str, Answering]:
        known = await self._prefill.answering(citizen, item=item, unit=unit, wanted=wanted)
        there = dict.fromkeys(known.values, Answering.ANSWERS)
        return there | {field: _WHY_NOT[why] for field, why in known.missing.items()}

    async def values(
        self, viewer: Viewer, citizen: str, *, item: str, unit: str, wanted: Collection[str]
    ) -> Mapping[str, Any]:
        """Values that are one text: a form has no place for more."""
        known = await self._prefill.values(viewer, citizen, item=item, unit=unit, wanted=wanted)
        return {field: text for field, records in known.values.items() if (text := one_text(records)) is not None}

    async def spared(self, citizen: str, *, item: str, unit: str, data: Collection[str], tx: Tx) -> None:
        await self._prefill.spare(citizen, item=item, data=data, tx=tx)


_WHY_NOT = {
    WhyNot.NOT_OFFERED: Answering.NOTHING,
    WhyNot.NO_CONSENT: Answering.NO_CONSENT,
    WhyNot.NOT_VERIFIED: Answering.NOTHING,
    WhyNot.UNKNOWN: Answering.NOTHING,
    WhyNot.UNAVAILABLE: Answering.UNAVAILABLE,
}
