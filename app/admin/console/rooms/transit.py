"""Timetables: what is in force, trying a feed, importing it, going back."""

from __future__ import annotations

import base64
import binascii
from io import BytesIO

from app.admin.console.desk import Desk
from app.admin.console.pages import ADMINISTRATORS
from app.admin.console.parts import (
    Action,
    Asked,
    Cell,
    Detail,
    Done,
    Facts,
    Field,
    Listing,
    Reply,
    Row,
    Said,
    Table,
    badge,
    figure,
    mono,
    plain,
    when,
)
from app.admin.console.texts import Text, spoken
from app.admin.console.view import RoomView
from app.core.errors import BadInput
from app.core.messages import message
from app.core.paging import PageRequest
from app.domains.life.transit.feeds.errors import FeedRefused
from app.domains.life.transit.feeds.model import FeedVersion, Finding, VersionState

_LISTED = 40
_LARGEST = 16 << 20  # packed, as the endpoint has it; larger ones are imported from the shell
_AS_TEXT = _LARGEST * 4 // 3 + 4
_FILE = Field(
    "file",
    Text("GTFS 文件（zip）", "GTFS file (zip)"),
    "file",
    Text(
        "不超过 16 MB；更大的请用命令行导入。有错误的文件不会改变正在使用的时刻表。",
        "Up to 16 MB; larger ones are imported from the shell. A file with faults leaves the timetable in force.",
    ),
    most=_AS_TEXT,
)
_HEAD = (
    Text("版本", "Version"),
    Text("发布者", "Publisher"),
    Text("有效期", "Valid"),
    Text("线路", "Routes"),
    Text("站点", "Stops"),
    Text("班次", "Trips"),
    Text("状态", "State"),
    Text("导入时间", "Imported"),
)


class TransitView(RoomView):
    noun = "transit"
    label = Text("公交时刻表", "Timetables")
    lead = Text(
        "正在使用的公交时刻表、以前的版本，以及实时数据。", "The timetable in force, those before, and live data."
    )
    icon = "fa-bus"
    most_sent = _AS_TEXT + 10_000

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._transit = desk.services.life.transit
        whole = Text("有错误的文件不会改变任何东西。", "A file with faults changes nothing.")
        check = Text("先检查", "Check first")
        self.offers(
            Action("check", check, ADMINISTRATORS, self._check, (_FILE,)),
            Action(
                "import", Text("导入", "Import"), ADMINISTRATORS, self._import, (_FILE,), whole, "good", first="check"
            ),
            Action("restore", Text("重新启用", "Put in force again"), ADMINISTRATORS, self._restore),
        )

    def _for_all(self) -> tuple[str, ...]:
        return ("import",)

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        pointer, kept = await self._transit.feeds.versions()
        now = pointer.version if pointer else None
        rows = tuple(_row(one, now, self.here(one.id)) for one in kept)
        return Listing(Table(_HEAD, rows, empty=Text("还没有时刻表。", "There is no timetable yet.")))

    async def detail(self, asked: Asked) -> Detail | None:
        pointer, kept = await self._transit.feeds.versions()
        one = next((version for version in kept if version.id == asked.target), None)
        if one is None:
            return None
        now = pointer.version if pointer else None
        other = one.state is VersionState.READY and one.id != now
        buttons = self.buttons(asked, one.id, "restore") if other else ()
        parts = (_facts(one), *(await self._live() if one.id == now else ()))
        return Detail(one.id, parts, _state(one, now), buttons=buttons)

    async def _live(self) -> tuple[Facts, ...]:
        looked = await self._transit.listening.last_look()
        if looked is None:
            return ()
        at, outcome, heard = looked
        tone = "good" if outcome == "ok" else "bad"
        return (
            Facts.of(
                Text("实时数据", "Live data"),
                (Text("上次查询", "Asked last"), when(at)),
                (Text("结果", "Outcome"), badge(outcome, tone)),
                (Text("上次收到", "Heard last"), when(heard)),
            ),
        )

    async def _check(self, asked: Asked) -> Reply:
        report = await self._transit.feeds.check(lambda: _opened(asked))
        if report.summary is None:
            return Said(_said(report.findings))
        found = report.summary
        head = str(
            Text(
                f"可以导入：{found.routes} 条线路，{found.stops} 个站点，{found.trips} 个班次。",
                f"It can be imported: {found.routes} routes, {found.stops} stops, {found.trips} trips.",
            )
        )
        return Said("\n".join(filter(None, (head, _said(report.findings)))))

    async def _import(self, asked: Asked) -> Reply:
        try:
            done = await self._transit.feeds.run(asked.viewer, lambda: _opened(asked))
        except FeedRefused as refused:  # the dialog stays, with what is to be mended
            return Said("\n".join((message(refused.code, spoken(), count=refused.count), _said(refused.findings))))
        if not done.fresh:
            return Done(Text("这个版本已经在使用。", "This version is in force already."))
        return Done(Text("新的时刻表已启用。", "The new timetable is in force."), self.here(done.report.version))

    async def _restore(self, asked: Asked) -> Reply:
        await self._transit.feeds.restore(asked.viewer, asked.target)
        return Done(Text("已重新启用。", "It is in force again."))


def _opened(asked: Asked) -> BytesIO:
    """Raises BadInput."""
    try:
        return BytesIO(base64.b64decode(asked["file"], altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        raise BadInput(field="file") from None


def _said(findings: tuple[Finding, ...]) -> str:
    """Line by line, as far as a dialog holds them."""
    lines = []
    for one in findings[:_LISTED]:
        place = f"{one.file}:{one.line}" if one.line else one.file
        words = message(f"FEED_FINDING_{one.kind.name}", spoken())
        more = f"+{one.more}" if one.more else ""
        lines.append(" · ".join(filter(None, (place, one.field, one.value, words, more))))
    left = len(findings) - _LISTED
    return "\n".join([*lines, f"+{left}"] if left > 0 else lines)


def _row(one: FeedVersion, now: str | None, href: str) -> Row:
    found = one.summary
    days = f"{found.first_day} – {found.last_day}" if found.first_day else "-"
    counts = (figure(found.routes), figure(found.stops), figure(found.trips))
    return Row((mono(one.id), plain(found.publisher), plain(days), *counts, _state(one, now), when(one.made_at)), href)


def _facts(one: FeedVersion) -> Facts:
    found = one.summary
    return Facts.of(
        Text("内容", "What is in it"),
        (Text("发布者", "Publisher"), plain(found.publisher)),
        (Text("时区", "Time zone"), mono(found.zone)),
        (Text("第一天", "First day"), plain(str(found.first_day or ""))),
        (Text("最后一天", "Last day"), plain(str(found.last_day or ""))),
        (Text("运营单位", "Agencies"), figure(found.agencies)),
        (Text("线路", "Routes"), figure(found.routes)),
        (Text("站点", "Stops"), figure(found.stops)),
        (Text("班次", "Trips"), figure(found.trips)),
        (Text("上车点时刻", "Departures"), figure(found.calls)),
        (Text("提醒", "Warnings"), figure(one.warnings)),
        (Text("导入时间", "Imported"), when(one.made_at)),
    )


def _state(one: FeedVersion, now: str | None) -> Cell:
    if one.id == now:
        return badge(Text("使用中", "in force"), "good")
    if one.state is VersionState.LOADING:
        return badge(Text("导入中", "being imported"))
    return badge(Text("已保存", "kept"))
