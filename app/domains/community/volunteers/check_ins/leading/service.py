"""Leading a group: who founded it or was named by its organisation has the code of its activities on his own phone.

He is a member of the group and a volunteer; his own place is measured as everybody's.
"""

from __future__ import annotations

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.viewer import Viewer
from app.domains.community.volunteers.activities.errors import ActivityUnknown
from app.domains.community.volunteers.activities.model import Activity, ActivityState
from app.domains.community.volunteers.activities.store import ActivityStore
from app.domains.community.volunteers.check_ins.model import ShownCode, Way
from app.domains.community.volunteers.check_ins.service import CheckInService
from app.domains.community.volunteers.groups.errors import VolunteerGroupInvalid
from app.domains.community.volunteers.groups.service import GroupService
from app.domains.community.volunteers.groups.store import GroupStore
from app.domains.community.volunteers.service import VolunteerService

MOST_LEADERS = 20
_ID = TypeAdapter(str)


class Leading:
    def __init__(
        self,
        groups: GroupStore,
        keeping: GroupService,
        activities: ActivityStore,
        check_ins: CheckInService,
        volunteers: VolunteerService,
        audit: Audit,
        idempotency: Idempotency,
    ) -> None:
        self._groups = groups
        self._keeping = keeping
        self._activities = activities
        self._check_ins = check_ins
        self._volunteers = volunteers
        self._audit = audit
        self._idempotency = idempotency

    # By the organisation

    async def name(self, viewer: Viewer, group: str, number: str, key: str, *, leads: bool) -> list[str]:
        """A member of the group, by his volunteer's number; the numbers of all who lead it then. Raises
        VolunteerGroupUnknown, VolunteerGroupInvalid (no member, or too many lead it), IdempotencyConflict.
        """
        one = await self._volunteers.by_number(number)

        async def work(tx: Tx) -> str:
            await self._keeping.own(viewer, group, tx)
            if one is None or not one.active or not await self._groups.set_leader(group, one.id, tx, leads=leads):
                raise VolunteerGroupInvalid("number")
            if leads and len(await self._groups.leaders(group, MOST_LEADERS + 1, tx)) > MOST_LEADERS:
                raise VolunteerGroupInvalid("leads")
            await self._audit.record(viewer, "volunteer_group.leader", group, tx, subject=one.id, leads=leads)
            return group

        await self._idempotency.once(Call.of(viewer, "nameGroupLeader", key, group, number, leads), _ID, work)
        return await self.of(viewer, group)

    async def of(self, viewer: Viewer, group: str) -> list[str]:
        """Their numbers. Raises VolunteerGroupUnknown."""
        await self._keeping.own(viewer, group)
        citizens = await self._groups.leaders(group, MOST_LEADERS)
        return sorted(one.number for one in (await self._volunteers.many(citizens)).values())

    # By the leader

    async def led(self, viewer: Viewer) -> list[Activity]:
        """What is to come and goes on in the groups he leads, the next to end first."""
        groups = await self._groups.led_by(viewer.self_only())
        return await self._activities.open_of_groups(groups, self._check_ins.now) if groups else []

    async def code(self, viewer: Viewer, activity: str, way: Way) -> tuple[ShownCode, int]:
        """To be shown until its end, and how many are there. Raises RealNameNeeded, ActivityUnknown (also when he does
        not lead its group), ActivityNotOpen, CheckInTooEarly, CheckInOver.
        """
        found = await self._demand_led(viewer.by_name(), activity)
        return self._check_ins.shown(found, way), await self._check_ins.count(activity)

    async def _demand_led(self, citizen: str, activity: str) -> Activity:
        found = await self._activities.get(activity)
        if found is None or found.test or found.state is ActivityState.DRAFT:
            raise ActivityUnknown
        volunteer = await self._volunteers.many([citizen])
        if not (citizen in volunteer and volunteer[citizen].active):
            raise ActivityUnknown
        if not await self._groups.leads(found.terms.group, citizen):
            raise ActivityUnknown
        return found
