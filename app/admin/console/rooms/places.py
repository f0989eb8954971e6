"""The directory of places: what stands in it, who runs it, files of it, and what may stand twice."""

from __future__ import annotations

from app.admin.console.desk import Desk
from app.admin.console.imports import bad_lines, file_of
from app.admin.console.pages import ADMINISTRATORS, OPERATORS
from app.admin.console.parts import (
    REASON,
    Action,
    Asked,
    Cell,
    Detail,
    Done,
    Facts,
    Field,
    Finder,
    Listing,
    Option,
    Reply,
    Row,
    Said,
    Table,
    badge,
    figure,
    mono,
    plain,
    short_link,
    tags,
    when,
)
from app.admin.console.texts import Text, spoken
from app.admin.console.view import RoomView
from app.core.paging import PageRequest
from app.domains.life.directory.doubles.model import Double, DoubleState, Doubt
from app.domains.life.directory.hours.notation import written_hours
from app.domains.life.directory.imports.errors import PlaceImportRefused
from app.domains.life.directory.kinds.model import CLASS_NAMES, PlaceClass, all_kinds, kind_of
from app.domains.life.directory.places.model import Place, PlaceState, Which

_HEAD = (
    Text("名称", "Name"),
    Text("类别", "Sort"),
    Text("地址", "Address"),
    Text("评分", "Rated"),
    Text("运营单位", "Run by"),
    Text("状态", "State"),
)
_STATES = {
    PlaceState.ACTIVE: (Text("在目录中", "listed"), "good"),
    PlaceState.CLOSED: (Text("已停业", "closed"), "bad"),
    PlaceState.MERGED: (Text("已合并", "merged"), "muted"),
}
_CLASSES = tuple(Option(one.value, Text(name.zh, name.en)) for one, name in CLASS_NAMES.items())
_KINDS = tuple(Option(one.code, Text(one.name.zh, one.name.en)) for one in all_kinds().values())
_FORMS = (Option("csv", Text("表格（CSV）", "Table (CSV)")), Option("geojson", Text("地图要素（GeoJSON）", "GeoJSON")))
_DOUBTS = {
    Doubt.FAR: Text("同名，相距较远", "same name, some way off"),
    Doubt.ALIKE: Text("名称相近，同一地点", "nearly the same name, one spot"),
    Doubt.OTHER_KIND: Text("同名同地，类别不同", "same name and spot, another sort"),
}
_PAIRS = {
    DoubleState.OPEN: Text("待处理", "to decide"),
    DoubleState.MERGED: Text("已合并", "merged"),
    DoubleState.APART: Text("不是同一处", "apart"),
}


class PlacesView(RoomView):
    noun = "places"
    label = Text("便民目录", "Places")
    lead = Text(
        "八类便民场所：从文件导入，按来源编号可重复；名称和距离都吻合的自动合并，拿不准的交人处理。",
        "Places of eight classes, from files that can be read again. What is the same by name and distance is one; "
        "what is doubtful is decided here.",
    )
    icon = "fa-map-location-dot"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._directory = desk.services.life.directory
        number = Field("number", Text("场所编号", "Its id"), most=40)
        self.finder = Finder((number,), self._find, Text("没有这个编号。", "No place has this id."))
        source = Text("没有写明来源的行归它，如 health-bureau。", "Source of rows that name none, as health-bureau.")
        file = (
            Field("form", Text("格式", "Form"), "select", options=_FORMS),
            Field("unit", Text("来源", "Source"), hint=source, most=40),
            Field("text", Text("文件内容", "Content of the file"), "area", most=500_000),
        )
        operator = Text("留空表示不明。", "Empty: not known.")
        whole = Text("所有行都正确才会导入。", "All of its lines, or none.")
        self.offers(
            Action("rehearse", Text("试导入", "Try it"), ADMINISTRATORS, self._rehearse, file),
            Action(
                *("import", Text("导入场所", "Import places"), ADMINISTRATORS, self._import, file, whole, "good"),
                first="rehearse",
            ),
            Action(
                *("assign", Text("运营单位", "Who runs it"), OPERATORS, self._assign),
                (Field("operator", Text("机构代码", "Code of the organisation"), hint=operator, required=False),),
            ),
            Action("close", Text("已停业", "It is gone"), OPERATORS, self._close, (REASON,), tone="bad"),
        )

    def _for_all(self) -> tuple[str, ...]:
        return ("import",)

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        group = PlaceClass(asked["class"]) if asked["class"] in set(PlaceClass) else None
        kind = asked["kind"] if asked["kind"] in all_kinds() else None
        found = await self._directory.places.of_city(Which(group, kind), None, page)
        rows = tuple(self._row(one) for one in found.items)
        kept = {"class": group.value if group else "", "kind": kind or ""}
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, kept)
        filters = (
            Field("class", Text("大类", "Class"), "select", required=False, options=_CLASSES, value=asked["class"]),
            Field("kind", Text("类别", "Sort"), "select", required=False, options=_KINDS, value=asked["kind"]),
        )
        empty = Text("目录里还没有场所。", "The directory has no such place.")
        return Listing(Table(_HEAD, rows, empty=empty, next=more, aside=frozenset({2})), filters=filters)

    async def detail(self, asked: Asked) -> Detail | None:
        found = await self._directory.places.many([asked.target])
        if asked.target not in found:
            return None
        place = found[asked.target]
        history = await self._directory.places.history(place.id)
        names = await self.desk.names(change.by for change in history)
        head = (Text("时间", "When"), Text("改动", "What"), Text("来自", "By"))
        rows = tuple(Row((when(one.at), tags(list(one.fields)), plain(names.get(one.by, one.by)))) for one in history)
        changes = Table(head, rows, Text("改动", "Changes"), Text("还没有改过。", "None yet."))
        buttons = self.buttons(asked, place.id, "assign", "close") if place.active else ()
        return Detail(place.name.within(spoken()), (self._facts(place), changes), _state(place), buttons=buttons)

    def _row(self, one: Place) -> Row:
        cells = (
            plain(one.name.within(spoken())),
            plain(kind_of(one.kind).name.within(spoken())),
            plain(one.said.address),
            _rated(one),
            plain(self.desk.organisation(one.operator) if one.operator else ""),
            _state(one),
        )
        return Row(cells, self.here(one.id))

    def _facts(self, one: Place) -> Facts:
        return Facts.of(
            Text("基本情况", "What it is"),
            (Text("类别", "Sort"), plain(kind_of(one.kind).name.within(spoken()))),
            (Text("地址", "Address"), plain(one.said.address)),
            (Text("电话", "Telephone"), plain(one.said.phone)),
            (Text("营业时间", "Hours"), mono(written_hours(one.hours))),
            (Text("坐标", "Coordinates"), mono(f"{one.point.latitude:.6f}, {one.point.longitude:.6f}")),
            (Text("运营单位", "Run by"), plain(one.operator)),
            (Text("来源", "Brought by"), tags([source.key for source in one.sources])),
            (Text("评分", "Rated"), _rated(one)),
            (Text("并入", "Merged into"), short_link(one.into, self.here(one.into)) if one.into else plain("")),
            (Text("原因", "Reason"), plain(one.reason)),
            (Text("更新时间", "Changed"), when(one.changed_at)),
        )

    async def _find(self, asked: Asked) -> str | None:
        found = await self._directory.places.get(asked["number"])
        return self.here(found.id) if found else None

    async def _rehearse(self, asked: Asked) -> Reply:
        return await self._read(asked, dry=True)

    async def _import(self, asked: Asked) -> Reply:
        return await self._read(asked, dry=False)

    async def _read(self, asked: Asked, *, dry: bool) -> Reply:
        imports = self._directory.imports
        try:
            done = await (imports.rehearse if dry else imports.run)(asked.viewer, file_of(asked))
        except PlaceImportRefused as refused:  # the dialog stays, with the lines to mend
            return Said(bad_lines(refused.code, refused.rows, refused.more))
        tally = done.tally
        told = Text(
            f"{done.lines} 行：新增 {tally.fresh} 处，更新 {tally.amended} 处，{tally.same} 处无变化。",
            f"{done.lines} lines: {tally.fresh} new, {tally.amended} changed, {tally.same} as before.",
        )
        return Said(told) if dry else Done(told)

    async def _assign(self, asked: Asked) -> Reply:
        await self._directory.keeping.assign(asked.viewer, asked.target, asked["operator"] or None, asked.key)
        return Done(Text("已保存。", "Saved."))

    async def _close(self, asked: Asked) -> Reply:
        await self._directory.keeping.close(asked.viewer, asked.target, asked["reason"][:120], asked.key)
        return Done(Text("已标为停业。", "It is gone."))


class DoublesView(RoomView):
    noun = "place-doubles"
    label = Text("疑似重复场所", "Places twice?")
    lead = Text(
        "名称相近又挨得近的两处：是同一处就合并，评价和收藏一起过去；不是就留着。",
        "Two places nearly alike: merged with all that people said of them, or left apart.",
    )
    icon = "fa-clone"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._directory = desk.services.life.directory
        sure = Text("后来的那处并入先有的那处，不能撤回。", "The later goes into the other; that cannot be undone.")
        self.offers(
            Action("merge", Text("是同一处", "They are one"), OPERATORS, self._merge, (), sure, "good"),
            Action("apart", Text("不是同一处", "They are two"), OPERATORS, self._apart),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        state = DoubleState(asked["state"]) if asked["state"] in set(DoubleState) else DoubleState.OPEN
        found = await self._directory.doubles.page(state, page)
        both = {one.place for one in found.items} | {one.other for one in found.items}
        places = await self._directory.places.many(both)
        head = (
            Text("后来的", "Later"),
            Text("先有的", "There before"),
            Text("疑点", "Why"),
            Text("相距（米）", "Metres"),
        )
        rows = tuple(self._row(one, places) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, {"state": state.value})
        options = tuple(Option(one.value, text) for one, text in _PAIRS.items())
        field = Field("state", Text("状态", "State"), "select", required=False, options=options, value=state.value)
        empty = Text("没有疑似重复的场所。", "Nothing of the kind.")
        return Listing(Table(head, rows, empty=empty, next=more), filters=(field,))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._directory.doubles.get(asked.target)
        if one is None:
            return None
        places = await self._directory.places.many([one.place, one.other])
        sections = tuple(
            _beside(title, places[id_])
            for title, id_ in ((Text("后来的", "Later"), one.place), (Text("先有的", "There before"), one.other))
            if id_ in places
        )
        buttons = self.buttons(asked, one.id, "merge", "apart") if one.state is DoubleState.OPEN else ()
        return Detail(_DOUBTS[one.doubt], sections, badge(one.state, None, _PAIRS[one.state]), buttons=buttons)

    def _row(self, one: Double, places: dict[str, Place]) -> Row:
        names = (places[id_].name.within(spoken()) if id_ in places else id_ for id_ in (one.place, one.other))
        cells = (*(plain(name) for name in names), plain(_DOUBTS[one.doubt]), figure(one.metres))
        return Row(cells, self.here(one.id))

    async def _merge(self, asked: Asked) -> Reply:
        await self._directory.doubles.decide(asked.viewer, asked.target, True, asked.key)
        return Done(Text("已合并。", "Merged."), self.here())

    async def _apart(self, asked: Asked) -> Reply:
        await self._directory.doubles.decide(asked.viewer, asked.target, False, asked.key)
        return Done(Text("已保留为两处。", "They stay two."), self.here())


def _beside(title: Text, one: Place) -> Facts:
    return Facts.of(
        title,
        (Text("名称", "Name"), plain(one.name.within(spoken()))),
        (Text("类别", "Sort"), plain(kind_of(one.kind).name.within(spoken()))),
        (Text("地址", "Address"), plain(one.said.address)),
        (Text("电话", "Telephone"), plain(one.said.phone)),
        (Text("营业时间", "Hours"), mono(written_hours(one.hours))),
        (Text("坐标", "Coordinates"), mono(f"{one.point.latitude:.6f}, {one.point.longitude:.6f}")),
        (Text("来源", "Brought by"), tags([source.key for source in one.sources])),
    )


def _rated(one: Place) -> Cell:
    average = one.ratings.average
    return plain(f"{average} ({one.ratings.count})" if average is not None else "")


def _state(one: Place) -> Cell:
    text, tone = _STATES[one.state]
    return badge(one.state, tone, text)
