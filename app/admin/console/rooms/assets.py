"""Things with codes on them: what there is, files of them, sheets of codes to print."""

from __future__ import annotations

from app.admin.console.desk import Desk
from app.admin.console.imports import bad_lines, file_fields, file_of
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
    link,
    mono,
    plain,
    when,
)
from app.admin.console.texts import Text, spoken
from app.admin.console.view import RoomView
from app.core.paging import PageRequest
from app.domains.voice.street.assets.errors import AssetImportRefused
from app.domains.voice.street.assets.model import KIND_NAMES, Asset, AssetKind
from app.domains.voice.street.assets.number import grouped
from app.domains.voice.street.assets.sheets.model import MOST, Sheet, SheetOrder

_HEAD = (
    Text("编号", "Number"),
    Text("种类", "Kind"),
    Text("名称", "Name"),
    Text("管理单位", "Kept by"),
    Text("管理编号", "Reference"),
    Text("状态", "State"),
)
_SHEETS = (
    Text("制作时间", "Made"),
    Text("单位", "Unit"),
    Text("种类", "Kind"),
    Text("标签", "Labels"),
    Text("页数", "Pages"),
    Text("下一批从", "Next from"),
    Text("文件", "File"),
)
_KINDS = tuple(Option(kind.value, Text(name.zh, name.en)) for kind, name in KIND_NAMES.items())
_CASES = (Text("诉求编号", "Case"), Text("状态", "State"), Text("提交时间", "Filed"))


def _kind(kind: AssetKind | None) -> Cell:
    return plain(KIND_NAMES[kind].within(spoken()) if kind else Text("全部", "all"))


class AssetsView(RoomView):
    noun = "assets"
    label = Text("市政部件", "Assets")
    lead = Text(
        "路灯、消火栓、垃圾箱、站牌……每件一个编号和二维码，扫码就能报修。",
        "Lamps, hydrants, bins, stops: each has a number and a code; who scans it can report it.",
    )
    icon = "fa-qrcode"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._voice = desk.services.voice
        number = Field("number", Text("部件编号", "Number"), most=40)
        self.finder = Finder((number,), self._find, Text("没有这个编号。", "Nothing has this number."))
        whole = Text("所有行都正确才会导入。", "All of its lines, or none.")
        unit = Text("没有写明管理单位的行归它。", "Keeper of rows that name none.")
        self.offers(
            Action(
                "import",
                Text("导入部件", "Import assets"),
                ADMINISTRATORS,
                self._import,
                file_fields(unit),
                whole,
                "good",
            ),
            Action("retire", Text("撤除", "Retire"), OPERATORS, self._retire, (REASON,), tone="bad"),
        )

    def _for_all(self) -> tuple[str, ...]:
        return ("import",)

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        unit = asked["unit"].strip()[:80]
        kind = AssetKind(asked["kind"]) if asked["kind"] in set(AssetKind) else None
        found = await self._voice.assets.of_city(page, unit=unit or None, kind=kind)
        rows = tuple(self._row(one) for one in found.items)
        kept = {name: value for name, value in (("unit", unit), ("kind", kind.value if kind else "")) if value}
        more = self.next_page(found.has_next, found.items[-1].code if found.items else None, kept)
        filters = (
            Field("kind", Text("种类", "Kind"), "select", required=False, options=_KINDS, value=asked["kind"]),
            Field("unit", Text("管理单位代码", "Keeper's code"), required=False, value=unit),
        )
        empty = Text("没有这样的部件。", "No asset is like that.")
        return Listing(Table(_HEAD, rows, empty=empty, next=more, aside=frozenset({4})), filters=filters)

    async def detail(self, asked: Asked) -> Detail | None:
        asset = await self._voice.assets.find(asked.target)
        if asset is None:
            return None
        cases = await self._voice.overseeing.of_asset(asset.code, PageRequest(20))
        rows = tuple(
            Row((mono(one.number), badge(one.state), when(one.filed_at)), f"/admin/cases/{one.id}")
            for one in cases.items
        )
        history = Table(_CASES, rows, Text("诉求", "Cases"), Text("还没有人反映过。", "Nothing was reported of it."))
        buttons = self.buttons(asked, asset.code, "retire") if asset.active else ()
        return Detail(grouped(asset.code), (self._facts(asset), history), _state(asset), buttons=buttons)

    def _row(self, asset: Asset) -> Row:
        keeper = plain(self.desk.organisation(asset.unit))
        cells = (mono(grouped(asset.code)), _kind(asset.kind), plain(asset.name.within(spoken())), keeper)
        return Row((*cells, mono(asset.reference), _state(asset)), self.here(asset.code))

    def _facts(self, asset: Asset) -> Facts:
        return Facts.of(
            Text("基本情况", "What it is"),
            (Text("种类", "Kind"), _kind(asset.kind)),
            (Text("名称", "Name"), plain(asset.name.within(spoken()))),
            (Text("管理单位", "Kept by"), plain(self.desk.organisation(asset.unit))),
            (Text("管理编号", "Reference"), mono(asset.reference)),
            (Text("区划", "Division"), plain(self.desk.organisation(asset.place.division))),
            (Text("位置", "Place"), plain(asset.place.address)),
            (Text("坐标", "Coordinates"), mono(f"{asset.point.latitude:.6f}, {asset.point.longitude:.6f}")),
            (Text("页面", "Its page"), link(f"/q/{asset.code}", f"/q/{asset.code}")),
            (Text("撤除原因", "Retired because"), plain(asset.retired_for)),
            (Text("更新时间", "Changed"), when(asset.changed_at)),
        )

    async def _find(self, asked: Asked) -> str | None:
        found = await self._voice.assets.find(asked["number"])
        return self.here(found.code) if found else None

    async def _import(self, asked: Asked) -> Reply:
        try:
            done = await self._voice.asset_imports.run(asked.viewer, file_of(asked))
        except AssetImportRefused as refused:  # the dialog stays, with the lines to mend
            return Said(bad_lines(refused.code, refused.rows, refused.more))
        tally = done.tally
        return Done(
            Text(
                f"{done.lines} 行：新增 {tally.fresh} 件，更新 {tally.amended} 件，{tally.same} 件无变化。",
                f"{done.lines} lines: {tally.fresh} new, {tally.amended} changed, {tally.same} as before.",
            )
        )

    async def _retire(self, asked: Asked) -> Reply:
        await self._voice.assets.retire(asked.viewer, asked.target, asked["reason"], asked.key)
        return Done(Text("已撤除。", "Retired."))


class SheetsView(RoomView):
    noun = "asset-sheets"
    label = Text("二维码打印", "Sheets of codes")
    lead = Text(
        "按批次制作可打印的标签：A4 纸每页 24 张，二维码、编号和名称。",
        "Labels to print, batch by batch: 24 on a page of A4, with code, number and name.",
    )
    icon = "fa-print"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._sheets = desk.services.voice.asset_sheets
        after = Text("上一批的“下一批从”；第一批不填。", "“Next from” of the batch before; empty for the first.")
        fields = (
            Field("unit", Text("管理单位代码", "Keeper's code"), most=80),
            Field("kind", Text("种类", "Kind"), "select", required=False, options=_KINDS),
            Field("division", Text("区划代码", "Code of the division"), required=False, most=20),
            Field("after", Text("从编号之后", "After the number"), hint=after, required=False, most=20),
        )
        self.offers(Action("order", Text("制作一批", "Make a batch"), OPERATORS, self._order, fields, tone="good"))

    def _for_all(self) -> tuple[str, ...]:
        return ("order",)

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._sheets.made(page)
        rows = tuple(self._row(one) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None)
        empty = Text("还没有制作过。", "No sheet was made yet.")
        return Listing(Table(_SHEETS, rows, empty=empty, next=more))

    def _row(self, one: Sheet) -> Row:
        unit = plain(self.desk.organisation(one.order.unit))
        file = link(Text("下载 PDF", "PDF"), f"/admin/api/asset-sheets/{one.id}/file")
        cells = (when(one.made_at), unit, _kind(one.order.kind), figure(one.labels), figure(one.pages))
        return Row((*cells, mono(one.last), file))

    async def _order(self, asked: Asked) -> Reply:
        kind = AssetKind(asked["kind"]) if asked["kind"] else None
        wanted = SheetOrder(asked["unit"], kind, asked["division"] or None, asked["after"], MOST)
        made = await self._sheets.order(asked.viewer, wanted, asked.key)
        return Done(Text(f"{made.labels} 张标签，{made.pages} 页。", f"{made.labels} labels on {made.pages} pages."))


def _state(asset: Asset) -> Cell:
    return badge(asset.state, "good" if asset.active else "bad", None if asset.active else Text("已撤除", "retired"))
