"""Grid officers: patrols, rounds as they were walked, and what was found undone."""

from __future__ import annotations

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
from app.admin.console.parts import (
    Action,
    Asked,
    Cell,
    Detail,
    Done,
    Facts,
    Field,
    Listing,
    Option,
    Reply,
    Row,
    Table,
    badge,
    figure,
    link,
    mono,
    person,
    plain,
    progress,
    when,
)
from app.admin.console.texts import Text, spoken
from app.admin.console.view import RoomView
from app.core.paging import PageRequest
from app.domains.voice.street.patrols.findings.model import Finding, When
from app.domains.voice.street.patrols.rounds.model import Round, Visit

_PATROLS = (
    Text("路线", "Patrol"),
    Text("单位", "Unit"),
    Text("点位", "Points"),
    Text("网格员", "Officers"),
    Text("状态", "State"),
)
_ROUNDS = (
    Text("开始", "Started"),
    Text("网格员", "Officer"),
    Text("单位", "Unit"),
    Text("完成", "Done"),
    Text("结束", "Ended"),
)
_VISITS = (
    Text("点位", "Point"),
    Text("手机时间", "By the phone"),
    Text("收到", "Heard"),
    Text("到位", "There"),
    Text("距离", "Away"),
    Text("照片", "Photos"),
)
_FINDINGS = (
    Text("诉求", "Case"),
    Text("时间", "When"),
    Text("网格员", "Officer"),
    Text("承办单位", "Unit"),
    Text("核查", "Look"),
    Text("结果", "Found"),
    Text("到位", "There"),
    Text("状态", "State"),
)


class PatrolsView(RoomView):
    noun = "patrols"
    label = Text("巡查路线", "Patrols")
    lead = Text("网格和路线：谁走、经过哪些点。", "Grids and routes: who walks them, past which points.")
    icon = "fa-route"

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self.desk.services.voice.grid.patrols.of_city(page)
        rows = tuple(
            Row(
                (
                    plain(one.name.within(spoken())),
                    plain(self.desk.organisation(one.unit)),
                    figure(len(one.points)),
                    figure(len(one.officers)),
                    badge("active") if one.active else badge("suspended"),
                )
            )
            for one in found.items
        )
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None)
        return Listing(Table(_PATROLS, rows, empty=Text("还没有路线。", "There is no patrol yet."), next=more))


class RoundsView(RoomView):
    noun = "patrol-rounds"
    label = Text("巡查记录", "Rounds")
    lead = Text(
        "每次巡查逐点记录；没有网络时补传的，手机时间和收到时间都留着。",
        "Each round point by point; of what came late, both the phone's time and the city's are kept.",
    )
    icon = "fa-person-walking"

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self.desk.services.voice.grid.rounds.of_city(page)
        names = await self.desk.names(one.officer for one in found.items)
        rows = tuple(self._row(one, names) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None)
        return Listing(Table(_ROUNDS, rows, empty=Text("还没有巡查。", "No round yet."), next=more))

    async def detail(self, asked: Asked) -> Detail | None:
        found = await self.desk.services.voice.grid.rounds.one(asked.target)
        if found is None:
            return None
        names = await self.desk.names([found.officer])
        points = {one.id: one.name.within(spoken()) for one in found.points}
        visits = Table(_VISITS, tuple(_visit(one, points) for one in found.visits), Text("经过", "The way"))
        missed = ", ".join(one.name.within(spoken()) for one in found.missed())
        facts = Facts.of(
            Text("基本情况", "What it was"),
            (Text("网格员", "Officer"), person(found.officer, names)),
            (Text("开始（手机 / 收到）", "Started (phone)"), when(found.said_started_at)),
            (Text("开始（收到）", "Started (heard)"), when(found.started_at)),
            (Text("结束", "Ended"), when(found.said_ended_at)),
            (Text("没有到的点", "Missed"), plain(missed)),
        )
        return Detail(f"…{found.id[-8:]}", (facts, visits))

    def _row(self, one: Round, names: dict[str, str]) -> Row:
        done, of = len(one.done()), len(one.points)
        unit = plain(self.desk.organisation(one.unit))
        part = progress(done / of if of else 0.0, f"{done} / {of}")
        return Row(
            (when(one.started_at), person(one.officer, names), unit, part, when(one.ended_at)), self.here(one.id)
        )


class FindingsView(RoomView):
    noun = "case-findings"
    label = Text("现场核查", "Looks on site")
    lead = Text(
        "网格员到现场看：说办好了却没办好的，由中心处理。",
        "Officers look on site: what is said to be done and is not, the centre answers for.",
    )
    icon = "fa-eye"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._findings = desk.services.voice.grid.findings
        answer = Field("answer", Text("怎么处理", "What is done about it"), "area", most=500)
        self.offers(Action("settle", Text("处理", "Settle"), OPERATORS, self._settle, (answer,), tone="good"))

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        wanted = asked["state"] if asked["state"] in ("open", "rest") else "open"
        found = await self._findings.of_city(wanted == "open", page)
        names = await self.desk.names(one.officer for one in found.items)
        rows = tuple(self._row(asked, one, names) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, {"state": wanted})
        options = (Option("open", Text("待处理", "to be answered")), Option("rest", Text("其他", "the rest")))
        state = Field("state", Text("状态", "State"), "select", required=False, options=options, value=wanted)
        empty = Text("没有待处理的。", "There is nothing to answer.")
        return Listing(Table(_FINDINGS, rows, empty=empty, next=more, aside=frozenset({6})), filters=(state,))

    def _row(self, asked: Asked, one: Finding, names: dict[str, str]) -> Row:
        ok = (
            badge("ok", "good", Text("属实 / 已办好", "as said"))
            if one.ok
            else badge("not_ok", "bad", Text("不符", "not"))
        )
        unit = plain(self.desk.organisation(one.unit) if one.unit else None)
        moment = Text("办理前", "before the work") if one.when is When.BEFORE else Text("办理后", "after it")
        cells = (link(one.number, f"/admin/cases/{one.case}"), when(one.at), person(one.officer, names), unit)
        state = badge("open") if one.open else badge("done")
        buttons = self.buttons(asked, one.id, "settle") if one.open else ()
        return Row((*cells, plain(moment), ok, _there(one.there), state), buttons=buttons)

    async def _settle(self, asked: Asked) -> Reply:
        await self._findings.settle(asked.viewer, asked.target, asked["answer"], asked.key)
        return Done(Text("已处理。", "Settled."))


def _visit(one: Visit, points: dict[str, str]) -> Row:
    skipped = badge("skipped", "warn", Text("跳过", "passed by"))
    said = badge("late", "warn", Text("时钟不准", "clock wrong")) if one.doubtful else when(one.said_at)
    away = figure(f"{one.metres} m" if one.metres is not None else None)
    there = skipped if one.skipped else _there(one.there)
    return Row((plain(points.get(one.point, one.point)), said, when(one.at), there, away, figure(len(one.files))))


def _there(there: bool | None) -> Cell:
    if there is None:
        return mono(None)
    return badge("there", "good", Text("到位", "there")) if there else badge("away", "warn", Text("较远", "away"))
