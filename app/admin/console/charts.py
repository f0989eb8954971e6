"""What the first page draws: which figures over which time, with their names in the language of the request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from app.admin.console.texts import Text, Words, told, word
from app.core.clock import CITY_TIME, Clock
from app.core.tallies import Tallies
from app.core.tallies.model import Series


class Over(StrEnum):
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"

    @property
    def step(self) -> timedelta:
        steps = {Over.HOUR: timedelta(minutes=5), Over.DAY: timedelta(hours=1), Over.MONTH: timedelta(days=1)}
        return steps[self]

    @property
    def length(self) -> timedelta:
        lengths = {Over.HOUR: timedelta(hours=1), Over.DAY: timedelta(days=1), Over.MONTH: timedelta(days=30)}
        return lengths[self]

    def said(self, at: datetime) -> str:
        local = at.astimezone(CITY_TIME)
        return f"{local:%m-%d}" if self is Over.MONTH else f"{local:%H:%M}"


OVER_WORDS: Mapping[Over, Text] = {
    Over.HOUR: Text("一小时", "an hour"),
    Over.DAY: Text("一天", "a day"),
    Over.MONTH: Text("三十天", "thirty days"),
}


@dataclass(frozen=True, slots=True)
class Chart:
    """`kind`: bars (stacked), or lines. `name` says a line's name from its labels."""

    id: str
    title: Text
    measure: str
    kind: str
    nothing: Text
    name: Callable[[Mapping[str, str]], Words]
    wide: bool = False
    unit: Words = ""


def _one(label: str) -> Callable[[Mapping[str, str]], Words]:
    return lambda labels: word(labels.get(label, ""))


def _pair(first: str, second: str) -> Callable[[Mapping[str, str]], Words]:
    return lambda labels: f"{word(labels.get(first, ''))} · {word(labels.get(second, ''))}"


def _only(text: Text) -> Callable[[Mapping[str, str]], Words]:
    return lambda labels: text


_NO_CODES = Text("这段时间没有核验。", "No code was verified in this time.")
_NO_REFUSALS = Text("没有被拒绝的核验。", "Nothing was refused.")
CHARTS = (
    Chart(
        "verified",
        Text("二维码核验（按用途）", "Codes verified, by purpose"),
        "codes_verified",
        "bars",
        _NO_CODES,
        _one("purpose"),
        True,
    ),
    Chart(
        "refused",
        Text("核验被拒（按原因）", "Codes refused, by reason"),
        "codes_refused",
        "bars",
        _NO_REFUSALS,
        _one("reason"),
    ),
    Chart(
        "sign_ins",
        Text("登录（按入口和结果）", "Sign-ins, by door and outcome"),
        "sign_ins",
        "bars",
        Text("这段时间没有人登录。", "Nobody signed in."),
        _pair("door", "outcome"),
    ),
    Chart(
        "cards",
        Text("发卡（按类别）", "Cards issued, by kind"),
        "cards_issued",
        "bars",
        Text("这段时间没有发卡。", "No card was issued."),
        _one("kind"),
    ),
    Chart(
        "deliveries",
        Text("消息送达（按渠道和结果）", "Deliveries, by channel and outcome"),
        "deliveries",
        "bars",
        Text("这段时间没有发出推送或短信。", "Nothing was pushed or texted."),
        _pair("channel", "outcome"),
        True,
    ),
    Chart(
        "webhooks",
        Text("回调（按结果）", "Webhooks, by outcome"),
        "webhooks",
        "bars",
        Text("这段时间没有回调。", "No webhook was called."),
        _one("outcome"),
    ),
    Chart(
        "requests",
        Text("请求量（按入口）", "Requests, by door"),
        "requests",
        "lines",
        Text("没有请求。", "No requests."),
        _one("door"),
        True,
    ),
    Chart(
        "outbox",
        Text("发件箱最长等待", "Outbox: the longest wait"),
        "outbox_age",
        "lines",
        Text("工作进程还没有报告。", "No worker has reported yet."),
        _only(Text("秒", "seconds")),
        False,
        Text("秒", "s"),
    ),
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure: the sum of a count over the time, or the newest value of a gauge."""

    id: str
    title: Text
    measure: str
    icon: str
    keep: Mapping[str, str] | None = None
    warn_above: int | None = None


TILES = (
    Tile("verified", Text("核验通过", "Codes verified"), "codes_verified", "fa-qrcode"),
    Tile("refused", Text("核验被拒", "Codes refused"), "codes_refused", "fa-ban"),
    Tile("signed_in", Text("登录成功", "Signed in"), "sign_ins", "fa-right-to-bracket", {"outcome": "signed_in"}),
    Tile("issued", Text("新发市民卡", "Cards issued"), "cards_issued", "fa-id-card"),
    Tile(
        "delivered", Text("消息发出", "Messages handed over"), "deliveries", "fa-paper-plane", {"outcome": "accepted"}
    ),
    Tile("dead", Text("死信", "Dead letters"), "dead_letters", "fa-triangle-exclamation", warn_above=0),
)


class Figures:
    def __init__(self, tallies: Tallies, clock: Clock) -> None:
        self._tallies = tallies
        self._clock = clock

    async def over(self, over: Over) -> dict[str, Any]:
        """Everything the page shows, ready to be drawn."""
        since = self._clock.now() - over.length + over.step
        names = dict.fromkeys([*(chart.measure for chart in CHARTS), *(tile.measure for tile in TILES)])
        series = {name: await self._tallies.series(name, since, over.step) for name in names}
        return {
            "labels": _labels(series["codes_verified"], over),
            "tiles": {tile.id: _tile(tile, series[tile.measure]) for tile in TILES},
            "charts": {chart.id: _lines(chart, series[chart.measure]) for chart in CHARTS},
            "said": told("更新于 ", "as of ") + f"{self._clock.now().astimezone(CITY_TIME):%H:%M:%S}",
        }


def _labels(series: Series, over: Over) -> list[str]:
    steps = len(series.lines[0].values) if series.lines else 0
    steps = steps or int(over.length / over.step)
    return [over.said(series.start + n * series.step) for n in range(steps)]


def _tile(tile: Tile, series: Series) -> dict[str, Any]:
    lines = [line for line in series.lines if not tile.keep or tile.keep.items() <= dict(line.labels).items()]
    if series.kind == "gauge":
        seen = [value for line in lines for value in line.values if value is not None]
        value = seen[-1] if seen else 0
    else:
        value = sum(value or 0 for line in lines for value in line.values)
    return {"value": value, "warn": tile.warn_above is not None and value > tile.warn_above}


def _lines(chart: Chart, series: Series) -> list[dict[str, Any]]:
    """Lines of one name are one line: the doors of requests, whatever the status."""
    together: dict[str, list[int | None]] = {}
    for line in series.lines:
        name = str(chart.name(line.labels))
        known = together.get(name)
        together[name] = (
            list(line.values) if known is None else [_sum(a, b) for a, b in zip(known, line.values, strict=True)]
        )
    return [
        {"name": name, "values": values}
        for name, values in together.items()
        if any(values) or chart.measure == "outbox_age"
    ]


def _sum(a: int | None, b: int | None) -> int | None:
    return b if a is None else a if b is None else a + b
