"""What people say of places: their reviews, and what they propose to put right."""

from __future__ import annotations

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
from app.admin.console.parts import (
    Action,
    Asked,
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
    plain,
    when,
)
from app.admin.console.texts import Text, spoken
from app.admin.console.view import RoomView
from app.core.paging import PageRequest
from app.domains.life.directory.corrections.model import CorrectedField, CorrectionState, PlaceCorrection
from app.domains.life.directory.places.model import Place
from app.domains.life.directory.reviews.model import Review, Standing
from app.domains.life.directory.reviews.store import turn_of

_STANDINGS = {
    Standing.SHOWN: (Text("显示中", "shown"), "good"),
    Standing.WAITING: (Text("待审核", "to be looked at"), "warn"),
    Standing.HELD: (Text("暂时隐藏", "hidden for now"), "warn"),
    Standing.HIDDEN: (Text("已隐藏", "hidden"), "bad"),
}
_FIELDS = {
    CorrectedField.NAME: Text("名称", "name"),
    CorrectedField.ADDRESS: Text("地址", "address"),
    CorrectedField.PHONE: Text("电话", "telephone"),
    CorrectedField.HOURS: Text("营业时间", "hours"),
    CorrectedField.POSITION: Text("位置", "position"),
    CorrectedField.KIND: Text("类别", "sort"),
    CorrectedField.CLOSED: Text("已停业", "it is gone"),
}
_STATES = {
    CorrectionState.OPEN: (Text("待处理", "to decide"), "warn"),
    CorrectionState.ACCEPTED: (Text("已采纳", "accepted"), "good"),
    CorrectionState.REFUSED: (Text("未采纳", "refused"), "bad"),
    CorrectionState.WITHDRAWN: (Text("已撤回", "withdrawn"), "muted"),
}


class PlaceReviewsView(RoomView):
    noun = "place-reviews"
    label = Text("场所评价", "Reviews of places")
    lead = Text(
        "市民对场所的评价；待审核、被举报和申诉的在「微观审核」处理。",
        "What people say of places. What is in doubt, reported or appealed is decided under Moderation.",
    )
    icon = "fa-star"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._directory = desk.services.life.directory

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        standing = Standing(asked["state"]) if asked["state"] in set(Standing) else Standing.SHOWN
        found = await self._directory.reviews.of_city(standing, page)
        places = await self._directory.places.many([one.place for one in found.items])
        head = (
            Text("场所", "Place"),
            Text("作者", "Author"),
            Text("星级", "Stars"),
            Text("内容", "Words"),
            Text("已回复", "Answered"),
            Text("时间", "When"),
            Text("审核", "Moderation"),
        )
        rows = tuple(_review(one, places) for one in found.items)
        more = self.next_page(
            found.has_next, turn_of(found.items[-1]) if found.items else None, {"state": standing.value}
        )
        options = tuple(Option(one.value, text) for one, (text, _) in _STANDINGS.items())
        field = Field("state", Text("状态", "State"), "select", required=False, options=options, value=standing.value)
        empty = Text("没有这样的评价。", "No review is like that.")
        return Listing(Table(head, rows, empty=empty, next=more, aside=frozenset({3})), filters=(field,))


class PlaceCorrectionsView(RoomView):
    noun = "place-corrections"
    label = Text("场所纠错", "Corrections of places")
    lead = Text(
        "市民提出的纠错：采纳后目录立即更新，并向提出人致谢；不采纳要说明理由。运营单位也可以处理自家的。",
        "What citizens propose to put right. Accepted, the directory says so at once, and they are thanked; a refusal "
        "has a reason. Who runs a place decides on its own, too.",
    )
    icon = "fa-pen-to-square"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._directory = desk.services.life.directory
        told = Text("提出人会看到。", "Who proposed it reads it.")
        reason = Field("reason", Text("理由", "Reason"), "area", told, most=200)
        self.offers(
            Action("accept", Text("采纳", "Accept"), OPERATORS, self._accept, tone="good"),
            Action("refuse", Text("不采纳", "Refuse"), OPERATORS, self._refuse, (reason,), tone="bad"),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        state = CorrectionState(asked["state"]) if asked["state"] in set(CorrectionState) else CorrectionState.OPEN
        found = await self._directory.corrections.page(state, page)
        places = await self._directory.places.many([one.place for one in found.items])
        head = (
            Text("场所", "Place"),
            Text("项目", "What"),
            Text("原来", "Was"),
            Text("应为", "Should be"),
            Text("时间", "When"),
        )
        rows = tuple(self._row(one, places) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, {"state": state.value})
        options = tuple(Option(one.value, text) for one, (text, _) in _STATES.items())
        field = Field("state", Text("状态", "State"), "select", required=False, options=options, value=state.value)
        empty = Text("没有这样的纠错。", "Nothing of the kind.")
        return Listing(Table(head, rows, empty=empty, next=more), filters=(field,))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._directory.corrections.get(asked.target)
        if one is None:
            return None
        place = (await self._directory.places.many([one.place])).get(one.place)
        facts = Facts.of(
            Text("基本情况", "What it is"),
            (Text("场所", "Place"), link(_name(place, one.place), f"/admin/places/{one.place}")),
            (Text("项目", "What"), plain(_FIELDS[one.proposed.field])),
            (Text("原来", "Was"), mono(one.was)),
            (Text("应为", "Should be"), mono(one.proposed.value)),
            (Text("说明", "Note"), plain(one.proposed.note)),
            (Text("提出时间", "Proposed"), when(one.at)),
            (Text("处理", "Decided by"), plain(one.decided_by)),
            (Text("理由", "Reason"), plain(one.reason)),
        )
        buttons = self.buttons(asked, one.id, "accept", "refuse") if one.open else ()
        text, tone = _STATES[one.state]
        return Detail(_FIELDS[one.proposed.field], (facts,), badge(one.state, tone, text), buttons=buttons)

    def _row(self, one: PlaceCorrection, places: dict[str, Place]) -> Row:
        cells = (
            plain(_name(places.get(one.place), one.place)),
            plain(_FIELDS[one.proposed.field]),
            mono(one.was),
            mono(one.proposed.value),
            when(one.at),
        )
        return Row(cells, self.here(one.id))

    async def _accept(self, asked: Asked) -> Reply:
        await self._directory.corrections.decide(asked.viewer, asked.target, True, "", asked.key)
        return Done(Text("已采纳，目录已更新。", "Accepted: the directory says so now."), self.here())

    async def _refuse(self, asked: Asked) -> Reply:
        await self._directory.corrections.decide(asked.viewer, asked.target, False, asked["reason"], asked.key)
        return Done(Text("已说明理由。", "Refused, with the reason."), self.here())


def _review(one: Review, places: dict[str, Place]) -> Row:
    text, tone = _STANDINGS[one.standing]
    shown = badge(one.standing, tone, text)
    matter = shown if one.shown else link(text, f"/admin/moderations/review:{one.id}")
    words = one.words if one.shown else ""  # what is not shown is read where reading is recorded
    cells = (
        link(_name(places.get(one.place), one.place), f"/admin/places/{one.place}"),
        plain(one.name),
        figure(one.stars),
        plain(words),
        plain(Text("是", "yes") if one.reply else Text("否", "no")),
        when(one.changed_at),
        matter,
    )
    return Row(cells)


def _name(place: Place | None, id_: str) -> str:
    return place.name.within(spoken()) if place else id_
