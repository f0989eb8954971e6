"""Asking for access, and answering: by the department that offers the data, or by the desk in its place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.errors import Forbidden
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Role, Viewer
from app.domains.government.shared_data.accesses.errors import (
    DataAccessClosed,
    DataAccessInvalid,
    DataAccessUnknown,
    PurposeNotOffered,
)
from app.domains.government.shared_data.accesses.model import AccessState, DataAccess, Ground
from app.domains.government.shared_data.accesses.store import AccessStore
from app.domains.government.shared_data.sets.model import SCOPE
from app.domains.government.shared_data.sets.service import DataSetService

_ACCESS = TypeAdapter(DataAccess)
_LONGEST = timedelta(days=366 * 3)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. `why` is for who answers; `law` names it where no consent is asked."""

    data_set: str
    fields: tuple[str, ...]
    purpose: str
    why: str
    ground: Ground
    until: date
    law: str | None = None


class AccessService:
    def __init__(
        self, accesses: AccessStore, sets: DataSetService, audit: Audit, idempotency: Idempotency, clock: Clock
    ) -> None:
        self._accesses = accesses
        self._sets = sets
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def request(self, viewer: Viewer, wanted: Wanted, key: str) -> DataAccess:
        """Raises Forbidden, DataSetUnknown, DataFieldUnknown, PurposeNotOffered, DataAccessInvalid,
        IdempotencyConflict.
        """
        organisation, now = viewer.provider(SCOPE), self._clock.now()
        self._demand(wanted)
        call = Call.of(viewer, "requestDataAccess", key, *_said(wanted))

        async def work(tx: Tx) -> DataAccess:
            offered = await self._sets.offered(wanted.data_set, tx)
            offered.demand(wanted.fields)
            if not offered.allows(wanted.purpose) or ":" in wanted.purpose:
                raise PurposeNotOffered
            made = DataAccess(
                id=new_id(),
                data_set=offered.code,
                owner=offered.owner,
                organisation=organisation,
                fields=wanted.fields,
                purpose=wanted.purpose,
                why=wanted.why.strip(),
                ground=wanted.ground,
                law=wanted.law,
                until=wanted.until,
                requested_at=now,
                requested_by=viewer.acting(),
            )
            await self._accesses.add(made, tx)
            await self._audit.record(viewer, "data_access.requested", made.id, tx, data_set=offered.code)
            return made

        return await self._idempotency.once(call, _ACCESS, work)

    async def answer(self, viewer: Viewer, access: str, state: AccessState, answer: str, key: str) -> DataAccess:
        """Grant or refuse what is asked of one's own data, or end what was granted (also by who was granted it).

        Raises Forbidden, DataAccessUnknown, DataAccessClosed, DataAccessInvalid (the answer), IdempotencyConflict.
        """
        if state is AccessState.REQUESTED:
            raise DataAccessInvalid(what="state")
        if not 2 <= len(answer.strip()) <= 500:
            raise DataAccessInvalid(what="answer")
        call = Call.of(viewer, "answerDataAccess", key, access, state, answer)

        async def work(tx: Tx) -> DataAccess:
            was = await self._accesses.get(access, tx)
            if was is None or not _may_answer(viewer, was, state):
                raise DataAccessUnknown
            answered = was.answered(state, answer.strip(), viewer.acting(), self._clock.now())
            if not await self._accesses.answer(answered, was, tx):
                raise DataAccessClosed(state=was.state.value)
            await self._audit.record(viewer, f"data_access.{state.value}", access, tx, reason=answer.strip())
            return answered

        return await self._idempotency.once(call, _ACCESS, work)

    async def asked(self, viewer: Viewer, request: PageRequest) -> Page[DataAccess]:
        """What the viewer's organisation has asked for."""
        return await self._accesses.asked_by(viewer.provider(SCOPE), request)

    async def of_mine(self, viewer: Viewer, request: PageRequest) -> Page[DataAccess]:
        """What others ask of the data that the viewer's organisation offers."""
        return await self._accesses.asked_of(viewer.provider(SCOPE), request)

    async def in_state(self, state: AccessState, request: PageRequest) -> Page[DataAccess]:
        """For the desk."""
        return await self._accesses.in_state(state, request)

    async def one(self, access: str) -> DataAccess | None:
        """For the desk."""
        return await self._accesses.get(access)

    async def live(self) -> list[DataAccess]:
        """All by which data may be asked for today."""
        return await self._accesses.live(civil_day(self._clock.now()))

    async def covering(
        self, organisation: str, data_set: str, fields: Collection[str], purpose: str, tx: Tx | None = None
    ) -> DataAccess | None:
        """One by which this organisation may ask for all these fields; one by law before one that takes a consent."""
        today = civil_day(self._clock.now())
        granted = await self._accesses.granted(organisation, data_set, purpose, tx)
        found = [one for one in granted if one.covers(fields, purpose, today)]
        return min(found, key=lambda one: one.ground is Ground.CONSENT, default=None)

    def _demand(self, wanted: Wanted) -> None:
        today = civil_day(self._clock.now())
        law = (wanted.law or "").strip()
        for wrong, what in (
            (not wanted.fields or len(set(wanted.fields)) != len(wanted.fields), "fields"),
            (not 4 <= len(wanted.why.strip()) <= 500, "why"),
            (not today <= wanted.until <= today + _LONGEST, "until"),
            ((wanted.ground is Ground.LAW) != bool(law) or len(law) > 300, "law"),
        ):
            if wrong:
                raise DataAccessInvalid(what=what)


def _may_answer(viewer: Viewer, access: DataAccess, state: AccessState) -> bool:
    """The desk; who offers the data; and to end it, who was granted it. Raises Unauthenticated, Forbidden."""
    if viewer.role is Role.OPS:
        return True
    organisation = viewer.provider(SCOPE)
    if viewer.test_mode:
        raise Forbidden
    return organisation == access.owner or (organisation == access.organisation and state is AccessState.ENDED)


def _said(wanted: Wanted) -> tuple[object, ...]:
    said = (wanted.data_set, wanted.fields, wanted.purpose, wanted.why, wanted.ground.value, wanted.until.isoformat())
    return (*said, wanted.law)
