"""What the telling of people asks of identity and of the card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from app.core.clock import Clock, civil_day
from app.core.events import Event
from app.core.viewer import Viewer
from app.domains.identity.citizens.model import Group, significant
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.guardians.model import GuardianshipState, WardScope
from app.domains.identity.guardians.store import GuardianshipStore
from app.domains.identity.organisations.model import Kind
from app.domains.identity.organisations.service import OrganisationService
from notifications.broadcasts.errors import AudienceTooWide
from notifications.broadcasts.model import Audience
from notifications.messages.model import Message
from virtual_card.cards.model import CardState
from virtual_card.cards.store import CardStore
from virtual_card.disclosures.store import DisclosureStore

# How long after a look-up a provider may write to the citizen by it.
_DEALT_WITH = timedelta(days=90)


class PeopleReach:
    """Fulfils `notifications.dispatch.model.Reach`."""

    def __init__(self, citizens: CitizenStore, guardianships: GuardianshipStore, clock: Clock) -> None:
        self._citizens = citizens
        self._guardianships = guardianships
        self._clock = clock

    async def guardians(self, citizens: Sequence[str]) -> Mapping[str, Sequence[str]]:
        hearing: dict[str, list[str]] = {citizen: [] for citizen in await self._citizens.present(citizens)}
        today = civil_day(self._clock.now())
        for one in await self._guardianships.holding(list(hearing), WardScope.INBOX_READ, today):
            hearing[one.ward].append(one.guardian)
        return hearing

    async def phone(self, citizen: str) -> str | None:
        found = await self._citizens.get(citizen)
        return found.phone if found is not None and found.test_of is None else None


class CardAddressees:
    """Fulfils `notifications.notices.service.Addressees`."""

    def __init__(self, disclosures: DisclosureStore, cards: CardStore, citizens: CitizenStore, clock: Clock) -> None:
        self._disclosures = disclosures
        self._cards = cards
        self._citizens = citizens
        self._clock = clock

    async def by_verification(self, viewer: Viewer, verification: str) -> str | None:
        made = await self._disclosures.made_by(verification, viewer.provider())
        recent = made is not None and self._clock.now() - made.at <= _DEALT_WITH
        return await self._allowed(viewer, made.citizen) if made is not None and recent else None

    async def by_card_number(self, viewer: Viewer, number: str) -> str | None:
        card = await self._cards.by_number(number.replace(" ", ""))
        live = card is not None and card.state_on(civil_day(self._clock.now())) is not CardState.REVOKED
        return await self._allowed(viewer, card.holder) if card is not None and live else None

    async def dealt_with(self, viewer: Viewer, citizen: str) -> bool:
        """Whether he showed his card to this provider lately."""
        since = self._clock.now() - _DEALT_WITH
        return await self._disclosures.shown_since(citizen, viewer.provider(), since)

    async def _allowed(self, viewer: Viewer, citizen: str) -> str | None:
        """In test mode a provider reaches its own test citizens only, and otherwise none of them."""
        found = await self._citizens.get(citizen)
        return citizen if found is not None and found.within_reach(viewer) else None


class StillTrueOfCards:
    """Whether what is told of a card still matters: nobody is reminded of one that was revoked meanwhile."""

    def __init__(self, cards: CardStore, clock: Clock) -> None:
        self._cards = cards
        self._clock = clock

    async def active(self, message: Message) -> bool:
        card = await self._cards.get(str(message.facts["card"]), message.citizen)
        return card is not None and card.state_on(civil_day(self._clock.now())) is CardState.ACTIVE


class StillTrueOfGuardianships:
    def __init__(self, guardianships: GuardianshipStore) -> None:
        self._guardianships = guardianships

    async def proposed(self, message: Message) -> bool:
        found = await self._guardianships.party_to(str(message.facts["guardianship"]), message.citizen)
        return found is not None and found.state is GuardianshipState.PROPOSED


class CityPopulation:
    """Fulfils `notifications.broadcasts.service.Population`."""

    def __init__(self, citizens: CitizenStore, organisations: OrganisationService, clock: Clock) -> None:
        self._citizens = citizens
        self._organisations = organisations
        self._clock = clock

    async def count(self, audience: Audience, test_of: str | None) -> int:
        return await self._citizens.count(self._group(audience, test_of))

    async def page(
        self, audience: Audience, test_of: str | None, *, after: str, before: str, most: int
    ) -> Sequence[str]:
        return await self._citizens.ids(self._group(audience, test_of), after=after, before=before, most=most)

    def within(self, viewer: Viewer, audience: Audience) -> Audience:
        """Who used the provider's services; a government also who lives in its own district."""
        code = viewer.provider()
        if not audience.services and self._governs(code, audience.districts):
            return audience
        if set(audience.services) - {code}:
            raise AudienceTooWide
        return replace(audience, services=(code,))

    def _governs(self, code: str, districts: Sequence[str]) -> bool:
        unit = self._organisations.tree.get(code)
        own = significant(code)
        below = bool(districts) and all(significant(district).startswith(own) for district in districts)
        return unit is not None and unit.kind is Kind.GOVERNMENT and unit.level is not None and below

    def _group(self, audience: Audience, test_of: str | None) -> Group:
        return Group(
            districts=tuple(sorted({significant(code) for code in audience.districts})),
            born_until=self._born(audience.age_from),
            born_after=self._born(audience.age_to + 1) if audience.age_to is not None else None,
            tags=audience.tags,
            services=audience.services,
            test_of=test_of,
        )

    def _born(self, years: int | None) -> str | None:
        """The last month of birth of who has reached this age, counted from the month after the birthday's."""
        if years is None:
            return None
        today = civil_day(self._clock.now())
        months = today.year * 12 + today.month - 1 - years * 12 - 1
        return f"{months // 12:04d}-{months % 12 + 1:02d}"


class ServiceUse:
    """A consumer of the outbox: whose services a citizen has used, which an audience can be chosen by."""

    def __init__(self, citizens: CitizenStore, organisations: OrganisationService) -> None:
        self._citizens = citizens
        self._organisations = organisations

    async def take(self, event: Event) -> None:
        if event.type not in ("disclosure.made", "licence.verified"):
            return
        organisation = str(event.facts["organisation"])
        if self._organisations.tree.get(organisation) is not None:
            await self._citizens.mark_service_used(event.citizen, organisation)
