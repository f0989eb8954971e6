"""What the first page draws: which figures over which time, with their names in the language of the request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.admin.console.texts import Text, Words, told, word
from app.core.clock import CITY_TIME
from app.core.tallies.board import Board, Period
from app.core.tallies.model import Series

OVER_WORDS: Mapping[Period, Text] = {
    Period.HOUR: Text("一小时", "an hour"),
    Period.DAY: Text("一天", "a day"),
    Period.MONTH: Text("三十天", "thirty days"),
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
    width: str = ""
    unit: Words = ""


def _one(label: str) -> Callable[[Mapping[str, str]], Words]:
    return lambda labels: word(labels.get(label, ""))


def _pair(first: str, second: str) -> Callable[[Mapping[str, str]], Words]:
    return lambda labels: f"{word(labels.get(first, ''))} · {word(labels.get(second, ''))}"


def _only(text: Text) -> Callable[[Mapping[str, str]], Words]:
    return lambda labels: text


_NO_CODES = Text("这段时间没有核验。", "No code was verified in this time.")
_NO_REFUSALS = Text("没有被拒绝的核验。", "Nothing was refused.")
_NO_SIGN_INS = Text("这段时间没有人登录。", "Nobody signed in.")
_NO_CARDS = Text("这段时间没有发卡。", "No card was issued.")
_NO_DELIVERIES = Text("这段时间没有发出推送或短信。", "Nothing was pushed or texted.")
_NO_WEBHOOKS = Text("这段时间没有回调。", "No webhook was called.")
_NO_REQUESTS = Text("没有请求。", "No requests.")
_NO_WORKER = Text("工作进程还没有报告。", "No worker has reported yet.")
_SECONDS = Text("秒", "seconds")
_BY_REASON, _BY_PURPOSE, _BY_KIND = _one("reason"), _one("purpose"), _one("kind")
# In rows of three columns: one wide and one narrow, or three narrow, or one over the whole.
CHARTS = (
    Chart(
        "verified",
        Text("二维码核验（按用途）", "Codes verified, by purpose"),
        "codes_verified",
        "bars",
        _NO_CODES,
        _BY_PURPOSE,
        "wide",
    ),
    Chart(
        "refused",
        Text("核验被拒（按原因）", "Codes refused, by reason"),
        "codes_refused",
        "bars",
        _NO_REFUSALS,
        _BY_REASON,
    ),
    Chart(
        "sign_ins",
        Text("登录（按入口和结果）", "Sign-ins, by door and outcome"),
        "sign_ins",
        "bars",
        _NO_SIGN_INS,
        _pair("door", "outcome"),
    ),
    Chart("cards", Text("发卡（按类别）", "Cards issued, by kind"), "cards_issued", "bars", _NO_CARDS, _BY_KIND),
    Chart(
        "webhooks", Text("回调（按结果）", "Webhooks, by outcome"), "webhooks", "bars", _NO_WEBHOOKS, _one("outcome")
    ),
    Chart(
        "deliveries",
        Text("消息送达（按渠道和结果）", "Deliveries, by channel and outcome"),
        "deliveries",
        "bars",
        _NO_DELIVERIES,
        _pair("channel", "outcome"),
        "wide",
    ),
    Chart(
        "outbox",
        Text("发件箱最长等待", "Outbox: the longest wait"),
        "outbox_age",
        "lines",
        _NO_WORKER,
        _only(_SECONDS),
        unit=Text("秒", "s"),
    ),
    Chart(
        "requests",
        Text("请求量（按入口）", "Requests, by door"),
        "requests",
        "lines",
        _NO_REQUESTS,
        _one("door"),
        "full",
    ),
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure: the sum of a count over the time, or how many dead letters there are now."""

    id: str
    title: Text
    measure: str
    icon: str
    keep: Mapping[str, str] | None = None


TILES = (
    Tile("verified", Text("核验通过", "Codes verified"), "codes_verified", "fa-qrcode"),
    Tile("refused", Text("核验被拒", "Codes refused"), "codes_refused", "fa-ban"),
    Tile("signed_in", Text("登录成功", "Signed in"), "sign_ins", "fa-right-to-bracket", {"outcome": "signed_in"}),
    Tile("issued", Text("新发市民卡", "Cards issued"), "cards_issued", "fa-id-card"),
    Tile(
        "delivered", Text("消息发出", "Messages handed over"), "deliveries", "fa-paper-plane", {"outcome": "accepted"}
    ),
    Tile("dead", Text("死信", "Dead letters"), "dead_letters", "fa-triangle-exclamation"),
)


def figures(board: Board) -> dict[str, Any]:
    """Everything the page shows, ready to be drawn."""
    at = board.at.astimezone(CITY_TIME)
    return {
        "labels": _labels(board),
        "tiles": {tile.id: _tile(tile, board) for tile in TILES},
        "charts": {chart.id: _lines(chart, board.series[chart.measure]) for chart in CHARTS},
        "said": told("更新于 ", "as of ") + f"{at:%H:%M:%S}",
    }


def _labels(board: Board) -> list[str]:
    start = board.series["codes_verified"].start.astimezone(CITY_TIME)
    form = "%m-%d" if board.period is Period.MONTH else "%H:%M"
    return [f"{start + n * board.period.step:{form}}" for n in range(board.period.steps)]


def _tile(tile: Tile, board: Board) -> dict[str, Any]:
    if tile.measure == "dead_letters":
        return {"value": board.standing.dead_letters, "warn": board.standing.dead_letters > 0}
    wanted = (tile.keep or {}).items()
    lines = [line for line in board.series[tile.measure].lines if wanted <= dict(line.labels).items()]
    return {"value": sum(value or 0 for line in lines for value in line.values), "warn": False}


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
