"""Volunteers by their numbers: published hours, the star that follows from them, and counting them anew."""

from __future__ import annotations

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
from app.admin.console.parts import Action, Asked, Done, Listing, Reply, Row, Table, badge, figure, mono, plain, when
from app.admin.console.texts import Text
from app.admin.console.view import RoomView
from app.core.paging import PageRequest
from app.domains.community.volunteers.model import STARS, Volunteer


class VolunteersView(RoomView):
    noun = "volunteers"
    label = Text("志愿者", "Volunteers")
    lead = Text(
        "按志愿者编号列出，不含姓名；星级由已公布时长得出。",
        "By their numbers, without names; the star follows from the published hours.",
    )
    icon = "fa-medal"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.offers(Action("recount", Text("重新核算时长", "Count the hours anew"), OPERATORS, self._recount))

    def subject_of(self, target: str) -> str | None:
        return target or None

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self.desk.services.community.volunteering.register.of_city(page)
        hours, since = Text("已公布小时", "Published hours"), Text("注册时间", "Since")
        head = (Text("编号", "Number"), Text("星级", "Stars"), hours, since, Text("状态", "State"))
        rows = tuple(self._row(asked, one) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None)
        return Listing(Table(head, rows, empty=Text("没有志愿者。", "There is no volunteer."), next=more))

    def _row(self, asked: Asked, one: Volunteer) -> Row:
        stars = plain("★" * one.stars + "☆" * (len(STARS) - one.stars))
        text, tone = (Text("在册", "active"), "good") if one.active else (Text("已退出", "left"), "")
        state = badge("active" if one.active else "left", tone, text)
        cells = (mono(one.number), stars, figure(one.minutes // 60), when(one.agreed_at), state)
        return Row(cells, buttons=self.buttons(asked, one.id, "recount"))

    async def _recount(self, asked: Asked) -> Reply:
        minutes = await self.desk.services.community.volunteering.hours.recount(asked.viewer, asked.target)
        return Done(Text(f"共 {minutes} 分钟。", f"{minutes} minutes in all."))
