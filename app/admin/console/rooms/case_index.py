"""The index of how well the city answers: what each indicator scores, and the weights, which operators set."""

from __future__ import annotations

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
from app.admin.console.parts import (
    REASON,
    Action,
    Asked,
    Detail,
    Done,
    Facts,
    Field,
    Listing,
    Reply,
    Row,
    Table,
    figure,
    hidden,
    person,
    plain,
    progress,
    when,
)
from app.admin.console.rooms.indicators import filters, on_scale, said, wanted
from app.admin.console.texts import Text, spoken
from app.admin.console.view import RoomView, allowed
from app.core.errors import BadInput
from app.core.paging import PageRequest
from app.domains.voice.figures.index.model import SCORED, GroupScore, HeadingScore, Weights
from app.domains.voice.figures.indicators.definitions import DEFINITIONS

_HEAD = (
    Text("类别", "Heading"),
    Text("指标", "Indicator"),
    Text("数值", "Value"),
    Text("零分", "Scores 0"),
    Text("满分", "Scores 100"),
    Text("得分", "Score"),
    Text("权重", "Weight"),
    Text("实际占比", "Counts for"),
)


class CaseIndexView(RoomView):
    noun = "case-index"
    label = Text("评价指数", "Index")
    lead = Text(
        "四组、十一类、二十四项指标，按权重合成一个百分制分数；没有数据的指标不计分，其权重由同组其他指标分担。",
        "Four groups, eleven headings, 24 indicators make one figure of 100 by their weights; what has no data has no "
        "score, and the others of its group bear its weight.",
    )
    icon = "fa-ranking-star"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._service = desk.services.voice.indicators.index
        names = {code: DEFINITIONS[code].name for code in SCORED}
        fields = tuple(
            Field(
                code, Text(names[code].zh, names[code].en), "number", most=3, pattern=r"\d{1,3}", value=str(one.weight)
            )
            for code, one in SCORED.items()
        )
        note = Text("合计须为 100；旧的一版留存。", "They make 100 together; the version before is kept.")
        label = Text("调整权重", "Set weights")
        fields = (*fields, REASON, hidden("version"))
        self.offers(Action("weigh", label, OPERATORS, self._weigh, fields, note, icon="fa-scale-balanced"))

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        months, scope = wanted(self.desk.services.voice.indicators.reading.now(), asked.said)
        index = await self._service.score(months, scope)
        facts = Facts.of(
            Text("总分", "Index"),
            (Text("总分", "Index"), figure(_score(index.score))),
            *((_text(one), figure(_score(one.score))) for one in index.groups),
            (Text("权重版本", "Version of the weights"), figure(index.weights.version)),
        )
        tables = tuple(_group(one) for one in index.groups)
        earlier = await self._service.earlier(PageRequest(20, page.after))
        versions = await self._versions(asked, earlier.items, index.weights)
        return Listing(versions, sections=(facts, *tables), filters=filters(months, scope))

    async def detail(self, asked: Asked) -> Detail | None:
        """One version of the weights."""
        page = await self._service.earlier(
            PageRequest(1, str(int(asked.target) + 1) if asked.target.isdigit() else None)
        )
        found = next((one for one in page.items if str(one.version) == asked.target), None)
        if found is None:
            return None
        head = (Text("指标", "Indicator"), Text("权重", "Weight"))
        rows = tuple(
            Row((plain(DEFINITIONS[code].name.within(spoken())), figure(n))) for code, n in found.values.items()
        )
        title = Text(f"权重第 {found.version} 版", f"Weights, version {found.version}")
        return Detail(title, (Table(head, rows),), lead=found.reason)

    async def _versions(self, asked: Asked, kept: tuple[Weights, ...], held: Weights) -> Table:
        """What holds is changed from its own row."""
        items = kept or (held,)
        names = await self.desk.names(one.by for one in items)
        values = {**{code: str(n) for code, n in held.values.items()}, "version": str(held.version)}
        change = allowed(asked.viewer, self.button("weigh", "", **values))
        head = (Text("版本", "Version"), Text("时间", "When"), Text("经办", "By"), Text("理由", "Reason"))
        rows = tuple(
            Row(
                (figure(one.version), when(one.at), person(one.by, names), plain(one.reason)),
                self.here(str(one.version)) if kept else None,
                change if one.version == held.version else (),
            )
            for one in items
        )
        return Table(head, rows, Text("权重的历史", "Weights as they were"))

    async def _weigh(self, asked: Asked) -> Reply:
        try:
            values = {code: int(asked[code]) for code in SCORED}
            version = int(asked["version"])
        except ValueError:
            raise BadInput(field="weights") from None
        await self._service.set_weights(asked.viewer, version, values, asked["reason"], asked.key)
        return Done(Text("新的权重已生效。", "The new weights hold."))


def _text(one: GroupScore) -> Text:
    return Text(one.group.name.zh, one.group.name.en)


def _group(one: GroupScore) -> Table:
    rows = tuple(row for heading in one.headings for row in _heading(heading))
    return Table(_HEAD, rows, _text(one), aside=frozenset({3, 4, 7}))


def _heading(one: HeadingScore) -> list[Row]:
    rows = []
    for row in one.indicators:
        scored, definition = SCORED[row.figure.definition.code], row.figure.definition
        score = progress(row.score / 100, f"{row.score:.1f}") if row.score is not None else plain(None)
        cells = (
            plain(one.heading.name.within(spoken())),
            plain(definition.name.within(spoken())),
            figure(said(row.figure)),
            figure(on_scale(scored.worst, definition.scale)),
            figure(on_scale(scored.best, definition.scale)),
            score,
            figure(row.weight),
            figure(f"{row.share:.1f} %"),
        )
        rows.append(Row(cells))
    return rows


def _score(score: float | None) -> str | None:
    return None if score is None else f"{score:.1f}"
