"""Making test citizens and showing their codes. Nobody outside the city hears of them: no registry, no message."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.errors import BadInput
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.viewer import Viewer
from app.domains.identity.citizens.model import Citizen
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.organisations.errors import OrganisationUnknown
from app.domains.identity.organisations.service import OrganisationService
from virtual_card.cards.service import CardService
from virtual_card.codes.model import Purpose, ShownCode
from virtual_card.codes.service import CodeService
from virtual_card.trials.errors import OnlyInTestMode, TestCitizenUnknown, TooManyTestCitizens
from virtual_card.trials.model import AT_ONCE, MOST, Invented, Trial, invent
from virtual_card.trials.store import TrialStore

_TRIALS = TypeAdapter(tuple[Trial, ...])
_HOUSEHOLD, _DIVISION = "test", "000000000000"


class TrialService:
    def __init__(
        self,
        trials: TrialStore,
        citizens: CitizenStore,
        cards: CardService,
        codes: CodeService,
        organisations: OrganisationService,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._trials = trials
        self._citizens = citizens
        self._cards = cards
        self._codes = codes
        self._organisations = organisations
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def make(self, viewer: Viewer, count: int, key: str) -> tuple[Trial, ...]:
        """By a provider in test mode, for itself.

        Raises OnlyInTestMode, TooManyTestCitizens, BadInput (one to ten at once), IdempotencyConflict.
        """
        return await self._make(viewer, _testing(viewer), count, key)

    async def make_for(self, viewer: Viewer, organisation: str, count: int, key: str) -> tuple[Trial, ...]:
        """By the desk. Raises OrganisationUnknown, and as `make`."""
        if self._organisations.tree.get(organisation) is None:
            raise OrganisationUnknown
        return await self._make(viewer, organisation, count, key)

    async def mine(self, viewer: Viewer) -> list[Trial]:
        """Those of the viewer's organisation; in life there are none."""
        organisation = viewer.provider()
        return await self._trials.of(organisation) if viewer.test_mode else []

    async def of(self, organisation: str) -> list[Trial]:
        """For the desk."""
        return await self._trials.of(organisation)

    async def show_code(self, viewer: Viewer, test_citizen: str, purpose: Purpose, key: str) -> ShownCode:
        """A code as the test citizen's phone would show it.

        Raises OnlyInTestMode, TestCitizenUnknown, CardNotActive, IdempotencyConflict, RateLimited.
        """
        if await self._trials.get(test_citizen, _testing(viewer)) is None:
            raise TestCitizenUnknown
        return await self._codes.show_of(viewer, test_citizen, purpose, key)

    async def _make(self, viewer: Viewer, organisation: str, count: int, key: str) -> tuple[Trial, ...]:
        if not 1 <= count <= AT_ONCE:
            raise BadInput(field="count")
        call = Call.of(viewer, "makeTestCitizens", key, organisation, count)
        before = await self._idempotency.replay(call, _TRIALS)
        if before is not None:
            return before
        on_list = [await self._cards.place_on_list() for _ in range(count)]

        async def work(tx: Tx) -> tuple[Trial, ...]:
            first = await self._trials.count(organisation, tx)
            if first + count > MOST:
                raise TooManyTestCitizens(MOST)
            made = [await self._settle(viewer, organisation, first + n, on_list[n], tx) for n in range(count)]
            await self._keep(viewer, organisation, made, tx)
            return tuple(made)

        return await self._idempotency.once(call, _TRIALS, work)

    async def _settle(self, viewer: Viewer, organisation: str, place: int, on_list: int, tx: Tx) -> Trial:
        """A row in every place where a real citizen with a card has one."""
        now, one = self._clock.now(), await self._nobody(place, tx)
        citizen = Citizen(id=new_id(), created_at=now, phone=one.phone, test_of=organisation)
        await self._citizens.add(citizen, tx)
        await self._citizens.give_real_name(citizen.id, one.name, one.number, _HOUSEHOLD, _DIVISION, now, tx)
        card = await self._cards.hand_out(viewer, citizen, on_list, tx)
        return Trial(citizen.id, organisation, place, one.name, one.number.sex, one.number.birth_month, card.number)

    async def _nobody(self, place: int, tx: Tx) -> Invented:
        """Whose ID number nobody else was given."""
        while True:
            one = invent(place, civil_day(self._clock.now()), secrets.randbelow)
            if await self._citizens.id_by_real_name(one.number, tx) is None:
                return one

    async def _keep(self, viewer: Viewer, organisation: str, made: Sequence[Trial], tx: Tx) -> None:
        await self._trials.add(made, tx)
        await self._audit.record(viewer, "test_citizens.made", organisation, tx, count=len(made))


def _testing(viewer: Viewer) -> str:
    """The organisation of a viewer in test mode. Raises OnlyInTestMode."""
    organisation = viewer.provider()
    if not viewer.test_mode:
        raise OnlyInTestMode
    return organisation
