"""Stations with what they told last; severe-weather notices."""

from __future__ import annotations

from datetime import UTC, datetime

from app.admin.console.desk import Desk
from app.admin.console.pages import ADMINISTRATORS, OPERATORS
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
    mono,
    plain,
    when,
)
from app.admin.console.texts import Text, listed
from app.admin.console.view import RoomView
from app.core.errors import BadInput
from app.core.messages import CHINESE, ENGLISH, message
from app.core.paging import PageRequest
from app.core.places.model import Point
from app.core.said import Said
from app.domains.life.surroundings.stations.model import Station, StationKind
from app.domains.life.surroundings.weather.model import (
    LEVELS,
    Weather,
    WeatherKind,
    WeatherLevel,
    WeatherNotice,
    WeatherState,
)
from app.domains.life.surroundings.weather.store import turn_of

_KINDS = {StationKind.AIR: Text("空气", "Air"), StationKind.WATER: Text("水质", "Water")}
_LEVEL_TONES = {1: "info", 2: "warn", 3: "warn", 4: "bad"}
_TONES = {1: "good", 2: "good", 3: "warn", 4: "bad", 5: "bad", 6: "bad"}


def _word(code: str) -> Text:
    return Text(message(code, CHINESE), message(code, ENGLISH))


_IN_AIR, _IN_WATER = "µg/m³", "mg/L"
_MEASURES = {
    "so2": (Text("二氧化硫", "SO₂"), _IN_AIR),
    "no2": (Text("二氧化氮", "NO₂"), _IN_AIR),
    "co": (Text("一氧化碳", "CO"), "mg/m³"),
    "o3": (Text("臭氧", "O₃"), _IN_AIR),
    "pm10": (Text("可吸入颗粒物 PM10", "PM10"), _IN_AIR),
    "pm25": (Text("细颗粒物 PM2.5", "PM2.5"), _IN_AIR),
    "ph": (Text("酸碱度 pH", "pH"), ""),
    "oxygen": (Text("溶解氧", "dissolved oxygen"), _IN_WATER),
    "permanganate": (Text("高锰酸盐指数", "COD-Mn"), _IN_WATER),
    "ammonia": (Text("氨氮", "ammonia nitrogen"), _IN_WATER),
    "phosphorus": (Text("总磷", "phosphorus"), _IN_WATER),
}
_CLASSES = (
    *(Text(f"{roman}类", f"class {roman}") for roman in ("I", "II", "III", "IV", "V")),
    Text("劣V类", "worse than V"),
)


class StationsView(RoomView):
    noun = "stations"
    label = Text("监测站", "Stations")
    lead = Text("空气和水质监测站，以及它们最后一次上报。", "Stations of air and water, and what they told last.")
    icon = "fa-wind"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        kinds = tuple(Option(kind.value, text) for kind, text in _KINDS.items())
        fields = (
            Field("code", Text("代码", "Code"), most=40, pattern=r"[a-z0-9][a-z0-9\-]{1,39}"),
            Field("kind", Text("监测", "Measures"), "select", options=kinds),
            Field("zh", Text("名称", "Name in Chinese"), most=60),
            Field("en", Text("英文名称", "Name in English"), required=False, most=60),
            Field("latitude", Text("纬度", "Latitude"), most=12),
            Field("longitude", Text("经度", "Longitude"), most=12),
            Field("operator", Text("运行单位代码", "Code of who runs it"), required=False, most=40),
        )
        stop = Text("停用", "Out of use")
        self.offers(
            Action("save", Text("新增或修改", "Make or change"), ADMINISTRATORS, self._save, fields),
            Action("stop", stop, ADMINISTRATORS, self._stop),
            Action("resume", Text("重新启用", "In use again"), ADMINISTRATORS, self._resume),
        )

    def _for_all(self) -> tuple[str, ...]:
        return ("save",)

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        head = (
            Text("代码", "Code"),
            Text("名称", "Name"),
            Text("监测", "Measures"),
            Text("最近", "Last"),
            _NOW,
            _STATE,
        )
        rooms = self.desk.services.life.surroundings.stations
        rows = tuple(self._row(one, rooms.now()) for one in await rooms.all())
        return Listing(Table(head, rows, empty=Text("还没有监测站。", "There is no station yet.")))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._one(asked.target)
        if one is None:
            return None
        now = self.desk.services.life.surroundings.stations.now()
        measured = [_measured(name, value) for name, value in (one.now.values if one.now else {}).items()]
        facts = Facts.of(
            Text("监测站", "Station"),
            (Text("监测", "Measures"), plain(_KINDS[one.kind])),
            (Text("坐标", "Coordinates"), mono(f"{one.point.latitude:.6f}, {one.point.longitude:.6f}")),
            (Text("运行单位", "Run by"), plain(self.desk.organisation(one.operator) if one.operator else None)),
            (Text("最近一次", "Told last"), when(one.now.at if one.now else None)),
            *measured,
        )
        buttons = self.buttons(asked, one.id, "stop" if one.active else "resume")
        return Detail(Text(one.name.zh, one.name.en or one.name.zh), (facts,), _state(one, now), buttons=buttons)

    def _row(self, one: Station, now: datetime) -> Row:
        name = plain(Text(one.name.zh, one.name.en or one.name.zh))
        at, said = when(one.now.at if one.now else None), _standing(one)
        return Row((mono(one.id), name, plain(_KINDS[one.kind]), at, said, _state(one, now)), self.here(one.id))

    async def _one(self, code: str) -> Station | None:
        return next((s for s in await self.desk.services.life.surroundings.stations.all() if s.id == code), None)

    async def _save(self, asked: Asked) -> Reply:
        try:
            point = Point(float(asked["latitude"]), float(asked["longitude"]))
        except ValueError:
            raise BadInput(field="latitude") from None
        name, kind = Said(asked["zh"], asked["en"]), StationKind(asked["kind"])
        made = Station(asked["code"], kind, name, point, asked["operator"] or None)
        await self.desk.services.life.surroundings.stations.save(asked.viewer, made, asked.key)
        return Done(Text("已保存。", "Saved."), self.here(made.id))

    async def _stop(self, asked: Asked) -> Reply:
        return await self._turn(asked, active=False)

    async def _resume(self, asked: Asked) -> Reply:
        return await self._turn(asked, active=True)

    async def _turn(self, asked: Asked, *, active: bool) -> Reply:
        rooms = self.desk.services.life.surroundings.stations
        await rooms.turn(asked.viewer, asked.target, asked.key, active=active)
        return Done(Text("已保存。", "Saved."), self.here(asked.target))


class WeatherView(RoomView):
    noun = "weather-notices"
    label = Text("天气预警", "Severe weather")
    lead = Text(
        "发布后一分钟内告知住在当地的市民；红色预警在免打扰时段也会响铃。",
        "Told within a minute to all who live there; red rings in quiet hours.",
    )
    icon = "fa-cloud-bolt"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        kinds = tuple(Option(kind.value, _word(f"WEATHER_{kind.name}")) for kind in LEVELS)
        says = (
            Field("level", Text("级别", "Level"), "select", options=_LEVEL_OPTIONS),
            Field("zh", Text("内容", "What it says"), "area", most=500),
            Field("en", Text("英文内容", "The same in English"), "area", required=False, most=500),
            Field("until", Text("有效至", "Until"), "moment"),
            Field("areas", _AREAS, required=False, most=700),
        )
        kind = Field("kind", Text("种类", "Kind"), "select", options=kinds)
        self.offers(
            Action("issue", Text("发布预警", "Issue"), OPERATORS, self._issue, (kind, *says)),
            Action("update", Text("更新", "Update"), OPERATORS, self._update, says),
            Action("cancel", Text("解除", "Lift"), OPERATORS, self._cancel),
        )

    def _for_all(self) -> tuple[str, ...]:
        return ("issue",)

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self.desk.services.life.surroundings.weather.page(page)
        head = (Text("预警", "Notice"), Text("级别", "Level"), Text("发布", "Issued"), Text("有效至", "Until"), _STATE)
        rows = tuple(Row(_cells(one, self._now()), self.here(one.id)) for one in found.items)
        more = self.next_page(found.has_next, turn_of(found.items[-1]) if found.items else None)
        return Listing(Table(head, rows, empty=Text("没有预警。", "There is no notice."), next=more))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self.desk.services.life.surroundings.weather.one(asked.target)
        if one is None:
            return None
        areas = listed(map(self.desk.organisation, one.says.areas))
        facts = Facts.of(
            Text("内容", "What it says"),
            (Text("中文", "Chinese"), plain(one.says.words.zh)),
            (Text("英文", "English"), plain(one.says.words.en)),
            (
                Text("范围", "Where"),
                plain(areas or Text("全市", "the whole city")),
            ),
            (Text("版本", "Version"), figure(one.version)),
            (Text("已告知版本", "Version told"), figure(one.told)),
        )
        buttons = self.buttons(asked, one.id, "update", "cancel") if one.in_force(self._now()) else ()
        title = _word(f"WEATHER_{one.says.kind.name}")
        return Detail(title, (facts,), _weather_state(one, self._now()), buttons=buttons)

    def _now(self) -> datetime:
        return self.desk.services.life.surroundings.stations.now()

    async def _issue(self, asked: Asked) -> Reply:
        says = _says(asked, WeatherKind(asked["kind"]))
        made = await self.desk.services.life.surroundings.weather.issue(asked.viewer, says, asked.key)
        return Done(Text("已发布。", "Issued."), self.here(made.id))

    async def _update(self, asked: Asked) -> Reply:
        weather = self.desk.services.life.surroundings.weather
        found = await weather.one(asked.target)
        if found is not None:
            await weather.update(asked.viewer, asked.target, _says(asked, found.says.kind), asked.key)
        return Done(Text("已更新。", "Updated."), self.here(asked.target))

    async def _cancel(self, asked: Asked) -> Reply:
        await self.desk.services.life.surroundings.weather.cancel(asked.viewer, asked.target, asked.key)
        return Done(Text("已解除。", "Lifted."), self.here(asked.target))


_NOW, _STATE = Text("现状", "Now"), Text("状态", "State")
_AREAS = Text("行政区划代码（空格分隔，留空为全市）", "Codes of divisions, apart by spaces; empty is the whole city")
_LEVEL_OPTIONS = tuple(Option(level.name, _word(f"WEATHER_LEVEL_{level.name}")) for level in WeatherLevel)


def _says(asked: Asked, kind: WeatherKind) -> Weather:
    """Raises BadInput."""
    until = asked.moment("until").astimezone(UTC)
    words = Said(asked["zh"], asked["en"])
    return Weather(kind, WeatherLevel[asked["level"]], words, until, tuple(asked["areas"].split()))


def _standing(one: Station) -> Cell:
    standing = one.now.standing if one.now else None
    if standing is None:
        return plain("-")
    said = str(standing.value) if one.kind is StationKind.AIR else _CLASSES[standing.level - 1]
    return badge(str(standing.value), _TONES[standing.level], said)


def _measured(name: str, value: float) -> tuple[Text, Cell]:
    """To three figures, with its unit."""
    text, unit = _MEASURES.get(name, (Text(name, name), ""))
    return text, figure(f"{value:.3g} {unit}".strip())


def _state(one: Station, now: datetime) -> Cell:
    if not one.active:
        return badge("off", "", Text("停用", "out of use"))
    if one.stale(now):
        return badge("stale", "bad", Text("三小时没有上报", "silent for three hours"))
    return badge("ok", "good", Text("正常", "in order"))


def _cells(one: WeatherNotice, now: datetime) -> tuple[Cell, ...]:
    level = badge(one.says.level.name, _LEVEL_TONES[one.says.level], _word(f"WEATHER_LEVEL_{one.says.level.name}"))
    kind = plain(_word(f"WEATHER_{one.says.kind.name}"))
    return kind, level, when(one.issued_at), when(one.says.until), _weather_state(one, now)


def _weather_state(one: WeatherNotice, now: datetime) -> Cell:
    if one.state is WeatherState.CANCELLED:
        return badge("lifted", "", Text("已解除", "lifted"))
    if not one.in_force(now):
        return badge("over", "", Text("已过期", "over"))
    return badge("in force", "warn", Text("生效中", "in force"))
