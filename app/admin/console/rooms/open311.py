"""Who files by Open311: clients, each with up to two API keys, shown once, how much it may, and what came from it."""

from __future__ import annotations

from dataclasses import replace

from app.admin.console.desk import Desk
from app.admin.console.pages import ADMINISTRATORS
from app.admin.console.parts import (
    Action,
    Asked,
    Button,
    Detail,
    Done,
    Facts,
    Field,
    Listing,
    Option,
    Reply,
    Row,
    Shown,
    Table,
    badge,
    figure,
    mono,
    plain,
    when,
)
from app.admin.console.rooms.scopes import TEST_MODE
from app.admin.console.texts import Text, moment
from app.admin.console.view import RoomView, allowed
from app.core.errors import BadInput
from app.core.paging import PageRequest
from app.domains.voice.channels.open311.keys.errors import Open311ClientUnknown
from app.domains.voice.channels.open311.keys.model import MOST_KEYS, Delivery, IssuedKey, Open311Client
from app.domains.voice.channels.open311.model import ServiceRequest

_HEAD = (
    Text("名称", "Name"),
    Text("编号", "Id"),
    Text("密钥", "Keys"),
    Text("每小时上限", "An hour"),
    Text("编号方式", "Gets"),
    Text("状态", "State"),
)
_FILED = (Text("诉求编号", "Number"), Text("类别", "Category"), Text("提交", "Filed"), Text("状态", "State"))
_NAME = Field("name", Text("名称", "Name"), most=100)
_CONTACT = Field("contact", Text("联系方式", "Contact"), most=200)
_AN_HOUR = Field("an_hour", Text("每小时上限", "Requests an hour"), "number", value="60", pattern=r"[0-9]{1,5}")
_DELIVERY = Field(
    "delivery",
    Text("提交后得到", "Gets for what it files"),
    "select",
    options=(
        Option(Delivery.REALTIME.value, Text("诉求编号", "the number")),
        Option(Delivery.BATCH.value, Text("token，稍后换编号", "a token, and the number later")),
    ),
)
_WHICH = Field("api_key", Text("哪一个", "Which one"), "select", open_=True)
_ROTATING = Text("新旧两个都有效，换好之后收回旧的。", "Old and new are both good until the old one is withdrawn.")


class Open311ClientsView(RoomView):
    noun = "open311-clients"
    label = Text("Open311 客户端", "Open311 clients")
    lead = Text(
        "凭 API 密钥按 Open311 标准提交诉求的程序；读取公开诉求不需要密钥。",
        "Programs that file by Open311 with an API key; reading what is public asks for none.",
    )
    icon = "fa-plug"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._keys, self._filing = desk.services.voice.open311_keys, desk.services.voice.open311_filing
        terms = (_AN_HOUR, _DELIVERY)
        self.offers(
            Action(
                "create",
                Text("新建客户端", "New client"),
                ADMINISTRATORS,
                self._create,
                (_NAME, _CONTACT, *terms, TEST_MODE),
                icon="fa-plug",
                tone="good",
            ),
            Action("add-key", Text("加发密钥", "Add a key"), ADMINISTRATORS, self._add_key, note=_ROTATING),
            Action("withdraw", Text("收回密钥", "Withdraw one"), ADMINISTRATORS, self._withdraw, (_WHICH,), tone="bad"),
            Action("terms", Text("修改上限", "Change terms"), ADMINISTRATORS, self._terms, terms),
            Action("suspend", Text("停用", "Suspend"), ADMINISTRATORS, self._suspend, tone="bad"),
            Action("reinstate", Text("恢复", "Reinstate"), ADMINISTRATORS, self._reinstate),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._keys.page(page)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None)
        rows = tuple(self._row(asked, one) for one in found.items)
        empty = Text("还没有客户端。", "No client yet.")
        return Listing(Table(_HEAD, rows, empty=empty, next=more))

    async def detail(self, asked: Asked) -> Detail | None:
        try:
            one = await self._keys.one(asked.target)
        except Open311ClientUnknown:
            return None
        filed, backlog = await self._filing.filed_by(one.id)
        keys = tuple(Row((mono(f"…{key.id[-6:]}"), when(key.made_at))) for key in one.keys)
        head = (Text("密钥", "Key"), Text("建立时间", "Made"))
        facts = Facts.of(
            Text("基本情况", "What it is"),
            (Text("编号", "Id"), mono(one.id)),
            (Text("联系方式", "Contact"), plain(one.contact)),
            (Text("建立时间", "Made"), when(one.made_at)),
            (Text("每小时上限", "Requests an hour"), figure(one.an_hour)),
            (Text("编号方式", "Gets"), badge(one.delivery)),
            (Text("等待编号的 token", "Tokens that wait"), figure(backlog.waiting)),
            (Text("未能立案的 token", "Tokens tried in vain"), figure(backlog.failed)),
        )
        came = Table(_FILED, tuple(map(_filed, filed)), Text("最近五十件", "The last fifty"), Text("还没有。", "None."))
        sections = (facts, Table(head, keys, Text("密钥（只存摘要）", "Keys, kept as hashes")), came)
        return Detail(one.name, sections, badge(_state(one)), buttons=allowed(asked.viewer, *self._offered(one)))

    def _for_all(self) -> tuple[str, ...]:
        return ("create",)

    def _row(self, asked: Asked, one: Open311Client) -> Row:
        keys = figure(f"{len(one.keys)} / {MOST_KEYS}")
        cells = (plain(one.name), mono(one.id), keys, figure(one.an_hour), badge(one.delivery), badge(_state(one)))
        return Row(cells, self.here(one.id), buttons=allowed(asked.viewer, *self._offered(one)))

    def _offered(self, one: Open311Client) -> list[Button]:
        if one.suspended:
            return [self.button("reinstate", one.id)]
        an_hour = replace(_AN_HOUR, value=str(one.an_hour))
        terms = self.button("terms", one.id, an_hour, replace(_DELIVERY, value=one.delivery.value))
        if len(one.keys) < MOST_KEYS:
            return [self.button("add-key", one.id), terms, self.button("suspend", one.id)]
        options = tuple(Option(key.id, f"…{key.id[-6:]} · {moment(key.made_at)}") for key in one.keys)
        which = Field(_WHICH.name, _WHICH.label, "select", options=options)
        return [self.button("withdraw", one.id, which), terms, self.button("suspend", one.id)]

    async def _create(self, asked: Asked) -> Reply:
        made = await self._keys.create(
            asked.viewer,
            asked["name"],
            asked["contact"],
            an_hour=_number(asked["an_hour"]),
            delivery=Delivery(asked["delivery"]),
            test_mode=asked["test_mode"] == "yes",
            key=asked.key,
        )
        return _shown_once(made)

    async def _add_key(self, asked: Asked) -> Reply:
        return _shown_once(await self._keys.add_key(asked.viewer, asked.target, key=asked.key))

    async def _withdraw(self, asked: Asked) -> Reply:
        await self._keys.withdraw_key(asked.viewer, asked.target, asked["api_key"])
        return Done(Text("已收回，它不再有效。", "Withdrawn: it opens nothing any more."))

    async def _terms(self, asked: Asked) -> Reply:
        many, delivery = _number(asked["an_hour"]), Delivery(asked["delivery"])
        await self._keys.set_terms(asked.viewer, asked.target, many, delivery)
        return Done(Text("已修改。", "Changed."))

    async def _suspend(self, asked: Asked) -> Reply:
        await self._keys.suspend(asked.viewer, asked.target, True)
        return Done(Text("已停用。", "Suspended."))

    async def _reinstate(self, asked: Asked) -> Reply:
        await self._keys.suspend(asked.viewer, asked.target, False)
        return Done(Text("已恢复。", "Reinstated."))


def _filed(one: ServiceRequest) -> Row:
    return Row((mono(one.number), mono(one.service), when(one.requested_at), badge(one.state)))


def _state(one: Open311Client) -> str:
    return "suspended" if one.suspended else "test" if one.test_mode else "active"


def _number(text: str) -> int:
    if not text.isdecimal():
        raise BadInput(field="an_hour")
    return int(text)


def _shown_once(made: IssuedKey) -> Shown:
    return Shown(
        Text("密钥只显示这一次，请立即转交。", "The key is shown this once: hand it over now."),
        ((Text("客户端", "Client"), made.client), (Text("API 密钥", "API key"), made.api_key)),
        Text("提交时放在 api_key 里：POST /open311/v2/requests.json", "As `api_key`: POST /open311/v2/requests.json"),
    )
