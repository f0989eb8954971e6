"""Points: what organisations may give, good causes, and merchants that take points."""

from __future__ import annotations

from datetime import date

from app.admin.console.desk import Desk
from app.admin.console.pages import ADMINISTRATORS
from app.admin.console.parts import (
    REASON,
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
    Table,
    badge,
    figure,
    plain,
    progress,
    when,
)
from app.admin.console.rooms.point_rates import rates_of, redemptions_of
from app.admin.console.texts import Text
from app.admin.console.view import RoomView
from app.core.clock import civil_day
from app.core.errors import BadInput
from app.core.paging import PageRequest
from app.core.said import Said
from app.domains.payment.points.causes.model import Cause, CauseSoFar
from app.domains.payment.points.grants.model import Budget
from app.domains.payment.points.model import POINT
from app.domains.payment.points.partners.model import Partner

_ORGANISATION = Field("organisation", Text("单位编号", "Organisation"), most=40)
_OPEN = (Text("可捐", "open"), "good")
_CLOSED = (Text("已结束", "closed"), "")
_RATE = (
    Field("from_day", Text("自何日起", "From"), "day", most=10),
    Field("yuan", Text("每积分付多少元", "Yuan for a point"), most=6, pattern=r"[01](\.[0-9]{1,4})?", value="0.0100"),
    REASON,
)
_NOTE = Text("已有的按新内容修改。", "One that is there is changed.")


class PointBudgetsView(RoomView):
    noun = "point-budgets"
    label = Text("积分额度", "Point budgets")
    lead = Text(
        "各单位可发放的爱心积分；每笔发放从额度中扣减，不能超发。",
        "How many points organisations may give: each grant is taken from its budget, and none goes beyond.",
    )
    icon = "fa-hand-holding-heart"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._grants = desk.services.payment.points.grants
        points = Field("points", Text("总额度（积分）", "Points in all"), "number", most=10, pattern=r"[0-9]{1,10}")
        note = Text("总额度包括已发放的部分。", "What was given already is part of it.")
        fields = (_ORGANISATION, points, REASON)
        self.offers(Action("give", Text("设定额度", "Set a budget"), ADMINISTRATORS, self._give, fields, note))

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._grants.budgets(page)
        head = (
            Text("单位", "Organisation"),
            Text("总额度", "In all"),
            Text("剩余", "Left"),
            Text("已用", "Used"),
            Text("最近变动", "Changed"),
        )
        rows = tuple(self._row(one) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].organisation if found.items else None)
        empty = Text("还没有单位获得额度。", "No organisation has points to give yet.")
        return Listing(Table(head, rows, empty=empty, next=more))

    def _for_all(self) -> tuple[str, ...]:
        return ("give",)

    def _row(self, one: Budget) -> Row:
        used = progress(one.used / one.given if one.given else 0.0, f"{one.used // POINT:,}")
        left = figure(f"{one.left // POINT:,}")
        cells = (self.desk.office(one.organisation), figure(f"{one.given // POINT:,}"), left, used)
        return Row((*cells, when(one.changed_at)))

    async def _give(self, asked: Asked) -> Reply:
        await self._grants.set_budget(asked.viewer, asked["organisation"], _number(asked, "points"), asked["reason"])
        return Done(Text("额度已设定。", "The budget is set."))


class GoodCausesView(RoomView):
    noun = "good-causes"
    label = Text("公益项目", "Good causes")
    lead = Text("市民可以把爱心积分捐给这些项目。", "What citizens can give their points to.")
    icon = "fa-seedling"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._causes = desk.services.payment.points.causes
        fields = (
            Field("code", Text("代码", "Code"), most=41, pattern=r"[a-z][a-z0-9-]{1,40}"),
            Field("zh", Text("名称", "Name in Chinese"), most=40),
            Field("en", Text("英文名称", "Name in English"), required=False, most=120),
            Field("words_zh", Text("说明", "Words in Chinese"), "area", required=False, most=300),
            Field("words_en", Text("英文说明", "Words in English"), "area", required=False, most=600),
            Field("goal", Text("目标（积分）", "Goal in points"), "number", required=False, pattern=r"[0-9]{1,10}"),
            Field("rank", Text("次序", "Order"), "number", required=False, most=4, pattern=r"[0-9]{1,4}", value="0"),
        )
        self.offers(
            Action("put", Text("新增或修改", "Make or change"), ADMINISTRATORS, self._put, fields, _NOTE),
            Action("close", Text("结束", "Close"), ADMINISTRATORS, self._close, tone="bad"),
            Action("reopen", Text("重新开放", "Open again"), ADMINISTRATORS, self._reopen),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        head = (Text("项目", "Cause"), Text("已获", "Given"), Text("目标", "Goal"), Text("状态", "State"))
        rows = tuple(self._row(one) for one in await self._causes.listed(closed=True))
        return Listing(Table(head, rows, empty=Text("还没有公益项目。", "There is no cause yet.")))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._causes.one(asked.target)
        if one is None:
            return None
        cause = one.cause
        facts = Facts.of(
            Text("基本情况", "What it is"),
            (Text("说明", "Words"), plain(Text(cause.words.zh, cause.words.en or cause.words.zh))),
            (Text("已获积分", "Points given"), figure(f"{one.points:,}")),
            (Text("目标", "Goal"), figure(cause.goal)),
        )
        buttons = self.buttons(asked, cause.code, "close" if cause.open else "reopen")
        title = Text(cause.name.zh, cause.name.en or cause.name.zh)
        return Detail(title, (facts,), _open(cause), buttons=buttons)

    def _for_all(self) -> tuple[str, ...]:
        return ("put",)

    def _row(self, one: CauseSoFar) -> Row:
        cause = one.cause
        given = figure(f"{one.points:,}")
        if cause.goal:
            given = progress(min(1.0, one.points / cause.goal), f"{one.points:,}")
        name = plain(Text(cause.name.zh, cause.name.en or cause.name.zh))
        return Row((name, given, figure(cause.goal), _open(cause)), self.here(cause.code))

    async def _put(self, asked: Asked) -> Reply:
        name, words = Said(asked["zh"], asked["en"]), Said(asked["words_zh"], asked["words_en"])
        goal = _number(asked, "goal") if asked["goal"] else None
        was = await self._causes.one(asked["code"])
        open_ = was.cause.open if was else True
        cause = Cause(asked["code"], name, words, goal, open_, _number(asked, "rank") if asked["rank"] else 0)
        await self._causes.put(asked.viewer, cause)
        return Done(Text("已保存。", "It is saved."), self.here(cause.code))

    async def _close(self, asked: Asked) -> Reply:
        await self._causes.close(asked.viewer, asked.target)
        return Done(Text("已结束。", "It is closed."))

    async def _reopen(self, asked: Asked) -> Reply:
        await self._causes.close(asked.viewer, asked.target, open_=True)
        return Done(Text("已重新开放。", "It is open again."))


class PointPartnersView(RoomView):
    noun = "point-partners"
    label = Text("积分商户", "Point partners")
    lead = Text(
        "收取爱心积分的商户，以及多少积分抵一元。", "Merchants that take points, and how many are worth a yuan there."
    )
    icon = "fa-handshake"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._partners = desk.services.payment.points.partners
        fields = (
            _ORGANISATION,
            Field("rate", Text("一元抵多少积分", "Points for a yuan"), "number", most=5, pattern=r"[0-9]{1,5}"),
            Field("offers_zh", Text("可换什么", "What one can get (Chinese)"), required=False, most=100),
            Field("offers_en", Text("可换什么（英文）", "What one can get (English)"), required=False, most=200),
        )
        self._rates, self._redeeming = desk.services.payment.points.rates, desk.services.payment.settlement.redeeming
        first = Text("最早从明日起生效；首个价格可更早。", "From tomorrow at the earliest; the first one also earlier.")
        self.offers(
            Action("put", Text("新增或修改", "Make or change"), ADMINISTRATORS, self._put, fields, _NOTE),
            Action("rate", Text("设定付给商户的价格", "Set what it is paid"), ADMINISTRATORS, self._rate, _RATE, first),
            Action("end", Text("停止合作", "End"), ADMINISTRATORS, self._end, tone="bad"),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._partners.listed(page, ended=True)
        head = (
            Text("商户", "Merchant"),
            Text("一元抵", "For a yuan"),
            Text("可换", "Offers"),
            Text("起始", "Since"),
            Text("状态", "State"),
        )
        rows = tuple(self._row(one) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].organisation if found.items else None)
        return Listing(Table(head, rows, empty=Text("还没有积分商户。", "There is no partner yet."), next=more))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._partners.one(asked.target)
        if one is None:
            return None
        waiting = await self._redeeming.waiting(one.organisation)
        facts = Facts.of(
            Text("合作条件", "On what terms"),
            (Text("商户", "Merchant"), self.desk.office(one.organisation)),
            (Text("一元抵多少积分", "Points for a yuan"), figure(one.rate)),
            (Text("可换", "Offers"), plain(Text(one.offers.zh, one.offers.en or one.offers.zh))),
            (Text("起始", "Since"), when(one.since)),
            (Text("待结算积分", "Points to be paid for"), figure(f"{waiting // POINT:,}")),
        )
        buttons = self.buttons(asked, one.organisation, *(("rate", "end") if one.active else ("rate",)))
        sections = (facts, *await self._paid_for(one.organisation))
        return Detail(self.desk.organisation(one.organisation), sections, _active(one), buttons=buttons)

    def _for_all(self) -> tuple[str, ...]:
        return ("put",)

    def _row(self, one: Partner) -> Row:
        offers = plain(Text(one.offers.zh, one.offers.en or one.offers.zh) if one.offers.zh else None)
        name = plain(self.desk.organisation(one.organisation))
        return Row((name, figure(one.rate), offers, when(one.since), _active(one)), self.here(one.organisation))

    async def _put(self, asked: Asked) -> Reply:
        offers = Said(asked["offers_zh"], asked["offers_en"])
        await self._partners.put(asked.viewer, asked["organisation"], _number(asked, "rate"), offers)
        return Done(Text("已保存。", "It is saved."), self.here(asked["organisation"]))

    async def _paid_for(self, organisation: str) -> tuple[Table, Table]:
        today = civil_day(self.desk.city.clock.now())
        last = await self._redeeming.page(organisation, PageRequest(20))
        return rates_of(await self._rates.of(organisation), today), redemptions_of(last.items)

    async def _rate(self, asked: Asked) -> Reply:
        day = _day(asked["from_day"])
        await self._rates.put(asked.viewer, asked.target, day, asked["yuan"], asked["reason"])
        return Done(Text("价格已设定。", "The rate is set."))

    async def _end(self, asked: Asked) -> Reply:
        await self._partners.end(asked.viewer, asked.target)
        return Done(Text("已停止合作。", "It takes no points any more."))


def _open(cause: Cause) -> Cell:
    text, tone = _OPEN if cause.open else _CLOSED
    return badge("open", tone, text)


def _active(one: Partner) -> Cell:
    return badge("active") if one.active else badge("ended", "", Text("已停止", "ended"))


def _number(asked: Asked, name: str) -> int:
    """Raises BadInput."""
    if not asked[name].isdecimal() or len(asked[name]) > 12:
        raise BadInput(field=name)
    return int(asked[name])


def _day(text: str) -> date:
    """Raises BadInput."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(field="from_day") from None
