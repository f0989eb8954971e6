"""What a report of a period says: tables of words and figures, some of them drawn, in one language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.core.said import Said
from app.core.spreadsheets import Value
from app.domains.voice.cases.history.model import CaseChannel, CaseKind
from app.domains.voice.figures.index.model import IndexScore
from app.domains.voice.figures.indicators.definitions import DEFINITIONS
from app.domains.voice.figures.indicators.facts.model import Counted
from app.domains.voice.figures.indicators.hotspots.model import Findings
from app.domains.voice.figures.indicators.model import Board, By, Figure, Part, Scale, together

KIND_NAMES: Mapping[str, Said] = {
    CaseKind.ENQUIRY: Said("咨询", "enquiry"),
    CaseKind.COMPLAINT: Said("投诉", "complaint"),
    CaseKind.SUGGESTION: Said("建议", "suggestion"),
    CaseKind.HELP: Said("求助", "help"),
}
CHANNEL_NAMES: Mapping[str, Said] = {
    CaseChannel.APP: Said("手机应用", "app"),
    CaseChannel.WEB: Said("网站", "web"),
    CaseChannel.PHONE: Said("电话", "phone"),
    CaseChannel.WECHAT: Said("微信", "WeChat"),
    CaseChannel.QQ: Said("QQ", "QQ"),
    CaseChannel.SMS: Said("短信", "SMS"),
    CaseChannel.MAIL: Said("邮件", "mail"),
    CaseChannel.COUNTER: Said("窗口", "counter"),
    CaseChannel.KIOSK: Said("自助终端", "kiosk"),
    CaseChannel.OPEN311: Said("Open311", "Open311"),
    CaseChannel.GRID: Said("网格", "grid"),
}
LEVEL_NAMES: Mapping[str, Said] = {
    "province": Said("省级", "province"),
    "city": Said("市级", "city"),
    "county": Said("县级", "county"),
    "township": Said("乡镇级", "township"),
    "": Said("其他", "others"),
}
BY_NAMES: Mapping[By, Said] = {
    By.KIND: Said("按类型", "By kind"),
    By.CHANNEL: Said("按渠道", "By channel"),
    By.DISTRICT: Said("按区县", "By district"),
    By.LEVEL: Said("按层级", "By level"),
    By.UNIT: Said("按单位", "By unit"),
}
# What a table by something has a column for.
COLUMNS = ("on_time", "satisfied", "solved", "first_reply_time", "returned", "reopened", "closed_unconfirmed")


@dataclass(frozen=True, slots=True)
class Names:
    """What codes are called. `division` and `unit` are of the tree of organisations."""

    locale: str
    unit: Callable[[str], str]
    category: Callable[[str], str]

    def of(self, by: By, value: str) -> str:
        if by in (By.UNIT, By.DISTRICT):
            return self.unit(value)
        table = {By.KIND: KIND_NAMES, By.CHANNEL: CHANNEL_NAMES, By.LEVEL: LEVEL_NAMES}[by]
        said = table.get(value)
        return said.within(self.locale) if said else value

    def say(self, zh: str, en: str) -> str:
        return Said(zh, en).within(self.locale)


@dataclass(frozen=True, slots=True)
class Sheet:
    """`shares`: the columns that are parts of one. `drawn`: columns that are a chart's lines (or its bars, with
    `bars`), over the first column.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    shares: frozenset[int] = frozenset()
    drawn: tuple[int, ...] = ()
    bars: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    title: str
    sheets: tuple[Sheet, ...]


def report_of(board: Board, years: Sequence[Part], index: IndexScore, spots: Findings | None, names: Names) -> Report:
    """`years`: the months that the trend shows."""
    title = names.say("诉求办理指标报告", "Report on the handling of cases")
    period = (
        board.months.first if board.months.first == board.months.last else f"{board.months.first}–{board.months.last}"
    )
    sheets = [_figures(board, names), _trend(years, names)]
    sheets += [parts_sheet(board, by, names) for by in BY_NAMES if by in board.parts]
    sheets.append(index_sheet(index, names))
    if spots is not None:
        sheets.append(spots_sheet(spots, names))
    return Report(f"{title} {period}", tuple(sheets))


def _figures(board: Board, names: Names) -> Sheet:
    head = (
        names.say("指标", "Indicator"),
        names.say("数值", "Value"),
        names.say("单位", "Measured in"),
        names.say("分子", "Numerator"),
        names.say("分母", "Denominator"),
        names.say("分子含义", "What is counted"),
        names.say("分母含义", "Of what"),
        names.say("定义版本", "Version of the definition"),
    )
    rows = [_figure_row(Figure.of(one, board.sums), names) for one in DEFINITIONS.values()]
    return Sheet(names.say("指标", "Indicators"), head, tuple(rows))


def _figure_row(figure: Figure, names: Names) -> tuple[Value, ...]:
    one, locale = figure.definition, names.locale
    return (
        one.name.within(locale),
        rounded(figure),
        measured_in(one.scale, names),
        figure.top,
        figure.bottom if one.bottom else None,
        one.top_words.within(locale),
        one.bottom_words.within(locale),
        f"{one.code} v{one.version}",
    )


def measured_in(scale: Scale, names: Names) -> str:
    words = {
        Scale.SHARE: ("比例", "part of one"),
        Scale.MINUTES: ("分钟", "minutes"),
        Scale.GRADE: ("一至五", "1 to 5"),
        Scale.COUNT: ("件（次）", "times"),
    }
    return names.say(*words[scale])


def rounded(figure: Figure) -> float | None:
    value = figure.value
    return None if value is None else round(value, 1 if figure.definition.scale is Scale.MINUTES else 4)


def _trend(years: Sequence[Part], names: Names) -> Sheet:
    head = (names.say("月份", "Month"), *(DEFINITIONS[code].name.within(names.locale) for code in ("filed", *COLUMNS)))
    rows = tuple((part.value, *_values(part)) for part in years)
    title = names.say("按月", "By month")
    return Sheet(title, head, rows, _shares(), (2, 3, 4))


def parts_sheet(board: Board, by: By, names: Names) -> Sheet:
    """The most filed (of units: the most dispatched to) first."""
    first = Counted.DISPATCHED.value if by in (By.UNIT, By.LEVEL) else Counted.FILED.value
    parts = sorted(board.parts[by], key=lambda part: (-part.sums.get(first, 0), part.value))
    title = BY_NAMES[by].within(names.locale)
    head = (title, *(DEFINITIONS[code].name.within(names.locale) for code in (first, *COLUMNS)))
    rows = tuple((names.of(by, part.value), *_values(part, first)) for part in parts)
    return Sheet(title, head, rows, _shares(), (1,), bars=True)


def _values(part: Part, first: str = "filed") -> list[Value]:
    return [rounded(Figure.of(DEFINITIONS[code], part.sums)) for code in (first, *COLUMNS)]


def _shares() -> frozenset[int]:
    return frozenset(n for n, code in enumerate(COLUMNS, 2) if DEFINITIONS[code].scale is Scale.SHARE)


def index_sheet(index: IndexScore, names: Names) -> Sheet:
    head = (
        names.say("分组", "Group"),
        names.say("类别", "Heading"),
        names.say("指标", "Indicator"),
        names.say("数值", "Value"),
        names.say("得分", "Score"),
        names.say("权重", "Weight"),
        names.say("实际占比（百分）", "Counts for (of 100)"),
    )
    locale = names.locale
    rows: list[tuple[Value, ...]] = [(names.say("总分", "Index"), "", "", None, _score(index.score), 100, 100.0)]
    for group in index.groups:
        rows.append((group.group.name.within(locale), "", "", None, _score(group.score), None, None))
        for heading in group.headings:
            for one in heading.indicators:
                named = (heading.heading.name.within(locale), one.figure.definition.name.within(locale))
                figures = (rounded(one.figure), _score(one.score), one.weight, round(one.share, 2))
                rows.append((group.group.name.within(locale), *named, *figures))
    title = names.say(
        f"评价指数（权重第 {index.weights.version} 版）", f"Index (weights, version {index.weights.version})"
    )
    return Sheet(title, head, tuple(rows))


def _score(score: float | None) -> float | None:
    return None if score is None else round(score, 2)


def spots_sheet(spots: Findings, names: Names) -> Sheet:
    head = (
        names.say("区县", "District"),
        names.say("类别", "Category"),
        names.say("近七天", "Last seven days"),
        names.say("平常一周", "Usual week"),
        names.say("容许", "Allowed for"),
        names.say("偶然概率", "By chance"),
        names.say("前八周", "The eight weeks before"),
        names.say("自", "Since"),
    )
    rows = tuple(
        (
            names.unit(spot.district),
            names.category(spot.category),
            spot.count,
            spot.usual,
            spot.expected,
            f"{spot.chance:.1e}",
            " ".join(map(str, spot.weeks)),
            spot.since.isoformat(),
        )
        for spot in spots.spots
    )
    return Sheet(names.say("热点", "Hot spots"), head, rows, drawn=(2, 3), bars=True)


def years_of(board: Board) -> tuple[Part, ...]:
    """The trend of a board without months in which nothing was counted at its beginning."""
    filled = [bool(together([part.sums])) for part in board.trend]
    return board.trend[filled.index(True) :] if True in filled else ()
