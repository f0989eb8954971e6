"""How the city answers: figures with what they are made of, curves, units, hot spots on a map; to be taken along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette_admin import route

from app.admin.console.desk import viewer_of
from app.admin.console.pages import NO_STORE, PageView
from app.admin.console.parts import Cell, Field, Row, Table, figure, link, plain, when
from app.admin.console.texts import Text, spoken, told
from app.core.errors import BadInput
from app.core.places.model import Point
from app.domains.voice.figures.indicators.cells.model import CITY
from app.domains.voice.figures.indicators.definitions import DEFINITIONS
from app.domains.voice.figures.indicators.hotspots.model import Findings
from app.domains.voice.figures.indicators.model import Board, By, Figure, Months, Part, Scale
from app.domains.voice.figures.indicators.reports.model import BY_NAMES, COLUMNS, Names

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MONTH = r"\d{4}-(0[1-9]|1[0-2])"
_TREND = 12
_MOST_UNITS = 50
_WIDE, _HIGH = 900.0, 520.0


_NOTHING = Text("这段时间没有诉求。", "No cases in this time.")


@dataclass(frozen=True, slots=True)
class Tile:
    id: str
    title: Text
    icon: str


@dataclass(frozen=True, slots=True)
class Chart:
    """As the first page's, with titles of its own."""

    id: str
    title: Text
    kind: str
    width: str = ""
    unit: Text | str = ""
    nothing: Text = _NOTHING


_TILES = (
    Tile("filed", Text("收到诉求", "Cases filed"), "fa-inbox"),
    Tile("on_time", Text("按时办结率", "On time"), "fa-stopwatch"),
    Tile("satisfied", Text("满意率", "Satisfied"), "fa-face-smile"),
    Tile("solved", Text("解决率", "Solved"), "fa-circle-check"),
    Tile("first_reply_time", Text("平均首次答复", "To first reply"), "fa-reply"),
    Tile("closed_unconfirmed", Text("未经确认关闭", "Closed unconfirmed"), "fa-circle-question"),
)
_CHARTS = (
    Chart("quality", Text("按时、满意、解决", "On time, satisfied, solved"), "lines", "wide", "%"),
    Chart("kinds", Text("按类型", "By kind"), "bars"),
    Chart("days", Text("近一月每日：收到与答复", "The last month by day: filed and replied"), "lines", "wide"),
    Chart("channels", Text("按渠道", "By channel"), "bars"),
    Chart("facts", Text("办结、关闭、确认是三件事", "Handled, closed, confirmed: three facts"), "lines", "full"),
)
_FACTS = (
    ("handled", Text("办结", "handled")),
    ("closed", Text("关闭", "closed")),
    ("confirmed", Text("市民确认", "confirmed")),
    ("unconfirmed", Text("未经确认", "closed, not confirmed")),
    ("reopened", Text("重办", "reopened")),
)


class IndicatorsView(PageView):
    """Sums without persons in them: that the page asks for its curves again is not recorded."""

    noun = "indicators"
    label = Text("诉求指标", "Case indicators")
    icon = "fa-gauge-high"
    live = True

    @route("")
    async def index(self, request: Request) -> Response:
        await self.asked(request, "list")
        months, scope = self._wanted(request)
        voice = self.desk.services.voice.indicators
        board, names = await voice.reading.board(months, scope), voice.reports.names(spoken())
        spots = await voice.hotspots.latest()
        asked = urlencode({"first": months.first, "last": months.last, "unit": "" if scope == CITY else scope})
        return self.page(
            request,
            "indicators.html",
            filters=filters(months, scope),
            tiles=_TILES,
            charts=_CHARTS,
            asked=asked,
            tables=[_figures(board), *(_by(board, by, names) for by in BY_NAMES if by in board.parts)],
            spots=_spots(spots, names),
            map=self._map(spots, names),
            parts_of=[(by.value, BY_NAMES[by].within(spoken())) for by in BY_NAMES],
        )

    @route("/figures", name="figures")
    async def figures(self, request: Request) -> Response:
        await self.asked(request, "list")
        months, scope = self._wanted(request)
        voice = self.desk.services.voice.indicators
        board = await voice.reading.board(months, scope, (By.KIND, By.CHANNEL))
        year = await voice.reading.board(Months.until_month(months.last, _TREND), scope, ())
        days = await voice.reading.days() if scope == CITY else ()
        return JSONResponse(_drawn(board, year, days, voice.reports.names(spoken())), headers=NO_STORE)

    @route("/report", name="report")
    async def report(self, request: Request) -> Response:
        await self.asked(request, "report")
        months, scope = self._wanted(request)
        made = await self.desk.services.voice.indicators.reports.workbook(viewer_of(request), months, scope, spoken())
        return _file(made, _XLSX, f"cases-{months.first}-{months.last}.xlsx")

    @route("/table", name="table")
    async def table(self, request: Request) -> Response:
        await self.asked(request, "export")
        (months, scope), by = self._wanted(request), request.query_params.get("by", "")
        if by not in set(By):
            raise BadInput(field="by")
        reports = self.desk.services.voice.indicators.reports
        made = await reports.table(viewer_of(request), months, scope, By(by), spoken())
        return _file(made, "text/csv; charset=utf-8", f"cases-{by}-{months.first}-{months.last}.csv")

    def _wanted(self, request: Request) -> tuple[Months, str]:
        """Raises BadInput."""
        return wanted(self.desk.services.voice.indicators.reading.now(), request.query_params)

    def _map(self, spots: Findings | None, names: Names) -> dict[str, Any] | None:
        """The divisions as lines, and a circle on each that has hot spots. None while no boundary is known."""
        shapes = self.desk.services.voice.places.shapes
        box = shapes.box()
        if box is None:
            return None
        scale = min(_WIDE / (box.east - box.west), _HIGH / (box.north - box.south))

        def at(point: Point) -> tuple[float, float]:
            return round((point.longitude - box.west) * scale, 1), round((box.north - point.latitude) * scale, 1)

        hot: dict[str, int] = {}
        for spot in spots.spots if spots else ():
            hot[spot.district] = hot.get(spot.district, 0) + spot.count
        marks = [
            {
                "x": at(middle)[0],
                "y": at(middle)[1],
                "r": round(6 + count**0.5, 1),
                "name": names.unit(code),
                "n": count,
            }
            for code, count in hot.items()
            if (middle := shapes.middle(code)) is not None
        ]
        lines = [
            {"name": names.unit(code), "points": " ".join(f"{x},{y}" for x, y in map(at, line))}
            for code, outline in shapes.outlines()
            for line in outline
        ]
        return {
            "wide": at(Point(box.south, box.east))[0],
            "high": at(Point(box.south, box.west))[1],
            "lines": lines,
            "marks": marks,
        }


def wanted(present: Months, asked: Any) -> tuple[Months, str]:
    """Months and scope as they stand in the address. Raises BadInput."""
    first, last = asked.get("first", "").strip(), asked.get("last", "").strip()
    months = Months.of(first or last or present.first, last or first or present.last)
    return months, asked.get("unit", "").strip() or CITY


def filters(months: Months, scope: str) -> tuple[Field, ...]:
    month = Text("如 2026-11", "such as 2026-11")
    return (
        Field("first", Text("起月", "From"), hint=month, most=7, value=months.first, pattern=_MONTH),
        Field("last", Text("止月", "To"), hint=month, most=7, value=months.last, pattern=_MONTH),
        Field(
            "unit",
            Text("单位代码", "Unit"),
            hint=Text("含下级；空为全市", "with all below it; empty: the city"),
            required=False,
            most=80,
            value="" if scope == CITY else scope,
        ),
    )


def said(one: Figure) -> str:
    """A value as people read it."""
    return "—" if one.value is None else on_scale(one.value, one.definition.scale)


def on_scale(value: float, scale: Scale) -> str:
    match scale:
        case Scale.SHARE:
            return f"{value:.2%}"
        case Scale.MINUTES:
            return (
                told(f"{value / 60:.1f} 小时", f"{value / 60:.1f} h")
                if value >= 120
                else told(f"{value:.0f} 分", f"{value:.0f} min")
            )
        case Scale.GRADE:
            return f"{value:.2f}"
        case Scale.COUNT:
            return f"{value:,.0f}"


def _file(content: bytes, media: str, name: str) -> Response:
    headers = {**NO_STORE, "content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media, headers=headers)


def _figures(board: Board) -> Table:
    head = (
        Text("指标", "Indicator"),
        Text("数值", "Value"),
        Text("分子", "Numerator"),
        Text("分母", "Denominator"),
        Text("含义", "What it means"),
        Text("版本", "Version"),
    )
    rows = []
    for one in DEFINITIONS.values():
        made = Figure.of(one, board.sums)
        top, bottom = one.top_words.within(spoken()), one.bottom_words.within(spoken())
        means = f"{top} / {bottom}" if one.bottom else top
        cells = (
            plain(one.name.within(spoken())),
            figure(said(made)),
            figure(f"{made.top:,}"),
            figure(f"{made.bottom:,}" if one.bottom else None),
            plain(means),
            figure(f"v{one.version}"),
        )
        rows.append(Row(cells))
    return Table(head, tuple(rows), Text("全部指标", "All indicators"), aside=frozenset({2, 3, 5}))


def _by(board: Board, by: By, names: Names) -> Table:
    """The busiest first; of units so many as a page holds, all are in the table to be taken along."""
    first = "dispatched" if by in (By.UNIT, By.LEVEL) else "filed"
    parts = sorted(board.parts[by], key=lambda part: (-part.sums.get(first, 0), part.value))[:_MOST_UNITS]
    codes = (first, *COLUMNS)
    title = BY_NAMES[by]
    head = (Text(title.zh, title.en), *(Text(DEFINITIONS[code].name.zh, DEFINITIONS[code].name.en) for code in codes))
    rows = tuple(
        Row((_named(by, part, names), *(figure(said(Figure.of(DEFINITIONS[code], part.sums))) for code in codes)))
        for part in parts
    )
    return Table(head, rows, Text(title.zh, title.en), aside=frozenset({5, 6, 7}))


def _named(by: By, part: Part, names: Names) -> Cell:
    name = names.of(by, part.value) or "—"
    return link(name, f"/admin/indicators?{urlencode({'unit': part.value})}") if by is By.UNIT else plain(name)


def _spots(spots: Findings | None, names: Names) -> Table:
    head = (
        Text("区县", "District"),
        Text("类别", "Category"),
        Text("近七天", "Last seven days"),
        Text("平常一周", "Usual week"),
        Text("前八周", "The eight weeks before"),
        Text("偶然概率", "By chance"),
        Text("自", "Since"),
    )
    rows = tuple(
        Row(
            (
                plain(names.unit(spot.district)),
                plain(names.category(spot.category)),
                figure(spot.count),
                figure(f"{spot.usual:g}"),
                plain(" · ".join(map(str, spot.weeks))),
                figure(f"{spot.chance:.0e}"),
                when(spot.since),
            )
        )
        for spot in (spots.spots if spots else ())
    )
    empty = Text("没有比平常一周明显增多的。", "Nothing is reported much more than in usual weeks.")
    return Table(head, rows, Text("热点", "Hot spots"), empty, aside=frozenset({4, 5}))


def _drawn(board: Board, year: Board, days: Sequence[Part], names: Names) -> dict[str, Any]:
    """Everything the page draws, and its tiles."""
    tiles = {tile.id: {"value": said(Figure.of(DEFINITIONS[tile.id], board.sums)), "warn": False} for tile in _TILES}
    months, one_day = [part.value for part in year.trend], [part.value[5:] for part in days]
    charts = {
        "quality": [
            _line(DEFINITIONS[code].name.within(spoken()), year.trend, code)
            for code in ("on_time", "satisfied", "solved")
        ],
        "kinds": _bars(board, By.KIND, names),
        "channels": _bars(board, By.CHANNEL, names),
        "days": [_counted(DEFINITIONS[code].name.within(spoken()), days, code) for code in ("filed", "replied")]
        if days
        else [],
        "facts": [_counted(str(text), year.trend, code) for code, text in _FACTS],
    }
    period = [
        board.months.first if board.months.first == board.months.last else f"{board.months.first}–{board.months.last}"
    ]
    labelled = {"quality": months, "facts": months, "days": one_day, "kinds": period, "channels": period}
    return {
        "labels": months,
        "labelled": labelled,
        "tiles": tiles,
        "charts": charts,
        "said": told(f"{period[0]} 的指标", f"Figures of {period[0]}"),
    }


def _line(name: str, parts: Sequence[Part], code: str) -> dict[str, Any]:
    values = (Figure.of(DEFINITIONS[code], part.sums).value for part in parts)
    return {"name": name, "values": [None if value is None else round(100 * value, 2) for value in values]}


def _counted(name: str, parts: Sequence[Part], what: str) -> dict[str, Any]:
    return {"name": name, "values": [part.sums.get(what, 0) for part in parts]}


def _bars(board: Board, by: By, names: Names) -> list[dict[str, Any]]:
    parts = sorted(board.parts[by], key=lambda part: -part.sums.get("filed", 0))
    return [
        {"name": names.of(by, part.value), "values": [part.sums.get("filed", 0)]}
        for part in parts
        if part.sums.get("filed")
    ]
