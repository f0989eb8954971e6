"""Finding what makes one look twice, and deciding about it.

Each check-in, once it is committed, is compared with those of the same phone and spot: whoever of two comes last sees
both. When the hours are made, all of them are compared once more.
"""

from __future__ import annotations

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Role, Viewer
from app.domains.community.volunteers.check_ins.errors import CheckInFlagUnknown
from app.domains.community.volunteers.check_ins.flags.model import MANY_AT_A_SPOT, Flag, FlagState, found_in
from app.domains.community.volunteers.check_ins.flags.store import FlagStore
from app.domains.community.volunteers.check_ins.model import CheckIn, FlagKind
from app.domains.community.volunteers.check_ins.store import CheckInStore
from app.domains.community.volunteers.groups.service import SCOPE
from app.domains.community.volunteers.store import VolunteerStore

_ID = TypeAdapter(str)


class FlagService:
    def __init__(
        self,
        flags: FlagStore,
        check_ins: CheckInStore,
        volunteers: VolunteerStore,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._flags = flags
        self._check_ins = check_ins
        self._volunteers = volunteers
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def look_at(self, one: CheckIn) -> None:
        """At a check-in beside those that are there. Safe to repeat."""
        phones = await self._check_ins.alike(one.activity, "device", one.device)
        spots = await self._check_ins.alike(one.activity, "spot", one.spot)
        if len(phones) > 1:
            await self._note(FlagKind.SHARED_PHONE, one, phones)
        if len(spots) >= MANY_AT_A_SPOT:
            await self._note(FlagKind.SAME_SPOT, one, spots)
        if one.too_fast:
            await self._note(FlagKind.TOO_FAST, one, [one.citizen])

    async def note_fast(self, one: CheckIn, tx: Tx) -> None:
        """Nobody gets from point to point like that. Safe to repeat."""
        flag = Flag(FlagKind.TOO_FAST, one.activity, one.citizen, one.organisation, self._clock.now())
        await self._flags.note(flag, tx)

    async def look(self, activity: str, tx: Tx) -> list[Flag]:
        """At all check-ins of an activity; all findings there are, decided ones too."""
        there = [one async for one in self._check_ins.all_of(activity, tx)]
        known = {one.id: one for one in await self._flags.of_activity(activity, tx)}
        for flag in found_in(there, self._clock.now()):
            if flag.id not in known:
                await self._flags.note(flag, tx)
                known[flag.id] = flag
        return list(known.values())

    async def of_check_in(self, activity: str, citizen: str) -> list[Flag]:
        return await self._flags.of_check_in(activity, citizen)

    async def kept_by(self, viewer: Viewer, request: PageRequest, *, open_: bool) -> Page[Flag]:
        """None in test mode: only real people check in."""
        mine = viewer.provider(SCOPE)
        return Page((), False) if viewer.test_mode else await self._flags.of_organisation(mine, request, open_=open_)

    async def of_city(self, request: PageRequest, *, open_: bool) -> Page[Flag]:
        return await self._flags.page(request, open_=open_)

    async def decide(self, viewer: Viewer, flag: str, state: FlagState, words: str, key: str) -> Flag:
        """By the organiser or the desk; `flag` is named as others know it (`shown_id`). Raises CheckInFlagUnknown,
        BadInput, IdempotencyConflict.
        """
        id_ = await self._behind(flag)

        async def work(tx: Tx) -> str:
            was = await self._flags.get(id_, tx)
            if was is None or not _keeps(viewer, was):
                raise CheckInFlagUnknown
            now = was.decided(state, words, viewer.acting(), self._clock.now())
            if not await self._flags.decide(now, tx):
                raise CheckInFlagUnknown
            facts = {"kind": now.kind.value}
            await self._audit.record(viewer, f"check_in_flag.{state.value}", id_, tx, subject=was.citizen, **facts)
            return id_

        call = Call.of(viewer, "decideCheckInFlag", key, flag, state, words)
        found = await self._flags.get(await self._idempotency.once(call, _ID, work))
        if found is None:
            raise CheckInFlagUnknown
        return found

    async def _behind(self, shown: str) -> str:
        """Raises CheckInFlagUnknown."""
        activity, _, rest = shown.partition(":")
        number, _, kind = rest.partition(":")
        volunteer = await self._volunteers.by_number(number)
        if volunteer is None:
            raise CheckInFlagUnknown
        return f"{activity}:{volunteer.id}:{kind}"

    async def _note(self, kind: FlagKind, one: CheckIn, citizens: list[str]) -> None:
        now, others = self._clock.now(), len(citizens) - 1
        for citizen in citizens:
            await self._flags.note(Flag(kind, one.activity, citizen, one.organisation, now, others=others))


def _keeps(viewer: Viewer, flag: Flag) -> bool:
    if viewer.role is Role.OPS:
        return True
    return flag.organisation == viewer.provider(SCOPE) and not viewer.test_mode
