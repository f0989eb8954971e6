"""Founding groups, letting them in, joining and leaving them."""

from __future__ import annotations

from dataclasses import replace

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import DuplicateKey, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.community.volunteers.groups.errors import (
    VolunteerGroupClosed,
    VolunteerGroupInvalid,
    VolunteerGroupUnknown,
)
from app.domains.community.volunteers.groups.model import Group, GroupState, Member
from app.domains.community.volunteers.groups.store import GroupStore
from app.domains.community.volunteers.service import VolunteerService
from app.domains.identity.organisations.model import Tree

SCOPE = "volunteers"
_ID = TypeAdapter(str)


class GroupService:
    def __init__(
        self,
        groups: GroupStore,
        volunteers: VolunteerService,
        tree: Tree,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._groups = groups
        self._volunteers = volunteers
        self._tree = tree
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    # For everybody, and for members

    def keepers(self) -> list[str]:
        """Organisations that keep volunteers, none of them on trial: they are few."""
        nodes = self._tree.nodes.values()
        return sorted(one.code for one in nodes if not one.test_mode and self._tree.grants(one.code, SCOPE))

    async def listed(self, request: PageRequest) -> Page[Group]:
        return await self._groups.active(request)

    async def many(self, groups: list[str]) -> dict[str, Group]:
        return await self._groups.many(sorted(set(groups)))

    async def mine(self, viewer: Viewer) -> tuple[list[Group], list[Group]]:
        """Those one has joined, and those one has founded."""
        citizen = viewer.self_only()
        joined = await self._groups.joined(citizen)
        found = await self._groups.many([one.group for one in joined])
        return [found[one.group] for one in joined if one.group in found], await self._groups.founded_by(citizen)

    async def found(self, viewer: Viewer, organisation: str, name: Said, words: Said, key: str) -> Group:
        """Propose one to an organisation that keeps volunteers. Raises VolunteersOnly, RealNameNeeded,
        VolunteerGroupInvalid, IdempotencyConflict.
        """
        citizen, id_ = viewer.by_name(), new_id()
        if not self._tree.grants(organisation, SCOPE):
            raise VolunteerGroupInvalid("organisation")
        made = Group(id_, organisation, name, words, GroupState.PROPOSED, self._clock.now(), founder=citizen).checked()

        async def work(tx: Tx) -> str:
            await self._volunteers.demand(citizen, tx)
            await self._groups.put(made, tx)
            await self._groups.join(Member(id_, citizen, new_id(), made.made_at, leads=True), tx)
            await self._audit.record(viewer, "volunteer_group.proposed", id_, tx, organisation=organisation)
            return id_

        call = Call.of(viewer, "foundVolunteerGroup", key, organisation, name, words)
        return await self.known(await self._idempotency.once(call, _ID, work))

    async def join(self, viewer: Viewer, group: str, key: str) -> Group:
        """Raises VolunteersOnly, VolunteerGroupUnknown, VolunteerGroupClosed, IdempotencyConflict."""
        citizen, turn = viewer.self_only(), new_id()

        async def work(tx: Tx) -> str:
            await self._volunteers.demand(citizen, tx)
            found = await self._groups.get(group, tx)
            if found is None or found.test:
                raise VolunteerGroupUnknown
            if not found.active:
                raise VolunteerGroupClosed
            await self._groups.join(Member(group, citizen, turn, self._clock.now()), tx)
            return group

        await self._idempotency.once(Call.of(viewer, "joinVolunteerGroup", key, group), _ID, work)
        return await self.known(group)

    async def leave(self, viewer: Viewer, group: str, key: str) -> Group:
        """Raises VolunteerGroupUnknown, IdempotencyConflict."""
        citizen = viewer.self_only()

        async def work(tx: Tx) -> str:
            if not await self._groups.leave(group, citizen, tx):
                raise VolunteerGroupUnknown
            return group

        await self._idempotency.once(Call.of(viewer, "leaveVolunteerGroup", key, group), _ID, work)
        return await self.known(group)

    async def known(self, group: str) -> Group:
        """Raises VolunteerGroupUnknown."""
        found = await self._groups.get(group)
        if found is None:
            raise VolunteerGroupUnknown
        return found

    async def members(self, group: str) -> int:
        return await self._groups.count(group)

    # For organisations and the desk

    async def kept_by(self, viewer: Viewer, request: PageRequest) -> Page[Group]:
        return await self._groups.of_organisation(viewer.provider(SCOPE), request, test=viewer.test_mode)

    async def of_city(self, state: GroupState | None, request: PageRequest) -> Page[Group]:
        return await self._groups.of_city(state, request)

    async def own(self, viewer: Viewer, group: str, tx: Tx | None = None) -> Group:
        """One of the organisation's; for the desk, any. Raises VolunteerGroupUnknown."""
        found = await self._groups.get(group, tx)
        if found is None or not self._keeps(viewer, found):
            raise VolunteerGroupUnknown
        return found

    async def save(self, viewer: Viewer, group: str | None, name: Said, words: Said, key: str) -> Group:
        """An organisation's own, active at once; or other words for one it has. Raises VolunteerGroupUnknown,
        VolunteerGroupInvalid, IdempotencyConflict.
        """
        mine, id_ = viewer.provider(SCOPE), group or new_id()
        state, test = GroupState.ACTIVE, viewer.test_mode
        made = Group(id_, mine, name, words, state, self._clock.now(), test=test).checked()

        async def work(tx: Tx) -> str:
            was = await self.own(viewer, group, tx) if group else None
            await self._keep(replace(was, name=name, words=words, rev=was.rev + 1) if was else made, tx)
            await self._audit.record(viewer, "volunteer_group.saved", id_, tx)
            return id_

        call = Call.of(viewer, "saveVolunteerGroup", key, group, name, words)
        return await self.known(await self._idempotency.once(call, _ID, work))

    async def decide(self, viewer: Viewer, group: str, answer: str, key: str, *, let_in: bool) -> Group:
        """By its organisation or the desk. Raises VolunteerGroupUnknown, VolunteerGroupSettled, VolunteerGroupInvalid,
        IdempotencyConflict.
        """

        async def work(tx: Tx) -> str:
            was = await self.own(viewer, group, tx)
            now = was.decided(answer, viewer.acting(), self._clock.now(), let_in=let_in)
            await self._keep(now, tx)
            if was.founder is not None:
                await self._outbox.add("volunteer_group.decided", was.founder, tx, group=group, state=now.state.value)
            await self._audit.record(viewer, f"volunteer_group.{now.state.value}", group, tx)
            return group

        call = Call.of(viewer, "decideVolunteerGroup", key, group, answer, let_in)
        return await self.known(await self._idempotency.once(call, _ID, work))

    async def close(self, viewer: Viewer, group: str, key: str) -> Group:
        """Raises VolunteerGroupUnknown, VolunteerGroupSettled, IdempotencyConflict."""

        async def work(tx: Tx) -> str:
            was = await self.own(viewer, group, tx)
            await self._keep(was.closed(viewer.acting(), self._clock.now()), tx)
            await self._audit.record(viewer, "volunteer_group.closed", group, tx)
            return group

        return await self.known(
            await self._idempotency.once(Call.of(viewer, "closeVolunteerGroup", key, group), _ID, work)
        )

    async def end_all(self, viewer: Viewer, citizen: str) -> None:
        """Who leaves the city is nobody's founder. Safe to repeat."""
        await self._groups.unname(citizen)

    async def _keep(self, one: Group, tx: Tx) -> None:
        if not await self._groups.put(one, tx):
            raise DuplicateKey("changed meanwhile")  # looked at once more, by the rules of repeats

    def _keeps(self, viewer: Viewer, group: Group) -> bool:
        if viewer.role is Role.OPS:
            return True
        return group.organisation == viewer.provider(SCOPE) and group.test is viewer.test_mode
