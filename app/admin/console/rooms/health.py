"""Health: teams of family doctors and the room they have, follow-ups that were missed, who reads records of whom."""

from __future__ import annotations

from collections.abc import Sequence

from app.admin.console.desk import Desk
from app.admin.console.parts import (
    Asked,
    Cell,
    Detail,
    Listing,
    Row,
    Table,
    badge,
    figure,
    link,
    mono,
    plain,
    progress,
    short_link,
    tags,
    when,
)
from app.admin.console.texts import Text, spoken
from app.admin.console.view import RoomView
from app.core.paging import PageRequest
from app.domains.appointments.contracts.model import Team
from app.domains.life.health.follow_ups.model import FollowUpKind, Plan
from app.domains.life.health.records.model import RecordKind
from virtual_card.disclosures.model import Disclosure

_KINDS = {
    FollowUpKind.BLOOD_PRESSURE: Text("高血压随访", "blood pressure"),
    FollowUpKind.BLOOD_SUGAR: Text("糖尿病随访", "blood sugar"),
    FollowUpKind.ELDER_CHECK: Text("老年人健康管理", "check of the old"),
    FollowUpKind.CHILD_CHECK: Text("儿童健康管理", "check of children"),
    FollowUpKind.MATERNAL: Text("孕产妇健康管理", "mothers"),
    FollowUpKind.MENTAL_HEALTH: Text("精神健康随访", "mental health"),
    FollowUpKind.OTHER: Text("其他随访", "other"),
}
_PARTS = {
    RecordKind.ENCOUNTERS: Text("就诊", "visits"),
    RecordKind.OBSERVATIONS: Text("检验检查", "measurements"),
    RecordKind.IMMUNISATIONS: Text("接种", "vaccinations"),
    RecordKind.MEDICATIONS: Text("用药", "medicines"),
}


class FamilyTeamsView(RoomView):
    noun = "family-teams"
    label = Text("家庭医生团队", "Family doctors")
    lead = Text("各团队签约的人数和上限，以及是否逐份答复。", "How many each looks after, and how it signs.")
    icon = "fa-user-md"

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self.desk.services.appointments.contracts.teams_of_city(page)
        head = (
            Text("团队", "Team"),
            Text("单位", "Organisation"),
            Text("签约", "Signed"),
            Text("方式", "How"),
            Text("服务包", "Packages"),
        )
        last = found.items[-1].id if found.items else None
        rows = tuple(_team(self.desk, one) for one in found.items)
        empty = Text("还没有家庭医生团队。", "There is no team of family doctors.")
        return Listing(Table(head, rows, empty=empty, next=self.next_page(found.has_next, last, {})))


class MissedFollowUpsView(RoomView):
    noun = "missed-follow-ups"
    label = Text("错过的随访", "Missed follow-ups")
    lead = Text("过期一周还没有进行的随访；结果只有本人和签约单位看得到。", "A week past their day. No results here.")
    icon = "fa-calendar-times"

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self.desk.services.life.health.follow_ups.missed(page)
        head = (
            Text("市民", "Citizen"),
            Text("单位", "Organisation"),
            Text("随访", "Follow-up"),
            Text("应在", "Was due"),
            Text("完成", "Done"),
            Text("错过", "Missed"),
        )
        last = found.items[-1].id if found.items else None
        rows = tuple(_missed(self.desk, one) for one in found.items)
        empty = Text("没有错过的随访。", "None was missed.")
        return Listing(Table(head, rows, empty=empty, next=self.next_page(found.has_next, last, {})))


class HealthReadersView(RoomView):
    noun = "health-readers"
    label = Text("健康档案查阅", "Readers of health records")
    lead = Text("经市民同意可以查阅健康档案的单位，以及它们查阅过谁。", "Who may read records by consent, and did.")
    icon = "fa-notes-medical"

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        asking = await self.desk.services.life.health.records.asking()
        head = (Text("单位", "Organisation"), Text("可以查阅", "May read"))
        rows = tuple(self._reader(code, kinds) for code, kinds in sorted(asking.items()))
        empty = Text("没有单位可以查阅健康档案。", "Nobody may read records.")
        return Listing(Table(head, rows, empty=empty))

    async def detail(self, asked: Asked) -> Detail | None:
        records = self.desk.services.life.health.records
        if asked.target not in await records.asking():
            return None
        found = await records.reads_of(asked.target, PageRequest(100))
        head = (Text("时间", "When"), Text("市民", "Citizen"), Text("查阅人", "By"), Text("内容", "Parts"))
        rows = tuple(_read(one) for one in found.items)
        return Detail(self.desk.organisation(asked.target), (Table(head, rows, Text("最近的查阅", "Lately read")),))

    def _reader(self, code: str, kinds: tuple[RecordKind, ...]) -> Row:
        return Row((link(self.desk.organisation(code), self.here(code)), _parts(kinds)), self.here(code))


def _parts(kinds: Sequence[RecordKind]) -> Cell:
    said = [_PARTS[kind] for kind in kinds]
    return plain(Text("、".join(one.zh for one in said), ", ".join(one.en for one in said)))


def _team(desk: Desk, one: Team) -> Row:
    room = progress(min(one.signed / one.capacity, 1.0), f"{one.signed} / {one.capacity}")
    how = badge("answers" if one.answers else "open", "", _HOW[one.answers])
    names = tags([package.name.within(spoken()) for package in one.packages])
    return Row(
        (
            plain(Text(one.name.zh, one.name.en or one.name.zh)),
            plain(desk.organisation(one.organisation)),
            room,
            how,
            names,
        )
    )


_HOW = {True: Text("逐份答复", "answers each"), False: Text("即签即约", "at once")}


def _missed(desk: Desk, one: Plan) -> Row:
    who = short_link(one.citizen, f"/admin/citizens/{one.citizen}")
    counts = (figure(one.done), figure(one.missed))
    return Row((who, plain(desk.organisation(one.organisation)), plain(_KINDS[one.kind]), when(one.due), *counts))


def _read(one: Disclosure) -> Row:
    parts = _parts([RecordKind(attribute.partition(".")[2]) for attribute in one.attributes])
    return Row((when(one.at), short_link(one.citizen, f"/admin/citizens/{one.citizen}"), mono(one.verifier), parts))
