"""What health asks of the rest of the city: who somebody is, what he agreed to, in whose care he is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime

from app.bridges.telling import CardAddressees
from app.core.clock import Clock, civil_day
from app.core.mongo import Tx
from app.core.viewer import Role, Viewer
from app.domains.appointments.contracts.endings.service import ContractEndings
from app.domains.appointments.contracts.model import ContractState, Team
from app.domains.appointments.contracts.service import ContractService
from app.domains.government.shared_data.accesses.model import DataAccess, Ground
from app.domains.government.shared_data.accesses.service import AccessService
from app.domains.government.shared_data.consents.errors import (
    ConsentTimeInvalid,
    ConsentUnknown,
    ConsentWithdrawn,
    NobodyAsks,
)
from app.domains.government.shared_data.consents.model import Consent
from app.domains.government.shared_data.consents.service import ConsentService, Wish
from app.domains.government.shared_data.consents.store import ConsentStore
from app.domains.government.shared_data.sets.errors import DataFieldUnknown, DataSetUnknown
from app.domains.government.shared_data.sets.service import DataSetService
from app.domains.identity.citizens.model import mask_name
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.guardians.model import WardScope
from app.domains.identity.guardians.store import GuardianshipStore
from app.domains.life.health.follow_ups.model import NOBODY_NAMED, Patient, Worker
from app.domains.life.health.follow_ups.service import FollowUpService
from app.domains.life.health.records.errors import (
    HealthConsentTimeInvalid,
    HealthConsentUnknown,
    HealthReaderUnknown,
    HealthRecordUnavailable,
)
from app.domains.life.health.records.model import (
    DATA_SET,
    PURPOSE,
    HealthConsent,
    Readers,
    RecordKind,
    Subject,
)
from notifications.messages.model import Message

_KINDS = frozenset(RecordKind)


class PatientsOfCity:
    """Fulfils `life.health.records.service.People`."""

    def __init__(
        self, citizens: CitizenStore, guardianships: GuardianshipStore, addressees: CardAddressees, clock: Clock
    ) -> None:
        self._citizens = citizens
        self._guardianships = guardianships
        self._addressees = addressees
        self._clock = clock

    async def acts(self, viewer: Viewer, tx: Tx) -> bool:
        if not viewer.is_guardian:
            return True
        found = await self._guardianships.between(viewer.acting(), viewer.citizen(), tx)
        today = civil_day(self._clock.now())
        return found is not None and found.holds(today) and WardScope.HEALTH_READ in found.scopes

    async def verified(self, citizen: str) -> Subject | None:
        found, number = await self._citizens.get(citizen), await self._citizens.id_number(citizen)
        if found is None or found.name is None or number is None or not found.verified:
            return None
        return Subject(citizen, found.name, number.text, test=found.test_of is not None)

    async def shown(self, viewer: Viewer, *, verification: str | None, card_number: str | None) -> str | None:
        """A number can be read off any card: only of who showed it there lately."""
        if verification is not None:
            return await self._addressees.by_verification(viewer, verification)
        if card_number is None:
            return None
        citizen = await self._addressees.by_card_number(viewer, card_number)
        return citizen if citizen and await self._addressees.dealt_with(viewer, citizen) else None


class RecordConsents:
    """Fulfils `life.health.records.service.Consents` and `certificates.service.Issuers`: the record is a set of data
    that hospitals were granted access to, on the ground of consent; citizens' consents are kept with all their others.
    """

    def __init__(
        self,
        sets: DataSetService,
        accesses: AccessService,
        consents: ConsentService,
        store: ConsentStore,
        clock: Clock,
    ) -> None:
        self._sets = sets
        self._accesses = accesses
        self._consents = consents
        self._store = store
        self._clock = clock

    async def of_records(self) -> str:
        """Raises HealthRecordUnavailable: nobody in this city answers for them."""
        offered = (await self._sets.on_offer()).get(DATA_SET)
        if offered is None:
            raise HealthRecordUnavailable
        return offered.owner

    async def asking(self) -> Mapping[str, tuple[RecordKind, ...]]:
        asking: dict[str, set[RecordKind]] = {}
        for access in filter(_asks, await self._accesses.live()):
            asking.setdefault(access.organisation, set()).update(_kinds(access.fields))
        return {code: tuple(kind for kind in RecordKind if kind in kinds) for code, kinds in asking.items()}

    async def readers(self, viewer: Viewer) -> Readers:
        held = await self._store.of_set(viewer.citizen(), DATA_SET)
        return Readers(await self.asking(), tuple(_consent(one) for one in held))

    async def give(
        self, viewer: Viewer, organisation: str, kinds: Sequence[RecordKind], until: datetime, key: str
    ) -> HealthConsent:
        wish = Wish(DATA_SET, tuple(kind.value for kind in kinds), organisation, PURPOSE, until)
        try:
            return _consent(await self._consents.give(viewer, wish, key, by_guardian=True))
        except (DataSetUnknown, DataFieldUnknown, NobodyAsks):
            raise HealthReaderUnknown(organisation=organisation[:60]) from None
        except ConsentTimeInvalid as wrong:
            raise HealthConsentTimeInvalid(days=wrong.days) from None

    async def withdraw(self, viewer: Viewer, consent: str, key: str) -> HealthConsent:
        found = await self._store.get(consent, viewer.citizen())
        if found is None or found.data_set != DATA_SET:
            raise HealthConsentUnknown
        try:
            return _consent(await self._consents.withdraw(viewer, consent, key))
        except (ConsentUnknown, ConsentWithdrawn):
            raise HealthConsentUnknown from None

    async def covering(self, citizen: str, organisation: str, kinds: Collection[RecordKind]) -> HealthConsent | None:
        fields = [kind.value for kind in kinds]
        access = await self._accesses.covering(organisation, DATA_SET, fields, PURPOSE)
        held = await self._store.active(citizen, [DATA_SET], organisation, PURPOSE) if access else {}
        found = held.get(DATA_SET)
        return _consent(found) if found and found.covers(fields, self._clock.now()) else None

    async def use(self, consent: HealthConsent, kinds: Collection[RecordKind], now: datetime, tx: Tx) -> bool:
        found = await self._store.get(consent.id, consent.citizen, tx)
        return found is not None and await self._store.use(found, [kind.value for kind in kinds], now, tx)


class CareByContract:
    """Fulfils `life.health.follow_ups.service.InCare`."""

    def __init__(self, contracts: ContractService, citizens: CitizenStore) -> None:
        self._contracts = contracts
        self._citizens = citizens

    async def patient(self, contract: str, organisation: str, *, test: bool) -> Patient | None:
        found = await self._contracts.of_organisation(contract, organisation)
        if found is None or found.test is not test:
            return None
        if found.state_on(self._contracts.today) is not ContractState.ACTIVE:
            return None
        person = await self._citizens.get(found.citizen)
        name = mask_name(person.name) if person and person.name else ""
        return Patient(found.citizen, organisation, contract, name, test)

    async def worker(self, contract: str, viewer: Viewer) -> Worker | None:
        team = await self._team(contract, viewer)
        if team is None or not team.members or viewer.role is Role.PROVIDER_CLIENT:
            return NOBODY_NAMED  # the centre's own program answers for who sits at it
        member = team.member(viewer.acting())
        return Worker(member.name, member.role.value) if member and member.follows_up else None

    async def sees(self, contract: str, viewer: Viewer) -> bool:
        team = await self._team(contract, viewer)
        if team is None or not team.members or viewer.role is Role.PROVIDER_CLIENT:
            return True
        return team.member(viewer.acting()) is not None

    async def _team(self, contract: str, viewer: Viewer) -> Team | None:
        found = await self._contracts.of_organisation(contract, viewer.provider())
        return await self._contracts.find(found.team) if found else None

    async def holds(self, citizen: str, contract: str) -> bool:
        found = await self._contracts.active_of(citizen)
        return found is not None and found.id == contract

    async def names(self, citizens: list[str]) -> dict[str, str]:
        people = await self._citizens.many(sorted(set(citizens)))
        return {key: mask_name(one.name or " ") for key, one in people.items()}


class StillTrueOfCare:
    """Nobody is reminded of what was done, renewed or ended meanwhile."""

    def __init__(self, follow_ups: FollowUpService, endings: ContractEndings) -> None:
        self._follow_ups = follow_ups
        self._endings = endings

    def by_event(self) -> Mapping[str, Callable[[Message], Awaitable[bool]]]:
        return {"follow_up.due": self.due, "follow_up.missed": self.due, "contract.ending": self.ending}

    async def ending(self, message: Message) -> bool:
        contract, until = str(message.facts["contract"]), str(message.facts["until"])
        return await self._endings.still_ending(message.citizen, contract, until)

    async def due(self, message: Message) -> bool:
        return await self._follow_ups.still_due(message.citizen, str(message.facts["plan"]), str(message.facts["due"]))


def _asks(access: DataAccess) -> bool:
    return access.data_set == DATA_SET and access.purpose == PURPOSE and access.ground is Ground.CONSENT


def _kinds(fields: Collection[str]) -> list[RecordKind]:
    return [RecordKind(field) for field in fields if field in _KINDS]


def _consent(one: Consent) -> HealthConsent:
    return HealthConsent(
        id=one.id,
        citizen=one.citizen,
        organisation=one.organisation,
        kinds=tuple(_kinds(one.fields)),
        given_at=one.given_at,
        until=one.until,
        withdrawn_at=one.withdrawn_at,
        used=one.fetches,
    )
