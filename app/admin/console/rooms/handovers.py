"""Applications handed to departments' systems: what differs, what waits for whom, and asking again."""

from __future__ import annotations

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
from app.admin.console.parts import (
    REASON,
    Action,
    Asked,
    Cell,
    Detail,
    Done,
    Facts,
    Field,
    Finder,
    Listing,
    Reply,
    Row,
    Table,
    badge,
    figure,
    link,
    mono,
    plain,
    when,
)
from app.admin.console.texts import Text, word
from app.admin.console.view import RoomView
from app.core.paging import PageRequest
from app.domains.government.handover.model import Difference, Handover, HandoverState, Kind, News
from app.domains.government.handover.store import Waiting

_HEAD = (
    Text("发现时间", "Found"),
    Text("系统", "System"),
    Text("申请编号", "Application"),
    Text("差异", "Difference"),
    Text("对方所说", "They say"),
)
_SYSTEMS = (
    Text("系统", "System"),
    Text("未办结", "Open"),
    Text("待送达", "Waiting"),
    Text("最早一件", "Oldest"),
)
_STEPS = (Text("序号", "No."), Text("步骤", "Step"), Text("时间", "When"), Text("本市", "Here"))


class HandoversView(RoomView):
    noun = "handovers"
    label = Text("部门移交", "Hand-overs")
    lead = Text(
        "申请移交给部门业务系统办理；这里是双方说法不一致、需要人看一看的。",
        "Applications handled in departments' own systems; here is what the two sides say differently.",
    )
    icon = "fa-right-left"
    live = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._handovers = desk.services.government.handovers
        ask = Text("由工作进程再次送达或询问部门。", "A worker tells or asks the department again.")
        aside = Text(
            "说明怎么处理的。若是不可能的步骤，将跳过它，继续后面的步骤。",
            "Say what was done. A step that cannot be is passed over, and those after it go on.",
        )
        self.offers(
            Action("ask", Text("再问一次", "Ask again"), OPERATORS, self._ask, note=ask, icon="fa-rotate"),
            Action("aside", Text("处理完毕", "Set aside"), OPERATORS, self._aside, (_WHICH, REASON), aside),
        )
        number = Field("number", Text("申请编号", "Number of the application"), most=64)
        self.finder = Finder(
            (number,), self._find, Text("没有移交过这个编号。", "Nothing of this number was handed over.")
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._handovers.differing(page)
        rows = tuple(self._row(one) for _, one in found.items)
        more = self.next_page(found.has_next, found.items[-1][0] if found.items else None)
        empty = Text("没有待处理的差异。", "Nothing differs.")
        waiting = tuple(_waiting(one) for one in await self._handovers.waiting())
        systems = Table(_SYSTEMS, waiting, Text("各部门", "By department"), Text("还没有移交。", "Nothing yet."))
        return Listing(Table(_HEAD, rows, Text("差异", "Differences"), empty, more), (systems,))

    async def detail(self, asked: Asked) -> Detail | None:
        if ":" in asked.target:
            return await self._strange(asked)
        found = await self._handovers.one(asked.target)
        if found is None:
            return None
        one, steps, differing = found
        rows = tuple(_step(news, one) for news in steps)
        history = Table(_STEPS, rows, Text("部门所说的步骤", "What the department said"))
        differences = Table(_HEAD, tuple(map(_difference, differing)), Text("差异", "Differences"))
        buttons = self.buttons(asked, one.number, "ask") if one.state is not HandoverState.SETTLED else ()
        buttons += tuple(
            self.button("aside", one.number, kind=difference.kind.value)
            for difference in differing
            if difference.settled_at is None and asked.viewer.roles & OPERATORS
        )
        return Detail(one.number, (_facts(one), history, differences), badge(one.state), buttons=buttons)

    async def _strange(self, asked: Asked) -> Detail | None:
        """A number that was never handed over: all there is of it is what the department said."""
        one = await self._handovers.difference(asked.target)
        if one is None:
            return None
        differences = Table(_HEAD, (Row(_cells(one)),), Text("差异", "Differences"))
        open_ = one.settled_at is None and asked.viewer.roles & OPERATORS
        buttons = (self.button("aside", asked.target, kind=one.kind.value),) if open_ else ()
        return Detail(one.number, (differences,), badge(one.kind, "warn" if open_ else "good"), buttons=buttons)

    def _row(self, one: Difference) -> Row:
        return Row(_cells(one), _href(one))

    async def _find(self, asked: Asked) -> str | None:
        number = "".join(asked["number"].split()).upper()
        return self.here(number) if number and await self._handovers.one(number) else None

    async def _ask(self, asked: Asked) -> Reply:
        await self._handovers.ask_again(asked.viewer, asked.target)
        return Done(Text("已交给工作进程。", "Handed to a worker."))

    async def _aside(self, asked: Asked) -> Reply:
        found = None if ":" in asked.target else await self._handovers.one(asked.target)
        differing = found[2] if found else []
        (which,) = [one.id for one in differing if one.kind.value == asked["kind"]] or [asked.target]
        await self._handovers.set_aside(asked.viewer, which, asked["reason"])
        return Done(Text("已记录。", "Recorded."))


_WHICH = Field("kind", Text("差异", "Difference"), "hidden", most=40)


def _facts(one: Handover) -> Facts:
    return Facts.of(
        Text("移交", "The hand-over"),
        (Text("系统", "System"), mono(one.system)),
        (Text("事项", "Item"), mono(one.item)),
        (Text("单位", "Unit"), mono(one.unit)),
        (Text("部门编号", "Their number"), mono(one.reference)),
        (Text("待告知", "Still to tell"), plain("、".join(one.todo) or None)),
        (Text("尝试", "Tries"), figure(one.attempt)),
        (Text("上次失败", "Last fault"), mono(one.fault)),
        (Text("移交于", "Handed over"), when(one.made_at)),
        (Text("对方收到", "Taken"), when(one.taken_at)),
        (Text("办结", "Settled"), when(one.settled_at)),
    )


def _href(one: Difference) -> str:
    """Of what was never handed over there is no page but the difference's own."""
    return f"/admin/handovers/{one.id if one.kind is Kind.UNKNOWN_HERE else one.number}"


def _cells(one: Difference) -> tuple[Cell, ...]:
    kind = badge(one.kind, "warn" if one.settled_at is None else "good")
    said = " ".join(str(word(part)) for part in one.said.split())
    return (when(one.found_at), mono(one.system), link(one.number, _href(one)), kind, plain(said))


def _difference(one: Difference) -> Row:
    return Row(_cells(one))


def _step(news: News, one: Handover) -> Row:
    applied = news.seq <= one.seq
    here = badge("done" if applied else "waiting")
    return Row((figure(news.seq), badge(news.step), when(news.at), here))


def _waiting(one: Waiting) -> Row:
    return Row((mono(one.system), figure(one.open), figure(one.waiting), when(one.oldest)))
