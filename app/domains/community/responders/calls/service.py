"""Calling those who are near, hearing who comes, and showing the centre where they are as long as it needs them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.changes import Changes
from app.core.clock import Clock
from app.core.errors import Forbidden
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import DuplicateKey, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.places.model import Point
from app.core.viewer import Role, Viewer
from app.domains.community.responders.calls.model import (
    MOST_CALLED,
    CallEnd,
    CallNow,
    CallWish,
    HelpCall,
    Reply,
    ReplyState,
)
from app.domains.community.responders.calls.store import CallStore
from app.domains.community.responders.errors import ResponderCallUnknown
from app.domains.community.responders.store import ResponderStore
from app.domains.community.volunteers.activities.service import InCity

SCOPE = "cases:centre"
_ID = TypeAdapter(str)


class Disclosed(Protocol):
    """The ledger of look-ups."""

    async def place(self, organisation: str, by: str, citizen: str, call: str, tx: Tx) -> None:
        """The centre sees from now on where he is."""
        ...


class CallService:
    def __init__(
        self,
        calls: CallStore,
        responders: ResponderStore,
        city: InCity,
        disclosed: Disclosed,
        changes: Changes,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._calls = calls
        self._responders = responders
        self._city = city
        self._disclosed = disclosed
        self._changes = changes
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    # The centre

    async def call(self, viewer: Viewer, wish: CallWish, key: str) -> CallNow:
        """Those within its reach who agreed to be called at this hour, fifty at most, the nearest. Raises
        ResponderInvalid, OutsideCity, IdempotencyConflict, Forbidden (scope).
        """
        organisation = viewer.provider(SCOPE)
        call = Call.of(viewer, "callResponders", key, wish)
        return await self._now(await self._made(viewer, organisation, wish, call))

    async def call_for(self, viewer: Viewer, organisation: str, wish: CallWish, key: str) -> str:
        """By another room of the city, in the name of a centre; the call's id."""
        return await self._made(viewer, organisation, wish, Call.of(viewer, "callResponders", key, organisation, wish))

    async def end(self, viewer: Viewer, call: str, why: CallEnd, key: str) -> CallNow:
        """Raises ResponderCallUnknown, ResponderCallOver, IdempotencyConflict."""

        async def work(tx: Tx) -> str:
            found = await self._own(viewer, call, tx)
            found.demand_open()
            await self._calls.end(call, why, self._clock.now(), tx)
            for one in await self._calls.replies(call):
                if one.comes:
                    await self._outbox.add("responder.call_ended", one.citizen, tx, call=call)
            await self._audit.record(viewer, "responder_call.ended", call, tx, why=why.value)
            return call

        await self._idempotency.once(Call.of(viewer, "endResponderCall", key, call, why), _ID, work)
        return await self._now(call)

    async def seen(self, viewer: Viewer, call: str) -> CallNow | None:
        """None when it is not the centre's."""
        return await self._now(call) if await self._calls_it(viewer, call) else None

    async def made_by(self, viewer: Viewer, request: PageRequest) -> Page[HelpCall]:
        return await self._calls.of_organisation(viewer.provider(SCOPE), request, test=viewer.test_mode)

    async def of_city(self, request: PageRequest) -> Page[HelpCall]:
        return await self._calls.page(request)

    async def going_on(self) -> list[HelpCall]:
        """For the desk: calls for real people that have not ended, the newest first."""
        return await self._calls.going_on()

    async def at_desk(self, call: str) -> CallNow | None:
        """For the desk: who said what, and nobody's place."""
        return None if await self._calls.get(call) is None else await self._now(call)

    @asynccontextmanager
    async def live(self, viewer: Viewer, call: str) -> AsyncIterator[AsyncIterator[CallNow]]:
        """The call now, and whenever somebody says something to it or has moved. Raises Forbidden: not the centre's."""
        if not await self._calls_it(viewer, call):
            raise Forbidden
        async with self._changes.of("help_call_replies", call) as rows:
            yield self._followed(call, rows)

    # Who is called

    async def mine(self, viewer: Viewer) -> list[tuple[HelpCall, Reply]]:
        """Calls that go on, the newest first."""
        replies = await self._calls.open_for(viewer.self_only())
        known = await self._calls.many([one.call for one in replies])
        return [(known[one.call], one) for one in replies if one.call in known]

    async def answer(self, viewer: Viewer, call: str, state: ReplyState, point: Point | None, key: str) -> Reply:
        """That one comes (and where one is), cannot, or is there. Raises ResponderCallUnknown, ResponderCallOver,
        ResponderInvalid, IdempotencyConflict.
        """
        citizen = viewer.self_only()

        async def work(tx: Tx) -> str:
            now, found = self._clock.now(), await self._going_on(call, citizen, tx)
            was = await self._reply(call, citizen, tx)
            said = was.saying(state, point, now)
            await self._save(said, tx)
            if said.comes and not was.comes:
                await self._disclosed.place(found.organisation, found.by, citizen, call, tx)
            await self._audit.record(viewer, f"responder.{state.value}", call, tx)
            return call

        content = (call, state, point)
        await self._idempotency.once(Call.of(viewer, "answerResponderCall", key, *content), _ID, work)
        return await self._reply(call, citizen)

    async def move(self, viewer: Viewer, call: str, point: Point, key: str) -> Reply:
        """Where one who comes is by now. Raises ResponderCallUnknown, ResponderCallOver, ResponderInvalid,
        IdempotencyConflict.
        """
        citizen = viewer.self_only()

        async def work(tx: Tx) -> str:
            await self._going_on(call, citizen, tx)
            was = await self._reply(call, citizen, tx)
            await self._save(was.at_place(point, self._clock.now()), tx)
            return call

        await self._idempotency.once(Call.of(viewer, "shareResponderPlace", key, call, point), _ID, work)
        return await self._reply(call, citizen)

    async def _made(self, viewer: Viewer, organisation: str, wish: CallWish, call: Call) -> str:
        self._city.demand(wish.checked().point)
        id_, now = new_id(), self._clock.now()
        replies = [] if viewer.test_mode else await self._near(id_, wish, now)
        made = HelpCall(id_, organisation, wish, viewer.acting(), now, len(replies), test=viewer.test_mode)

        async def work(tx: Tx) -> str:
            await self._calls.add(made, replies, tx)
            for one in replies:
                facts = {"call": id_, "kind": wish.kind.value, "metres": one.metres}
                await self._outbox.add("responder.called", one.citizen, tx, **facts)
            await self._audit.record(viewer, "responder_call.made", id_, tx, called=len(replies))
            return id_

        return await self._idempotency.once(call, _ID, work)

    async def _near(self, call: str, wish: CallWish, now: datetime) -> list[Reply]:
        """The nearest of all who can come: a ring farther out is looked at while the nearer ones have too few."""
        can = dict[str, float]()
        async for limit, found in self._responders.near(wish.point, wish.within, now):
            for one in found:
                if one.can_come(wish.point, wish.within, wish.skills, now):
                    can[one.responder.id] = one.point.metres_to(wish.point)
            if sum(far <= limit for far in can.values()) >= MOST_CALLED:
                break
        nearest = sorted(can.items(), key=lambda pair: pair[1])[:MOST_CALLED]
        return [Reply(call, who, round(far), now) for who, far in nearest]

    async def _now(self, call: str) -> CallNow:
        found = await self._calls.get(call)
        if found is None:
            raise ResponderCallUnknown
        return CallNow(found, tuple(await self._calls.replies(call)))

    async def _calls_it(self, viewer: Viewer, call: str) -> bool:
        found = await self._calls.get(call)
        return found is not None and _made_by(viewer, found)

    async def _own(self, viewer: Viewer, call: str, tx: Tx | None = None) -> HelpCall:
        """Raises ResponderCallUnknown."""
        found = await self._calls.get(call, tx)
        if found is None or not (viewer.role is Role.OPS or _made_by(viewer, found)):
            raise ResponderCallUnknown
        return found

    async def _going_on(self, call: str, citizen: str, tx: Tx) -> HelpCall:
        """Raises ResponderCallUnknown (also to whom it was not made), ResponderCallOver."""
        found = await self._calls.get(call, tx)
        if found is None or await self._calls.reply(call, citizen, tx) is None:
            raise ResponderCallUnknown
        return found.demand_open()

    async def _reply(self, call: str, citizen: str, tx: Tx | None = None) -> Reply:
        found = await self._calls.reply(call, citizen, tx)
        if found is None:
            raise ResponderCallUnknown
        return found

    async def _save(self, one: Reply, tx: Tx) -> None:
        if not await self._calls.save(one, tx):
            raise DuplicateKey("changed meanwhile")  # looked at once more, by the rules of repeats

    async def _followed(self, call: str, rows: AsyncIterator[dict[str, object]]) -> AsyncIterator[CallNow]:
        yield await self._now(call)
        async for _ in rows:
            yield await self._now(call)


def _made_by(viewer: Viewer, call: HelpCall) -> bool:
    """By his centre, and on his side: in test mode nobody sees where real people are."""
    return call.organisation == viewer.provider(SCOPE) and call.test is viewer.test_mode
