"""Data that departments share: what is offered, who asks for it, how many agreed, and the proofs it spared."""

from __future__ import annotations

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
from app.admin.console.parts import (
    Action,
    Asked,
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
    tags,
    when,
)
from app.admin.console.texts import Text, Words, spoken, word
from app.admin.console.view import RoomView
from app.core.paging import PageRequest
from app.domains.government.shared_data.accesses.model import AccessState, DataAccess
from app.domains.government.shared_data.fetches.store import SparedLine
from app.domains.government.shared_data.sets.model import DataField, DataSet

_HEAD = (
    Text("代码", "Code"),
    Text("名称", "Name"),
    Text("提供单位", "Offered by"),
    Text("字段", "Fields"),
    Text("有效授权", "Consents"),
    Text("状态", "State"),
)
_FIELDS = (Text("字段", "Field"), Text("名称", "Title"), Text("类型", "Kind"), Text("敏感程度", "Sensitivity"))
_ACCESSES = (
    Text("申请时间", "Asked"),
    Text("使用单位", "Asked by"),
    Text("数据集", "Data set"),
    Text("字段", "Fields"),
    Text("用途", "Purpose"),
    Text("依据", "Ground"),
    Text("状态", "State"),
)
_BY_DAY = (Text("日期", "Day"), Text("免交证明", "Proofs spared"), Text("申请", "Applications"))
_BY_ITEM = (Text("事项", "Item"), Text("免交证明", "Proofs spared"), Text("申请", "Applications"))


class DataSetsView(RoomView):
    noun = "data-sets"
    label = Text("共享数据", "Shared data")
    lead = Text(
        "部门之间可以查询的数据；查询了谁，只有本人在查询记录里看得到。",
        "What departments may ask each other; of whom, each citizen alone sees in his ledger.",
    )
    icon = "fa-share-nodes"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._government = desk.services.government

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        consents = await self._government.consents.counted()
        rows = tuple(self._row(one, consents.get(one.code, 0)) for one in await self._government.data_sets.all())
        answers = self._government.shared_answers
        none = Text("还没有。", "None yet.")
        days = _spared(_BY_DAY, await answers.spared_by_day(), Text("免交证明，近三十天", "Proofs spared, thirty days"))
        items = _spared(_BY_ITEM, await answers.spared_by_item(), Text("免交证明，按事项", "Proofs spared, by item"))
        return Listing(Table(_HEAD, rows, empty=none, aside=frozenset({3})), (days, items))

    async def detail(self, asked: Asked) -> Detail | None:
        found = {one.code: one for one in await self._government.data_sets.all()}.get(asked.target)
        if found is None:
            return None
        live = [one for one in await self._government.data_accesses.live() if one.data_set == found.code]
        accesses = Table(_ACCESSES, tuple(self._access(one) for one in live), Text("谁可以查询", "Who may ask"))
        fields = Table(_FIELDS, tuple(map(_field, found.fields)), Text("字段", "Fields"))
        return Detail(found.name.within(spoken()), (self._facts(found), fields, accesses), badge(found.state))

    def _row(self, one: DataSet, consents: int) -> Row:
        fields = tags([field.title.within(spoken()) for field in one.fields])
        cells = (mono(one.code), plain(one.name.within(spoken())), plain(self.desk.organisation(one.owner)), fields)
        return Row((*cells, figure(consents), badge(one.state)), self.here(one.code))

    def _access(self, one: DataAccess) -> Row:
        return access_row(self.desk, one, f"/admin/data-accesses/{one.id}")

    def _facts(self, one: DataSet) -> Facts:
        return Facts.of(
            Text("数据集", "The data set"),
            (Text("代码", "Code"), mono(one.code)),
            (Text("提供单位", "Offered by"), plain(self.desk.organisation(one.owner))),
            (Text("来源系统", "Source"), plain(one.source)),
            (Text("法律依据", "Basis"), plain(one.basis)),
            (Text("更新周期", "At most"), figure(f"{one.fresh_hours} h")),
            (Text("用途", "Purposes"), tags([purpose.title.within(spoken()) for purpose in one.purposes])),
            (Text("版本", "Version"), figure(one.version)),
        )


class DataAccessesView(RoomView):
    noun = "data-accesses"
    label = Text("数据使用申请", "Data access")
    lead = Text(
        "单位申请查询其他部门的数据；提供单位未答复的，可在这里代为答复。",
        "Who asks for other departments' data; what they leave open can be answered here.",
    )
    icon = "fa-file-signature"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._accesses = desk.services.government.data_accesses
        why = Field("answer", Text("答复", "Answer"), "area", Text("申请单位会看到。", "Who asked reads it."), most=500)
        grant, refuse, end = AccessState.GRANTED, AccessState.REFUSED, AccessState.ENDED
        self.offers(
            Action("grant", Text("同意", "Grant"), OPERATORS, lambda a: self._answer(a, grant), (why,), tone="good"),
            Action(
                "refuse", Text("不同意", "Refuse"), OPERATORS, lambda a: self._answer(a, refuse), (why,), tone="bad"
            ),
            Action("end", Text("终止", "End"), OPERATORS, lambda a: self._answer(a, end), (why,), tone="bad"),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        state = _chosen(asked["state"])
        found = await self._accesses.in_state(state, page)
        rows = tuple(access_row(self.desk, one, self.here(one.id)) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, {"state": state.value})
        options = tuple(Option(one.value, word(one)) for one in AccessState)
        chosen = Field("state", Text("状态", "State"), "select", options=options, value=state.value)
        empty = Text("没有这样的申请。", "There is none.")
        return Listing(Table(_ACCESSES, rows, empty=empty, next=more), filters=(chosen,))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._accesses.one(asked.target)
        if one is None:
            return None
        facts = Facts.of(
            Text("申请", "What is asked"),
            (Text("使用单位", "Asked by"), plain(self.desk.organisation(one.organisation))),
            (Text("提供单位", "Offered by"), plain(self.desk.organisation(one.owner))),
            (Text("数据集", "Data set"), mono(one.data_set)),
            (Text("字段", "Fields"), tags(one.fields)),
            (Text("用途", "Purpose"), plain(word(one.purpose))),
            (Text("理由", "Why"), plain(one.why)),
            (Text("依据", "Ground"), plain(word(one.ground), one.law or "")),
            (Text("有效期至", "Until"), when(one.until)),
            (Text("申请时间", "Asked"), when(one.requested_at)),
            (Text("答复", "Answer"), plain(one.answer)),
            (Text("答复时间", "Answered"), when(one.answered_at)),
        )
        possible = {AccessState.REQUESTED: ("grant", "refuse"), AccessState.GRANTED: ("end",)}.get(one.state, ())
        return Detail(
            f"{one.data_set} · {self.desk.organisation(one.organisation)}",
            (facts,),
            badge(one.state),
            buttons=self.buttons(asked, one.id, *possible),
        )

    async def _answer(self, asked: Asked, state: AccessState) -> Reply:
        await self._accesses.answer(asked.viewer, asked.target, state, asked["answer"], asked.key)
        return Done(Text("已答复。", "Answered."))


def access_row(desk: Desk, one: DataAccess, href: str) -> Row:
    ground = plain(word(one.ground), one.law or "")
    cells = (when(one.requested_at), plain(desk.organisation(one.organisation)), mono(one.data_set), tags(one.fields))
    return Row((*cells, plain(word(one.purpose)), ground, badge(one.state)), href)


def _chosen(state: str) -> AccessState:
    return AccessState(state) if state in set(AccessState) else AccessState.REQUESTED


def _field(field: DataField) -> Row:
    title = field.title.within(spoken())
    return Row((mono(field.code), plain(title), plain(word(field.kind)), plain(word(field.sensitivity))))


def _spared(head: tuple[Words, ...], lines: list[SparedLine], title: Words) -> Table:
    rows = tuple(Row((mono(one.key), figure(one.proofs), figure(one.applications))) for one in lines)
    return Table(head, rows, title, Text("还没有。", "None yet."))
