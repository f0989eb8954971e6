"""What is on and how it sells, what is done after cancellations, houses and sights. Who bought what is not seen here,
and what somebody reads is nowhere.
"""

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
    Prose,
    Reply,
    Row,
    Table,
    badge,
    figure,
    link,
    plain,
    progress,
    short_link,
    when,
    yuan,
)
from app.admin.console.texts import Text, spoken
from app.admin.console.view import RoomView
from app.core.errors import BadInput
from app.core.paging import PageRequest
from app.core.places.model import Point
from app.core.said import Said
from app.domains.life.culture.events.model import CultureEvent, CultureEventKind, CultureEventState, EventSession
from app.domains.life.culture.tickets.model import Run, RunKind, Sold
from app.domains.life.culture.tourism.model import CrowdLevel, Sight
from app.domains.life.culture.tourism.service import SeenSight
from app.domains.life.culture.venues.model import CultureVenue, CultureVenueKind
from app.domains.life.directory.hours.notation import parsed_hours, written_hours

_STATES = {
    CultureEventState.DRAFT: (Text("草稿", "draft"), ""),
    CultureEventState.PUBLISHED: (Text("已发布", "published"), "good"),
    CultureEventState.CANCELLED: (Text("已取消", "cancelled"), "bad"),
}
_KINDS = {
    CultureEventKind.EXHIBITION: Text("展览", "exhibition"),
    CultureEventKind.CONCERT: Text("音乐会", "concert"),
    CultureEventKind.PLAY: Text("戏剧", "play"),
    CultureEventKind.OPERA: Text("戏曲", "opera"),
    CultureEventKind.LECTURE: Text("讲座", "lecture"),
    CultureEventKind.SPORT: Text("体育", "sport"),
    CultureEventKind.WORKSHOP: Text("体验课", "workshop"),
    CultureEventKind.FAMILY: Text("亲子", "family"),
}
_HOUSES = {
    CultureVenueKind.MUSEUM: Text("博物馆", "museum"),
    CultureVenueKind.THEATRE: Text("剧院", "theatre"),
    CultureVenueKind.GYMNASIUM: Text("体育馆", "gymnasium"),
    CultureVenueKind.LIBRARY: Text("图书馆", "library"),
    CultureVenueKind.GALLERY: Text("美术馆", "gallery"),
    CultureVenueKind.CENTRE: Text("文化馆", "culture centre"),
}
_LEVELS = {
    CrowdLevel.UNKNOWN: (Text("不明", "not known"), ""),
    CrowdLevel.QUIET: (Text("舒适", "quiet"), "good"),
    CrowdLevel.BUSY: (Text("较多", "busy"), "good"),
    CrowdLevel.WARNING: (Text("预警", "warning"), "warn"),
    CrowdLevel.FULL: (Text("已满", "full"), "bad"),
}
_CANCELLED = Text("已取消", "cancelled")
_RUNS = {RunKind.CANCELLED: Text("取消退款", "cancelled"), RunKind.MOVED: Text("改期通知", "moved")}


class CultureEventsView(RoomView):
    noun = "culture-events"
    label = Text("文化活动", "Events")
    lead = Text(
        "各场馆的活动、场次与售票情况；看不到购票人。",
        "What is on, and how it sells; who holds tickets is not seen here.",
    )
    icon = "fa-masks-theater"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._culture = desk.services.life.culture

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        chosen = asked["state"] if asked["state"] in set(CultureEventState) else CultureEventState.PUBLISHED.value
        found = await self._culture.events.page(page, CultureEventState(chosen))
        head = (
            Text("活动", "Event"),
            Text("类别", "Kind"),
            Text("单位", "Organisation"),
            Text("票价", "Price"),
            Text("末场结束", "Ends"),
            Text("状态", "State"),
        )
        rows = tuple(self._row(one) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, {"state": chosen})
        options = tuple(Option(one.value, text) for one, (text, _) in _STATES.items())
        field = Field("state", Text("状态", "State"), "select", required=False, options=options, value=chosen)
        empty = Text("没有这样的活动。", "There is no such event.")
        return Listing(Table(head, rows, empty=empty, next=more), filters=(field,))

    async def detail(self, asked: Asked) -> Detail | None:
        found = await self._culture.events.any(asked.target)
        if found is None:
            return None
        event, profile = found.event, found.event.profile
        facts = Facts.of(
            Text("基本情况", "What it is"),
            (Text("单位", "Organisation"), self.desk.office(event.organisation)),
            (Text("类别", "Kind"), plain(_KINDS[profile.kind])),
            (Text("票价", "Price"), _price(profile.fen)),
            (Text("每人限购", "Tickets a person"), figure(profile.per_person)),
            (Text("退票截止（开场前小时）", "Returned until (hours before)"), figure(profile.return_hours)),
            (Text("取消原因", "Why it was cancelled"), plain(event.reason)),
        )
        sold = await self._culture.views.sold([one.id for one in found.sessions])
        head = (
            Text("场次", "Session"),
            Text("场馆 / 厅", "House / hall"),
            Text("售出", "Sold"),
            Text("已入场", "Came in"),
            Text("待支付", "Held"),
            Text("候补", "Waiting"),
            Text("票款", "Taken"),
            Text("状态", "State"),
        )
        rows = tuple(_session(one, sold.get(one.id, Sold())) for one in found.sessions)
        runs = tuple(_run(one) for one in await self._culture.ending.runs_of(event.id))
        tables = (
            Table(head, rows, Text("场次与售票", "Sessions and sales")),
            Table(_RUN_HEAD, runs, Text("退款与通知", "Refunds and messages"), _NO_RUN),
        )
        title = Text(profile.name.zh, profile.name.en or profile.name.zh)
        return Detail(title, (facts, *tables), _state(event))

    def _row(self, one: CultureEvent) -> Row:
        profile = one.profile
        name = plain(Text(profile.name.zh, profile.name.en or profile.name.zh))
        house = self.desk.office(one.organisation)
        cells = (name, plain(_KINDS[profile.kind]), house, _price(profile.fen), when(one.ends_at), _state(one))
        return Row(cells, self.here(one.id))


_RUN_HEAD = (
    Text("时间", "When"),
    Text("事由", "What for"),
    Text("活动", "Event"),
    Text("已通知", "Told"),
    Text("退款", "Given back"),
    Text("完成", "Done"),
)
_NO_RUN = Text("没有取消或改期。", "Nothing was cancelled or moved.")


class TicketRunsView(RoomView):
    noun = "ticket-runs"
    label = Text("票务退改", "Ticket refund runs")
    lead = Text(
        "活动取消后的逐单退款、改期后的逐单通知；中断后由任务继续。",
        "Refunds after cancellations and messages after moves, purchase by purchase; the job goes on where it stopped.",
    )
    icon = "fa-ticket"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._ending = desk.services.life.culture.ending

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._ending.runs(page)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None)
        return Listing(Table(_RUN_HEAD, tuple(_run(one) for one in found.items), empty=_NO_RUN, next=more))


class CultureVenuesView(RoomView):
    noun = "culture-venues"
    label = Text("文化场馆", "Houses of culture")
    lead = Text("场馆与厅；座位图经接口维护。", "Houses and their halls; rows of seats are kept by the endpoints.")
    icon = "fa-landmark"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._venues = desk.services.life.culture.venues

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._venues.listed(page)
        head = (Text("场馆", "House"), Text("类别", "Kind"), Text("单位", "Kept by"), Text("厅", "Halls"))
        rows = tuple(self._row(one) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None)
        return Listing(Table(head, rows, empty=Text("还没有场馆。", "There is no house yet."), next=more))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._venues.get(asked.target)
        if one is None:
            return None
        facts = Facts.of(
            Text("基本情况", "What it is"),
            (Text("类别", "Kind"), plain(_HOUSES[one.kind])),
            (Text("单位", "Kept by"), self.desk.office(one.organisation)),
            (Text("地址", "Address"), plain(Text(one.address.zh, one.address.en or one.address.zh))),
            (
                Text("开放时间", "Hours"),
                plain(Text(one.hours.zh, one.hours.en or one.hours.zh) if one.hours.zh else None),
            ),
            (Text("电话", "Phone"), plain(one.phone)),
        )
        head = (Text("厅", "Hall"), Text("名称", "Name"), Text("座位", "Seats"), Text("容量", "Room"))
        seats = {True: Text("对号", "numbered"), False: Text("不对号", "not numbered")}
        rows = tuple(
            Row(
                (
                    plain(hall.code),
                    plain(hall.name.within(spoken())),
                    plain(seats[hall.numbered]),
                    figure(hall.capacity),
                )
            )
            for hall in one.halls
        )
        title = Text(one.name.zh, one.name.en or one.name.zh)
        return Detail(title, (facts, Table(head, rows, Text("厅", "Halls"))))

    def _row(self, one: CultureVenue) -> Row:
        name = plain(Text(one.name.zh, one.name.en or one.name.zh))
        halls = figure(len(one.halls))
        return Row((name, plain(_HOUSES[one.kind]), self.desk.office(one.organisation), halls), self.here(one.id))


class SightsView(RoomView):
    noun = "sights"
    label = Text("景点", "Sights")
    lead = Text(
        "开放时间、最大承载量和实时客流：80% 预警，100% 停止入园，半小时无数据视为不明。",
        "Opening hours, how many may be there and how many are: a warning from 80 %, full at 100 %.",
    )
    icon = "fa-mountain-sun"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._tourism = desk.services.life.culture.tourism
        fields = (
            Field("code", Text("代码", "Code"), most=40, pattern=r"[a-z0-9][a-z0-9-]{0,39}"),
            Field("organisation", Text("管理单位", "Run by"), most=80),
            Field("zh", Text("名称", "Name in Chinese"), most=80),
            Field("en", Text("英文名称", "Name in English"), required=False, most=160),
            Field("address", Text("地址", "Address"), most=80),
            Field("latitude", Text("纬度", "Latitude"), most=12, pattern=r"-?[0-9.]{1,11}"),
            Field("longitude", Text("经度", "Longitude"), most=12, pattern=r"-?[0-9.]{1,11}"),
            Field(
                "hours",
                Text("开放时间", "Hours"),
                "area",
                Text("如 Mo-Su 08:30-17:00", "Mo-Su 08:30-17:00"),
                most=2_000,
            ),
            Field("room", Text("最大承载量", "Most people at a time"), "number", most=6, pattern=r"[0-9]{1,6}"),
            Field("words", Text("说明", "Words"), "area", required=False, most=2_000),
        )
        note = Text("已有的按新内容修改。", "One that is there is changed.")
        self.offers(
            Action("put", Text("新增或修改", "Make or change"), OPERATORS, self._put, fields, note),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        head = (
            Text("景点", "Sight"),
            Text("单位", "Run by"),
            Text("客流", "Crowd"),
            Text("统计时间", "Counted"),
            Text("状态", "Level"),
        )
        rows = tuple(self._row(one) for one in await self._tourism.all())
        return Listing(Table(head, rows, empty=Text("还没有景点。", "There is no sight yet.")))

    async def detail(self, asked: Asked) -> Detail | None:
        seen = await self._tourism.any(asked.target)
        if seen is None:
            return None
        one = seen.sight
        facts = Facts.of(
            Text("基本情况", "What it is"),
            (Text("单位", "Run by"), self.desk.office(one.organisation)),
            (Text("地址", "Address"), plain(Text(one.address.zh, one.address.en or one.address.zh))),
            (Text("开放时间", "Hours"), plain(written_hours(one.hours))),
            (Text("最大承载量", "Most people at a time"), figure(f"{one.room:,}")),
            (Text("客流", "Crowd"), _crowd(seen)),
            (Text("统计时间", "Counted"), when(seen.crowd.at if seen.crowd else None)),
        )
        words = Prose(Text("说明", "Words"), one.words.within(spoken())) if one.words.zh else None
        title = Text(one.name.zh, one.name.en or one.name.zh)
        return Detail(title, (facts, *((words,) if words else ())), _level(seen))

    def _for_all(self) -> tuple[str, ...]:
        return ("put",)

    def _row(self, seen: SeenSight) -> Row:
        one = seen.sight
        name = plain(Text(one.name.zh, one.name.en or one.name.zh))
        counted = when(seen.crowd.at if seen.crowd else None)
        return Row((name, self.desk.office(one.organisation), _crowd(seen), counted, _level(seen)), self.here(one.id))

    async def _put(self, asked: Asked) -> Reply:
        code, seen = asked["code"], await self._tourism.any(asked["code"])
        was = seen.sight if seen else None
        point = Point(_number(asked, "latitude"), _number(asked, "longitude"))
        address = Said(asked["address"], was.address.en if was else "")
        sight = Sight(
            code,
            asked["organisation"],
            Said(asked["zh"], asked["en"]),
            address,
            point,
            parsed_hours(asked["hours"]),
            int(_number(asked, "room")),
            Said(asked["words"], was.words.en if was else ""),
            was.minutes if was else 60,
            was.fen if was else None,
            was.phone if was else "",
            was.rank if was else 0,
            was.active if was else True,
        )
        await self._tourism.put(asked.viewer, sight, asked.key)
        return Done(Text("已保存。", "It is saved."), self.here(code))


def _session(one: EventSession, sold: Sold) -> Row:
    state = badge("open", "good", Text("正常", "on")) if one.open else badge("cancelled", "bad", _CANCELLED)
    if one.open and one.moved_from:
        state = badge("moved", "warn", Text("已改期", "moved"))
    part = progress(sold.good / one.room if one.room else 0.0, f"{sold.good} / {one.room}")
    where = link(f"{one.venue} / {one.hall}", f"/admin/culture-venues/{one.venue}")
    counts = (figure(sold.used), figure(sold.held), figure(sold.waiting), yuan(sold.fen))
    return Row((when(one.starts_at), where, part, *counts, state))


def _run(one: Run) -> Row:
    event = short_link(one.event, f"/admin/culture-events/{one.event}")
    done = when(one.done_at) if one.done_at else badge("open", "warn", Text("进行中", "under way"))
    return Row((when(one.at), plain(_RUNS[one.kind]), event, figure(one.told), yuan(one.fen), done))


def _price(fen: int) -> Cell:
    return yuan(fen) if fen else plain(Text("免费", "free"))


def _state(one: CultureEvent) -> Cell:
    text, tone = _STATES[one.state]
    return badge(one.state, tone, text)


def _level(seen: SeenSight) -> Cell:
    text, tone = _LEVELS[seen.level]
    return badge(seen.level, tone, text)


def _crowd(seen: SeenSight) -> Cell:
    if seen.crowd is None:
        return plain(None)
    return progress(seen.crowd.percent(seen.sight.room) / 100, f"{seen.crowd.people:,} / {seen.sight.room:,}")


def _number(asked: Asked, name: str) -> float:
    """Raises BadInput."""
    try:
        return float(asked[name])
    except ValueError:
        raise BadInput(field=name) from None
