"""Making, starting and stopping broadcasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import BadInput
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.tallies import Counting, uncounted
from app.core.viewer import Role, Viewer
from notifications.broadcasts.errors import AudienceEmpty, BroadcastInOtherState, BroadcastUnknown
from notifications.broadcasts.model import (
    Audience,
    Broadcast,
    BroadcastState,
    Change,
    Estimate,
    check_pace,
)
from notifications.broadcasts.store import BroadcastStore
from notifications.messages.model import Message
from notifications.notices.model import SCOPES as SCOPES_OF_URGENCY
from notifications.preferences.model import Urgency
from notifications.templates.model import TemplateRef, Texts
from notifications.templates.service import TemplateService

SCOPE = "broadcast"
_BROADCAST = TypeAdapter(Broadcast)


class Population(Protocol):
    """What identity knows of who lives here."""

    async def count(self, audience: Audience, test_of: str | None) -> int: ...

    async def page(
        self, audience: Audience, test_of: str | None, *, after: str, before: str, most: int
    ) -> Sequence[str]:
        """People in the audience by their ids, those between two ids, in order."""
        ...

    def within(self, viewer: Viewer, audience: Audience) -> Audience:
        """The audience, as far as this provider may reach it. Raises AudienceTooWide."""
        ...


@dataclass(frozen=True, slots=True)
class NewBroadcast:
    """`texts` in both languages for the city; a provider names an approved `template` of its own instead."""

    title: str
    audience: Audience
    pace: int
    urgency: Urgency = Urgency.NORMAL
    texts: Mapping[str, Texts] | None = None
    template: str | None = None

    def checked(self) -> NewBroadcast:
        """Raises BadInput, AudienceInvalid, PaceInvalid."""
        if not 2 <= len(self.title.strip()) <= 100 or not self.title.isprintable():
            raise BadInput(field="title")
        check_pace(self.pace)
        return replace(self, title=self.title.strip(), audience=self.audience.checked())


class BroadcastService:
    def __init__(
        self,
        broadcasts: BroadcastStore,
        templates: TemplateService,
        population: Population,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
        count: Counting = uncounted,
    ) -> None:
        self._broadcasts = broadcasts
        self._templates = templates
        self._population = population
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock
        self._count = count

    async def create(self, viewer: Viewer, wanted: NewBroadcast, key: str) -> Broadcast:
        """A draft; nothing is sent. Raises Forbidden (scope), BadInput, AudienceInvalid, AudienceTooWide, PaceInvalid,
        what checking or finding a template raises, IdempotencyConflict.
        """
        new, owner = wanted.checked(), _owner(viewer)
        if owner and new.urgency is not Urgency.NORMAL:
            viewer.provider(SCOPES_OF_URGENCY[new.urgency])
        audience = self._population.within(viewer, new.audience) if owner else new.audience
        call = Call.of(viewer, "createBroadcast", key, wanted)

        async def work(tx: Tx) -> Broadcast:
            id_, now = new_id(), self._clock.now()
            template = await self._words(viewer, new, id_, tx)
            made = Broadcast(
                id=id_,
                owner=owner,
                title=new.title,
                template=template,
                audience=audience,
                urgency=new.urgency,
                pace=new.pace,
                made_by=viewer.acting(),
                made_at=now,
                test=viewer.test_mode,
                history=(Change(BroadcastState.DRAFT, now, viewer.acting()),),
            )
            await self._broadcasts.add(made, tx)
            await self._audit.record(viewer, "broadcast.created", id_, tx)
            return made

        return await self._idempotency.once(call, _BROADCAST, work)

    async def estimate(self, viewer: Viewer, audience: Audience, pace: int) -> Estimate:
        """Raises AudienceInvalid, AudienceTooWide, PaceInvalid."""
        asked = audience.checked()
        reached = self._population.within(viewer, asked) if _owner(viewer) else asked
        people = await self._population.count(reached, _test_of(viewer))
        return Estimate(people, timedelta(seconds=people / check_pace(pace)))

    async def start(self, viewer: Viewer, broadcast: str, key: str) -> Broadcast:
        """From now on to everybody who is there now. Raises AudienceEmpty, and as `pause` does."""
        was = await self._mine(viewer, broadcast)
        began = None
        if was.state is BroadcastState.DRAFT:  # a repeat is answered as the first time, whoever is left by now
            total = await self._population.count(was.audience, was.owner if was.test else None)
            if not total:
                raise AudienceEmpty
            began = (new_id(), total)
        return await self._move(viewer, broadcast, BroadcastState.RUNNING, key, BroadcastState.DRAFT, began)

    async def pause(self, viewer: Viewer, broadcast: str, key: str) -> Broadcast:
        """Within a second or two nobody more gets it.

        Raises BroadcastUnknown, BroadcastInOtherState, IdempotencyConflict.
        """
        return await self._move(viewer, broadcast, BroadcastState.PAUSED, key)

    async def resume(self, viewer: Viewer, broadcast: str, key: str) -> Broadcast:
        """After the last who has it. Raises as `pause` does."""
        return await self._move(viewer, broadcast, BroadcastState.RUNNING, key, BroadcastState.PAUSED)

    async def cancel(self, viewer: Viewer, broadcast: str, key: str) -> Broadcast:
        """For good, within a second or two; who has it keeps it. Raises as `pause` does."""
        return await self._move(viewer, broadcast, BroadcastState.CANCELLED, key)

    async def one(self, viewer: Viewer, broadcast: str) -> Broadcast | None:
        """None when there is none, or it is another's."""
        found = await self._broadcasts.get(broadcast)
        return found if found is not None and _may_see(viewer, found) else None

    async def page(self, viewer: Viewer, request: PageRequest) -> Page[Broadcast]:
        """All, for the desk; a provider's own in its mode. Newest first."""
        return await self._broadcasts.page(request, _owner(viewer), test=viewer.test_mode)

    async def still_goes_on(self, message: Message) -> bool:
        """What waits for the morning or for the digest is not rung after a cancellation."""
        found = await self._broadcasts.get(message.key)
        return found is not None and found.state is not BroadcastState.CANCELLED

    async def _mine(self, viewer: Viewer, broadcast: str, tx: Tx | None = None) -> Broadcast:
        found = await self._broadcasts.get(broadcast, tx)
        if found is None or not _may_see(viewer, found):
            raise BroadcastUnknown
        return found

    async def _words(self, viewer: Viewer, new: NewBroadcast, broadcast: str, tx: Tx) -> TemplateRef:
        owner = _owner(viewer)
        if owner is None:
            return (await self._templates.occasion(viewer, f"broadcast_{broadcast}", new.texts or {}, tx)).ref
        template = await self._templates.current(new.template or "", owner, test=viewer.test_mode)
        template.check_facts({})
        return template.ref

    async def _move(
        self,
        viewer: Viewer,
        broadcast: str,
        state: BroadcastState,
        key: str,
        only_from: BroadcastState | None = None,
        began: tuple[str, int] | None = None,
    ) -> Broadcast:
        """`began`: the id that ends the audience, and how many are in it."""
        call = Call.of(viewer, "moveBroadcast", key, broadcast, state, only_from)

        async def work(tx: Tx) -> Broadcast:
            was, now = await self._mine(viewer, broadcast, tx), self._clock.now()
            if only_from is not None and was.state is not only_from:
                raise BroadcastInOtherState(was.state.value)
            moved = was.moved(state, now, viewer.acting())
            if began is not None:
                moved = replace(moved, until=began[0], total=began[1])
            if not await self._broadcasts.save(moved, was, now, tx):
                raise BroadcastInOtherState(was.state.value)
            await self._audit.record(viewer, f"broadcast.{state.value}", broadcast, tx, sent=was.sent)
            return moved

        return await self._idempotency.once(call, _BROADCAST, work, after=lambda moved: tally(self._count, moved))


def _owner(viewer: Viewer) -> str | None:
    """Whose broadcast it is: the city's own, by the desk, or a provider's. Raises Unauthenticated, Forbidden."""
    return None if viewer.role is Role.OPS else viewer.provider(SCOPE)


def _may_see(viewer: Viewer, broadcast: Broadcast) -> bool:
    """The desk each; a provider its own, in test mode those of test mode and no others."""
    owner = _owner(viewer)
    return owner is None or (owner == broadcast.owner and viewer.test_mode == broadcast.test)


def tally(count: Counting, moved: Broadcast) -> None:
    """Counts what was moved, tests apart."""
    if not moved.test:
        count("broadcasts", state=moved.state.value)


def _test_of(viewer: Viewer) -> str | None:
    return viewer.organisation if viewer.test_mode else None
