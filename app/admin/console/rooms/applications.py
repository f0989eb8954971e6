"""Providers' applications, from the wish to the first live call: taken up, tried, sent live or rejected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.admin.console.desk import Desk
from app.admin.console.pages import ADMINISTRATORS, OPERATORS
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
    Prose,
    Reply,
    Row,
    Section,
    Shown,
    Step,
    Table,
    badge,
    link,
    mono,
    person,
    plain,
    tags,
    when,
)
from app.admin.console.rooms.clients import shown_once
from app.admin.console.rooms.scopes import SCOPE_OPTIONS, scope_words
from app.admin.console.texts import Text, word
from app.admin.console.view import RoomView, allowed
from app.core.paging import PageRequest
from app.domains.identity.citizens.model import mask_name, mask_phone
from app.domains.identity.onboarding.model import APPLYING, Application, ApplicationEvent, ApplicationState, Form
from app.domains.identity.onboarding.service import Admitted, Submitted
from app.domains.identity.organisations.model import Kind

_HEAD = (
    Text("单位", "Organisation"),
    Text("申请编号", "Number"),
    Text("类别", "Kind"),
    Text("申请的权限", "Wanted scopes"),
    Text("最近变化", "Last change"),
    Text("状态", "State"),
)
_KINDS = tuple(Option(kind.value, word(kind)) for kind in Kind if kind in APPLYING)
_STATES = (Option("", Text("全部", "All")), *(Option(state.value, word(state)) for state in ApplicationState))
_SCOPES = Field("scopes", Text("授予的权限", "Granted scopes"), "checks", options=SCOPE_OPTIONS, open_=True)
_REFUSED = Field(
    "reason", Text("驳回理由", "Reason"), "area", Text("申请人会看到。", "The applicant sees it."), most=500
)
_PARENT = Field("parent", Text("上级单位编码", "Code of the unit above"), required=False, most=40)
_STEPS = {
    ApplicationState.SUBMITTED: Text(
        "第 1 步：受理申请，核对单位信息。", "Step 1: take it up, and check what is said."
    ),
    ApplicationState.IN_REVIEW: Text(
        "第 2 步：批准进入测试。系统会建立处于测试模式的单位和第一个程序。",
        "Step 2: admit it for tests. The organisation is made in test mode, with its first client.",
    ),
    ApplicationState.APPROVED: Text(
        "第 3 步：对方用测试市民联调完成后，批准上线。正式程序另发密钥。",
        "Step 3: once it has tried everything with test citizens, send it live with a client of its own.",
    ),
}


_RENEWING = Text(
    "先按申请表上的电话回拨核实；原链接立即失效。", "Call back the number of the form first; the link before is void."
)
_FORM = (
    Field("name", Text("单位名称", "Name of the organisation"), most=100),
    Field("name_en", Text("英文名称", "Its name in English"), required=False, most=100),
    Field("credit_code", Text("统一社会信用代码", "Unified social credit code"), most=30),
    Field("kind", Text("类别", "Kind"), "select", options=_KINDS),
    _PARENT,
    Field("contact_name", Text("联系人", "Contact"), most=60),
    Field("contact_phone", Text("联系电话", "Contact's phone"), most=30),
    Field("scopes", Text("申请的权限", "Wanted scopes"), "checks", options=SCOPE_OPTIONS),
    Field(
        "purpose",
        Text("用途说明", "What for"),
        "area",
        Text("至少十个字", "at least ten characters"),
        most=1000,
    ),
)


class ApplicationsView(RoomView):
    noun = "applications"
    label = Text("接入申请", "Applications")
    lead = Text(
        "从申请到第一次正式调用：受理、测试、上线。", "From the wish to the first live call: review, tests, life."
    )
    icon = "fa-file-signature"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._onboarding = desk.services.onboarding
        self.offers(
            Action(
                "enter",
                Text("录入申请", "Enter an application"),
                OPERATORS,
                self._enter,
                _FORM,
                tone="good",
                icon="fa-plus",
            ),
            Action("take-up", Text("受理", "Take it up"), OPERATORS, self._take_up, tone="good"),
            Action(
                "approve",
                Text("批准测试", "Admit for tests"),
                ADMINISTRATORS,
                self._approve,
                (_SCOPES, _PARENT),
                tone="good",
            ),
            Action("go-live", Text("批准上线", "Send live"), ADMINISTRATORS, self._go_live, (_SCOPES,), tone="good"),
            Action("reject", Text("驳回", "Reject"), ADMINISTRATORS, self._reject, (_REFUSED,), tone="bad"),
            Action("renew-link", Text("换发链接", "Another link"), OPERATORS, self._renew_link, note=_RENEWING),
        )

    def _for_all(self) -> Iterable[str]:
        return ("enter",)

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        state = ApplicationState(asked["state"]) if asked["state"] in set(ApplicationState) else None
        found = await self._onboarding.waiting(state, page)
        rows = tuple(self._row(one) for one in found.items)
        kept = {"state": state.value} if state else {}
        more = self.next_page(found.has_next, found.items[-1].number if found.items else None, kept)
        chosen = Field("state", Text("状态", "State"), "select", required=False, options=_STATES, value=asked["state"])
        empty = Text("没有这样的申请。", "No application is like that.")
        return Listing(Table(_HEAD, rows, empty=empty, next=more), filters=(chosen,))

    async def detail(self, asked: Asked) -> Detail | None:
        made = await self._onboarding.one(asked.target)
        head = (Text("状态", "State"), Text("时间", "When"), Text("经办", "By"))
        names = await self.desk.names(event.actor for event in made.history)
        steps = tuple(_step(event, names) for event in made.history)
        sections: list[Section] = [self._facts(asked, made), Prose(Text("用途说明", "What for"), made.form.purpose)]
        if made.answer:
            sections.append(Prose(Text("驳回理由", "Why it was rejected"), made.answer))
        sections.append(Table(head, steps, Text("经过", "History")))
        lead, offered = _STEPS.get(made.state, ""), self._offered(asked, made)
        return Detail(_named(made.form), tuple(sections), badge(made.state), lead, offered, _way(made.state))

    def _row(self, made: Application) -> Row:
        form = made.form
        scopes = tags([scope_words(scope) for scope in sorted(form.scopes)])
        cells = (plain(_named(form)), mono(made.number), plain(word(form.kind)), scopes, when(made.history[-1].at))
        return Row((*cells, badge(made.state)), self.here(made.number))

    def _facts(self, asked: Asked, made: Application) -> Facts:
        form, owner = made.form, made.organisation
        clear = bool(asked.viewer.roles & OPERATORS)  # who deals with it may call
        name, phone = (form.contact_name, form.contact_phone) if clear else _masked(form)
        known = self.desk.services.organisations.tree.get(owner) is not None
        return Facts.of(
            Text("申请内容", "What is applied for"),
            (Text("申请编号", "Number"), mono(made.number)),
            (Text("统一社会信用代码", "Credit code"), mono(form.credit_code)),
            (Text("英文名称", "Name in English"), plain(form.name_en)),
            (Text("类别", "Kind"), plain(word(form.kind))),
            (Text("联系人", "Contact"), plain(name)),
            (Text("联系电话", "Phone"), mono(phone)),
            (Text("申请的权限", "Wanted scopes"), tags([scope_words(scope) for scope in sorted(form.scopes)])),
            (Text("授予的权限", "Granted"), tags([scope_words(scope) for scope in sorted(made.granted)])),
            (
                Text("单位", "Organisation"),
                link(self.desk.organisation(owner), f"/admin/organisations/{owner}") if known else plain(None),
            ),
            (Text("接入说明", "Guide for providers"), link("/providers", "/providers")),
        )

    def _offered(self, asked: Asked, made: Application) -> tuple[Button, ...]:
        wanted = tuple(Option(scope, scope_words(scope)) for scope in sorted(made.form.scopes))
        chosen = made.granted or made.form.scopes
        scopes = Field("scopes", _SCOPES.label, "checks", options=wanted, value=" ".join(chosen))
        parent = Field(_PARENT.name, _PARENT.label, required=False, value=made.form.parent or "", most=40)
        reject, link_ = self.button("reject", made.number), self.button("renew-link", made.number)
        match made.state:
            case ApplicationState.SUBMITTED:
                return allowed(asked.viewer, self.button("take-up", made.number), link_)
            case ApplicationState.IN_REVIEW:
                return allowed(asked.viewer, self.button("approve", made.number, scopes, parent), reject, link_)
            case ApplicationState.APPROVED:
                return allowed(asked.viewer, self.button("go-live", made.number, scopes), reject, link_)
        return ()

    async def _enter(self, asked: Asked) -> Reply:
        form = Form(
            name=asked["name"],
            credit_code=asked["credit_code"],
            kind=Kind(asked["kind"]),
            contact_name=asked["contact_name"],
            contact_phone=asked["contact_phone"],
            scopes=frozenset(asked.chosen.get("scopes", ())),
            purpose=asked["purpose"],
            parent=asked["parent"] or None,
            name_en=asked["name_en"],
        )
        return self._link(await self._onboarding.apply(asked.viewer, form, asked.key))

    async def _renew_link(self, asked: Asked) -> Reply:
        return self._link(await self._onboarding.renew_link(asked.viewer, asked.target, asked.key))

    def _link(self, made: Submitted) -> Reply:
        title = Text(
            "请把链接交给申请人，凭它查看进度；只显示这一次。",
            "Hand this link to the applicant: it shows how things stand.",
        )
        return Shown(title, ((Text("进度链接", "Link"), made.link),), go=self.here(made.number))

    async def _take_up(self, asked: Asked) -> Reply:
        await self._onboarding.take_up(asked.viewer, asked.target, asked.key)
        return Done(Text("已受理。", "Taken up."))

    async def _approve(self, asked: Asked) -> Reply:
        scopes, parent = asked.chosen.get("scopes", ()), asked["parent"] or None
        return self._admitted(
            await self._onboarding.approve(asked.viewer, asked.target, scopes, asked.key, parent=parent)
        )

    async def _go_live(self, asked: Asked) -> Reply:
        scopes = asked.chosen.get("scopes", ())
        return self._admitted(await self._onboarding.go_live(asked.viewer, asked.target, scopes, asked.key))

    async def _reject(self, asked: Asked) -> Reply:
        await self._onboarding.reject(asked.viewer, asked.target, asked["reason"], asked.key)
        return Done(Text("已驳回。", "Rejected."))

    def _admitted(self, done: Admitted) -> Reply:
        return shown_once(done.client)


def _named(form: Form) -> Text:
    return Text(form.name, form.name_en or form.name)


def _masked(form: Form) -> tuple[str, str]:
    return mask_name(form.contact_name), mask_phone(form.contact_phone)


_WAY = (
    (ApplicationState.SUBMITTED, Text("提交申请", "submitted")),
    (ApplicationState.IN_REVIEW, Text("核对审核", "in review")),
    (ApplicationState.APPROVED, Text("测试联调", "trying it out")),
    (ApplicationState.LIVE, Text("正式上线", "live")),
)


def _way(state: ApplicationState) -> tuple[Step, ...]:
    """How far it has come; nothing of one that ended otherwise."""
    order = [step for step, _ in _WAY]
    if state not in order:
        return ()
    here = order.index(state)
    ended = state is ApplicationState.LIVE
    return tuple(
        Step(text, "done" if n < here or ended else "now" if n == here else "") for n, (_, text) in enumerate(_WAY)
    )


_APPLICANT = Text("申请人", "the applicant")


def _step(event: ApplicationEvent, names: Mapping[str, str]) -> Row:
    by = person(event.actor, names) if event.actor else plain(_APPLICANT)
    return Row((badge(event.state), when(event.at), by))
