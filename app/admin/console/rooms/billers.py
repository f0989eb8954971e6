"""Billers: who may send bills, how their account numbers look, and whether they push or are asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
from app.admin.console.parts import (
    NOTHING,
    REASON,
    Action,
    Asked,
    Button,
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
    link,
    mono,
    plain,
    when,
)
from app.admin.console.texts import Text, spoken
from app.admin.console.view import RoomView, allowed
from app.core.paging import PageRequest
from app.core.said import Said
from app.domains.payment.bills.billers.model import Alphabet, Biller, BillerState, BillerWay, BillKind, NumberRule
from app.domains.payment.bills.billers.service import BillerProfile

KINDS: Mapping[BillKind, Text] = {
    BillKind.WATER: Text("水费", "water"),
    BillKind.POWER: Text("电费", "power"),
    BillKind.GAS: Text("燃气费", "gas"),
    BillKind.PROPERTY: Text("物业费", "property"),
    BillKind.SCHOOL: Text("教育缴费", "school"),
    BillKind.FINE: Text("罚款", "fines"),
    BillKind.MEDICAL: Text("医保缴费", "medical insurance"),
    BillKind.TELECOM: Text("通信费", "telecom"),
    BillKind.RENT: Text("租金", "rent"),
}
WAYS: Mapping[BillerWay, Text] = {
    BillerWay.PUSHES: Text("机构推送", "pushes"),
    BillerWay.ASKED: Text("向机构查询", "is asked"),
}
_ALPHABETS = {
    Alphabet.DIGITS: Text("数字", "digits"),
    Alphabet.LETTERS_AND_DIGITS: Text("字母和数字", "letters and digits"),
}
_HEAD = (
    Text("缴费机构", "Biller"),
    Text("单位编码", "Organisation"),
    Text("类别", "Kind"),
    Text("账单来源", "How bills come"),
    Text("状态", "State"),
)


def _choice(texts: Mapping[BillKind, Text] | Mapping[BillerWay, Text] | Mapping[Alphabet, Text]) -> tuple[Option, ...]:
    return tuple(Option(one.value, text) for one, text in texts.items())


_ORGANISATION = Field("organisation", Text("单位编码", "Code of the organisation"), most=40)
_PROFILE = (
    Field("kind", Text("类别", "Kind"), "select", options=_choice(KINDS)),
    Field("name", Text("名称", "Name in Chinese"), most=60),
    Field("name_en", Text("英文名称", "Name in English"), required=False, most=100),
    Field("account", Text("户号的叫法", "What the account number is called"), most=60),
    Field("account_en", Text("户号的英文叫法", "The same in English"), required=False, most=100),
    Field("shortest", Text("户号最短位数", "Shortest number"), "number", most=2, pattern="[0-9]+"),
    Field("longest", Text("户号最长位数", "Longest number"), "number", most=2, pattern="[0-9]+"),
    Field("alphabet", Text("户号由什么组成", "Made of"), "select", options=_choice(_ALPHABETS)),
    Field("example", Text("示例", "Example"), required=False, most=32),
    Field("way", Text("账单来源", "How bills come"), "select", options=_choice(WAYS)),
    Field("system", Text("平台上的系统名", "Name of its system on the platform"), required=False, most=40),
)


class BillersView(RoomView):
    noun = "billers"
    label = Text("缴费机构", "Billers")
    lead = Text(
        "能给市民发账单的单位，户号的格式，以及账单是推送来的还是查询来的。",
        "Organisations that send bills, how their account numbers look, and whether they push bills or are asked.",
    )
    icon = "fa-file-invoice"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._billers = desk.services.payment.bills.billers
        ending = Text(
            "关闭后不能绑定户号，也不再收账单和缴费；已缴的凭证保留。",
            "Nobody binds an account there or is sent a bill any more; receipts stay.",
        )
        add = Text("新增缴费机构", "Add a biller")
        self.offers(
            Action("add", add, OPERATORS, self._add, (_ORGANISATION, *_PROFILE), tone="good", icon="fa-plus"),
            Action("change", Text("修改", "Change"), OPERATORS, self._change, _PROFILE, icon="fa-pen"),
            Action("close", Text("关闭", "Close"), OPERATORS, self._close, (REASON,), ending, tone="bad"),
            Action("open", Text("重新开通", "Open again"), OPERATORS, self._open, (REASON,)),
        )

    def _for_all(self) -> Iterable[str]:
        return ("add",)

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._billers.page(page)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, {})
        rows = tuple(Row(self._cells(one), self.here(one.id)) for one in found.items)
        return Listing(Table(_HEAD, rows, empty=Text("还没有缴费机构。", "There is no biller yet."), next=more))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._billers.one(asked.target)
        if one is None:
            return None
        rule = one.number
        facts = Facts.of(
            Text("基本情况", "What it is"),
            (Text("单位", "Organisation"), link(one.id, f"/admin/organisations/{one.id}")),
            (Text("英文名称", "Name in English"), plain(one.name.en or NOTHING)),
            (Text("类别", "Kind"), plain(KINDS[one.kind])),
            (Text("户号叫法", "The number is called"), plain(f"{one.account_name.zh} {one.account_name.en}".strip())),
            (Text("户号位数", "Length of the number"), plain(f"{rule.shortest}–{rule.longest}")),
            (Text("户号由什么组成", "Made of"), plain(_ALPHABETS[rule.alphabet])),
            (Text("示例", "Example"), mono(rule.example or NOTHING)),
            (Text("账单来源", "How bills come"), plain(WAYS[one.way])),
            (Text("系统名", "Its system"), mono(one.system or NOTHING)),
            (Text("开通时间", "Since"), when(one.since)),
        )
        return Detail(one.name.within(spoken()), (facts,), self._state(one), buttons=self._offered(asked, one))

    def _offered(self, asked: Asked, one: Biller) -> tuple[Button, ...]:
        rule = one.number
        change = self.button(
            "change",
            one.id,
            kind=one.kind.value,
            name=one.name.zh,
            name_en=one.name.en,
            account=one.account_name.zh,
            account_en=one.account_name.en,
            shortest=str(rule.shortest),
            longest=str(rule.longest),
            alphabet=rule.alphabet.value,
            example=rule.example,
            way=one.way.value,
            system=one.system or "",
        )
        return allowed(asked.viewer, change, self.button("close" if one.active else "open", one.id))

    def _cells(self, one: Biller) -> tuple[Cell, ...]:
        name = plain(one.name.within(spoken()))
        return name, mono(one.id), plain(KINDS[one.kind]), plain(WAYS[one.way]), self._state(one)

    def _state(self, one: Biller) -> Cell:
        if not one.active:
            return badge(one.state, "", Text("已关闭", "closed"))
        if not self._billers.takes(one):
            return badge(one.state, "warn", Text("单位无权发账单", "its organisation may send none"))
        return badge(one.state, "good", Text("正常", "active"))

    async def _add(self, asked: Asked) -> Reply:
        made = await self._billers.write(asked.viewer, _profile(asked["organisation"], asked), asked.key)
        return Done(Text("已开通。", "Added."), self.here(made.id))

    async def _change(self, asked: Asked) -> Reply:
        await self._billers.write(asked.viewer, _profile(asked.target, asked), asked.key)
        return Done(Text("已修改。", "Changed."))

    async def _close(self, asked: Asked) -> Reply:
        await self._billers.turn(asked.viewer, asked.target, BillerState.CLOSED, asked["reason"], asked.key)
        return Done(Text("已关闭。", "Closed."))

    async def _open(self, asked: Asked) -> Reply:
        await self._billers.turn(asked.viewer, asked.target, BillerState.ACTIVE, asked["reason"], asked.key)
        return Done(Text("已重新开通。", "Open again."))


def _profile(biller: str, asked: Asked) -> BillerProfile:
    alphabet = Alphabet(asked["alphabet"])
    return BillerProfile(
        id=biller,
        kind=BillKind(asked["kind"]),
        name=Said(asked["name"], asked["name_en"]),
        number=NumberRule(int(asked["shortest"]), int(asked["longest"]), alphabet, asked["example"]),
        account_name=Said(asked["account"], asked["account_en"]),
        way=BillerWay(asked["way"]),
        system=asked["system"] or None,
    )
