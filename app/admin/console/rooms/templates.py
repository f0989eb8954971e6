"""Texts: what the city says, changed by publishing a version; and providers' templates, waiting for a decision."""

from __future__ import annotations

from app.admin.console.desk import Desk
from app.admin.console.pages import ADMINISTRATORS
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
    Reply,
    Row,
    Said,
    Table,
    badge,
    mono,
    plain,
    tags,
    when,
)
from app.admin.console.texts import Text, spoken
from app.admin.console.view import RoomView, allowed
from app.core.messages import CHINESE, ENGLISH
from app.core.paging import PageRequest
from notifications.templates.errors import TemplateUnknown
from notifications.templates.model import LONGEST, Part, Template, TemplateState, Texts

_CITY = (Text("代码", "Code"), Text("标题", "Title"), Text("版本", "Version"), Text("发布时间", "Published"))
_WAITING = (
    Text("代码", "Code"),
    Text("单位", "Organisation"),
    Text("标题", "Title"),
    Text("版本", "Version"),
    Text("提交时间", "Submitted"),
)
_LANGUAGES = ((CHINESE, "zh", Text("中文", "Chinese")), (ENGLISH, "en", Text("英文", "English")))
_PARTS = {Part.TITLE: Text("标题", "title"), Part.BODY: Text("正文", "text"), Part.PUSH: Text("锁屏", "lock screen")}


def _fields(template: Template | None = None) -> tuple[Field, ...]:
    found = []
    for locale, short, language in _LANGUAGES:
        for part, name in _PARTS.items():
            said = getattr(template.texts[locale], part.value) if template else ""
            label = Text(f"{name.zh}（{language.zh}）", f"{language.en} {name.en}")
            kind = "area" if part is Part.BODY else "text"
            found.append(Field(f"{part.value}_{short}", label, kind, most=LONGEST[part], value=said))
    return tuple(found)


def wording(template: Template) -> tuple[Facts, ...]:
    """Its texts, language by language."""
    return tuple(
        Facts.of(
            language,
            *((name, Cell("prose", getattr(template.texts[locale], part.value))) for part, name in _PARTS.items()),
        )
        for locale, _, language in _LANGUAGES
        if locale in template.texts
    )


class TemplatesView(RoomView):
    noun = "templates"
    label = Text("消息模板", "Templates")
    lead = Text(
        "发布新版本即时生效，旧版本保留；单位的模板须经批准才能发给市民。",
        "A published version holds at once, older ones are kept; a provider's is sent once approved.",
    )
    icon = "fa-file-lines"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._templates = desk.services.templates
        why = Field("reason", Text("理由", "Reason"), "area", Text("单位会看到。", "The provider sees it."), most=500)
        names = Text(
            "花括号里的名字会换成实际内容，只能使用列出的名字。",
            "Names in braces are filled in; only those listed may be used.",
        )
        self.offers(
            Action(
                "publish",
                Text("发布新版本", "Publish a version"),
                ADMINISTRATORS,
                self._publish,
                _fields(),
                names,
                "good",
                first="preview",
            ),
            Action("preview", Text("预览", "Preview"), ADMINISTRATORS, self._preview, _fields()),
            Action("approve", Text("批准", "Approve"), ADMINISTRATORS, self._approve, tone="good"),
            Action("reject", Text("驳回", "Reject"), ADMINISTRATORS, self._reject, (why,), tone="bad"),
            Action("retract", Text("撤下", "Withdraw"), ADMINISTRATORS, self._retract, (why,), tone="bad"),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        waiting = await self._templates.in_state(TemplateState.SUBMITTED, page)
        rows = tuple(self._waiting(one) for one in waiting.items)
        more = self.next_page(waiting.has_next, waiting.items[-1].id if waiting.items else None)
        empty = Text("没有等待审批的模板。", "No template is waiting.")
        city = tuple(self._published(one) for one in await self._templates.city())
        texts = Table(_CITY, city, Text("本市的消息", "What the city says"))
        return Listing(Table(_WAITING, rows, Text("等待审批", "Waiting for a decision"), empty, more), (texts,))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._one(asked.target)
        if one is None:
            return None
        return Detail(one.code, (self._facts(one), *wording(one)), _state(one), buttons=self._offered(asked, one))

    async def _one(self, target: str) -> Template | None:
        try:
            return await (
                self._templates.current(target) if target.startswith("TELL_") else self._templates.one(target)
            )
        except TemplateUnknown:
            return None

    def _offered(self, asked: Asked, one: Template) -> tuple[Button, ...]:
        if one.owner is None and one.code.startswith("TELL_"):
            return allowed(asked.viewer, self.button("publish", one.code, *_fields(one)))
        names = {TemplateState.SUBMITTED: ("approve", "reject"), TemplateState.APPROVED: ("retract",)}.get(
            one.state, ()
        )
        return self.buttons(asked, one.id, *names)

    def _published(self, one: Template) -> Row:
        version = plain(one.version if one.version else Text("内置", "built in"))
        return Row((mono(one.code), plain(one.texts[spoken()].title), version, when(one.made_at)), self.here(one.code))

    def _waiting(self, one: Template) -> Row:
        said = one.texts.get(spoken())
        cells = (mono(one.code), plain(self._owner(one)), plain(said.title if said else None), plain(one.version))
        return Row((*cells, when(one.history[-1].at if one.history else one.made_at)), self.here(one.id))

    def _owner(self, one: Template) -> Text | str:
        return self.desk.organisation(one.owner) if one.owner else Text("本市", "the city")

    def _facts(self, one: Template) -> Facts:
        return Facts.of(
            Text("版本", "This version"),
            (Text("所属", "Whose"), plain(self._owner(one))),
            (Text("版本", "Version"), plain(one.version if one.version else Text("内置", "built in"))),
            (Text("建立时间", "Made"), when(one.made_at)),
            (Text("可用的名字", "Names to fill in"), tags([f"{{{name}}}" for name in sorted(one.facts)])),
            (Text("理由", "Reason"), plain(one.reason)),
        )

    async def _publish(self, asked: Asked) -> Reply:
        made = await self._templates.publish(asked.viewer, asked.target, _texts(asked), asked.key)
        return Done(Text(f"第 {made.version} 版已发布。", f"Version {made.version} is published."))

    async def _preview(self, asked: Asked) -> Reply:
        seen = self._templates.preview_city(asked.target, _texts(asked))
        return Said("\n\n".join(f"{said.title}\n{said.body}\n▢ {said.push}" for said in seen.values()))

    async def _approve(self, asked: Asked) -> Reply:
        await self._templates.approve(asked.viewer, asked.target, asked.key)
        return Done(Text("已批准。", "Approved."))

    async def _reject(self, asked: Asked) -> Reply:
        await self._templates.reject(asked.viewer, asked.target, asked["reason"], asked.key)
        return Done(Text("已驳回。", "Rejected."))

    async def _retract(self, asked: Asked) -> Reply:
        await self._templates.retract(asked.viewer, asked.target, asked["reason"], asked.key)
        return Done(Text("已撤下。", "Withdrawn."))


def _state(one: Template) -> Cell:
    return badge(one.state)


def _texts(asked: Asked) -> dict[str, Texts]:
    return {
        locale: Texts(*(asked[f"{part}_{short}"] for part in ("title", "body", "push")))
        for locale, short, _ in _LANGUAGES
    }
