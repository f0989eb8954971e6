"""Broadcasts: written in both languages, estimated, started, watched as they go out, paused, resumed and cancelled."""

from __future__ import annotations

from collections.abc import Iterable

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
from app.admin.console.parts import (
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
    Said,
    Section,
    Table,
    badge,
    person,
    plain,
    progress,
    tags,
    when,
)
from app.admin.console.rooms.templates import wording
from app.admin.console.texts import Text
from app.admin.console.view import RoomView, allowed
from app.core.errors import BadInput
from app.core.messages import CHINESE, ENGLISH
from app.core.paging import PageRequest
from notifications.broadcasts.model import Audience, Broadcast, BroadcastState
from notifications.broadcasts.service import NewBroadcast
from notifications.preferences.model import Urgency
from notifications.templates.model import LONGEST, Part, Texts

_HEAD = (
    Text("名称", "Title"),
    Text("发送方", "From"),
    Text("进度", "Progress"),
    Text("建立时间", "Made"),
    Text("状态", "State"),
)
_URGENCY = (
    Option(Urgency.NORMAL.value, Text("普通：遵守免打扰时段", "normal: quiet hours are kept")),
    Option(Urgency.URGENT.value, Text("紧急：立即送达", "urgent: at once")),
    Option(Urgency.LEGAL.value, Text("法定通知：不可关闭", "a legal notice: cannot be turned off")),
)
_AUDIENCE = (
    Field(
        "districts",
        Text("区划代码", "Districts"),
        required=False,
        hint=Text("多个用空格分开，留空为全市。", "Codes, with spaces between; empty for all."),
        most=1000,
    ),
    Field(
        "services",
        Text("用过这些单位的服务", "Has used these organisations"),
        required=False,
        hint=Text("单位编码，空格分开", "codes, with spaces between"),
        most=1000,
    ),
    Field("age_from", Text("年龄自", "From age"), "number", required=False, most=3),
    Field("age_to", Text("年龄至", "To age"), "number", required=False, most=3),
    Field("tags", Text("标签", "Tags"), required=False, most=500),
    Field("pace", Text("每秒发送", "Messages a second"), "number", value="200", most=5),
)


_LANGUAGES = (("zh", "中文", "Chinese"), ("en", "英文", "English"))
_PARTS = (
    ("title", Text("标题", "Title"), "text", LONGEST[Part.TITLE]),
    ("body", Text("正文", "Text"), "area", LONGEST[Part.BODY]),
    ("push", Text("锁屏文字", "Lock screen"), "text", LONGEST[Part.PUSH]),
)
# Part by part, so that in a dialog of two columns each language has one.
_WORDS = tuple(
    Field(f"{name}_{language}", Text(f"{part.zh}（{zh}）", f"{part.en} ({en})"), kind, most=most)
    for name, part, kind, most in _PARTS
    for language, zh, en in _LANGUAGES
)


class BroadcastsView(RoomView):
    noun = "broadcasts"
    label = Text("群发", "Broadcasts")
    lead = Text(
        "按区划、年龄、标签选定对象，控制速度发送；随时可以暂停或取消。",
        "To a chosen audience, at a set pace; paused or cancelled at any time.",
    )
    icon = "fa-bullhorn"
    live = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._broadcasts = desk.services.broadcasts
        form = (
            Field("name", Text("名称（仅运行台可见）", "Name (for the desk only)"), most=100),
            Field("urgency", Text("紧急程度", "Urgency"), "select", options=_URGENCY),
            *_AUDIENCE,
            *_WORDS,
        )
        again = Text("从上次停下的地方继续。", "It goes on where it stopped.")
        for_good = Text("不可恢复；已经收到的人不受影响。", "For good; who has it keeps it.")
        begin = Text("从现在起向对象逐一发送。", "From now on to everybody in the audience.")
        self.offers(
            Action(
                "create",
                Text("新建群发", "New broadcast"),
                OPERATORS,
                self._create,
                form,
                tone="good",
                icon="fa-plus",
                first="estimate",
            ),
            Action("estimate", Text("估算人数", "Estimate"), OPERATORS, self._estimate, _AUDIENCE),
            Action("start", Text("开始发送", "Start"), OPERATORS, self._start, note=begin, tone="good", icon="fa-play"),
            Action("pause", Text("暂停", "Pause"), OPERATORS, self._pause, icon="fa-pause"),
            Action("resume", Text("继续", "Resume"), OPERATORS, self._resume, note=again, tone="good", icon="fa-play"),
            Action("cancel", Text("取消", "Cancel"), OPERATORS, self._cancel, note=for_good, tone="bad"),
        )

    def _for_all(self) -> Iterable[str]:
        return ("create",)

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._broadcasts.page(asked.viewer, page)
        rows = tuple(self._row(one) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None)
        empty = Text("还没有群发。", "No broadcast yet.")
        return Listing(Table(_HEAD, rows, empty=empty, next=more))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._broadcasts.one(asked.viewer, asked.target)
        if one is None:
            return None
        sections: list[Section] = [
            self._how_far(one),
            self._whom(one),
            *await self._what(one),
            await self._history(one),
        ]
        return Detail(one.title, tuple(sections), badge(one.state), buttons=self._offered(asked, one))

    def _offered(self, asked: Asked, one: Broadcast) -> tuple[Button, ...]:
        names = {
            BroadcastState.DRAFT: ("start", "cancel"),
            BroadcastState.RUNNING: ("pause", "cancel"),
            BroadcastState.PAUSED: ("resume", "cancel"),
        }.get(one.state, ())
        return allowed(asked.viewer, *(self.button(name, one.id) for name in names))

    def _row(self, one: Broadcast) -> Row:
        cells = (plain(one.title), plain(self._from(one)), _progress(one), when(one.made_at), badge(one.state))
        return Row(cells, self.here(one.id))

    def _from(self, one: Broadcast) -> Text | str:
        return self.desk.organisation(one.owner) if one.owner else Text("本市", "the city")

    def _how_far(self, one: Broadcast) -> Facts:
        left = int(one.remaining.total_seconds())
        rest = Text(f"约 {left} 秒", f"about {left} s") if one.state is BroadcastState.RUNNING else None
        return Facts.of(
            Text("进度", "Progress"),
            (Text("已发送", "Sent"), _progress(one)),
            (Text("速度", "Pace"), plain(Text(f"每秒 {one.pace} 条", f"{one.pace} a second"))),
            (Text("还需", "Still to go"), plain(rest)),
        )

    def _whom(self, one: Broadcast) -> Facts:
        audience = one.audience
        ages = (audience.age_from, audience.age_to)
        said = (
            "–".join("" if age is None else str(age) for age in ages) if any(age is not None for age in ages) else None
        )
        if audience == Audience():
            return Facts.of(Text("对象", "To whom"), (Text("范围", "Reach"), plain(_EVERYBODY)), self._speaking(one))
        return Facts.of(
            Text("对象", "To whom"),
            (Text("区划", "Districts"), tags([self.desk.organisation(code) for code in audience.districts])),
            (Text("年龄", "Age"), plain(said)),
            (Text("标签", "Tags"), tags(audience.tags)),
            (Text("用过的服务", "Services used"), tags(audience.services)),
            self._speaking(one),
        )

    def _speaking(self, one: Broadcast) -> tuple[Text, Cell]:
        urgency = next(option.text for option in _URGENCY if option.value == one.urgency.value)
        return Text("发送方", "From"), plain(self._from(one), urgency)

    async def _what(self, one: Broadcast) -> tuple[Facts, ...]:
        ref = one.template
        return wording(await self.desk.services.templates.version(ref.code, ref.version, ref.owner))

    async def _history(self, one: Broadcast) -> Table:
        head = (Text("状态", "State"), Text("时间", "When"), Text("经办", "By"))
        names = await self.desk.names(step.by for step in one.history)
        rows = (Row((badge(step.state), when(step.at), person(step.by, names))) for step in reversed(one.history))
        return Table(head, tuple(rows), Text("经过", "History"))

    async def _create(self, asked: Asked) -> Reply:
        texts: dict[str, Texts] = {locale: _texts(asked, name) for locale, name in ((CHINESE, "zh"), (ENGLISH, "en"))}
        wanted = NewBroadcast(asked["name"], _audience(asked), _number(asked, "pace"), Urgency(asked["urgency"]), texts)
        made = await self._broadcasts.create(asked.viewer, wanted, asked.key)
        return Done(Text("草稿已建立，还没有发送。", "The draft is made; nothing was sent."), self.here(made.id))

    async def _estimate(self, asked: Asked) -> Reply:
        found = await self._broadcasts.estimate(asked.viewer, _audience(asked), _number(asked, "pace"))
        seconds = round(found.duration.total_seconds())
        return Said(
            Text(f"现在约 {found.people} 人，需要 {seconds} 秒。", f"{found.people} people now, in {seconds} s.")
        )

    async def _start(self, asked: Asked) -> Reply:
        await self._broadcasts.start(asked.viewer, asked.target, asked.key)
        return Done(Text("开始发送。", "It is on its way."))

    async def _pause(self, asked: Asked) -> Reply:
        await self._broadcasts.pause(asked.viewer, asked.target, asked.key)
        return Done(Text("已暂停。", "Paused."))

    async def _resume(self, asked: Asked) -> Reply:
        await self._broadcasts.resume(asked.viewer, asked.target, asked.key)
        return Done(Text("继续发送。", "It goes on."))

    async def _cancel(self, asked: Asked) -> Reply:
        await self._broadcasts.cancel(asked.viewer, asked.target, asked.key)
        return Done(Text("已取消。", "Cancelled."))


_EVERYBODY = Text("全体市民", "everybody")


def _progress(one: Broadcast) -> Cell:
    if one.state is BroadcastState.DRAFT:
        return plain(None)
    return progress(one.sent / one.total if one.total else 1.0, f"{one.sent:,} / {one.total:,}")


def _audience(asked: Asked) -> Audience:
    return Audience(
        districts=tuple(asked["districts"].split()),
        age_from=_number(asked, "age_from") if asked["age_from"] else None,
        age_to=_number(asked, "age_to") if asked["age_to"] else None,
        tags=tuple(asked["tags"].split()),
        services=tuple(asked["services"].split()),
    )


def _texts(asked: Asked, language: str) -> Texts:
    return Texts(*(asked[f"{part}_{language}"] for part in ("title", "body", "push")))


def _number(asked: Asked, name: str) -> int:
    """Raises BadInput."""
    text = asked[name]
    if not text.isascii() or not text.isdigit():
        raise BadInput(field=name)
    return int(text)
