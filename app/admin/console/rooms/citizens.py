"""Citizens: masked, found by what an index answers; a field is revealed for a reason, once, and the citizen is told."""

from __future__ import annotations

import base64

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
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
    Section,
    Shown,
    Table,
    badge,
    mono,
    plain,
    tags,
    when,
)
from app.admin.console.rooms.cards import CardsView
from app.admin.console.rooms.disclosures import DisputesView
from app.admin.console.rooms.licences import LicencesView
from app.admin.console.texts import Text, spoken, word
from app.admin.console.view import RoomView, allowed
from app.core.messages import CHINESE
from app.core.paging import PageRequest
from app.domains.identity.sessions.model import Session
from notifications.devices.model import PushDevice
from notifications.messages.model import Message
from notifications.templates.model import Template
from virtual_card.lookups.errors import CitizenUnknown
from virtual_card.lookups.model import FindBy, MaskedCitizen, Revealed, RevealField

_HEAD = (
    Text("姓名", "Name"),
    Text("手机号", "Phone"),
    Text("实名", "Verified"),
    Text("区划", "District"),
    Text("注册时间", "Since"),
    Text("编号", "Id"),
)
_BY = {
    FindBy.PHONE: Text("手机号", "phone"),
    FindBy.ID_NUMBER: Text("身份证号", "ID number"),
    FindBy.CARD_NUMBER: Text("市民卡号", "card number"),
    FindBy.CITIZEN: Text("市民编号", "citizen id"),
}
_FIELDS = {
    RevealField.NAME: Text("姓名", "name"),
    RevealField.PHONE: Text("手机号", "phone"),
    RevealField.ID_NUMBER: Text("身份证号", "ID number"),
    RevealField.PHOTO: Text("照片", "photo"),
}
_FIRST = PageRequest(10)


class CitizensView(RoomView):
    noun = "citizens"
    label = Text("市民", "Citizens")
    lead = Text(
        "资料默认脱敏；只能按完整的号码查找。",
        "Masked by default; found by a number in full, and by nothing else.",
    )
    icon = "fa-users"

    def __init__(self, desk: Desk, cards: CardsView, licences: LicencesView, disputes: DisputesView) -> None:
        super().__init__(desk)
        self._lookups, self._disputes = desk.services.lookups, disputes
        self._cards, self._licences = cards, licences
        options = tuple(Option(by.value, text) for by, text in _BY.items())
        by = Field("by", Text("按", "By"), "select", options=options)
        text = Field("text", Text("完整号码", "The number in full"), most=80)
        self.finder = Finder((by, text), self._find, Text("没有这样的市民。", "There is no such citizen."))
        fields = tuple(Option(field.value, text) for field, text in _FIELDS.items())
        which = Field("field", Text("查看哪一项", "Which field"), "select", options=fields)
        note = Text(
            "本次查看会记入查询记录和审计，市民会收到通知，并可提出异议。",
            "The look enters the ledger and the audit chain; the citizen is told, and may dispute it.",
        )
        reveal = Action(
            "reveal", Text("查看原文", "Reveal a field"), OPERATORS, self._reveal, (which, REASON), note, icon="fa-eye"
        )
        named = Field("tags", Text("标签", "Tags"), hint=_TAGGING, required=False, most=400)
        self.offers(reveal, Action("tag", Text("改标签", "Tags"), OPERATORS, self._tag, (named,), icon="fa-tag"))

    def subject_of(self, target: str) -> str | None:
        return target

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._lookups.newest(page)
        rows = tuple(self._row(one) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None)
        empty = Text("还没有市民注册。", "Nobody has signed up yet.")
        return Listing(Table(_HEAD, rows, Text("最近注册", "The newest"), empty, more))

    async def detail(self, asked: Asked) -> Detail | None:
        citizen, services = asked.target, self.desk.services
        try:
            one = await self._lookups.one(citizen)
        except CitizenUnknown:
            return None
        looks = await services.disclosures.of_citizen(citizen, _FIRST)
        messages = await services.messages.of(citizen, _FIRST)
        sections: tuple[Section, ...] = (
            self._facts(one),
            self._cards.table(asked.viewer, list(await services.cards.held_by(citizen))),
            await self._licences.of(asked.viewer, citizen),
            self._disputes.table(list(looks.items)),
            *(await self._devices(citizen) if asked.viewer.roles & OPERATORS else ()),
            await self._messages(messages.items),
        )
        offered = (self.button("reveal", citizen), self.button("tag", citizen, tags=" ".join(one.tags)))
        return Detail(one.name or _UNNAMED, sections, _kind(one), buttons=allowed(asked.viewer, *offered))

    async def _devices(self, citizen: str) -> tuple[Table, ...]:
        """Phones send names such as “Lin's phone”: for who acts, not for all who look."""
        services = self.desk.services
        return (_sessions(await services.sessions.live_of(citizen), await services.devices.of(citizen)),)

    def _row(self, one: MaskedCitizen) -> Row:
        name, phone = plain(one.name or _UNNAMED), mono(one.phone)
        cells = (name, phone, _kind(one), self._district(one), when(one.created_at), mono(one.id))
        return Row(cells, self.here(one.id))

    def _district(self, one: MaskedCitizen) -> Cell:
        return plain(self.desk.organisation(one.division) if one.division else None)

    def _facts(self, one: MaskedCitizen) -> Facts:
        test = ((Text("测试市民，属于", "A test citizen of"), plain(one.test_of)),) if one.test_of else ()
        return Facts.of(
            Text("脱敏资料", "Masked"),
            (Text("姓名", "Name"), plain(one.name)),
            (Text("手机号", "Phone"), mono(one.phone)),
            (Text("身份证号", "ID number"), mono(one.id_number)),
            (Text("区划", "District"), self._district(one)),
            (Text("注册时间", "Signed up"), when(one.created_at)),
            (Text("实名时间", "Verified"), when(one.verified_at)),
            (Text("编号", "Id"), mono(one.id)),
            (Text("标签", "Tags"), tags(one.tags)),
            *test,
        )

    async def _messages(self, messages: tuple[Message, ...]) -> Table:
        """By the titles they were told under, as those are written: with no fact about anybody in them."""
        known = await self.desk.services.templates.versions(message.template for message in messages)
        head = (Text("标题", "Title"), Text("来源", "From"), Text("时间", "When"), Text("已读", "Read"))
        rows = (
            Row((_title(known[one.template]), self._source(one.source), when(one.at), when(one.read_at)))
            for one in messages
        )
        empty = Text("还没有消息。", "No message yet.")
        return Table(head, tuple(rows), Text("最近的消息（不含正文）", "Last messages, without their texts"), empty)

    def _source(self, source: str) -> Cell:
        """An organisation by name, a topic of the city in words."""
        code = source.removeprefix("org:")
        if code == source:
            return plain(word(source))
        return plain(self.desk.organisation(code))

    async def _find(self, asked: Asked) -> str | None:
        try:
            found = await self._lookups.find(asked.viewer, FindBy(asked["by"]), asked["text"])
        except CitizenUnknown:
            return None
        return self.here(found.id)

    async def _tag(self, asked: Asked) -> Reply:
        await self._lookups.tag(asked.viewer, asked.target, tuple(asked["tags"].split()))
        return Done(Text("标签已更新。", "The tags were changed."))

    async def _reveal(self, asked: Asked) -> Reply:
        field = RevealField(asked["field"])
        seen = await self._lookups.reveal(asked.viewer, asked.target, field, asked["reason"], asked.key)
        return _shown(seen)


_TAGGING = Text("空格分开；群发可按标签选人。", "With spaces between; a broadcast can be for the people of a tag.")
_UNNAMED = Text("未实名", "not verified")


def _kind(one: MaskedCitizen) -> Cell:
    if one.test_of:
        return badge("test")
    return badge(one.assurance, "good" if one.verified_at else "")


def _sessions(sessions: list[Session], devices: list[PushDevice]) -> Table:
    reached = {device.session: device for device in devices}
    head = (
        Text("设备", "Device"),
        Text("系统", "Platform"),
        Text("登录时间", "Signed in"),
        Text("最近活动", "Last seen"),
        Text("推送", "Pushes"),
    )
    rows = tuple(
        Row(
            (
                plain(one.device.name),
                plain(one.device.platform),
                when(one.created_at),
                when(one.rotated_at),
                plain(_REACHED if one.id in reached else None),
            )
        )
        for one in sessions
    )
    return Table(head, rows, Text("登录中的设备", "Signed in on"), Text("没有登录中的设备。", "Signed in nowhere."))


_REACHED = Text("可以送达", "reach it")


def _title(template: Template) -> Cell:
    texts = template.texts.get(spoken()) or template.texts[CHINESE]
    return plain(texts.title)


def _shown(seen: Revealed) -> Shown:
    once = Text("只显示这一次；关闭后再看须再写理由。", "Shown this once: another look takes another reason.")
    if seen.photo is not None:
        return Shown(once, (), picture="data:image/jpeg;base64," + base64.b64encode(seen.photo).decode())
    return Shown(once, ((_FIELDS[seen.field], seen.text or ""),))
