"""Indicators of cases: figures with what they are made of, hot spots, the index and its weights, reports and tables.

Months are written 2026-11; without them, the present one. `unit` is a unit with all below it; without it, the city.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Query
from fastapi.responses import Response
from pydantic import Field

from app.admin.api.desk import ANY, OPERATORS, After, Body, Desk, First, Key, Reply, Rows, allowed, desk_router
from app.core.messages import CHINESE, Locale
from app.core.paging import PageRequest
from app.domains.voice.figures.index.model import HeadingScore, IndexScore, IndicatorScore, Weights
from app.domains.voice.figures.indicators.cells.model import CITY
from app.domains.voice.figures.indicators.definitions import DEFINITIONS
from app.domains.voice.figures.indicators.hotspots.model import HotSpot
from app.domains.voice.figures.indicators.model import Better, By, Definition, Figure, Months, Scale
from app.domains.voice.figures.indicators.model import Part as Sums

router = desk_router("indicators")
Month = Annotated[str | None, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="Such as 2026-11.")]
Unit = Annotated[str | None, Query(max_length=80, pattern=r"^[0-9A-Za-z._:-]+$")]
Language = Annotated[Locale, Query(description="Of the words in it.")]
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CSV = "text/csv; charset=utf-8"


class DefinitionShown(Reply):
    code: str
    version: int
    scale: Scale
    better: Better
    public: bool
    name_zh: str
    name_en: str
    numerator_zh: str
    numerator_en: str
    denominator_zh: str
    denominator_en: str
    numerator: str = Field(description="What is counted, by its code.")
    denominator: str | None

    @classmethod
    def of(cls, one: Definition) -> DefinitionShown:
        return cls(
            code=one.code,
            version=one.version,
            scale=one.scale,
            better=one.better,
            public=one.public,
            name_zh=one.name.zh,
            name_en=one.name.en,
            numerator_zh=one.top_words.zh,
            numerator_en=one.top_words.en,
            denominator_zh=one.bottom_words.zh,
            denominator_en=one.bottom_words.en,
            numerator=one.top.value,
            denominator=one.bottom.value if one.bottom else None,
        )


class FigureShown(Reply):
    """`value` is null without a denominator."""

    code: str
    version: int
    value: float | None
    numerator: int
    denominator: int | None

    @classmethod
    def of(cls, figure: Figure) -> FigureShown:
        one = figure.definition
        bottom = figure.bottom if one.bottom else None
        return cls(code=one.code, version=one.version, value=figure.value, numerator=figure.top, denominator=bottom)


class PartShown(Reply):
    """`value`: a month, or a code of what was asked."""

    value: str
    figures: list[FigureShown]

    @classmethod
    def of(cls, part: Sums) -> PartShown:
        return cls(value=part.value, figures=_figures(part))


class BoardShown(Reply):
    unit: str | None
    first: str
    last: str
    figures: list[FigureShown]
    months: list[PartShown]
    parts: list[PartShown]


class SpotShown(Reply):
    """`weeks`: the eight before; `usual` their median; `expected` with what is allowed for; `chance` of so many."""

    district: str
    category: str
    count: int
    weeks: list[int]
    usual: float
    expected: float
    chance: float
    since: date

    @classmethod
    def of(cls, spot: HotSpot) -> SpotShown:
        return cls.model_validate(spot)


class FindingsShown(Reply):
    day: date | None
    spots: list[SpotShown]


class ScoredShown(Reply):
    """`share`: what of 100 it counts for, with the weights of those that have no score."""

    figure: FigureShown
    score: float | None
    weight: int
    share: float

    @classmethod
    def of(cls, one: IndicatorScore) -> ScoredShown:
        return cls(figure=FigureShown.of(one.figure), score=one.score, weight=one.weight, share=one.share)


class HeadingShown(Reply):
    code: str
    score: float | None
    indicators: list[ScoredShown]

    @classmethod
    def of(cls, one: HeadingScore) -> HeadingShown:
        rows = [ScoredShown.of(row) for row in one.indicators]
        return cls(code=one.heading.code, score=one.score, indicators=rows)


class GroupShown(Reply):
    code: str
    score: float | None
    headings: list[HeadingShown]


class IndexShown(Reply):
    score: float | None
    weights_version: int
    groups: list[GroupShown]

    @classmethod
    def of(cls, index: IndexScore) -> IndexShown:
        groups = [
            GroupShown(code=one.group.code, score=one.score, headings=[HeadingShown.of(h) for h in one.headings])
            for one in index.groups
        ]
        return cls(score=index.score, weights_version=index.weights.version, groups=groups)


class WeightsShown(Reply):
    version: int
    values: dict[str, int]
    by: str
    at: datetime | None
    reason: str

    @classmethod
    def of(cls, weights: Weights) -> WeightsShown:
        return cls.model_validate(weights)


class NewWeights(Body):
    """`version`: the one they were looked at in. `reason` is for the audit and stands with the weights."""

    version: int = Field(ge=1, le=10**7)
    values: dict[str, int] = Field(max_length=60)
    reason: str = Field(min_length=2, max_length=500)


@router.get("/indicators/definitions")
async def definitions(desk: Annotated[Desk, allowed("define", *ANY)]) -> list[DefinitionShown]:
    """Every indicator: what is counted, of what, and which version of that holds."""
    return [DefinitionShown.of(one) for one in DEFINITIONS.values()]


@router.get("/indicators")
async def board(
    desk: Annotated[Desk, allowed("list", *ANY)],
    first: Month = None,
    last: Month = None,
    unit: Unit = None,
    by: Annotated[By | None, Query(description="Also told apart by this.")] = None,
) -> BoardShown:
    """Figures of some months, month by month and together."""
    found = await desk.services.voice.indicators.reading.board(_months(desk, first, last), unit or CITY, _asked(by))
    return BoardShown(
        unit=unit,
        first=found.months.first,
        last=found.months.last,
        figures=_figures(Sums("", found.sums)),
        months=[PartShown.of(part) for part in found.trend],
        parts=[PartShown.of(part) for part in found.parts.get(by, ())] if by else [],
    )


@router.get("/indicators/report", response_class=Response, responses={200: {"content": {_XLSX: {}}}})
async def report(
    desk: Annotated[Desk, allowed("report", *ANY)],
    first: Month = None,
    last: Month = None,
    unit: Unit = None,
    language: Language = CHINESE,
) -> Response:
    """The report of some months as a workbook: figures, tables, charts, index, hot spots."""
    months = _months(desk, first, last)
    made = await desk.services.voice.indicators.reports.workbook(desk.viewer, months, unit or CITY, language)
    return _file(made, _XLSX, f"cases-{months.first}-{months.last}.xlsx")


@router.get("/indicators/table", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def table(
    desk: Annotated[Desk, allowed("export", *ANY)],
    by: Annotated[By | Literal["index"], Query()],
    first: Month = None,
    last: Month = None,
    unit: Unit = None,
    language: Language = CHINESE,
) -> Response:
    """One table as CSV; no word in it becomes a formula where it is opened."""
    months, scope = _months(desk, first, last), unit or CITY
    reports = desk.services.voice.indicators.reports
    if isinstance(by, By):
        made = await reports.table(desk.viewer, months, scope, by, language)
    else:
        made = await reports.index_table(desk.viewer, months, scope, language)
    return _file(made, _CSV, f"cases-{by}-{months.first}-{months.last}.csv")


@router.get("/indicators/hot-spots")
async def hot_spots(desk: Annotated[Desk, allowed("spot", *ANY)]) -> FindingsShown:
    """Where more is reported than in usual weeks, as it was found last."""
    found = await desk.services.voice.indicators.hotspots.latest()
    return FindingsShown(
        day=found.day if found else None, spots=[SpotShown.of(s) for s in found.spots] if found else []
    )


@router.get("/indicators/index")
async def index(
    desk: Annotated[Desk, allowed("score", *ANY)], first: Month = None, last: Month = None, unit: Unit = None
) -> IndexShown:
    """Four groups, eleven headings, 24 indicators, one figure."""
    scored = await desk.services.voice.indicators.index.score(_months(desk, first, last), unit or CITY)
    return IndexShown.of(scored)


@router.get("/indicators/index/weights")
async def weights(
    desk: Annotated[Desk, allowed("weights", *ANY)], first: First = 25, after: After = None
) -> Rows[WeightsShown]:
    """Every version that was set, newest first; before any was, the program's own hold."""
    page = await desk.services.voice.indicators.index.earlier(PageRequest.of(first, after))
    return Rows[WeightsShown].of(page, WeightsShown.of, lambda one: str(one.version))


@router.post("/indicators/index/weights", status_code=201)
async def weigh(body: NewWeights, key: Key, desk: Annotated[Desk, allowed("weigh", *OPERATORS)]) -> WeightsShown:
    """Set all weights anew; they make 100."""
    service = desk.services.voice.indicators.index
    return WeightsShown.of(await service.set_weights(desk.viewer, body.version, body.values, body.reason, key))


def _months(desk: Desk, first: str | None, last: str | None) -> Months:
    """Raises BadInput."""
    present = desk.services.voice.indicators.reading.now()
    return Months.of(first or last or present.first, last or first or present.last)


def _asked(by: By | None) -> tuple[By, ...]:
    return (by,) if by else ()


def _figures(part: Sums) -> list[FigureShown]:
    return [FigureShown.of(Figure.of(one, part.sums)) for one in DEFINITIONS.values()]


def _file(content: bytes, media: str, name: str) -> Response:
    return Response(content, media_type=media, headers={"content-disposition": f'attachment; filename="{name}"'})
